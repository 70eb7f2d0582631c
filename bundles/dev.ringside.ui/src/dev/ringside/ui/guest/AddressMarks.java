package dev.ringside.ui.guest;

import dev.ringside.arch.Symbolizer;
import java.util.List;

/** Breakpoints as a ruler shows them. A workbench service; UI thread only. */
public interface AddressMarks {
    enum Mark { NONE, ENABLED, DISABLED }

    /** @param symbols of the guest whose addresses are shown: breakpoints may be written with symbols */
    Mark at(long address, Symbolizer symbols);

    /** Sets a breakpoint, or removes those that are there. */
    void toggle(long address, Symbolizer symbols);

    /** Switches the breakpoints that are there off, or on when none is. */
    void switchThere(long address, Symbolizer symbols);

    /** Asks the user where the first breakpoint that is there shall be, and from which hit on it stops. */
    void edit(long address, Symbolizer symbols);

    /** Sets a data watchpoint on linear addresses. */
    void watch(long address, int lengthBytes, boolean onRead, boolean onWrite, Symbolizer symbols);

    /** The data watchpoints, as far as this guest knows their symbols. */
    List<Watched> watched(Symbolizer symbols);

    record Watched(long address, int lengthBytes, boolean enabled) {
    }

    /** {@code listener} runs on the UI thread after every change. */
    void addListener(Runnable listener);

    void removeListener(Runnable listener);
}
