package dev.ringside.arch.x86.lift;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.Lifter;
import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86Mode;
import dev.ringside.arch.x86.decode.Decoder;
import dev.ringside.arch.x86.isa.Insn;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.arch.x86.isa.X86Instruction;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.JumpKind;

/**
 * Lifts x86 code: decodes, makes the checks that come before every instruction, and lets {@link SemanticsTable} give each its meaning.
 *
 * <p>A block ends behind a branch, behind an instruction that changes modes or events ({@code leave}), before one that stands alone
 * ({@code alone}, and repeated strings), behind one that reaches the end of the page, and after {@link #MAX_INSTRUCTIONS}.
 */
public final class X86Lifter implements Lifter {
    /** Longer blocks gain nothing, and engines keep tables by block. */
    public static final int MAX_INSTRUCTIONS = 48;

    private static final int PAGE_BYTES = 4096;

    @Override
    public IrBlock lift(CodeSource code, int modeKey, long pc, int maxInstructions) {
        return new Run(code, modeKey, pc).block(Math.min(maxInstructions, MAX_INSTRUCTIONS));
    }

    private static final class Run {
        private final CodeSource code;
        private final int modeKey;
        private final int codeBits;
        private final IrBuilder b;
        private final Flags flags;
        /** Bytes from the block's start to the end of its page; linear addresses are not known outside flat segments, and the source cuts there. */
        private final int bytesInPage;
        private int offset;

        Run(CodeSource code, int modeKey, long pc) {
            this.code = code;
            this.modeKey = modeKey;
            codeBits = X86Mode.codeBits(modeKey);
            b = new IrBuilder(pc);
            flags = new Flags(b);
            bytesInPage = (modeKey & X86Mode.FLAT_CODE) != 0 ? PAGE_BYTES - (int) (pc & PAGE_BYTES - 1) : Integer.MAX_VALUE;
        }

        IrBlock block(int maxInstructions) {
            for (int i = 0; i < maxInstructions && offset < bytesInPage; i++) {
                int start = offset;
                X86Instruction insn = Decoder.decode(at -> code.byteAt(start + at), codeBits);
                if (insn == Decoder.INCOMPLETE && i == 0) {
                    return null;
                }
                if (insn == Decoder.INCOMPLETE || i > 0 && standsAlone(insn)) {
                    break;
                }
                lift(insn);
                if (b.isTerminated()) {
                    return b.build();
                }
                offset += insn.lengthBytes();
            }
            b.jump(b.pc(offset), JumpKind.NEXT);
            return b.build();
        }

        private static boolean standsAlone(X86Instruction insn) {
            return insn.form() != null && (insn.form().insn().is("alone") || StringSemantics.repeats(insn));
        }

        private void lift(X86Instruction insn) {
            int length = Math.max(1, insn.lengthBytes());
            b.insn(offset, length);
            Lift x = new Lift(b, flags, insn, modeKey, offset);
            if (!x.mode(X86Mode.FLAT_CODE)) {
                b.call(CheckHelpers.CODE_LIMIT, b.pc(offset + length - 1));
            }
            if (insn == Decoder.TOO_LONG) {
                raise(x, Vector.GP);
            } else if (insn == Decoder.UNDEFINED || isUndefined(x)) {
                raise(x, Vector.UD);
            } else if (insn.form().is("cpl0") && !x.mode(X86Mode.CPL_0)) {
                // CLAC and STAC alone do not exist for programs (SDM 2A:CLAC).
                raise(x, insn.form().insn().feature().equals("smap") ? Vector.UD : Vector.GP);
            } else {
                requireUnit(x);
                SemanticsTable.of(insn.form()).lift(x);
                if (!b.isTerminated() && endsBlock(insn.form().insn())) {
                    x.leave();
                }
            }
        }

        private boolean isUndefined(Lift x) {
            X86Instruction insn = x.insn();
            return insn.lock() && !insn.lockIsLegal() || insn.form().is("pm") && !x.mode(X86Mode.PROTECTED)
                || SemanticsTable.of(insn.form()) == null;
        }

        private static boolean endsBlock(Insn insn) {
            return insn.is("leave") || insn.is("alone");
        }

        /** Exceptions 6 (no error code) and 13 (error code 0). */
        private void raise(Lift x, int vector) {
            if (vector == Vector.GP) {
                x.raiseZero(vector);
            } else {
                x.raise(vector);
            }
            b.leave(x.thisPc());
        }

        private void requireUnit(Lift x) {
            if (!x.mode(X86Mode.X87_TRAPS | X86Mode.SSE_TRAPS)) {
                return;
            }
            switch (unit(x.insn())) {
                case INTEGER -> { }
                case X87 -> check(x, X86Mode.X87_TRAPS, CheckHelpers.X87);
                case MMX -> check(x, X86Mode.X87_TRAPS, CheckHelpers.MMX);
                case SSE -> check(x, X86Mode.SSE_TRAPS, CheckHelpers.SSE);
            }
        }

        private void check(Lift x, int mode, Helper helper) {
            if (x.mode(mode)) {
                b.call(helper);
            }
        }

        /**
         * Registers say it: an instruction with an XMM register needs SSE, one with MMX registers alone MMX. Instructions without either need
         * what their meanings belong to, except those that save and restore whole states, which check by themselves.
         */
        private static SemanticsTable.Unit unit(X86Instruction insn) {
            SemanticsTable.Unit unit = SemanticsTable.unit(insn.means());
            if (unit == SemanticsTable.Unit.INTEGER || insn.form().insn().is("system")) {
                return SemanticsTable.Unit.INTEGER;
            }
            boolean mmx = false;
            for (Operand operand : insn.operands()) {
                if (operand instanceof Operand.Reg reg) {
                    if (reg.registerClass() == Operand.RegisterClass.XMM) {
                        return SemanticsTable.Unit.SSE;
                    }
                    mmx |= reg.registerClass() == Operand.RegisterClass.MMX;
                }
            }
            return mmx ? SemanticsTable.Unit.MMX : unit;
        }
    }
}
