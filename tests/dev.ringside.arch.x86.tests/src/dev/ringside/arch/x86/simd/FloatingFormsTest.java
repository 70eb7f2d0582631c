package dev.ringside.arch.x86.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.SseEnabled;
import dev.ringside.arch.x86.isa.EncodingSamples;
import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.IsaTable;
import dev.ringside.arch.x86.lift.SemanticsTable;
import dev.ringside.ir.IrVerifier;
import dev.ringside.testkit.X86TestMachine;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every x87, MMX and SSE row has a meaning that lifts to valid IR and runs. */
class FloatingFormsTest {
    private static final Set<String> FEATURES = Set.of("fpu", "mmx", "sse", "sse2", "sse3", "ssse3", "sse41", "sse42", "fxsr", "xsaveopt");

    private static final Map<Integer, X86TestMachine> MACHINES =
        Map.of(16, X86TestMachine.realMode(), 32, X86TestMachine.protectedMode(), 64, X86TestMachine.longMode());

    @Test
    void everyFormHasAMeaning() {
        assertThat(IsaTable.load().forms()).filteredOn(FloatingFormsTest::isFloating)
            .filteredOn(form -> SemanticsTable.of(form.insn().means()) == null).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void everyFormLiftsAndRuns(int codeBits) {
        for (Form form : IsaTable.load().forms()) {
            if (isFloating(form)) {
                EncodingSamples.of(form, codeBits, 1).forEach(FloatingFormsTest::run);
            }
        }
    }

    private static void run(EncodingSamples.Sample sample) {
        String hex = HexFormat.of().formatHex(sample.bytes());
        X86TestMachine m = MACHINES.get(sample.codeBits()).code(0x1000, hex);
        SseEnabled.in(m.cpu());
        m.cpu().slots[X86State.MXCSR.slot()] = 0x1f80;
        m.cpu().slots[X86State.FCW.slot()] = 0x37f;
        // Displacements point anywhere, so some accesses fault; nothing else may happen.
        try {
            IrVerifier.verify(m.lift(1));
            m.run();
        } catch (GuestFault fault) {
            throw fault;
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(sample.form() + " " + hex, e);
        }
    }

    private static boolean isFloating(Form form) {
        return FEATURES.contains(form.insn().feature());
    }
}
