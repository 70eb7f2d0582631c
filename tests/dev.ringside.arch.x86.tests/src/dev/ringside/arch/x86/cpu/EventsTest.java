package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.cpu.SystemMachine.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86State;
import org.junit.jupiter.api.Test;

class EventsTest {
    private static final int DB = 1, NMI = 2, UD = 6, GP = 13;

    private static void request(SystemMachine m, int vector) {
        m.bus.vectors.add(vector);
        m.cpu.interruptRequested = true;
    }

    private static void acknowledged(SystemMachine m) {
        m.cpu.interruptRequested = !m.bus.vectors.isEmpty();
    }

    // Interrupts and their shadows

    @Test
    void interruptIsTakenOnlyWithIfSetAndPushesItsNextInstruction() {
        var m = longMode().code("nop\n nop");
        request(m, 0x40);
        m.step();
        assertThat(m.cpu.pc()).isEqualTo(CODE + 1);

        m.cpu.rflags(Rflags.IF);
        m.boundary();

        assertThat(m.cpu.pc()).isEqualTo(handler(0x40));
        assertThat(m.stack(0)).isEqualTo(CODE + 1);
        assertThat(m.stack(2)).as("no RF").isEqualTo(Rflags.IF | 2);
    }

    @Test
    void withdrawnInterruptChangesNothing() {
        var m = longMode().code("nop");
        m.cpu.rflags(Rflags.IF);
        m.cpu.interruptRequested = true;

        m.boundary();

        assertThat(m.cpu.pc()).isEqualTo(CODE);
    }

    @Test
    void stiHoldsInterruptsForOneInstruction() {
        var m = longMode().code("sti\n nop\n nop");
        request(m, 0x40);

        m.step();
        assertThat(m.cpu.hasEvents()).as("behind STI").isFalse();
        assertThat(m.cpu.wantsSingleStep()).isTrue();
        m.step();
        assertThat(m.cpu.pc()).isEqualTo(CODE + 2);
        m.boundary();

        assertThat(m.cpu.pc()).isEqualTo(handler(0x40));
        assertThat(m.stack(0)).isEqualTo(CODE + 2);
    }

    @Test
    void stiWithInterruptsAlreadyEnabledHoldsNothing() {
        var m = longMode().code("sti\n nop");
        m.cpu.rflags(Rflags.IF);
        m.step();
        request(m, 0x40);

        assertThat(m.cpu.hasEvents()).isTrue();
    }

    @Test
    void haltBehindStiWaitsAndWakes() {
        var m = longMode().code("sti\n hlt\n nop");
        request(m, 0x40);

        m.step();
        m.step();
        assertThat(m.cpu.isHalted()).isTrue();
        m.boundary();

        assertThat(m.cpu.isHalted()).isFalse();
        assertThat(m.cpu.pc()).isEqualTo(handler(0x40));
        assertThat(m.stack(0)).as("behind HLT").isEqualTo(CODE + 2);
    }

    @Test
    void movSsAndPopSsHoldInterruptsForOneInstruction() {
        var mov = longMode().code("mov ss, eax\n nop\n nop");
        mov.cpu.slots[X86State.RAX] = DATA_0;
        mov.cpu.rflags(Rflags.IF);
        mov.step();
        request(mov, 0x40);
        assertThat(mov.cpu.hasEvents()).isFalse();
        mov.step();
        mov.boundary();
        assertThat(mov.stack(0)).isEqualTo(CODE + 3);

        var pop = protectedMode().code("pop ss\n nop\n nop");
        pop.ram.putInt(STACK, DATA_0);
        pop.cpu.rflags(Rflags.IF);
        pop.step();
        request(pop, 0x40);
        pop.cpu.nmi();
        assertThat(pop.cpu.hasEvents()).as("NMI, too").isFalse();
        pop.step();
        pop.boundary();
        // NMI has priority; the interrupt follows when its handler enables it.
        assertThat(pop.cpu.pc()).isEqualTo(handler(NMI));
        assertThat(pop.stack32(0)).isEqualTo(CODE + 2);
    }

    @Test
    void lssHoldsNothing() {
        var m = protectedMode().code("lss esp, [0x2000]");
        m.ram.putInt(0x2000, STACK);
        m.ram.putShort(0x2004, (short) DATA_0);
        m.cpu.rflags(Rflags.IF);
        m.step();
        request(m, 0x40);

        assertThat(m.cpu.hasEvents()).isTrue();
    }

    // NMI

    @Test
    void nmiIsBlockedUntilIret() {
        var m = longMode().code("nop");
        m.ram.put(handler(NMI), (byte) 0x48).put(handler(NMI) + 1, (byte) 0xcf);  // iretq
        m.cpu.nmi();
        m.boundary();
        assertThat(m.cpu.pc()).isEqualTo(handler(NMI));

        m.cpu.nmi();
        assertThat(m.cpu.hasEvents()).as("a second NMI inside the handler").isFalse();
        m.step();
        assertThat(m.cpu.pc()).isEqualTo(CODE);
        m.boundary();

        assertThat(m.cpu.pc()).as("pending until IRET").isEqualTo(handler(NMI));
    }

    @Test
    void nmiWakesAHaltedProcessorWithInterruptsDisabled() {
        var m = longMode().code("hlt");
        m.step();
        m.cpu.nmi();
        m.boundary();

        assertThat(m.cpu.isHalted()).isFalse();
        assertThat(m.cpu.pc()).isEqualTo(handler(NMI));
    }

    // Single step

    @Test
    void trapFlagTrapsBehindTheNextInstruction() {
        var m = longMode().code("popfq\n nop\n nop");
        m.cpu.slots[X86State.RSP] = STACK - 8;
        m.ram.putLong(STACK - 8, Rflags.TF);

        m.step();
        assertThat(m.cpu.hasEvents()).as("POPF itself does not trap").isFalse();
        m.step();
        m.boundary();

        assertThat(m.cpu.pc()).isEqualTo(handler(DB));
        assertThat(m.stack(0)).isEqualTo(CODE + 2);
        assertThat(m.cpu.debug.get(6)).isEqualTo(0xffff4ff0L);
        assertThat(m.stack(2)).as("no RF for a trap").isEqualTo(Rflags.TF | 2);
    }

    @Test
    void instructionThatClearsTrapFlagStillTraps() {
        var m = longMode().code("popfq\n nop");
        m.cpu.slots[X86State.RSP] = STACK - 8;
        m.cpu.rflags(Rflags.TF);

        m.step();
        m.boundary();

        assertThat(m.cpu.pc()).isEqualTo(handler(DB));
    }

    @Test
    void softwareInterruptAndFaultDoNotTrap() {
        var m = longMode().code("int 0x30");
        m.cpu.rflags(Rflags.TF);
        m.step();
        m.boundary();
        assertThat(m.cpu.pc()).isEqualTo(handler(0x30));

        var fault = longMode().code("ud2");
        fault.cpu.rflags(Rflags.TF);
        fault.step();
        fault.boundary();
        assertThat(fault.cpu.pc()).isEqualTo(handler(UD));
    }

    @Test
    void movSsHoldsTheSingleStepTrap() {
        var m = longMode().code("mov ss, eax\n nop\n nop");
        m.cpu.slots[X86State.RAX] = DATA_0;
        m.cpu.rflags(Rflags.TF);

        m.step();
        assertThat(m.cpu.hasEvents()).isFalse();
        m.step();
        m.boundary();

        assertThat(m.stack(0)).isEqualTo(CODE + 3);
    }

    @Test
    void softwareInterruptBehindMovSsLosesTheTrap() {
        var m = longMode().code("mov ss, eax\n int 0x30");
        m.cpu.slots[X86State.RAX] = DATA_0;
        m.cpu.rflags(Rflags.TF);

        m.steps(2);
        m.boundary();

        assertThat(m.cpu.pc()).isEqualTo(handler(0x30));
    }

    @Test
    void trapIsDeliveredBeforeAnInterrupt() {
        var m = longMode().code("nop\n nop");
        m.gate64(DB, Descriptor.TRAP32, 0, 0);
        m.cpu.rflags(Rflags.TF | Rflags.IF);
        m.step();
        request(m, 0x40);
        m.boundary();

        // Both are due before the next instruction: the interrupt's return address is the debug handler.
        assertThat(m.cpu.pc()).isEqualTo(handler(0x40));
        assertThat(m.stack(0)).isEqualTo(handler(DB));
    }

    @Test
    void sysretThatSetsTrapFlagTrapsAtOnceAndSyscallFollowsItsMask() {
        var back = longMode().code("sysretq");
        back.cpu.msrs.write(Msrs.IA32_STAR, 0x0018_0008L << 32);
        back.cpu.slots[X86State.RCX] = 0x1800;
        back.cpu.slots[11] = Rflags.TF;
        back.step();
        back.boundary();
        assertThat(back.cpu.pc()).isEqualTo(handler(DB));
        assertThat(back.stack(0)).isEqualTo(0x1800);

        var call = longMode().atCpl3().code("syscall");
        call.cpu.msrs.write(Msrs.IA32_STAR, 0x0018_0008L << 32);
        call.cpu.msrs.write(Msrs.IA32_LSTAR, 0x1800);
        call.cpu.msrs.write(Msrs.IA32_FMASK, Rflags.TF);
        call.cpu.rflags(Rflags.TF);
        call.step();
        assertThat(call.cpu.hasEvents()).isFalse();
    }

    // Breakpoints

    @Test
    void instructionBreakpointFaultsBeforeTheInstructionAndResumeFlagPassesIt() {
        var m = longMode().code("nop\n nop\n nop");
        m.ram.put(handler(DB), (byte) 0x48).put(handler(DB) + 1, (byte) 0xcf);  // iretq
        m.cpu.debug.set(0, CODE + 1);
        m.cpu.debug.set(7, 0x2);
        m.step();
        m.boundary();
        assertThat(m.cpu.pc()).isEqualTo(handler(DB));
        assertThat(m.cpu.debug.get(6) & 0xf).isEqualTo(1);
        assertThat(m.stack(0)).isEqualTo(CODE + 1);
        assertThat(m.stack(2)).as("RF as it was").isEqualTo(2);

        m.ram.putLong((int) m.rsp() + 16, Rflags.RF | 2);
        m.step();
        assertThat(m.cpu.pc()).isEqualTo(CODE + 1);
        m.step();

        assertThat(m.cpu.pc()).isEqualTo(CODE + 2);
        assertThat(m.cpu.rflags() & Rflags.RF).as("for one instruction only").isZero();
    }

    @Test
    void breakpointOnTheDebugHandlerItselfEndsInBoundedTime() {
        var m = longMode().code("nop");
        m.gate64(DB, Descriptor.INTERRUPT32, 0, 1);
        m.cpu.debug.set(0, CODE);
        m.cpu.debug.set(1, handler(DB));
        m.cpu.debug.set(7, 0xa);

        m.step();

        assertThat(m.cpu.isHalted()).as("the handler's HLT ran in the end").isTrue();
    }

    @Test
    void dataBreakpointTrapsBehindTheAccess() {
        var m = longMode().code("mov [0x2000], eax\n nop");
        m.cpu.debug.set(1, 0x2002);
        m.cpu.debug.set(7, 0x4 | 0b0001L << 20);  // L1, write, one byte

        m.step();
        m.boundary();

        assertThat(m.cpu.pc()).isEqualTo(handler(DB));
        assertThat(m.stack(0)).isEqualTo(CODE + 7);
        assertThat(m.cpu.debug.get(6) & 0xf).isEqualTo(2);
    }

    @Test
    void writeBreakpointIgnoresReads() {
        var m = longMode().code("mov eax, [0x2000]\n nop");
        m.cpu.debug.set(1, 0x2000);
        m.cpu.debug.set(7, 0x4 | 0b1101L << 20);
        m.step();
        assertThat(m.cpu.hasEvents()).isFalse();

        m.cpu.debug.set(7, 0x4 | 0b1111L << 20);
        m.cpu.pc(CODE);
        m.step();
        assertThat(m.cpu.hasEvents()).as("reads and writes").isTrue();
    }

    @Test
    void breakpointLengthAlignsItsAddress() {
        var m = longMode();
        m.cpu.debug.set(2, 0x2007);
        m.cpu.debug.set(7, 0x10 | 0b1011L << 24);  // L2, read or write, eight bytes

        assertThat(m.cpu.debug.accessed(0x2000, 1, false)).isEqualTo(4);
        assertThat(m.cpu.debug.accessed(0x1fff, 1, false)).isZero();
        assertThat(m.cpu.debug.accessed(0x1fff, 2, false)).isEqualTo(4);
        assertThat(m.cpu.debug.accessed(0x2008, 1, false)).isZero();
    }

    @Test
    void movSsHoldsADataBreakpoint() {
        var m = longMode().code("mov ss, [0x2000]\n nop\n nop");
        m.ram.putShort(0x2000, (short) DATA_0);
        m.cpu.debug.set(0, 0x2000);
        m.cpu.debug.set(7, 0x1 | 0b0111L << 16);

        m.step();
        assertThat(m.cpu.hasEvents()).isFalse();
        m.step();
        m.boundary();

        assertThat(m.cpu.pc()).isEqualTo(handler(DB));
        assertThat(m.stack(0)).isEqualTo(CODE + 8);
    }

    @Test
    void ioBreakpointNeedsDe() {
        var m = longMode().code("in al, 0x60\n in al, 0x60\n nop");
        m.cpu.debug.set(3, 0x60);
        m.cpu.debug.set(7, 0x40 | 0b0010L << 28);
        m.step();
        assertThat(m.cpu.hasEvents()).isFalse();

        m.cpu.control.write(4, m.cpu.cr4() | Cr4.DE);
        m.step();
        m.boundary();

        assertThat(m.cpu.pc()).isEqualTo(handler(DB));
        assertThat(m.cpu.debug.get(6) & 0xf).isEqualTo(8);
        assertThat(m.stack(0)).isEqualTo(CODE + 4);
    }

    @Test
    void generalDetectFaultsOnAccessAndClearsItself() {
        var m = longMode().code("mov rax, dr0");
        m.cpu.debug.set(7, 1 << 13);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(DB));
        assertThat(m.stack(0)).as("a fault").isEqualTo(CODE);
        assertThat(m.cpu.debug.get(6) & DebugRegisters.BD).isNotZero();
        assertThat(m.cpu.debug.get(7)).as("GD").isEqualTo(0x400);
    }

    @Test
    void debugRegistersKeepTheirFixedBits() {
        var m = longMode();
        m.cpu.debug.set(6, 0);
        m.cpu.debug.set(7, 0);
        assertThat(m.cpu.debug.get(6)).isEqualTo(0xffff0ff0L);
        assertThat(m.cpu.debug.get(7)).isEqualTo(0x400);

        m.cpu.debug.set(6, 0xffffffffL);
        m.cpu.debug.set(7, 0xffffdfffL);
        assertThat(m.cpu.debug.get(6)).isEqualTo(0xffffefffL);
        assertThat(m.cpu.debug.get(7)).isEqualTo(0xffff07ffL);
    }

    @Test
    void upperHalfOfDr7IsReservedAndDr4FollowsDe() {
        var upper = longMode().code("mov dr7, rax");
        upper.cpu.slots[X86State.RAX] = 1L << 32;
        upper.step();
        assertThat(upper.cpu.pc()).isEqualTo(handler(GP));

        var alias = longMode().code("mov rax, dr4\n mov rax, dr4");
        alias.step();
        assertThat(alias.cpu.slots[X86State.RAX]).isEqualTo(0xffff0ff0L);
        alias.cpu.control.write(4, alias.cpu.cr4() | Cr4.DE);
        alias.step();
        assertThat(alias.cpu.pc()).isEqualTo(handler(UD));
    }

    // INIT and SIPI

    @Test
    void applicationProcessorStartsAtTheVectorOfTheStartupIpi() {
        var cpu = new X86Cpu(1);
        assertThat(cpu.isHalted()).isTrue();
        assertThat(cpu.hasEvents()).isFalse();

        cpu.startup(0x9a);
        assertThat(cpu.hasEvents()).isTrue();
        cpu.serviceEvents();

        assertThat(cpu.isHalted()).isFalse();
        assertThat(cpu.segment(X86State.CS).selector()).isEqualTo(0x9a00);
        assertThat(cpu.fetchAddress(cpu.pc())).isEqualTo(0x9a000);
        cpu.startup(0x12);
        assertThat(cpu.hasEvents()).as("it no longer waits").isFalse();
    }

    @Test
    void startupIpiRightBehindTheInitIsNotLost() {
        var cpu = new X86Cpu(1);

        cpu.init();
        cpu.startup(0x10); // as SeaBIOS sends them, before the other processor had its turn
        cpu.serviceEvents();

        assertThat(cpu.isHalted()).isFalse();
        assertThat(cpu.fetchAddress(cpu.pc())).isEqualTo(0x10000);
    }

    @Test
    void initResetsButKeepsVectorRegistersAndMsrs() {
        var m = longMode();
        m.cpu.msrs.write(Msrs.IA32_LSTAR, 0x1234);
        m.cpu.slots[X86State.XMM[3].slot()] = 77;

        m.cpu.init();
        m.boundary();

        assertThat(m.cpu.isHalted()).as("the bootstrap processor starts over").isFalse();
        assertThat(m.cpu.fetchAddress(m.cpu.pc())).isEqualTo(0xfffffff0L);
        assertThat(m.cpu.cr0() & (Cr0.PE | Cr0.PG)).isZero();
        assertThat(m.cpu.msrs.get(Msrs.IA32_LSTAR)).isEqualTo(0x1234);
        assertThat(m.cpu.slots[X86State.XMM[3].slot()]).isEqualTo(77);
        assertThat(m.cpu.slots[X86State.RDX]).isEqualTo(X86Cpu.SIGNATURE);
    }

    // Repeated port strings

    @Test
    void repeatedInputIsInterruptedBetweenIterationsAndResumes() {
        var m = longMode().code("rep insb\n nop");
        m.cpu.slots[X86State.RCX] = 3;
        m.cpu.slots[X86State.RDX] = 0x60;
        m.cpu.slots[X86State.RDI] = 0x2000;
        m.cpu.rflags(Rflags.IF);
        m.step();
        request(m, 0x40);
        m.boundary();
        assertThat(m.stack(0)).as("the string instruction itself").isEqualTo(CODE);
        assertThat(m.stack(2)).as("RF, between iterations").isEqualTo(Rflags.RF | Rflags.IF | 2);
        assertThat(m.cpu.slots[X86State.RCX]).isEqualTo(2);

        acknowledged(m);
        m.cpu.far.iret(8, 0);
        m.steps(2);

        assertThat(m.cpu.pc()).isEqualTo(CODE + 2);
        assertThat(m.bus.accesses).hasSize(3);
        assertThat(m.cpu.slots[X86State.RDI]).isEqualTo(0x2003);
        m.bus.vectors.add(0x41);
        m.cpu.interruptRequested = true;
        m.boundary();
        assertThat(m.stack(2)).as("no RF behind the last iteration").isEqualTo(Rflags.IF | 2);
    }
}
