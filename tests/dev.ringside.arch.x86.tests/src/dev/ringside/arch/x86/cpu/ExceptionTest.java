package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.cpu.SystemMachine.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86State;
import org.junit.jupiter.api.Test;

class ExceptionTest {
    private static final int DE = 0, DB = 1, BP = 3, UD = 6, DF = 8, NP = 11, SS = 12, GP = 13, PF = 14;

    // Long mode

    @Test
    void faultPushesSixQuadwordsOnAnAlignedStackWithResumeFlag() {
        var m = longMode().code("ud2");
        m.cpu.slots[X86State.RSP] = STACK + 5;
        m.cpu.rflags(Rflags.IF | Rflags.CF);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(UD));
        assertThat(m.rsp()).isEqualTo(STACK - 5 * 8);
        assertThat(m.stack(0)).as("RIP").isEqualTo(CODE);
        assertThat(m.stack(1)).as("CS").isEqualTo(CODE_0);
        assertThat(m.stack(2)).as("RFLAGS").isEqualTo(Rflags.RF | Rflags.IF | Rflags.CF | 2);
        assertThat(m.stack(3)).as("RSP").isEqualTo(STACK + 5);
        assertThat(m.stack(4)).as("SS").isEqualTo(DATA_0);
        assertThat(m.cpu.rflags()).as("an interrupt gate").isEqualTo(Rflags.CF | 2);
    }

    @Test
    void trapGateLeavesInterruptsEnabled() {
        var m = longMode().code("ud2");
        m.gate64(UD, Descriptor.TRAP32, 0, 0);
        m.cpu.rflags(Rflags.IF | Rflags.TF | Rflags.NT);

        m.step();

        assertThat(m.cpu.rflags()).isEqualTo(Rflags.IF | 2);
    }

    @Test
    void faultInUserModeTakesTheStackOfTheTss() {
        var m = longMode().atCpl3().code("hlt");

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(GP));
        assertThat(m.cpu.cpl()).isZero();
        assertThat(m.rsp()).isEqualTo(STACK_0 - 6 * 8);
        assertThat(m.stack(0)).as("error code").isZero();
        assertThat(m.stack(2)).as("CS").isEqualTo(CODE_3);
        assertThat(m.stack(5)).as("SS").isEqualTo(DATA_3);
        assertThat(m.cpu.segment(X86State.SS).selector()).as("a null selector with RPL 0").isZero();
        assertThat(m.cpu.segment(X86State.SS).isUnusable()).isTrue();
    }

    @Test
    void interruptStackTableIsUsedWithoutPrivilegeChange() {
        var m = longMode().code("ud2");
        m.gate64(UD, Descriptor.INTERRUPT32, 0, 1);

        m.step();

        assertThat(m.rsp()).isEqualTo(IST_1 - 5 * 8);
        assertThat(m.stack(3)).isEqualTo(STACK);
        assertThat(m.cpu.segment(X86State.SS).selector()).isEqualTo(DATA_0);
    }

    @Test
    void pageFaultSetsCr2() {
        var m = longMode().code("mov al, [0x132345]");
        m.pte(0x132345, 0);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(PF));
        assertThat(m.cpu.cr2()).isEqualTo(0x132345);
        assertThat(m.stack(0)).isZero();
    }

    @Test
    void accessThroughRspAndRbpToNonCanonicalAddressIsStackFault() {
        var push = longMode().code("push rax");
        push.gate64(SS, Descriptor.INTERRUPT32, 0, 1);
        push.cpu.slots[X86State.RSP] = 0x8000_0000_0000_0000L;
        push.step();
        assertThat(push.cpu.pc()).isEqualTo(handler(SS));
        assertThat(push.stack(0)).isZero();

        var rbp = longMode().code("mov eax, [rbp]");
        rbp.cpu.slots[X86State.RBP] = 1L << 47;
        rbp.step();
        assertThat(rbp.cpu.pc()).isEqualTo(handler(SS));

        var rax = longMode().code("mov eax, [rax]");
        rax.cpu.slots[X86State.RAX] = 1L << 47;
        rax.step();
        assertThat(rax.cpu.pc()).isEqualTo(handler(GP));

        var ds = longMode().code("ds mov eax, [rbp]");
        ds.cpu.slots[X86State.RBP] = 1L << 47;
        ds.step();
        assertThat(ds.cpu.pc()).as("a DS prefix is ignored in 64-bit mode").isEqualTo(handler(SS));
    }

    @Test
    void jumpCallAndReturnToNonCanonicalAddressFaultAtTheBranch() {
        for (String code : new String[] {"jmp rax", "call rax", "ret", "jmp qword [rbx]"}) {
            var m = longMode().code(code);
            m.cpu.slots[X86State.RAX] = 0xffff_7fff_ffff_ffffL;
            m.cpu.slots[X86State.RBX] = STACK;
            m.ram.putLong(STACK, 1L << 47);

            m.step();

            assertThat(m.cpu.pc()).isEqualTo(handler(GP));
            assertThat(m.stack(1)).as(code).isEqualTo(CODE);
            assertThat(m.stack(4)).as("RSP").isEqualTo(STACK);
        }
        var high = longMode().code("jmp rax");
        high.cpu.slots[X86State.RAX] = 0xffff_8000_0000_0000L;
        high.step();
        assertThat(high.cpu.pc()).as("the lowest address of the upper half is fine").isEqualTo(0xffff_8000_0000_0000L);
    }

    @Test
    void softwareInterruptNeedsTheGatesPrivilege() {
        var m = longMode().atCpl3().code("int 0x30");
        m.step();
        assertThat(m.cpu.pc()).isEqualTo(handler(GP));
        assertThat(m.stack(0)).as("IDT entry 0x30, EXT clear").isEqualTo(0x30 * 8 + 2);
        assertThat(m.stack(1)).as("the INT itself").isEqualTo(CODE);

        var allowed = longMode().atCpl3().code("int 0x30");
        allowed.gate64(0x30, Descriptor.INTERRUPT32, 3, 0);
        allowed.step();
        assertThat(allowed.cpu.pc()).isEqualTo(handler(0x30));
        assertThat(allowed.stack(0)).as("the next instruction").isEqualTo(CODE + 2);
    }

    @Test
    void int3ChecksPrivilegeAndInt1DoesNot() {
        var int3 = longMode().atCpl3().code("int3");
        int3.step();
        assertThat(int3.cpu.pc()).isEqualTo(handler(GP));
        assertThat(int3.stack(0)).isEqualTo(BP * 8 + 2);

        var int1 = longMode().atCpl3().code("int1");
        int1.step();
        assertThat(int1.cpu.pc()).isEqualTo(handler(DB));
        assertThat(int1.stack(0)).isEqualTo(CODE + 1);
    }

    @Test
    void softwareInterruptPushesNoResumeFlag() {
        var m = longMode().code("int 0x30");
        m.cpu.rflags(Rflags.IF);

        m.step();

        assertThat(m.stack(2)).isEqualTo(Rflags.IF | 2);
    }

    @Test
    void missingGateOfAHardwareExceptionSaysExt() {
        var m = longMode().code("ud2");
        m.ram.putLong(IDT + UD * 16, 0x00000e0000080000L & ~(0x80L << 40));  // an interrupt gate that is not present

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(NP));
        assertThat(m.stack(0)).isEqualTo(UD * 8 + 2 + 1);
    }

    // Faults during delivery

    @Test
    void contributoryFaultDuringContributoryFaultIsDoubleFault() {
        var m = longMode().code("div eax");
        m.ram.putLong(IDT + DE * 16, 0);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(DF));
        assertThat(m.stack(0)).as("error code").isZero();
        assertThat(m.stack(1)).isEqualTo(CODE);
    }

    @Test
    void pageFaultDuringPageFaultIsDoubleFaultAndBenignFirstExceptionIsNot() {
        var m = longMode().code("mov al, [0x300000]");
        m.gate64(DF, Descriptor.INTERRUPT32, 0, 1);
        m.cpu.slots[X86State.RSP] = 0x150000;
        m.pte(0x14f000, 0);  // the stack's page

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(DF));
        assertThat(m.cpu.cr2()).as("of the second page fault").isEqualTo(0x150000 - 8);

        var benign = longMode().code("ud2");
        benign.gate64(PF, Descriptor.INTERRUPT32, 0, 1);
        benign.cpu.slots[X86State.RSP] = 0x150000;
        benign.pte(0x14f000, 0);
        benign.step();
        assertThat(benign.cpu.pc()).isEqualTo(handler(PF));
        assertThat(benign.stack(0)).as("write, not present").isEqualTo(2);
    }

    @Test
    void faultDuringDoubleFaultShutsDownAndIsExplained() {
        var m = longMode().code("ud2");
        m.cpu.idtLimit = 0;

        m.step();

        assertThat(m.cpu.isShutdown()).isTrue();
        assertThat(m.cpu.explainShutdown().lines().limit(4)).containsExactly(
            "#UD(0x0) at RIP 0x1000",
            "#GP(0x33) while that was delivered",
            "#GP(0x6b) while that was delivered",
            "#DF(0x0) while that was delivered");
        assertThat(m.cpu.explainShutdown()).contains("64-bit mode, CPL 0, 4-level paging", "RIP=0000000000001000");
    }

    @Test
    void pageFaultsThatCannotBeDeliveredEndInATripleFault() {
        var m = longMode().code("mov al, [0x300000]");
        m.cpu.slots[X86State.RSP] = 0x150000;
        m.pte(0x14f000, 0);

        m.step();

        assertThat(m.cpu.isShutdown()).isTrue();
        assertThat(m.cpu.explainShutdown()).contains("#PF(0x0) for address 0x300000 at RIP 0x1000", "#PF(0x2) for address 0x14fff8 while that was delivered",
            "#DF(0x0) while that was delivered");
    }

    // 32-bit protected mode

    @Test
    void legacyGateToInnerLevelSwitchesStackAndPushesIt() {
        var m = protectedMode().atCpl3().code("hlt");
        m.cpu.slots[X86State.RSP] = 0x60000;

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(GP));
        assertThat(m.rsp()).isEqualTo(STACK_0 - 6 * 4);
        assertThat(m.stack32(0)).as("error code").isZero();
        assertThat(m.stack32(1)).as("EIP").isEqualTo(CODE);
        assertThat(m.stack32(2)).as("CS").isEqualTo(CODE32_3);
        assertThat(m.stack32(4)).as("ESP").isEqualTo(0x60000);
        assertThat(m.stack32(5)).as("SS").isEqualTo(DATA_3);
        assertThat(m.cpu.segment(X86State.SS).selector()).isEqualTo(DATA_0);
    }

    @Test
    void sixteenBitGatePushesWords() {
        var m = protectedMode().code("ud2");
        m.gate(UD, Descriptor.INTERRUPT16, CODE_0, handler(UD), 0);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(UD));
        assertThat(m.rsp()).isEqualTo(STACK - 6);
        assertThat(m.ram.getShort((int) m.rsp())).isEqualTo((short) CODE);
    }

    @Test
    void stackOfTheTssIsCheckedWithItsSelectorAsErrorCode() {
        var m = protectedMode().atCpl3().code("hlt");
        m.ram.putShort(TSS + 8, (short) CODE_0);  // SS0 is a code segment

        m.step();

        assertThat(m.cpu.isShutdown()).as("#TS cannot be delivered either").isTrue();
        assertThat(m.cpu.explainShutdown()).contains("#GP(0x0) at RIP 0x1000", "#TS(0x9) while that was delivered");
    }

    @Test
    void interruptReturnsFromVirtual8086ModeNeedIopl3() {
        var m = vm86("iret");
        m.step();
        assertThat(m.cpu.pc()).isEqualTo(handler(GP));
        assertThat(m.cpu.isVm86()).isFalse();
        assertThat(m.stack32(3) & Rflags.VM).as("pushed EFLAGS").isNotZero();
        assertThat(m.stack32(9)).as("GS last").isEqualTo(0x55);
        assertThat(m.cpu.segment(X86State.DS).isUnusable()).isTrue();
    }

    @Test
    void interruptInstructionOfVirtual8086ModeNeedsIopl3() {
        var m = vm86("int 0x10");
        m.step();
        assertThat(m.cpu.pc()).isEqualTo(handler(GP));
        assertThat(m.stack32(0)).as("not an error of the gate").isZero();
    }

    private static SystemMachine vm86(String code) {
        var m = protectedMode();
        m.cpu.rflags(Rflags.VM);
        m.cpu.cpl = 3;
        for (int s = 0; s < 6; s++) {
            m.cpu.segments[s].set(0x50 + s, (0x50 + s) << 4, 0xffff, Segmentation.VM86_ATTRIBUTES);
        }
        m.cpu.segments[X86State.CS].set(0, 0, 0xffff, Segmentation.VM86_ATTRIBUTES);
        m.cpu.modeChanged();
        return m.code(code);
    }

    // Real-address mode

    @Test
    void realModePushesThreeWordsAndNoErrorCode() {
        var m = realMode().code("ud2");
        m.cpu.rflags(Rflags.IF | Rflags.TF);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(UD));
        assertThat(m.rsp()).isEqualTo(0x7000 - 6);
        assertThat(m.ram.getShort(0x7000 - 6)).isEqualTo((short) CODE);
        assertThat(m.ram.getShort(0x7000 - 2)).isEqualTo((short) (Rflags.IF | Rflags.TF | 2));
        assertThat(m.cpu.rflags()).isEqualTo(2);
    }

    @Test
    void accessBeyondTheRealModeLimitIsGeneralProtection() {
        var m = realMode().code("mov ax, [0xffff]");

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(GP));
    }
}
