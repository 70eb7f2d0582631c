package dev.ringside.arch.x86.fpu;

import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RBX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.Cr0;
import dev.ringside.arch.x86.cpu.SseEnabled;
import dev.ringside.testkit.X86TestMachine;
import org.junit.jupiter.api.Test;

/** Exceptions, environments and saved states of the x87 unit (SDM 1, 8). */
class X87StateTest {
    private static final int DATA = 0x8000;

    @Test
    void unmaskedDivisionByZeroIsDeliveredByTheNextWaitingInstruction() {
        X86TestMachine m = machine();
        m.cpu().slots[X86State.FCW.slot()] = 0x37b;
        // fld1; fldz; fdivp; nop; fnstsw ax; fld1
        m.code(0x1000, "d9e8 d9ee def9 90 dfe0 d9e8");

        GuestFault fault = m.run();

        assertThat(fault.vector).isEqualTo(Vector.MF);
        assertThat(m.cpu().pc()).isEqualTo(0x1009);
        assertThat(m.gpr(RAX) & 0xffff).isEqualTo(0xb084);
        assertThat(m.cpu().slots[X86State.FIP.slot()]).isEqualTo(0x1004);
    }

    @Test
    void clearingExceptionsWithoutWaitingForgetsThem() {
        X86TestMachine m = machine();
        m.cpu().slots[X86State.FCW.slot()] = 0x37b;
        // fld1; fldz; fdivp; fnclex; fld1; fnstsw ax
        m.code(0x1000, "d9e8 d9ee def9 dbe2 d9e8 dfe0");

        assertThat(m.run()).isNull();
        assertThat(m.gpr(RAX) & 0xff).isZero();
    }

    @Test
    void exceptionStaysPendingWhileNumericErrorsAreExternal() {
        X86TestMachine m = machine();
        SseEnabled.cr0(m.cpu(), m.cpu().cr0() & ~Cr0.NE);
        m.cpu().slots[X86State.FCW.slot()] = 0x37b;
        m.code(0x1000, "d9e8 d9ee def9 d9e8");

        assertThat(m.run()).isNull();
    }

    @Test
    void switchedTaskMakesX87AndMmxInstructionsUnavailable() {
        X86TestMachine m = machine();
        SseEnabled.cr0(m.cpu(), m.cpu().cr0() | Cr0.TS);

        // fld1; pxor mm0, mm0; wait; fxsave [rbx]
        for (String code : new String[] {"d9e8", "0fefc0", "9b", "0fae03"}) {
            assertThat(m.code(0x1000, code).gpr(RBX, DATA).run()).as(code).isNotNull().extracting(fault -> fault.vector).isEqualTo(Vector.NM);
        }
    }

    @Test
    void emulationMakesMmxUndefinedAndX87Unavailable() {
        X86TestMachine m = machine();
        SseEnabled.cr0(m.cpu(), m.cpu().cr0() | Cr0.EM);

        assertThat(m.code(0x1000, "d9e8").run().vector).isEqualTo(Vector.NM);
        assertThat(m.code(0x1000, "0fefc0").run().vector).isEqualTo(Vector.UD);
        assertThat(m.code(0x1000, "0f57c0").run().vector).isEqualTo(Vector.UD);
    }

    @Test
    void environmentInThe32BitProtectedLayout() {
        X86TestMachine m = machine();
        // fldpi; fstp dword ptr [rbx+0x40]; fldz; fnstenv [rbx]
        m.code(0x1000, "d9eb d95b40 d9ee d933").gpr(RBX, DATA);

        assertThat(m.run()).isNull();

        assertThat(m.memory().load(DATA, 4, 0)).isEqualTo(0xffff037fL);
        assertThat(m.memory().load(DATA + 4, 4, 0)).as("status: inexact, TOP 7").isEqualTo(0xffff3820L);
        assertThat(m.memory().load(DATA + 8, 4, 0)).as("tags: R7 zero, others empty").isEqualTo(0xffff7fffL);
        assertThat(m.memory().load(DATA + 12, 4, 0)).as("FIP").isEqualTo(0x1005);
        assertThat(m.memory().load(DATA + 20, 4, 0)).as("FDP").isEqualTo(DATA + 0x40);
        assertThat(m.cpu().slots[X86State.FCW.slot()]).as("all exceptions masked").isEqualTo(0x37f);
    }

    @Test
    void environmentInThe16BitRealModeLayoutHoldsLinearAddresses() {
        X86TestMachine m = X86TestMachine.realMode();
        m.cpu().slots[X86State.FCW.slot()] = 0x37f;
        m.cpu().slots[X86State.SEG_BASE[X86State.DS].slot()] = 0x12340;
        m.cpu().slots[X86State.FTAG.slot()] = 0;
        // fld dword ptr [bx+0x10]; fnstenv [bx]
        m.code(0x1000, "d94710 d937").gpr(RBX, 0x100);

        assertThat(m.run()).isNull();

        assertThat(m.memory().load(0x12440, 2, 0)).isEqualTo(0x37f);
        assertThat(m.memory().load(0x12446, 2, 0)).as("FIP 15:0").isEqualTo(0x1000);
        assertThat(m.memory().load(0x1244a, 2, 0)).as("FDP 15:0").isEqualTo(0x2450);
        assertThat(m.memory().load(0x1244c, 2, 0)).as("FDP 19:16").isEqualTo(0x1000);
    }

    @Test
    void savedStateComesBackWithEveryRegister() {
        X86TestMachine m = machine();
        // fld1; fldpi; fldl2e; fnsave [rbx]; frstor [rbx]; fnstsw ax
        m.code(0x1000, "d9e8 d9eb d9ea dd33 dd23 dfe0").gpr(RBX, DATA);

        assertThat(m.run()).isNull();

        assertThat(m.gpr(RAX) & 0xffff).as("TOP 5").isEqualTo(0x2800);
        assertThat(m.cpu().slots[X86State.FTAG.slot()]).isEqualTo(0xe0);
        assertThat(m.cpu().slots[X86State.FPR[6].slot()]).as("pi in R6").isEqualTo(0xc90fdaa22168c235L);
        assertThat(m.cpu().slots[X86State.FPE[6].slot()]).isEqualTo(0x4000);
        assertThat(m.memory().load(DATA + 28 + 20, 8, 0)).as("ST(2) in memory").isEqualTo(0x8000000000000000L);
    }

    @Test
    void savingInitializesTheUnit() {
        X86TestMachine m = machine();
        // fld1; fnsave [rbx]
        m.code(0x1000, "d9e8 dd33").gpr(RBX, DATA);

        assertThat(m.run()).isNull();

        assertThat(m.cpu().slots[X86State.FTAG.slot()]).isZero();
        assertThat(m.cpu().slots[X86State.FTOP.slot()]).isZero();
        assertThat(m.cpu().slots[X86State.FCW.slot()]).isEqualTo(0x37f);
    }

    @Test
    void storeThatFaultsLeavesTheStackAlone() {
        X86TestMachine m = machine();
        // fld1; fstp qword ptr [rbx]
        m.code(0x1000, "d9e8 dd1b").gpr(RBX, 0x7000_0000_0000L);

        assertThat(m.run().vector).isEqualTo(Vector.PF);

        assertThat(m.cpu().slots[X86State.FTAG.slot()]).isEqualTo(0x80);
        assertThat(m.cpu().slots[X86State.FTOP.slot()]).isEqualTo(7);
    }

    private static X86TestMachine machine() {
        X86TestMachine m = X86TestMachine.longMode();
        SseEnabled.in(m.cpu());
        X87.initialize(m.cpu().slots);
        return m;
    }
}
