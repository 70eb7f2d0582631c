package dev.ringside.ir;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.testkit.RandomBlocks;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IrVerifierTest {
    private static final Value V0 = new Value(0, Type.I64);
    private static final Value V1 = new Value(1, Type.I32);
    private static final Value V2 = new Value(2, Type.I64);
    private static final IrInsn MARK = insn(Op.INSN, Type.I64, null, List.of(), 0, 1, null);
    private static final IrInsn END = insn(Op.LEAVE_AT_PC, Type.I64, null, List.of(), 0, 0, null);
    private static final IrInsn GET64 = insn(Op.GET, Type.I64, V0, List.of(), 0, 0, RandomBlocks.FIELDS.get(0));
    private static final IrInsn GET32 = insn(Op.GET, Type.I32, V1, List.of(), 0, 0, RandomBlocks.FIELDS.get(3));

    @Test
    void everythingTheGeneratorBuildsIsValid() {
        for (long seed = 0; seed < 1000; seed++) {
            IrBlock block = RandomBlocks.block(seed);
            assertThatCode(() -> IrVerifier.verify(block)).doesNotThrowAnyException();
        }
    }

    @Test
    void operandsHaveTheTypeOfTheOperation() {
        rejects("%1 is i32, not i64", MARK, GET64, GET32, insn(Op.ADD, Type.I64, V2, List.of(V0, V1), 0, 0, null), END);
        rejects("%0 is i64, not i1", MARK, GET64, insn(Op.RAISE_IF, Type.I1, null, List.of(V0), 6, 0, null), END);
        rejects("%1 is i32, not i64", MARK, GET32, insn(Op.LOAD, Type.I64, V2, List.of(V1), 0, 0, null), END);
    }

    @Test
    void resultHasTheTypeOfTheOperation() {
        rejects("the result is i1", MARK, GET64, insn(Op.EQ, Type.I64, V2, List.of(V0, V0), 0, 0, null), END);
        rejects("has no result", MARK, GET64, insn(Op.STORE, Type.I64, V2, List.of(V0, V0), 0, 0, null), END);
        rejects("needs a result", MARK, GET64, insn(Op.NOT, Type.I64, null, List.of(V0), 0, 0, null), END);
    }

    @Test
    void valuesAreAssignedOnceAndBeforeUse() {
        rejects("%0 is used before it is assigned", MARK, insn(Op.NOT, Type.I64, V2, List.of(V0), 0, 0, null), END);
        rejects("%0 is assigned twice", MARK, GET64, GET64, END);
    }

    @Test
    void exactlyOneTerminatorComesLast() {
        rejects("a terminator is last", MARK, END, END);
        rejects("a block ends with", MARK, GET64);
        rejects("the block is empty");
    }

    @Test
    void operandCountIsThatOfTheOperation() {
        rejects("takes 2 operands", MARK, GET64, insn(Op.ADD, Type.I64, V2, List.of(V0), 0, 0, null), END);
        rejects("takes 1 arguments", MARK, insn(Op.CALL, Type.I64, null, List.of(), 0, 0, RandomBlocks.WRITES), END);
        rejects("takes a condition and an error code", MARK, GET64, insn(Op.EQ, Type.I64, new Value(2, Type.I1), List.of(V0, V0), 0, 0, null),
                insn(Op.RAISE_IF, Type.I1, null, List.of(new Value(2, Type.I1)), 0x10d, 0, null), END);
    }

    @Test
    void widthsChangeInTheirDirection() {
        rejects("not narrower", MARK, GET64, insn(Op.ZEXT, Type.I64, V2, List.of(V0), 0, 0, null), END);
        rejects("not wider", MARK, GET32, insn(Op.TRUNC, Type.I64, V2, List.of(V1), 0, 0, null), END);
        rejects("do not fit", MARK, GET64, GET32, insn(Op.DEPOSIT, Type.I64, V2, List.of(V0, V1), 33, 0, null), END);
        rejects("wider than its type", MARK, insn(Op.CONST, Type.I8, new Value(2, Type.I8), List.of(), 256, 0, null), END);
        rejects("the field is i32", MARK, insn(Op.GET, Type.I64, V0, List.of(), 0, 0, RandomBlocks.FIELDS.get(3)), END);
    }

    private static void rejects(String reason, IrInsn... insns) {
        int markers = (int) List.of(insns).stream().filter(i -> i.op() == Op.INSN).count();
        var block = new IrBlock(0, 1, markers, new ArrayList<>(List.of(insns)), 3);
        assertThatThrownBy(() -> IrVerifier.verify(block)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(reason);
    }

    private static IrInsn insn(Op op, Type type, Value result, List<Value> args, long imm, int aux, Object ref) {
        return new IrInsn(op, type, result, args, imm, aux, ref);
    }
}
