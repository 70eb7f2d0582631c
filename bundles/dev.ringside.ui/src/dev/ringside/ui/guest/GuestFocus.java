package dev.ringside.ui.guest;

/**
 * The virtual CPU that all views of a window show: the one selected in its Debug view, or the one that stopped last. A service of a window and of what is in it (ask
 * {@code getSite()}); the workbench as a whole has none. UI thread only.
 */
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
