package dev.ringside.arch.x86.text;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.Operand.Mem;
import dev.ringside.arch.x86.isa.OperandCode;
import dev.ringside.arch.x86.isa.X86Instruction;

/** The prefixes that a listing shows: those with a meaning of their own, and those that do nothing, so that the text accounts for the bytes. */
final class PrefixText {
    private final CodeSource code;
    private final int codeBits;
    private final X86Instruction insn;
    private final Form form;

    PrefixText(CodeSource code, int codeBits, X86Instruction insn) {
        this.code = code;
        this.codeBits = codeBits;
        this.insn = insn;
        this.form = insn.form();
    }

    /** Names with a space behind each, in the order of the bytes; a prefix that the operands or the mnemonic already tell is left out. */
    String text() {
        int count = prefixCount();
        if (count == 0) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int prefix = code.byteAt(i);
            String name = name(prefix, isLast(prefix, i, count));
            if (name != null) {
                text.append(name).append(' ');
            }
        }
        return text.toString();
    }

    private int prefixCount() {
        int count = 0;
        while (count < insn.lengthBytes() - 1 && isPrefix(code.byteAt(count))) {
            count++;
        }
        return count;
    }

    private boolean isPrefix(int b) {
        return switch (b) {
            case 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65 -> true;
            default -> codeBits == 64 && b >> 4 == 4;
        };
    }

    /** Of several prefixes of one group the last counts. */
    private boolean isLast(int prefix, int at, int count) {
        for (int i = at + 1; i < count; i++) {
            if (group(code.byteAt(i)) == group(prefix)) {
                return false;
            }
        }
        return true;
    }

    private static int group(int prefix) {
        return switch (prefix) {
            case 0xf2, 0xf3 -> 1;
            case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65 -> 2;
            case 0x66, 0x67, 0xf0 -> prefix;
            default -> 3;
        };
    }

    private String name(int prefix, boolean last) {
        return switch (prefix) {
            case 0x66 -> last && uses66() ? null : codeBits == 16 ? "data32" : "data16";
            case 0x67 -> last && uses67() ? null : codeBits == 32 ? "addr16" : "addr32";
            case 0xf0 -> "lock";
            case 0xf2, 0xf3 -> last && insn.rep() == 0 ? null : repeat(prefix);
            case 0x26 -> segment(0, last);
            case 0x2e -> segment(1, last);
            case 0x36 -> segment(2, last);
            case 0x3e -> segment(3, last);
            case 0x64 -> segment(4, last);
            case 0x65 -> segment(5, last);
            default -> last && (prefix & 8) != 0 && !usesRexW() ? rex(prefix) : null;
        };
    }

    private static String rex(int prefix) {
        return "rex." + ((prefix & 8) != 0 ? "W" : "") + ((prefix & 4) != 0 ? "R" : "") + ((prefix & 2) != 0 ? "X" : "")
                + ((prefix & 1) != 0 ? "B" : "");
    }

    private String repeat(int prefix) {
        if (prefix == 0xf3 && form.is("rep")) {
            return "rep";
        }
        boolean branch = form.insn().is("branch") || form.insn().is("call") || form.insn().is("return");
        return prefix == 0xf3 ? "repz" : branch && form.is("f64") ? "bnd" : "repnz";
    }

    private String segment(int register, boolean last) {
        if (register == 3 && codeBits == 64 && (insn.means().equals("jmp") || insn.means().equals("call")) && form.modrm()) {
            return "notrack";
        }
        boolean counts = insn.segmentOverride() == register && last;
        return counts && overridesMemory() ? null : RegisterNames.segment(register);
    }

    /** The destination of a string instruction is in ES whatever the prefix. */
    private boolean overridesMemory() {
        for (int i = 0; i < insn.operands().size(); i++) {
            if (insn.operand(i) instanceof Mem && !form.operands().get(i).startsWith("Y")) {
                return true;
            }
        }
        return false;
    }

    private boolean uses66() {
        return form.prefix() == 0x66 || (insn.rex() & 8) == 0 && (form.operandSize() != 0 || sizeIsTold() || hasWidth(true));
    }

    private boolean usesRexW() {
        return form.operandSize() != 0 || sizeIsTold() && form.insn().is("return") || hasWidth(false);
    }

    private boolean sizeIsTold() {
        return form.is("sized") && !(form.is("f64") && codeBits == 64);
    }

    /** Whether the width of an operand follows the operand size: as 66 sets it, or as REX.W does. */
    private boolean hasWidth(boolean by66) {
        if (form.is("f64") && codeBits == 64) {
            return false;
        }
        for (int i = 0; i < form.operands().size(); i++) {
            OperandCode operandCode = OperandCode.of(form.operands().get(i));
            if (operandCode.memory() != null && insn.operand(i) instanceof Mem) {
                operandCode = operandCode.memory();
            }
            boolean follows = switch (operandCode.width()) {
                case V, P, A -> true;
                case Z -> by66;
                case Y -> !by66;
                default -> false;
            };
            if (follows) {
                return true;
            }
        }
        return false;
    }

    private boolean uses67() {
        return form.addressSize() != 0 || form.mnemonic().startsWith("loop") || insn.operands().stream().anyMatch(o -> o instanceof Mem);
    }
}
