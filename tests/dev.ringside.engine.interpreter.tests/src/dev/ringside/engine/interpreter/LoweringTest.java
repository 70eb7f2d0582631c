package dev.ringside.engine.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.Architecture;
import dev.ringside.arch.Assembler;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.Disassembler;
import dev.ringside.arch.Lifter;
import dev.ringside.engine.EngineConfig;
import dev.ringside.engine.EngineProvider;
import dev.ringside.engine.Vcpu;
import dev.ringside.ir.GuestState;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.IrPrinter;
import dev.ringside.ir.StateLayout;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.testkit.PlainEvaluator;
import dev.ringside.testkit.RandomBlocks;
import dev.ringside.trace.TraceSink;
import java.util.Collection;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random blocks through the whole engine, against {@link PlainEvaluator}. */
class LoweringTest {
    private static final int PAGE = 4096;

    @ParameterizedTest
    @MethodSource("dev.ringside.engine.interpreter.Engines#all")
    void blocksMeanWhatTheIrSays(EngineProvider engine) {
        for (long seed = 0; seed < 5_000; seed++) {
            IrBlock block = RandomBlocks.block(seed);
            var expected = new PlainEvaluator(RandomBlocks.state(seed));
            expected.run(block);

            String actual = run(engine, block, RandomBlocks.state(seed));

            assertThat(actual).as("seed %d:%n%s", seed, IrPrinter.print(block)).isEqualTo(expected.outcome());
        }
    }

    private static String run(EngineProvider provider, IrBlock block, GuestState initial) {
        try (var memory = new PhysicalMemory()) {
            memory.addRam("data", 0, PAGE);
            memory.addRam("code", RandomCpu.CODE, PAGE);
            for (int i = 0; i < PAGE; i++) {
                memory.write(i, 1, i);
            }
            var cpu = new RandomCpu(block);
            System.arraycopy(initial.slots, 0, cpu.slots, 0, RandomBlocks.LAYOUT.slotCount());
            try (var engine = provider.create(new EngineConfig(new RandomArchitecture(block), memory, TraceSink.NONE))) {
                Vcpu vcpu = engine.newVcpu(cpu);
                // A translator translates what it has run once.
                vcpu.run(block.guestInstructions());
                for (int i = 0; i < PAGE; i++) {
                    memory.write(i, 1, i);
                }
                cpu.restart();
                System.arraycopy(initial.slots, 0, cpu.slots, 0, RandomBlocks.LAYOUT.slotCount());
                vcpu.run(block.guestInstructions());
            }
            var changed = new TreeMap<Long, Byte>();
            for (long i = 0; i < PAGE; i++) {
                byte now = (byte) memory.read(i, 1);
                if (now != (byte) i) {
                    changed.put(i, now);
                }
            }
            return PlainEvaluator.outcome(cpu.end(), changed, cpu);
        }
    }

    /** Lifts everything to the one block, then nothing. */
    private record RandomArchitecture(IrBlock block) implements Architecture {
        @Override
        public String name() {
            return "random";
        }

        @Override
        public StateLayout layout() {
            return RandomBlocks.LAYOUT;
        }

        @Override
        public Collection<Helper> helpers() {
            return RandomBlocks.HELPERS;
        }

        @Override
        public Cpu newCpu(int index) {
            return new RandomCpu(block);
        }

        @Override
        public Lifter lifter() {
            return (code, modeKey, pc, maxInstructions) -> block;
        }

        @Override
        public Disassembler disassembler() {
            throw new UnsupportedOperationException("random code has no disassembler");
        }

        @Override
        public Assembler assembler() {
            throw new UnsupportedOperationException("random code has no assembler");
        }
    }
}
