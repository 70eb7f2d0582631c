package dev.ringside.ir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testkit.PlainEvaluator;
import dev.ringside.testkit.RandomBlocks;
import org.junit.jupiter.api.Test;

class IrOptimizerTest {
    private static final StateField R0 = RandomBlocks.FIELDS.get(0);
    private static final StateField R1 = RandomBlocks.FIELDS.get(1);

    private final IrBuilder b = new IrBuilder(0x1000);

    @Test
    void optimizedBlocksMeanTheSame() {
        for (long seed = 0; seed < 20_000; seed++) {
            IrBlock block = RandomBlocks.block(seed);
            IrBlock optimized = IrOptimizer.optimize(block);
            IrVerifier.verify(optimized);

            var before = new PlainEvaluator(RandomBlocks.state(seed));
            before.run(block);
            var after = new PlainEvaluator(RandomBlocks.state(seed));
            after.run(optimized);

            assertThat(after.outcome()).as("seed %d:%n%s%n%s", seed, IrPrinter.print(block), IrPrinter.print(optimized))
                    .isEqualTo(before.outcome());
        }
    }

    @Test
    void overwrittenPutGoes() {
        b.insn(0, 1);
        b.put(R0, b.get(R1));
        b.insn(1, 1);
        b.put(R0, b.constant(Type.I64, 7));
        b.jump(b.pc(2), JumpKind.NEXT);

        assertThat(IrPrinter.print(IrOptimizer.optimize(b.build()))).isEqualTo("""
                block 0x1000 {
                  insn +0 1
                  insn +1 1
                  %1 = const.i64 0x7
                  put.i64 r0, %1
                  %2 = pc +2
                  jump next %2
                }
                """);
    }

    @Test
    void overwrittenPutStaysWhenAFaultCouldShowIt() {
        b.insn(0, 1);
        b.put(R0, b.get(R1));
        b.insn(1, 1);
        b.store(b.get(R1), b.constant(Type.I8, 1), 0);
        b.put(R0, b.constant(Type.I64, 7));
        b.jump(b.pc(2), JumpKind.NEXT);

        assertThat(IrPrinter.print(IrOptimizer.optimize(b.build()))).contains("put.i64 r0, %0\n").contains("put.i64 r0, %3\n");
    }

    @Test
    void getBehindPutTakesTheValue() {
        b.insn(0, 1);
        b.put(R0, b.add(b.get(R0), b.get(R1)));
        b.insn(1, 1);
        b.put(R1, b.get(R0));
        b.jump(b.pc(2), JumpKind.NEXT);

        assertThat(IrPrinter.print(IrOptimizer.optimize(b.build()))).contains("put.i64 r1, %2").doesNotContain("%3 = ");
    }

    @Test
    void branchOnAConstantIsAJump() {
        b.insn(0, 2);
        b.branch(b.eq(b.constant(Type.I8, 3), b.constant(Type.I8, 3)), b.pc(5), b.pc(2));

        assertThat(IrPrinter.print(IrOptimizer.optimize(b.build()))).contains("jump jump").doesNotContain("branch");
    }

    @Test
    void loadStaysThoughNobodyUsesItsValue() {
        b.insn(0, 2);
        b.load(Type.I32, b.get(R0), 0);
        b.jump(b.pc(2), JumpKind.NEXT);

        assertThat(IrPrinter.print(IrOptimizer.optimize(b.build()))).contains("load.i32 %0");
    }
}
