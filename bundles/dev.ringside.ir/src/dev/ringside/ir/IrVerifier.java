package dev.ringside.ir;

import java.util.List;

/** Checks the rules that every block keeps and no engine checks again. */
public final class IrVerifier {
    private final IrBlock block;
    private final Value[] defined;

    private IrVerifier(IrBlock block) {
        this.block = block;
        defined = new Value[block.valueCount()];
    }

    /** @throws IllegalArgumentException naming the operation by its place and text, and the rule it breaks */
    public static void verify(IrBlock block) {
        new IrVerifier(block).check();
    }

    private void check() {
        List<IrInsn> insns = block.insns();
        if (insns.isEmpty()) {
            throw new IllegalArgumentException("the block is empty");
        }
        int markers = 0;
        for (int i = 0; i < insns.size(); i++) {
            IrInsn insn = insns.get(i);
            try {
                boolean last = i == insns.size() - 1;
                require(insn.op().isTerminator() == last, last ? "a block ends with jump, branch, leave or leave_at_pc" : "a terminator is last");
                require(i > 0 || insn.op() == Op.INSN, "a block starts with insn");
                check(insn);
                define(insn);
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("operation " + i + " '" + IrPrinter.print(insn) + "': " + wrong.getMessage());
            }
            markers += insn.op() == Op.INSN ? 1 : 0;
        }
        if (markers != block.guestInstructions()) {
            throw new IllegalArgumentException("the block says " + block.guestInstructions() + " guest instructions and has " + markers + " insn");
        }
    }

    private void check(IrInsn insn) {
        Op op = insn.op();
        require(op.arity() < 0 || insn.args().size() == op.arity(), "takes " + op.arity() + " operands");
        for (Value arg : insn.args()) {
            require(arg.id() >= 0 && arg.id() < defined.length && defined[arg.id()] != null, arg.text() + " is used before it is assigned");
            require(defined[arg.id()].equals(arg), arg.text() + " is " + defined[arg.id()].type().text());
        }
        switch (op) {
            case INSN -> require(insn.aux() > 0 && insn.imm() >= 0, "an instruction has an offset and a length");
            case CONST -> require(insn.type() != Type.I128 && (insn.imm() & ~insn.type().mask()) == 0, "the constant is wider than its type");
            case PC -> require(insn.type() == Type.I64, "a program counter is i64");
            case GET -> require(insn.field().type() == insn.type(), "the field is " + insn.field().type().text());
            case PUT -> {
                require(insn.field().type() == insn.type(), "the field is " + insn.field().type().text());
                all(insn, insn.type());
            }
            case ADD, SUB, MUL, NEG, MULHU, MULHS, SHL, SHR, SAR, ROTL, ROTR, CLZ, CTZ, POPCNT -> narrow(insn);
            case BSWAP -> {
                narrow(insn);
                require(insn.type().bits() >= 16, "bswap is of i16 and wider");
            }
            case AND, OR, XOR, NOT -> all(insn, insn.type());
            case EQ, NE, LTU, LEU, LTS, LES -> narrow(insn);
            case SELECT -> {
                type(insn, 0, Type.I1);
                type(insn, 1, insn.type());
                type(insn, 2, insn.type());
            }
            case ZEXT -> require(insn.arg(0).type().bits() < insn.type().bits(), "the operand is not narrower");
            case SEXT -> require(insn.arg(0).type().bits() < insn.type().bits() && insn.type() != Type.I128, "the operand is not narrower, or the result is i128");
            case TRUNC -> require(insn.arg(0).type().bits() > insn.type().bits(), "the operand is not wider");
            case DEPOSIT -> {
                type(insn, 0, insn.type());
                require(insn.imm() >= 0 && insn.imm() + insn.arg(1).type().bits() <= insn.type().bits() && insn.type() != Type.I128, "the bits do not fit");
            }
            case CONCAT -> {
                require(insn.type() == Type.I128, "the result is i128");
                all(insn, Type.I64);
            }
            case LOW, HIGH -> {
                require(insn.type() == Type.I64, "the result is i64");
                all(insn, Type.I128);
            }
            case LOAD, PROBE -> {
                type(insn, 0, Type.I64);
                require(insn.type() != Type.I1, "memory has no bits");
            }
            case STORE -> {
                type(insn, 0, Type.I64);
                type(insn, 1, insn.type());
                require(insn.type() != Type.I1, "memory has no bits");
            }
            case CALL -> call(insn);
            case RAISE_IF -> {
                boolean hasCode = (insn.imm() & 0x100) != 0;
                require(insn.args().size() == (hasCode ? 2 : 1), hasCode ? "takes a condition and an error code" : "takes a condition");
                type(insn, 0, Type.I1);
                if (hasCode) {
                    type(insn, 1, Type.I32);
                }
            }
            case JUMP -> {
                all(insn, Type.I64);
                require(insn.imm() >= 0 && insn.imm() < JumpKind.values().length, "no such kind of jump");
            }
            case BRANCH -> {
                type(insn, 0, Type.I1);
                type(insn, 1, Type.I64);
                type(insn, 2, Type.I64);
            }
            case LEAVE, LEAVE_AT_PC -> all(insn, Type.I64);
        }
    }

    private void call(IrInsn insn) {
        Helper helper = insn.helper();
        require(insn.args().size() == helper.parameters().size(), "takes " + helper.parameters().size() + " arguments");
        for (int i = 0; i < insn.args().size(); i++) {
            type(insn, i, helper.parameters().get(i));
        }
        require((insn.result() == null) == (helper.result() == null), helper.result() == null ? "has no result" : "has a result");
    }

    private void define(IrInsn insn) {
        Value result = insn.result();
        boolean hasResult = insn.op() == Op.CALL ? result != null : insn.op().hasResult();
        require(hasResult == (result != null), hasResult ? "needs a result" : "has no result");
        if (result == null) {
            return;
        }
        require(result.id() >= 0 && result.id() < defined.length, result.text() + " is beyond the block's value count");
        require(defined[result.id()] == null, result.text() + " is assigned twice");
        Type type = insn.op().isComparison() ? Type.I1 : insn.op() == Op.CALL ? insn.helper().result() : insn.type();
        require(result.type() == type, "the result is " + type.text());
        defined[result.id()] = result;
    }

    private static void narrow(IrInsn insn) {
        require(insn.type() != Type.I128, "not for i128");
        all(insn, insn.type());
    }

    private static void all(IrInsn insn, Type type) {
        for (int i = 0; i < insn.args().size(); i++) {
            type(insn, i, type);
        }
    }

    private static void type(IrInsn insn, int index, Type type) {
        require(insn.arg(index).type() == type, insn.arg(index).text() + " is " + insn.arg(index).type().text() + ", not " + type.text());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
