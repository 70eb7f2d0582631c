package dev.ringside.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Blocks as text, in the form that {@link IrParser} reads. */
public final class IrPrinter {
    private IrPrinter() {
    }

    public static String print(IrBlock block) {
        var out = new StringBuilder("block 0x%x {%n".formatted(block.pc()).replace("\r\n", "\n"));
        for (IrInsn insn : block.insns()) {
            out.append("  ").append(print(insn)).append('\n');
        }
        return out.append("}\n").toString();
    }

    public static String print(IrInsn insn) {
        String text = switch (insn.op()) {
            case INSN -> "insn " + offset(insn.imm()) + " " + insn.aux();
            case CONST -> typed(insn) + " " + hex(insn.imm());
            case PC -> "pc " + offset(insn.imm());
            case GET -> typed(insn) + " " + insn.field().name();
            case PUT -> typed(insn) + " " + insn.field().name() + ", " + insn.arg(0).text();
            case DEPOSIT -> typed(insn) + " " + args(insn) + ", " + insn.imm();
            case LOAD, STORE, PROBE -> typed(insn) + " " + args(insn) + flags((int) insn.imm());
            case CALL -> "call " + insn.helper().name() + "(" + args(insn) + ")";
            case RAISE_IF -> "raise_if " + insn.arg(0).text() + ", " + (insn.imm() & 0xff) + (insn.args().size() > 1 ? ", " + insn.arg(1).text() : "");
            case JUMP -> "jump " + JumpKind.values()[(int) insn.imm()].text() + " " + args(insn);
            case BRANCH, LEAVE -> insn.op().text() + " " + args(insn);
            case LEAVE_AT_PC -> insn.op().text();
            default -> typed(insn) + " " + args(insn);
        };
        return insn.result() == null ? text : insn.result().text() + " = " + text;
    }

    private static String typed(IrInsn insn) {
        return insn.op().text() + "." + insn.type().text();
    }

    private static String args(IrInsn insn) {
        return insn.args().stream().map(Value::text).collect(Collectors.joining(", "));
    }

    private static String offset(long offset) {
        return (offset < 0 ? "" : "+") + offset;
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private static String flags(int flags) {
        List<String> words = new ArrayList<>();
        for (MemFlag flag : MemFlag.values()) {
            if ((flags & flag.bit()) != 0) {
                words.add(flag.text());
            }
        }
        if (MemFlags.space(flags) != 0) {
            words.add("space=" + MemFlags.space(flags));
        }
        return words.isEmpty() ? "" : " [" + String.join(" ", words) + "]";
    }
}
