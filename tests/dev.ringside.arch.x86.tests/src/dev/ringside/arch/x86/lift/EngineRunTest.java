package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RBX;
import static dev.ringside.arch.x86.X86State.RCX;
import static dev.ringside.arch.x86.X86State.RDI;
import static dev.ringside.arch.x86.X86State.RSI;
import static dev.ringside.arch.x86.X86State.RSP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.Vector;
import dev.ringside.engine.VmExit;
import dev.ringside.testkit.X86EngineMachine;
import org.junit.jupiter.api.Test;

/** Decoder, lifter, helpers and interpreter together on small pieces of code. */
class EngineRunTest {
    @Test
    void loopIn64BitCodeCountsItsInstructions() {
        try (var m = X86EngineMachine.longMode("interpreter")) {
            // xor eax,eax; mov ecx,1000; add rax,rcx; dec rcx; jnz
            m.code(0x1000, "31c0 b9e8030000 4801c8 48ffc9 75f8");
            long before = m.cpu().instructions;

            assertThat(m.run()).isEqualTo(-1);

            assertThat(m.gpr(RAX)).isEqualTo(500500);
            assertThat(m.cpu().instructions - before).isEqualTo(2 + 3 * 1000 + 1);
        }
    }

    @Test
    void realModeCodeUsesItsSegments() {
        try (var m = X86EngineMachine.realMode("interpreter")) {
            // mov ax,0x2000; mov es,ax; mov di,0xfffe; mov ax,0x1234; stosw; mov ax,[es:0xfffe]; push ax; pop bx
            m.code(0x1000, "b80020 8ec0 bffeff b83412 ab 31c0 26a1feff 50 5b");

            assertThat(m.run()).isEqualTo(-1);

            assertThat(m.gpr(RBX) & 0xffff).isEqualTo(0x1234);
            assertThat(m.gpr(RDI) & 0xffff).isZero();
            assertThat(m.memory().read(0x2fffe, 2)).isEqualTo(0x1234);
        }
    }

    @Test
    void realModeOffsetBeyondTheLimitIsAGeneralProtectionFault() {
        try (var m = X86EngineMachine.realMode("interpreter")) {
            // mov ebx,0x10000; mov al,[ebx]
            m.code(0x1000, "66bb00000100 678a03");

            assertThat(m.run()).isEqualTo(Vector.GP);
        }
    }

    @Test
    void divisionByZeroRaisesDivideErrorWithThePriorState() {
        try (var m = X86EngineMachine.longMode("interpreter")) {
            m.code(0x1000, "48ffc0 48f7f3").gpr(RAX, 6).gpr(RBX, 0);

            assertThat(m.run()).isEqualTo(Vector.DE);

            assertThat(m.gpr(RAX)).isEqualTo(7);
            assertThat(m.memory().read(m.gpr(RSP), 8)).isEqualTo(0x1003);
        }
    }

    @Test
    void repeatedMoveStopsWhenTheBudgetIsSpentAndGoesOnLater() {
        try (var m = X86EngineMachine.longMode("interpreter")) {
            for (int i = 0; i < 1000; i++) {
                m.memory().write(0x20000 + i, 1, i * 7);
            }
            m.code(0x1000, "f3a4").gpr(RSI, 0x20000).gpr(RDI, 0x30ff0).gpr(RCX, 1000);

            assertThat(m.vcpu().run(300)).isEqualTo(VmExit.BUDGET_REACHED);

            assertThat(m.gpr(RCX)).isEqualTo(700);
            assertThat(m.cpu().pc()).isEqualTo(0x1000);
            assertThat(m.run()).isEqualTo(-1);
            assertThat(m.gpr(RCX)).isZero();
            assertThat(m.cpu().instructions).isEqualTo(1001);
            for (int i = 0; i < 1000; i++) {
                assertThat(m.memory().read(0x30ff0 + i, 1)).isEqualTo(i * 7 & 0xff);
            }
        }
    }

    @Test
    void repeatedStoreIntoAMissingPageHasDoneThePagesBefore() {
        try (var m = X86EngineMachine.longMode("interpreter")) {
            // The second 2 MB become not present.
            m.memory().write(0x72008, 8, 0);
            m.code(0x1000, "f348ab").gpr(RAX, -1).gpr(RDI, 0x1ff000).gpr(RCX, 1000);

            assertThat(m.run()).isEqualTo(Vector.PF);

            assertThat(m.gpr(RDI)).isEqualTo(0x200000);
            assertThat(m.gpr(RCX)).isEqualTo(1000 - 512);
            assertThat(m.cpu().cr2()).isEqualTo(0x200000);
        }
    }

    @Test
    void codeThatRewritesItsNextInstructionRunsTheNewOne() {
        try (var m = X86EngineMachine.longMode("interpreter")) {
            // mov byte [rip+1], 5: the immediate of mov al, 1 behind it
            m.code(0x1000, "c6050100000005 b001");

            assertThat(m.run()).isEqualTo(-1);

            assertThat(m.gpr(RAX) & 0xff).isEqualTo(5);
        }
    }
}
