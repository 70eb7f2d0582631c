package dev.ringside.engine.interpreter;

import dev.ringside.arch.Access;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.Translation;
import dev.ringside.testkit.BareCpu;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The toy's processor: pages map to themselves unless the test says otherwise; a fault is noted and goes to {@link #handler}. */
final class ToyCpu extends BareCpu {
    /** Where a page lies, by virtual page address; absent is identity, −1 is not present. */
    final Map<Long, Long> pages = new HashMap<>();
    final List<Long> readOnlyPages = new ArrayList<>();
    /** {@code vector@pc after n instructions}, and the address of page faults. */
    final List<String> faults = new ArrayList<>();
    final List<String> steps = new ArrayList<>();
    long handler = 0x3000;
    long interruptHandler = 0x3800;
    boolean halted;
    boolean shutdown;
    boolean trap;
    int translations;

    ToyCpu(int index) {
        super(index, ToyArchitecture.LAYOUT.slotCount());
    }

    long r(int number) {
        return slots[ToyArchitecture.R[number].slot()];
    }

    void r(int number, long value) {
        slots[ToyArchitecture.R[number].slot()] = value;
    }

    long flag() {
        return slots[ToyArchitecture.FLAG.slot()];
    }

    @Override
    public long pc() {
        return slots[ToyArchitecture.PC.slot()];
    }

    @Override
    public void pc(long value) {
        slots[ToyArchitecture.PC.slot()] = value;
    }

    @Override
    public boolean hasEvents() {
        return interruptRequested;
    }

    @Override
    public void serviceEvents() {
        interruptRequested = false;
        halted = false;
        r(7, pc());
        pc(interruptHandler);
    }

    @Override
    public boolean isHalted() {
        return halted;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public void raise(GuestFault fault) {
        faults.add(fault.vector + "@" + Long.toHexString(pc()) + " after " + instructions
                + (fault.vector == 14 ? " at " + Long.toHexString(fault.address) : ""));
        pc(handler);
    }

    @Override
    public boolean wantsSingleStep() {
        return trap;
    }

    @Override
    public void afterSingleStep() {
        steps.add(Long.toHexString(pc()));
    }

    @Override
    public boolean translate(long gva, Access access, int mmuIndex, int space, Translation out) {
        translations += access.isLooking() ? 0 : 1;
        long page = pages.getOrDefault(gva & -4096, gva & -4096);
        boolean refused = page == -1 || access == Access.WRITE && readOnlyPages.contains(gva & -4096);
        if (refused && access.isLooking()) {
            return false;
        }
        if (refused) {
            throw fault.set(14, 0, gva);
        }
        out.gpa = page | gva & 4095;
        out.writable = access == Access.WRITE;
        out.executable = true;
        out.global = false;
        out.pageShift = 12;
        return true;
    }}
