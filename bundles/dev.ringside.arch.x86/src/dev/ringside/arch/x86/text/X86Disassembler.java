package dev.ringside.arch.x86.text;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.DisassembledInstruction;
import dev.ringside.arch.DisassembledInstruction.FlowKind;
import dev.ringside.arch.Disassembler;
import dev.ringside.arch.Symbolizer;
import dev.ringside.arch.x86.decode.Decoder;
import dev.ringside.arch.x86.decode.Decoding;
import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.arch.x86.isa.Operand.Far;
import dev.ringside.arch.x86.isa.Operand.Imm;
import dev.ringside.arch.x86.isa.Operand.Mem;
import dev.ringside.arch.x86.isa.Operand.Reg;
import dev.ringside.arch.x86.isa.Operand.RegisterClass;
import dev.ringside.arch.x86.isa.Operand.Rel;
import dev.ringside.arch.x86.isa.X86Instruction;
import java.util.List;

/**
 * Intel syntax. The text is that of {@code objdump -d -M intel,intel64} except where its README in {@code tests/corpora} says otherwise: sizes of stack
 * and flag instructions are always in the name ({@code pushfq}, {@code iretq}), and unused REX bits are not shown.
 */
public final class X86Disassembler implements Disassembler {
    /** Names of the comparison predicates of CMPPS and its relatives. */
    public static final List<String> PREDICATES = List.of("eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord");

    @Override
    public DisassembledInstruction disassemble(CodeSource code, int bits, long pc, Symbolizer symbols) {
        Decoding decoding = new Decoding(code, bits);
        X86Instruction insn = decoding.run();
        if (insn.form() == null) {
            return new DisassembledInstruction(pc, 1, "(bad)", "", FlowKind.NEXT, -1, false);
        }
        String pseudo = pseudoOperation(insn);
        String mnemonic = new PrefixText(code, bits, insn).text() + (pseudo != null ? pseudo : mnemonic(insn, bits));
        long target = target(insn, bits, pc);
        String operands = new OperandText(decoding, insn, bits, pc, target, symbols).text(pseudo != null);
        return new DisassembledInstruction(pc, insn.lengthBytes(), mnemonic, operands, flow(insn), target, true);
    }

    /** The form's mnemonic; with a size behind it where the bytes ask for another one than usual and no operand shows it. */
    private static String mnemonic(X86Instruction insn, int codeBits) {
        Form form = insn.form();
        String name = form.mnemonic();
        if (form.is("sized")) {
            int usual = codeBits == 64 ? form.is("d64") || form.is("f64") ? 64 : 32 : codeBits;
            return insn.operandBits() == usual || insn.operandBits() == 64 && !form.insn().is("return") ? name : name + switch (insn.operandBits()) {
                case 16 -> "w";
                case 32 -> "d";
                default -> "q";
            };
        }
        return codeBits == 64 && name.equals("mov") && hasEightBytesBehind(insn) ? "movabs" : name;
    }

    private static boolean hasEightBytesBehind(X86Instruction insn) {
        return insn.form().immediates().contains("iv") && insn.operandBits() == 64 || insn.form().immediates().contains("ob") && insn.addressBits() == 64;
    }

    /** CMPPS with a predicate that has a name is written with that name and without the immediate. */
    private static String pseudoOperation(X86Instruction insn) {
        if (!insn.form().is("pseudo")) {
            return null;
        }
        long predicate = ((Imm) insn.operand(2)).value();
        String name = insn.form().mnemonic();
        return predicate >= 8 ? null : "cmp" + PREDICATES.get((int) predicate) + name.substring(3);
    }

    /** Where a relative branch goes. A 16-bit one stays in its 64 KiB, so that linear addresses of real-mode code come out right. */
    private static long target(X86Instruction insn, int codeBits, long pc) {
        if (insn.operands().isEmpty() || !(insn.operand(0) instanceof Rel rel)) {
            return -1;
        }
        long next = pc + insn.lengthBytes();
        long target = next + rel.displacement();
        return switch (rel.bits()) {
            case 16 -> codeBits == 16 ? next & ~0xffffL | target & 0xffff : target & 0xffff;
            case 32 -> target & 0xffffffffL;
            default -> target;
        };
    }

    private static FlowKind flow(X86Instruction insn) {
        Form form = insn.form();
        if (insn.rep() != 0 && (form.is("rep") || form.is("repz"))) {
            return FlowKind.REPEAT;
        }
        if (form.insn().is("conditional")) {
            return FlowKind.CONDITIONAL;
        }
        if (form.insn().is("call")) {
            return FlowKind.CALL;
        }
        if (form.insn().is("return")) {
            return FlowKind.RETURN;
        }
        if (form.insn().is("interrupt")) {
            return FlowKind.INTERRUPT;
        }
        if (form.insn().is("halt")) {
            return FlowKind.HALT;
        }
        return form.insn().is("branch") ? FlowKind.JUMP : FlowKind.NEXT;
    }

    /** The operands of one instruction as text. */
    private static final class OperandText {
        private final Decoding decoding;
        private final X86Instruction insn;
        private final int codeBits;
        private final long pc;
        private final long target;
        private final Symbolizer symbols;
        private String comment = "";

        OperandText(Decoding decoding, X86Instruction insn, int codeBits, long pc, long target, Symbolizer symbols) {
            this.decoding = decoding;
            this.insn = insn;
            this.codeBits = codeBits;
            this.pc = pc;
            this.target = target;
            this.symbols = symbols;
        }

        String text(boolean withoutPredicate) {
            StringBuilder text = new StringBuilder();
            int count = insn.operands().size() - (withoutPredicate ? 1 : 0);
            for (int i = 0; i < count; i++) {
                if (i > 0) {
                    text.append(',');
                }
                text.append(insn.form().operands().get(i).equals("1") ? "1" : operand(insn.operand(i)));
            }
            return text.append(comment).toString();
        }

        private String operand(Operand operand) {
            return switch (operand) {
                case Reg reg -> isStackTop(reg) ? "st" : RegisterNames.of(reg);
                case Imm imm -> hex(imm.value(), imm.bits());
                case Rel rel -> named(target);
                case Far far -> "0x" + Long.toHexString(far.selector()) + ":" + hex(far.offset(), far.bits());
                case Mem mem -> memory(mem);
            };
        }

        /** ST that the opcode implies is written without a number; ST(0) in the encoding with it. */
        private boolean isStackTop(Reg reg) {
            return reg.registerClass() == RegisterClass.X87 && insn.form().operands().contains("ST")
                    && insn.operand(insn.form().operands().indexOf("ST")) == reg;
        }

        private String named(long address) {
            String name = symbols.nameOf(address);
            return "0x" + Long.toHexString(address) + (name == null ? "" : " <" + name + ">");
        }

        private String memory(Mem mem) {
            StringBuilder text = new StringBuilder();
            if (mem.bits() != 0 && !insn.form().is("nosize")) {
                text.append(mem.bits() == 128 && !hasXmm() ? "OWORD" : size(mem.bits())).append(" PTR ");
            }
            boolean absolute = mem.base() < 0 && mem.index() < 0;
            if (insn.segmentOverride() >= 0 || absolute || isString(mem)) {
                text.append(RegisterNames.segment(mem.segment())).append(':');
            }
            if (absolute) {
                return text.append(hex(mem.displacement(), mem.addressBits())).toString();
            }
            text.append('[');
            if (mem.base() == Mem.RIP) {
                text.append(mem.addressBits() == 64 ? "rip" : "eip");
                long address = pc + insn.lengthBytes() + mem.displacement();
                comment = "        # " + named(mem.addressBits() == 64 ? address : address & 0xffffffffL);
            } else if (mem.base() >= 0) {
                text.append(RegisterNames.general(mem.base(), mem.addressBits()));
            }
            if (mem.index() >= 0) {
                text.append(mem.base() >= 0 ? "+" : "").append(RegisterNames.general(mem.index(), mem.addressBits()));
                if (mem.addressBits() != 16) {
                    text.append('*').append(mem.scale());
                }
            }
            if (decoding.displacementBytes() != 0) {
                long displacement = mem.displacement();
                text.append(displacement < 0 ? "-0x" : "+0x").append(Long.toHexString(Math.abs(displacement)));
            }
            return text.append(']').toString();
        }

        private boolean hasXmm() {
            return insn.form().operands().stream().anyMatch(o -> "VWU".indexOf(o.charAt(0)) >= 0);
        }

        private boolean isString(Mem mem) {
            return switch (insn.form().operands().get(insn.operands().indexOf(mem)).charAt(0)) {
                case 'X', 'Y', 'B' -> true;
                default -> false;
            };
        }

        private static String size(int bits) {
            return switch (bits) {
                case 8 -> "BYTE";
                case 16 -> "WORD";
                case 32 -> "DWORD";
                case 48 -> "FWORD";
                case 64 -> "QWORD";
                case 80 -> "TBYTE";
                default -> "XMMWORD";
            };
        }

        private static String hex(long value, int bits) {
            return "0x" + Long.toHexString(bits == 64 ? value : value & (1L << bits) - 1);
        }
    }
}
