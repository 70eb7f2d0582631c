package dev.ringside.arch.x86.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.isa.EncodingSamples;
import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.IsaTable;
import dev.ringside.arch.x86.lift.SemanticsTable;
import dev.ringside.ir.IrVerifier;
import dev.ringside.testkit.X86TestMachine;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every x87, MMX and SSE row has a meaning that lifts to valid IR and runs. */
class FloatingFormsTest {
    private static final Set<String> FEATURES = Set.of("fpu", "mmx", "sse", "sse2", "sse3", "ssse3", "sse41", "sse42", "fxsr", "xsaveopt");

    @Test
    void everyFormHasAMeaning() {
        assertThat(IsaTable.load().forms()).filteredOn(FloatingFormsTest::isFloating)
            .filteredOn(form -> SemanticsTable.of(form.insn().means()) == null).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void everyFormLiftsAndRunsInProtectedMode(int codeBits) {
        for (Form form : IsaTable.load().forms()) {
            if (isFloating(form)) {
                EncodingSamples.of(form, codeBits, 1).forEach(FloatingFormsTest::run);
            }
        }
    }

    private static void run(EncodingSamples.Sample sample) {
        String hex = HexFormat.of().formatHex(sample.bytes());
        X86TestMachine m = (sample.codeBits() == 64 ? X86TestMachine.longMode() : X86TestMachine.protectedMode()).code(0x1000, hex);
        m.cpu().slots[X86State.FCW.slot()] = 0x37f;
        // Operands lie wherever they lie: the memory is small, so registers are zero and what is out of reach faults.
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
