package dev.ringside.engine.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.engine.EngineProvider;
import dev.ringside.engine.VmExit;
import dev.ringside.memory.Slot;
import dev.ringside.memory.Writes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Every claim is made for the interpreter and for the translator. */
@ParameterizedClass
@MethodSource("dev.ringside.engine.interpreter.Engines#all")
class InterpreterTest {
    private final ToyMachine m;
    private final ToyCpu cpu;

    InterpreterTest(EngineProvider engine) {
        m = new ToyMachine(engine);
        cpu = m.cpu;
    }

    @AfterEach
    void free() {
        m.close();
    }

    @Test
    void loopRunsToItsEnd() {
        var code = m.at(0x1000).li(0, 1000).li(1, -1 & 0xffff_ffff).li(2, 0);
        m.at(0x8000).bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
        long loop = code.li(3, 0x8000).ld(1, 3, 0).here;
        code.add(2, 0).add(0, 1).jnz(0, loop).hlt();

        VmExit exit = m.vcpu.run(1_000_000);

        assertThat(exit).isEqualTo(VmExit.HALTED);
        assertThat(cpu.r(2)).isEqualTo(1000 * 1001 / 2);
        assertThat(cpu.instructions).isEqualTo(5 + 3 * 1000 + 1);
    }

    @Test
    void budgetIsExactToTheInstruction() {
        m.at(0x1000).li(0, 1).nop().nop().nop().add(1, 0).nop().nop().jmp(0x1000);

        for (int budget : new int[] {1, 2, 3, 5, 7, 8, 9, 17, 100, 1001}) {
            long before = cpu.instructions;

            assertThat(m.vcpu.run(budget)).isEqualTo(VmExit.BUDGET_REACHED);

            assertThat(cpu.instructions - before).isEqualTo(budget);
            assertThat(cpu.r(1)).isEqualTo((cpu.instructions + 3) / 8);
        }
    }

    @Test
    void pageFaultShowsTheStateBeforeItsInstruction() {
        cpu.pages.put(0x5000L, -1L);
        m.at(0x1000).li(1, 0x5000).li(0, 7).add(0, 0).ld(2, 1, 8).add(0, 0).hlt();

        m.vcpu.run(100);

        assertThat(cpu.faults).containsExactly("14@100f after 3 at 5008");
        assertThat(cpu.r(0)).isEqualTo(14);
        assertThat(cpu.flag()).as("a flag that is overwritten later is still there for the fault").isEqualTo(14);
        assertThat(cpu.instructions).isEqualTo(3 + 1);
    }

    @Test
    void storeAcrossPagesHappensWhollyOrNotAtAll() {
        cpu.pages.put(0x6000L, -1L);
        m.at(0x1000).li(1, 0x5ffc).li(0, -1).st(0, 1, 0).hlt();

        m.vcpu.run(100);

        assertThat(cpu.faults).containsExactly("14@100c after 2 at 6000");
        assertThat(m.memory.read(0x5ffc, 4)).isZero();
    }

    @Test
    void loadAndStoreAcrossPagesUseBothTranslations() {
        cpu.pages.put(0x6000L, 0x9000L);
        m.at(0x1000).li(1, 0x5ffc).li(0, 0x11223344).st(0, 1, 0).ld(2, 1, -2).hlt();

        m.vcpu.run(100);

        assertThat(m.memory.read(0x9000, 4)).isZero();
        assertThat(m.memory.read(0x5ffc, 4)).isEqualTo(0x11223344);
        assertThat(cpu.r(2)).isEqualTo(0x112233440000L);
    }

    @Test
    void undefinedInstructionRaises() {
        m.at(0x1000).nop().bytes(0xee);

        m.vcpu.run(10);

        assertThat(cpu.faults).containsExactly("6@1001 after 1");
    }

    @Test
    void fetchFaultCountsWhatRanBefore() {
        cpu.pages.put(0x2000L, -1L);
        m.at(0x1ffd).nop().nop();
        m.at(0x1fff).bytes(2);
        cpu.pc(0x1ffd);

        m.vcpu.run(10);

        assertThat(cpu.faults).containsExactly("14@1fff after 2 at 2000");
    }

    @Test
    void instructionAcrossPagesRunsAndFollowsItsSecondPage() {
        cpu.pages.put(0x2000L, 0x8000L);
        m.at(0x1fff).bytes(1);
        m.at(0x8000).bytes(0, 42).hlt();
        cpu.pc(0x1fff);
        m.vcpu.run(10);
        assertThat(cpu.r(0)).isEqualTo(42);

        m.at(0x9000).bytes(0, 43).hlt();
        cpu.pages.put(0x2000L, 0x9000L);
        cpu.memory.flushTlb(true);
        cpu.halted = false;
        cpu.pc(0x1fff);
        m.vcpu.run(10);

        assertThat(cpu.r(0)).isEqualTo(43);
    }

    @Test
    void addressSpaceSwitchChangesTheCodeThatALinkLeadsTo() {
        m.at(0x1000).jmpr(2);
        m.at(0x5000).li(0, 5).hlt();
        m.at(0x6000).li(0, 6).hlt();
        cpu.r(2, 0x4000);
        cpu.pages.put(0x4000L, 0x5000L);
        m.vcpu.run(10);
        assertThat(cpu.r(0)).isEqualTo(5);

        cpu.pages.put(0x4000L, 0x6000L);
        cpu.memory.flushTlb(true);
        cpu.halted = false;
        cpu.pc(0x1000);
        m.vcpu.run(10);

        assertThat(cpu.r(0)).isEqualTo(6);
    }

    // Devices

    @Test
    void deviceAccessInTheMiddleOfABlockSeesTheExactInstructionCount() {
        m.at(0x1000).li(1, (int) ToyMachine.DEVICE).nop().nop().ld(0, 1, 0).nop().st(0, 1, 8).count(3).hlt();

        m.vcpu.run(100);

        assertThat(m.bus).containsExactly("read8 20000 after 3", "write8 20008 1122334455667788 after 5");
        assertThat(cpu.r(3)).isEqualTo(6);
        assertThat(cpu.instructions).isEqualTo(8);
    }

    @Test
    void deviceAccessInALoopHappensOncePerPass() {
        var code = m.at(0x1000).li(1, (int) ToyMachine.DEVICE).li(2, 20).li(3, 0xffff_ffff);
        m.at(0x8000).bytes(255, 255, 255, 255, 255, 255, 255, 255);
        code.li(3, 0x8000).ld(3, 3, 0);
        long loop = code.here;
        code.nop().st8(2, 1, 0).add(2, 3).jnz(2, loop).hlt();

        m.vcpu.run(1000);

        assertThat(m.bus).hasSize(20);
        assertThat(m.bus.get(0)).isEqualTo("write1 20000 14 after 6");
        assertThat(m.bus.get(19)).isEqualTo("write1 20000 1 after " + (6 + 19 * 4));
    }

    @Test
    void interruptThatADeviceRequestsIsTakenBehindTheAccess() {
        m.onDevice = gpa -> cpu.interruptRequested = true;
        m.at(0x1000).li(1, (int) ToyMachine.DEVICE).nop().st(0, 1, 0).nop().nop().hlt();

        m.vcpu.run(100);

        assertThat(cpu.r(7)).as("where the interrupt came").isEqualTo(0x1006 + 1 + 4);
        assertThat(cpu.instructions).isEqualTo(3 + 1);
    }

    @Test
    void romKeepsItsContentsAndFlashGoesToTheBus() {
        m.memory.addRom("rom", 0x30000, new byte[] {7}, Writes.IGNORED);
        m.memory.addRom("flash", 0x31000, new byte[] {9}, Writes.TO_BUS);
        m.at(0x1000).li(1, 0x30000).li(0, 0x55).st8(0, 1, 0).ld8(2, 1, 0).li(1, 0x31000).st8(0, 1, 1).ld8(3, 1, 0).hlt();

        m.vcpu.run(100);

        assertThat(cpu.r(2)).isEqualTo(7);
        assertThat(cpu.r(3)).isEqualTo(9);
        assertThat(m.bus).containsExactly("write1 31001 55 after 5");
    }

    // Code that changes

    @Test
    void storeIntoTheRunningBlockChangesTheInstructionsBehindIt() {
        // Turns "li r5, 1" three instructions later into "li r5, 2".
        var code = m.at(0x1000).li(0, 2).li(1, 0x1000);
        code.st8(0, 1, 19).nop().bytes(0x01, 5, 1).hlt();
        assertThat(m.memory.read(0x1000 + 19 - 1, 1)).isEqualTo(5);

        m.vcpu.run(100);

        assertThat(cpu.r(5)).isEqualTo(2);
        assertThat(cpu.instructions).isEqualTo(6);
    }

    @Test
    void blocksAreTracedByGuestPhysicalAddressAndInstruction() {
        cpu.pages.put(0x7000L, 0x2000L);
        cpu.pc(0x7000);
        m.at(0x2000).li(0, 9).li(1, 0x7000).st8(0, 1, 32).nop().jmp(0x2020);
        m.at(0x2020).hlt();

        m.vcpu.run(100);
        m.memory.write(0x2001, 1, 1);

        assertThat(m.events).contains("tb_translate 2000 5 after 0", "tb_translate 2020 1 after 5", "tb_invalidate 2001 1 after 6");
    }

    @Test
    void codeWrittenThroughAnAliasIsNotRunStale() {
        cpu.pages.put(0x7000L, 0x2000L);
        m.at(0x2000).bytes(0x01, 5, 1).jmpr(6);
        m.at(0x1000).li(6, 0x1100).li(2, 0x2000).jmpr(2);
        m.at(0x1100).li(0, 9).li(1, 0x7000).st8(0, 1, 2).li(6, 0x1200).jmpr(2);
        m.at(0x1200).hlt();

        m.vcpu.run(100);

        assertThat(cpu.r(5)).isEqualTo(9);
    }

    @Test
    void codeWrittenByADeviceIsNotRunStale() {
        Slot alias = m.memory.alias("again", 0x40000, m.memory.slots().getFirst(), 0x2000, 0x1000, Writes.STORED);
        m.at(0x2000).bytes(0x01, 5, 1).hlt();
        cpu.pc(0x2000);
        m.vcpu.run(10);
        assertThat(cpu.r(5)).isEqualTo(1);

        m.memory.write(alias.gpa() + 2, new byte[] {77}, 0, 1);
        cpu.halted = false;
        cpu.pc(0x2000);
        m.vcpu.run(10);

        assertThat(cpu.r(5)).isEqualTo(77);
    }

    @Test
    void codeThatIsThereAgainIsNotTranslatedAgain() {
        m.at(0x2000).bytes(0x01, 5, 1).hlt();
        runFrom(0x2000);

        m.memory.write(0x2002, 1, 77);
        runFrom(0x2000);
        assertThat(cpu.r(5)).isEqualTo(77);
        assertThat(translations(0x2000)).isEqualTo(2);

        for (int value : new int[] {1, 77, 1}) {
            m.memory.write(0x2002, 1, value);
            runFrom(0x2000);
            assertThat(cpu.r(5)).isEqualTo(value);
        }
        assertThat(translations(0x2000)).isEqualTo(2);

        m.memory.write(0x2002, 1, 2);
        runFrom(0x2000);
        assertThat(cpu.r(5)).isEqualTo(2);
        assertThat(translations(0x2000)).isEqualTo(3);
    }

    @Test
    void codeThatIsThereAgainStopsAtANewBreakpoint() {
        m.at(0x2000).bytes(0x01, 5, 1).bytes(0x01, 5, 2).hlt();
        runFrom(0x2000);

        m.memory.write(0x2002, 1, 9);
        m.memory.write(0x2002, 1, 1);
        m.engine.breakpoints().addExecution(0x2003);
        cpu.halted = false;
        cpu.pc(0x2000);

        assertThat(m.vcpu.run(10)).isInstanceOf(VmExit.Debug.class);
        assertThat(cpu.r(5)).isEqualTo(1);
    }

    private void runFrom(long pc) {
        cpu.halted = false;
        cpu.pc(pc);
        m.vcpu.run(10);
    }

    private long translations(long gpa) {
        return m.events.stream().filter(event -> event.startsWith("tb_translate %x ".formatted(gpa))).count();
    }

    @Test
    void dataBesideCodeIsStoredWithoutHarm() {
        var code = m.at(0x1000).li(1, 0x1800).li(0, 5);
        long loop = code.here;
        code.st(0, 1, 0).ld(0, 1, 0).jnz(0, loop).hlt();

        assertThat(m.vcpu.run(3001)).isEqualTo(VmExit.BUDGET_REACHED);

        assertThat(cpu.instructions).isEqualTo(3001);
        assertThat(m.memory.read(0x1800, 8)).isEqualTo(5);
    }

    // Between instructions

    @Test
    void repetitionsCountEachAndRespectTheBudget() {
        m.at(0x1000).li(0, 1000).repeat(0).hlt();

        assertThat(m.vcpu.run(101)).isEqualTo(VmExit.BUDGET_REACHED);
        assertThat(cpu.r(0)).isEqualTo(900);
        assertThat(cpu.instructions).isEqualTo(101);
        assertThat(m.vcpu.run(10_000)).isEqualTo(VmExit.HALTED);

        assertThat(cpu.instructions).isEqualTo(1 + 1000 + 1);
    }

    @Test
    void singleStepReportsEveryInstruction() {
        cpu.trap = true;
        m.at(0x1000).nop().nop().jmp(0x1010);
        m.at(0x1010).hlt();

        m.vcpu.run(100);

        assertThat(cpu.steps).containsExactly("1001", "1002", "1010", "1011");
    }

    @Test
    void pauseRequestEndsAnEndlessLoop() throws InterruptedException {
        m.at(0x1000).jmp(0x1000);
        Thread other = Thread.ofPlatform().start(m.vcpu::requestPause);

        assertThat(m.vcpu.run(Long.MAX_VALUE >> 1)).isEqualTo(VmExit.PAUSED);

        other.join();
        assertThat(cpu.pc()).isEqualTo(0x1000);
    }

    @Test
    void shutdownIsATripleFault() {
        cpu.shutdown = true;

        assertThat(m.vcpu.run(10)).isEqualTo(VmExit.TRIPLE_FAULT);
    }

    @Test
    void instructionsFetchedFromNowhereAreUndefined() {
        cpu.pc(0x50000);

        m.vcpu.run(10);

        assertThat(cpu.faults).containsExactly("6@50000 after 0");
    }

    // Breakpoints

    @Test
    void breakpointInTheMiddleOfABlockStopsBeforeItsInstruction() {
        m.at(0x1000).nop().nop().li(0, 5).hlt();
        m.vcpu.run(2);
        cpu.pc(0x1000);
        m.engine.breakpoints().addExecution(0x1002);

        assertThat(m.vcpu.run(100)).isEqualTo(new VmExit.Debug(VmExit.DebugReason.BREAKPOINT, 0x1002, 0));
        assertThat(cpu.pc()).isEqualTo(0x1002);
        assertThat(cpu.r(0)).isZero();
        assertThat(cpu.instructions).isEqualTo(4);

        assertThat(m.vcpu.run(100)).isEqualTo(VmExit.HALTED);
        assertThat(cpu.r(0)).isEqualTo(5);
    }

    @Test
    void breakpointInALoopStopsOncePerPass() {
        m.at(0x1000).nop().nop().jmp(0x1000);
        m.engine.breakpoints().addExecution(0x1001);

        for (int pass = 0; pass < 3; pass++) {
            assertThat(m.vcpu.run(100)).isInstanceOf(VmExit.Debug.class);
            assertThat(cpu.instructions).isEqualTo(1 + 3 * pass);
        }
    }

    @Test
    void breakpointWithAFalseConditionDoesNotStop() {
        m.at(0x1000).nop().nop().hlt();
        m.engine.breakpoints().addExecution(0x1001, c -> false);

        assertThat(m.vcpu.run(100)).isEqualTo(VmExit.HALTED);
    }

    @Test
    void removedBreakpointIsGone() {
        m.at(0x1000).nop().nop().jmp(0x1000);
        var breakpoint = m.engine.breakpoints().addExecution(0x1001);
        m.vcpu.run(100);

        m.engine.breakpoints().remove(breakpoint);

        assertThat(m.vcpu.run(100)).isEqualTo(VmExit.BUDGET_REACHED);
    }

    @Test
    void breakpointUnderTheProgramCounterStopsUnlessSteppedOver() {
        m.at(0x1000).nop().hlt();
        m.engine.breakpoints().addExecution(0x1000);
        m.vcpu.stepOverBreakpoint();

        assertThat(m.vcpu.run(100)).isEqualTo(VmExit.HALTED);
    }

    @Test
    void breakpointInsideAnInstructionHarmsNothing() {
        m.at(0x1000).nop().li(0, 5).hlt();
        m.engine.breakpoints().addExecution(0x1003);

        assertThat(m.vcpu.run(100)).isEqualTo(VmExit.HALTED);
        assertThat(cpu.r(0)).isEqualTo(5);
    }

    @Test
    void watchpointStopsBehindTheAccess() {
        m.at(0x1000).li(1, 0x5000).li(0, 3).st(0, 1, 0).st(0, 1, 16).nop().ld(2, 1, 20).hlt();
        m.vcpu.run(2);
        m.engine.breakpoints().addWatch(0x5014, 2, true, true);

        assertThat(m.vcpu.run(100)).isEqualTo(new VmExit.Debug(VmExit.DebugReason.WRITE_WATCHPOINT, 0x1010, 0x5014));
        assertThat(cpu.pc()).isEqualTo(0x1014);
        assertThat(cpu.instructions).isEqualTo(4);
        assertThat(m.vcpu.run(100)).isEqualTo(new VmExit.Debug(VmExit.DebugReason.READ_WATCHPOINT, 0x1015, 0x5014));
        assertThat(m.vcpu.run(100)).isEqualTo(VmExit.HALTED);
    }

    @Test
    void watchpointOnWritesLetsReadsPass() {
        m.at(0x1000).li(1, 0x5000).ld(2, 1, 0).hlt();
        m.engine.breakpoints().addWatch(0x5000, 8, false, true);

        assertThat(m.vcpu.run(100)).isEqualTo(VmExit.HALTED);
    }

    // Looking

    @Test
    void lookingDisturbsNothing() {
        cpu.pages.put(0x6000L, 0x9000L);
        cpu.pages.put(0x7000L, -1L);
        m.at(0x9000).bytes(1, 2, 3, 4);
        byte[] seen = new byte[0x2000];

        int read = m.vcpu.look(0x6000, seen, 0, seen.length);

        assertThat(read).isEqualTo(0x1000);
        assertThat(seen).startsWith(1, 2, 3, 4);
        assertThat(m.vcpu.look(ToyMachine.DEVICE, seen, 0, 4)).isZero();
        assertThat(cpu.translations).isZero();
        assertThat(m.bus).isEmpty();
        assertThat(cpu.faults).isEmpty();
    }

    @Test
    void pokedCodeRuns() {
        m.at(0x1000).bytes(0x01, 5, 1).jmp(0x1000);
        m.vcpu.run(10);

        m.vcpu.poke(0x1002, new byte[] {9}, 0, 1);
        m.vcpu.run(10);

        assertThat(cpu.r(5)).isEqualTo(9);
    }
}
