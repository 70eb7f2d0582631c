package dev.ringside.arch.x86.lift;

import dev.ringside.arch.x86.isa.X86Instruction;
import dev.ringside.ir.IrBuilder;

/** One instruction on its way to IR, with the ways to reach its operands. */
public final class Lift {
    private final IrBuilder b;
    private final X86Instruction insn;
    private final int modeKey;

    Lift(IrBuilder b, X86Instruction insn, int modeKey) {
        this.b = b;
        this.insn = insn;
        this.modeKey = modeKey;
    }

    public IrBuilder b() {
        return b;
    }

    public X86Instruction insn() {
        return insn;
    }

    /** Bits of {@link dev.ringside.arch.x86.X86Mode}. */
    public int modeKey() {
        return modeKey;
    }
}
