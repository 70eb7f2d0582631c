package dev.ringside.arch.x86.simd;

import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RBX;
import static dev.ringside.arch.x86.X86State.RCX;
import static dev.ringside.arch.x86.X86State.RDX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.Cr4;
import dev.ringside.arch.x86.cpu.SseEnabled;
import dev.ringside.arch.x86.fpu.X87;
import dev.ringside.testkit.X86EngineMachine;
import dev.ringside.testkit.X86TestMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** FXSAVE, XSAVE and their opposites; exceptions of SSE instructions (SDM 1, 10.5, 11.5 and 13). */
class FxStateTest {
    private static final int AREA = 0x8000;
    private static final String FXSAVE = "0fae03", FXSAVE64 = "480fae03", FXRSTOR64 = "480fae0b", XSAVE64 = "480fae23", XRSTOR64 = "480fae2b";

    private X86TestMachine m;

    @BeforeEach
    void start() {
        m = X86TestMachine.longMode().gpr(RBX, AREA);
        SseEnabled.in(m.cpu());
        X87.initialize(m.cpu().slots);
        m.cpu().slots[X86State.MXCSR.slot()] = 0x1f80;
    }

    @Test
    void savedAreaHasTheManualsLayout() {
        // fld1; fldpi; fxsave64 [rbx]
        m.xmm(0, 1, 2).xmm(15, 3, 4).code(0x1000, "d9e8 d9eb" + FXSAVE64);

        assertThat(m.run()).isNull();

        assertThat(m.memory().load(AREA, 8, 0)).as("FCW, FSW, FTW, FOP").isEqualTo(0x1eb_00c0_3000_037fL);
        assertThat(m.memory().load(AREA + 8, 8, 0)).as("FIP").isEqualTo(0x1002);
        assertThat(m.memory().load(AREA + 24, 8, 0)).as("MXCSR and its mask").isEqualTo(0xffff_0000_1f80L);
        assertThat(m.memory().load(AREA + 32, 8, 0)).as("ST(0)").isEqualTo(0xc90fdaa22168c235L);
        assertThat(m.memory().load(AREA + 40, 8, 0)).isEqualTo(0x4000);
        assertThat(m.memory().load(AREA + 160, 8, 0)).isEqualTo(1);
        assertThat(m.memory().load(AREA + 408, 8, 0)).isEqualTo(4);
    }

    @Test
    void restoringUndoesWhatHappenedSinceSaving() {
        // fld1; fxsave64 [rbx]; fninit; xorps xmm3, xmm3; fxrstor64 [rbx]
        m.xmm(3, 5, 6).code(0x1000, "d9e8" + FXSAVE64 + "dbe3 0f57db" + FXRSTOR64);

        assertThat(m.run()).isNull();

        assertThat(m.xmmLow(3)).isEqualTo(5);
        assertThat(m.cpu().slots[X86State.FTAG.slot()]).isEqualTo(0x80);
        assertThat(m.cpu().slots[X86State.FPR[7].slot()]).isEqualTo(0x8000000000000000L);
    }

    @Test
    void misalignedAreasAndReservedBitsOfMxcsrAreGeneralProtectionFaults() {
        assertThat(m.code(0x1000, FXSAVE).gpr(RBX, AREA + 8).run().vector).isEqualTo(Vector.GP);
        assertThat(m.code(0x1000, XSAVE64).gpr(RBX, AREA + 16).run().vector).isEqualTo(Vector.GP);

        m.memory().store(AREA + 24, 4, 0x1_1f80, 0);
        assertThat(m.code(0x1000, FXRSTOR64).gpr(RBX, AREA).run().vector).isEqualTo(Vector.GP);

        // ldmxcsr [rbx+24]
        assertThat(m.code(0x1000, "0fae5318").run().vector).isEqualTo(Vector.GP);
        assertThat(m.cpu().slots[X86State.MXCSR.slot()]).isEqualTo(0x1f80);
    }

    @Test
    void xsaveWritesTheComponentsAskedForAndSaysSo() {
        m.memory().store(AREA, 8, -1, 0);
        m.xmm(1, 7, 8).gpr(RAX, 2).gpr(RDX, 0).code(0x1000, XSAVE64);

        assertThat(m.run()).isNull();

        assertThat(m.memory().load(AREA, 8, 0)).as("x87 was not asked for").isEqualTo(-1);
        assertThat(m.memory().load(AREA + 176, 8, 0)).isEqualTo(7);
        assertThat(m.memory().load(AREA + 512, 8, 0)).as("XSTATE_BV").isEqualTo(2);
    }

    @Test
    void xrstorInitializesWhatIsNotPresent() {
        m.memory().store(AREA + 24, 4, 0x1f80, 0);
        // fld1; xrstor64 [rbx], with an empty XSTATE_BV
        m.xmm(1, 7, 8).gpr(RAX, 3).gpr(RDX, 0).code(0x1000, "d9e8" + XRSTOR64);

        assertThat(m.run()).isNull();

        assertThat(m.xmmLow(1)).isZero();
        assertThat(m.cpu().slots[X86State.FTAG.slot()]).isZero();
        assertThat(m.cpu().slots[X86State.FCW.slot()]).isEqualTo(0x37f);
    }

    @Test
    void xrstorRefusesComponentsThatAreNotEnabledAndTheCompactedForm() {
        m.gpr(RAX, 3).gpr(RDX, 0);
        m.memory().store(AREA + 512, 8, 4, 0);
        assertThat(m.code(0x1000, XRSTOR64).run().vector).isEqualTo(Vector.GP);

        m.memory().store(AREA + 512, 8, 0, 0);
        m.memory().store(AREA + 520, 8, 1L << 63, 0);
        assertThat(m.code(0x1000, XRSTOR64).run().vector).isEqualTo(Vector.GP);
    }

    @Test
    void xsaveNeedsTheSystemsConsent() {
        SseEnabled.cr4(m.cpu(), m.cpu().cr4() & ~Cr4.OSXSAVE);

        assertThat(m.code(0x1000, XSAVE64).run().vector).isEqualTo(Vector.UD);
    }

    @Test
    void unmaskedExceptionWithoutSystemSupportIsAnUndefinedOpcode() {
        SseEnabled.cr4(m.cpu(), m.cpu().cr4() & ~Cr4.OSXMMEXCPT);
        m.cpu().slots[X86State.MXCSR.slot()] = 0x1d80;
        // divsd xmm0, xmm1: 1.0 / 0.0, division by zero unmasked
        m.xmm(0, Double.doubleToLongBits(1), 9).xmm(1, 0, 0).code(0x1000, "f20f5ec1");

        assertThat(m.run().vector).isEqualTo(Vector.UD);

        assertThat(m.cpu().slots[X86State.MXCSR.slot()]).as("the flag is set all the same").isEqualTo(0x1d84);
        assertThat(m.xmmLow(0)).isEqualTo(Double.doubleToLongBits(1));
    }

    @Test
    void alignedFormsRefuseMisalignedMemoryAndUnalignedFormsDoNot() {
        try (X86EngineMachine engine = X86EngineMachine.longMode("interpreter")) {
            // movaps xmm0,[rbx]; movaps [rbx],xmm0; paddb xmm0,[rbx]; addps xmm0,[rbx]; movntdq [rbx],xmm0
            for (String code : new String[] {"0f2803", "0f2903", "660ffc03", "0f5803", "660fe703"}) {
                assertThat(run(engine, code)).as(code).isEqualTo(Vector.GP);
            }
            // movups xmm0,[rbx]; movdqu [rbx],xmm0; addss xmm0,[rbx]; pcmpistri xmm0,[rbx],0; movq xmm0,[rbx]
            for (String code : new String[] {"0f1003", "f30f7f03", "f30f5803", "660f3a630300", "f30f7e03"}) {
                assertThat(run(engine, code)).as(code).isEqualTo(-1);
            }
        }
    }

    private static int run(X86EngineMachine engine, String code) {
        engine.reset();
        SseEnabled.in(engine.cpu());
        return engine.code(0x1000, code).gpr(RBX, AREA + 4).run();
    }

    @Test
    void maskedStoreTouchesNoByteThatIsNotSelected() {
        m.memory().store(AREA, 8, 0x1111111111111111L, 0);
        m.memory().store(AREA + 8, 8, 0x1111111111111111L, 0);
        // maskmovdqu xmm0, xmm1
        m.xmm(0, -1, -1).xmm(1, 0x0000000000800000L, 0x8000000000000000L).gpr(X86State.RDI, AREA).gpr(RCX, 0).code(0x1000, "660ff7c1");

        assertThat(m.run()).isNull();

        assertThat(m.memory().load(AREA, 8, 0)).isEqualTo(0x1111111111ff1111L);
        assertThat(m.memory().load(AREA + 8, 8, 0)).isEqualTo(0xff11111111111111L);
    }
}
