package dev.ringside.testkit;

import dev.ringside.arch.Cpu;
import dev.ringside.arch.EntryState;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.RegisterGroup;
import dev.ringside.arch.WalkStep;
import dev.ringside.inspect.Inspector;
import java.util.List;

/** A processor that does nothing; tests override what they need. */
public abstract class BareCpu extends Cpu {
    protected BareCpu(int index, int slotCount) {
        super(index, slotCount);
    }

    @Override
    public void reset() {
        pc(0);
    }

    @Override
    public void enter(EntryState entry) {
        throw new UnsupportedOperationException("this processor is started by hand");
    }

    @Override
    public long fetchAddress(long pc) {
        return pc;
    }

    @Override
    public int modeKey() {
        return 0;
    }

    @Override
    public int mmuIndex() {
        return 0;
    }

    @Override
    public boolean acceptsInterrupts() {
        return true;
    }

    @Override
    public long stackPointer() {
        return 0;
    }

    @Override
    public long framePointer() {
        return 0;
    }

    @Override
    public String explainShutdown() {
        return "";
    }

    @Override
    public List<WalkStep> explainTranslation(long gva) {
        return List.of();
    }

    @Override
    public List<RegisterGroup> registerGroups() {
        return List.of();
    }

    @Override
    public int addressBits() {
        return 64;
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("pc", pc(), 64);
    }

    @Override
    public long pc() {
        return 0;
    }

    @Override
    public void pc(long value) {
        throw new UnsupportedOperationException("this processor runs nothing");
    }

    @Override
    public boolean hasEvents() {
        return false;
    }

    @Override
    public void serviceEvents() {
        throw new AssertionError("there are no events");
    }

    @Override
    public boolean isHalted() {
        return false;
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public void raise(GuestFault fault) {
        throw new AssertionError("exception " + fault.vector);
    }

    @Override
    public boolean wantsSingleStep() {
        return false;
    }

    @Override
    public void afterSingleStep() {
        throw new AssertionError("nobody steps");
    }
}
