package dev.ringside.engine.interpreter;

import dev.ringside.arch.Cpu;
import dev.ringside.arch.EntryState;
import dev.ringside.arch.RegisterGroup;
import dev.ringside.arch.WalkStep;
import dev.ringside.inspect.Inspector;
import java.util.List;

/** A processor without the parts that engines do not use. */
abstract class BareCpu extends Cpu {
    BareCpu(int index, int slotCount) {
        super(index, slotCount);
    }

    @Override
    public void reset() {
        pc(0);
    }

    @Override
    public void enter(EntryState entry) {
        throw new UnsupportedOperationException("toys start by hand");
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
}
