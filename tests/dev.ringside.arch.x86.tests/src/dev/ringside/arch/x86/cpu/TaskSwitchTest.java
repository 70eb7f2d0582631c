package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.cpu.SystemMachine.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86State;
import org.junit.jupiter.api.Test;

class TaskSwitchTest {
    private static final int DB = 1, TS = 10, NP = 11, GP = 13;
    private static final int NEW = 0x58, NEW_TSS = 0x4800, GATE = 0x60, NEW_CODE = 0x1900, NEW_STACK = 0x50000;
    private static final String JUMP = "jmp 0x58:0", CALL = "call 0x58:0", IRET = "iretd";

    private final SystemMachine m = machine();

    private static SystemMachine machine() {
        var m = protectedMode();
        m.gdt(NEW, descriptor(NEW_TSS, 0x67, 0x89));
        m.ram.putInt(NEW_TSS + 0x20, NEW_CODE).putInt(NEW_TSS + 0x24, Rflags.CF | 2);
        for (int i = 0; i < 8; i++) {
            m.ram.putInt(NEW_TSS + 0x28 + i * 4, 0x100 + i);
        }
        m.ram.putInt(NEW_TSS + 0x38, NEW_STACK);
        int[] selectors = {DATA_0, CODE_0, DATA_0, DATA_0, 0, 0};
        for (int i = 0; i < 6; i++) {
            m.ram.putInt(NEW_TSS + 0x48 + i * 4, selectors[i]);
        }
        return m;
    }

    private boolean isBusy(int selector) {
        return (m.ram.get(GDT + selector + 5) & 2) != 0;
    }

    @Test
    void jumpSavesOldTaskLoadsNewOneAndMovesTheBusyBit() {
        m.code(JUMP);
        m.cpu.slots[X86State.RBX] = 0x1234;

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(NEW_CODE);
        assertThat(m.cpu.slots[X86State.RBX]).isEqualTo(0x103);
        assertThat(m.rsp()).isEqualTo(NEW_STACK);
        assertThat(m.cpu.rflags()).isEqualTo(Rflags.CF | 2);
        assertThat(m.cpu.tr().selector()).isEqualTo(NEW);
        assertThat(m.cpu.cr0() & Cr0.TS).isNotZero();
        assertThat(m.ram.getInt(TSS + 0x20)).as("saved EIP").isEqualTo(CODE + 7);
        assertThat(m.ram.getInt(TSS + 0x34)).as("saved EBX").isEqualTo(0x1234);
        assertThat(m.ram.getShort(TSS + 0x4c)).as("saved CS").isEqualTo((short) CODE_0);
        assertThat(isBusy(TSS_SELECTOR)).isFalse();
        assertThat(isBusy(NEW)).isTrue();
    }

    @Test
    void callNestsAndIretReturns() {
        m.code(NEW_CODE, IRET);
        m.code(CALL);

        m.step();
        assertThat(m.cpu.rflags() & Rflags.NT).isNotZero();
        assertThat(m.ram.getShort(NEW_TSS)).as("back link").isEqualTo((short) TSS_SELECTOR);
        assertThat(isBusy(TSS_SELECTOR)).as("the caller stays busy").isTrue();
        m.step();

        assertThat(m.cpu.pc()).isEqualTo(CODE + 7);
        assertThat(m.cpu.rflags() & Rflags.NT).isZero();
        assertThat(m.cpu.tr().selector()).isEqualTo(TSS_SELECTOR);
        assertThat(isBusy(NEW)).isFalse();
        assertThat(m.ram.getInt(NEW_TSS + 0x24) & Rflags.NT).as("NT is clear in the left task").isZero();
    }

    @Test
    void busyTaskIsNoTarget() {
        m.gdt(NEW, descriptor(NEW_TSS, 0x67, 0x8b));
        m.code(JUMP).step();

        assertThat(m.cpu.pc()).isEqualTo(handler(GP));
        assertThat(m.stack32(0)).isEqualTo(NEW);
    }

    @Test
    void absentTaskIsNotPresent() {
        m.gdt(NEW, descriptor(NEW_TSS, 0x67, 0x09));
        m.code(JUMP).step();

        assertThat(m.cpu.pc()).isEqualTo(handler(NP));
        assertThat(m.stack32(0)).isEqualTo(NEW);
    }

    @Test
    void shortTssFaultsInTheOldTask() {
        m.gdt(NEW, descriptor(NEW_TSS, 0x66, 0x89));
        m.code(JUMP).step();

        assertThat(m.cpu.pc()).isEqualTo(handler(TS));
        assertThat(m.stack32(0)).isEqualTo(NEW);
        assertThat(m.stack32(1)).isEqualTo(CODE);
        assertThat(m.cpu.tr().selector()).isEqualTo(TSS_SELECTOR);
        assertThat(isBusy(TSS_SELECTOR)).isTrue();
    }

    @Test
    void pageFaultInTheNewTssFaultsInTheOldTaskWithNothingChanged() {
        for (int i = 0; i < 1024; i++) {
            m.ram.putInt(0x20000 + i * 4, i == 0 ? 0x21000 | 7 : 0);
            m.ram.putInt(0x21000 + i * 4, i << 12 | 7);
        }
        m.ram.putInt(0x21000 + 0x100 * 4, 0);
        m.gdt(NEW, descriptor(0x100000 - 0x40, 0x67, 0x89));
        m.cpu.control.write(3, 0x20000);
        m.cpu.control.write(0, m.cpu.cr0() | Cr0.PG);
        m.code(JUMP).step();

        assertThat(m.cpu.pc()).isEqualTo(handler(14));
        assertThat(m.stack32(1)).isEqualTo(CODE);
        assertThat(m.cpu.tr().selector()).isEqualTo(TSS_SELECTOR);
        assertThat(isBusy(TSS_SELECTOR)).isTrue();
        assertThat(isBusy(NEW)).isFalse();
    }

    @Test
    void badSelectorInTheNewTssFaultsInTheNewTask() {
        m.ram.putInt(NEW_TSS + 0x54, 0x1f8);  // DS beyond the GDT
        m.code(JUMP).step();
        assertThat(m.cpu.pc()).isEqualTo(NEW_CODE);
        m.boundary();

        assertThat(m.cpu.pc()).isEqualTo(handler(TS));
        assertThat(m.stack32(0)).isEqualTo(0x1f8);
        assertThat(m.stack32(1)).as("the new task's EIP").isEqualTo(NEW_CODE);
        assertThat(m.rsp()).as("on the new task's stack").isEqualTo(NEW_STACK - 16);
        assertThat(m.cpu.tr().selector()).isEqualTo(NEW);
        assertThat(m.cpu.segment(X86State.DS).isUnusable()).isTrue();
    }

    @Test
    void absentCodeSegmentInTheNewTssIsNotPresentInTheNewTask() {
        m.gdt(0x48, 0x00cf1b000000ffffL);
        m.ram.putInt(NEW_TSS + 0x4c, 0x48);
        m.code(JUMP).step();
        m.boundary();

        assertThat(m.cpu.interrupts.chain().getFirst()).isEqualTo("#NP(0x48) at RIP 0x1900");
    }

    @Test
    void taskGateInTheIdtPushesTheErrorCodeOnTheNewStack() {
        m.ram.putLong(IDT + GP * 8, gateDescriptor(Descriptor.TASK_GATE, NEW, 0, 0));
        m.atCpl3().code("hlt").step();

        assertThat(m.cpu.pc()).isEqualTo(NEW_CODE);
        assertThat(m.cpu.cpl()).isZero();
        assertThat(m.rsp()).isEqualTo(NEW_STACK - 4);
        assertThat(m.stack32(0)).isZero();
        assertThat(m.ram.getInt(TSS + 0x20)).as("the faulting instruction").isEqualTo(CODE);
        assertThat(m.cpu.rflags() & Rflags.NT).isNotZero();
    }

    @Test
    void doubleFaultThroughATaskGateSurvivesABadStack() {
        m.ram.putLong(IDT + 8 * 8, gateDescriptor(Descriptor.TASK_GATE, NEW, 0, 0));
        m.ram.putLong(IDT + GP * 8, 0);
        m.atCpl3().code("hlt").step();

        assertThat(m.cpu.pc()).isEqualTo(NEW_CODE);
        assertThat(m.cpu.isShutdown()).isFalse();
    }

    @Test
    void taskGateIsCheckedInsteadOfTheTss() {
        m.gdt(GATE, gateDescriptor(Descriptor.TASK_GATE, NEW, 0, 3));
        m.atCpl3().code("jmp 0x63:0x0");
        m.step();
        assertThat(m.cpu.pc()).isEqualTo(NEW_CODE);

        var direct = machine();
        direct.atCpl3().code("jmp 0x5b:0x0").step();
        assertThat(direct.cpu.pc()).as("the TSS descriptor has DPL 0").isEqualTo(handler(GP));
    }

    @Test
    void trapFlagOfTheNewTssTrapsBeforeItsFirstInstruction() {
        m.ram.putShort(NEW_TSS + 0x64, (short) 1);
        m.cpu.debug.set(7, 0x155 | 0x2);
        m.code(JUMP).step();
        m.boundary();

        assertThat(m.cpu.pc()).isEqualTo(handler(DB));
        assertThat(m.stack32(0)).isEqualTo(NEW_CODE);
        assertThat(m.cpu.debug.get(6) & DebugRegisters.BT).isNotZero();
        assertThat(m.cpu.debug.get(7)).as("local breakpoints are gone, the global one is not").isEqualTo(0x402);
    }

    @Test
    void sixteenBitTssHoldsWords() {
        m.gdt(NEW, descriptor(NEW_TSS, 0x2b, 0x81));
        m.ram.putShort(NEW_TSS + 0x0e, (short) NEW_CODE).putShort(NEW_TSS + 0x10, (short) 2);
        for (int i = 0; i < 8; i++) {
            m.ram.putShort(NEW_TSS + 0x12 + i * 2, (short) (0x200 + i));
        }
        int[] selectors = {DATA_0, CODE_0, DATA_0, DATA_0, 0};
        for (int i = 0; i < 5; i++) {
            m.ram.putShort(NEW_TSS + 0x22 + i * 2, (short) selectors[i]);
        }
        m.code(JUMP).step();

        assertThat(m.cpu.pc()).isEqualTo(NEW_CODE);
        assertThat(m.cpu.slots[X86State.RDI] & 0xffff).isEqualTo(0x207);
    }
}
