package dev.ringside.ui.guest;

/** The virtual CPU that all views show: the one selected in the Debug view, or the one that stopped last. A workbench service; UI thread only. */
public interface GuestFocus {
    /** Null while there is no guest. */
    GuestVcpu current();

    /** The listener is told at once what is current, and then whenever it runs, stops, changes or is another one. */
    void addListener(Listener listener);

    void removeListener(Listener listener);

    /** UI thread. */
    @FunctionalInterface
    interface Listener {
        /** @param vcpu null when there is no guest any more */
        void focusChanged(GuestVcpu vcpu);
    }
}
