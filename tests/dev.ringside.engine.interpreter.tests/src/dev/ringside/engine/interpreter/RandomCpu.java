package dev.ringside.engine.interpreter;

import dev.ringside.arch.Access;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.Translation;
import dev.ringside.ir.IrBlock;
import dev.ringside.testkit.BareCpu;
import dev.ringside.testkit.RandomBlocks;

/** Runs one random block: memory is one page at 0, code is somewhere, the first exception ends it. */
final class RandomCpu extends BareCpu {
    static final long CODE = 0x100000;

    private final IrBlock block;
    private long pc;
    private String raised;

    RandomCpu(IrBlock block) {
        super(0, RandomBlocks.LAYOUT.slotCount());
        this.block = block;
        pc = block.pc();
    }

    /** Ready to run the block once more. */
    void restart() {
        pc = block.pc();
        raised = null;
        instructions = 0;
    }

    String end() {
        return raised != null ? raised : "pc " + Long.toHexString(pc);
    }

    @Override
    public long pc() {
        return pc;
    }

    @Override
    public void pc(long value) {
        pc = value;
    }

    @Override
    public boolean isHalted() {
        return raised != null;
    }

    @Override
    public void raise(GuestFault fault) {
        long instruction = (pc - block.pc()) / 3;
        raised = fault.vector == 14 ? "fault at " + instruction
                : "raise " + (fault.vector | (fault.hasErrorCode ? 0x100 : 0)) + " " + (fault.errorCode & 0xffff_ffffL) + " at " + instruction;
        if (instructions != instruction) {
            raised += ", but " + instructions + " retired";
        }
    }

    @Override
    public boolean translate(long gva, Access access, int mmuIndex, int space, Translation out) {
        if (access != Access.FETCH && (gva & -4096) != 0) {
            throw fault.set(14, 0, gva);
        }
        out.gpa = access == Access.FETCH ? CODE | gva & 4095 : gva;
        out.writable = true;
        out.pageShift = 12;
        return true;
    }
}
