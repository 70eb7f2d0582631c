package dev.ringside.engine.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.Vector;
import dev.ringside.engine.VmExit;
import dev.ringside.memory.Slot;
import dev.ringside.memory.Writes;
import dev.ringside.testkit.EmptyBus;
import dev.ringside.testkit.X86EngineMachine;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What may happen to code while its translation runs: it is written, moved, interrupted, watched, stopped. The interpreter beside it says what
 * must come of it, and each test sees to it that translated code ran at all.
 */
@Timeout(600)
@ParameterizedClass(name = "hot after {0}")
@ValueSource(ints = {1, 8})
class HotCodeTest {
    @Parameter
    int hotAfter;

    private static final int RCX = 1, RBX = 3, RBP = 5, RDI = 7;

    /** Addresses that go through 4 KiB pages: page i of the window is page i from 2 MB on, until a test changes that. */
    private static final int WINDOW = 0x4000_0000;
    private static final int FRAMES = 0x200000;
    /** The window's page table, which a guest finds at the same address. */
    private static final int WINDOW_TABLE = 0x75000;
    private static final int PDPT = 0x71000, WINDOW_DIRECTORY = 0x74000;

    private static final long NX = 1L << 63;

    private static void mapWindow(X86EngineMachine machine) {
        machine.memory().write(PDPT + 8, 8, WINDOW_DIRECTORY | 7);
        machine.memory().write(WINDOW_DIRECTORY, 8, WINDOW_TABLE | 7);
        for (int i = 0; i < 512; i++) {
            machine.memory().write(WINDOW_TABLE + 8L * i, 8, FRAMES + i * 4096L | 7);
        }
    }

    /** A program at {@link Twins#CODE}, and the window. */
    private Twins withWindow(String source) {
        return Twins.longMode(hotAfter, source).both(HotCodeTest::mapWindow);
    }

    // Code that is written

    @Test
    void aStoreChangesTheNextInstructionOfItsOwnBlock() {
        try (var twins = Twins.longMode(hotAfter, """
            mov ecx, 8192
            again:
            test ecx, 0x3ff
            jnz same
            mov edx, ecx
            shr edx, 10
            mov [patched + 1], dl
            patched:
            mov al, 0xff
            add ebx, eax
            same:
            add ebx, 1
            dec ecx
            jnz again
            hlt""")) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(8192 + 8 + 7 + 6 + 5 + 4 + 3 + 2 + 1);
            assertThat(twins.translated()).isGreaterThan(20_000);
        }
    }

    @Test
    void wideStoresAndStringStoresIntoTheRunningLoopAreSeen() {
        // Round by round one of two bodies is copied over the loop's: by REP MOVSB, or 16 bytes at once.
        try (var twins = Twins.longMode(hotAfter, """
            mov rax, cr4
            or eax, 0x600
            mov cr4, rax
            mov r8d, 40
            round:
            lea rsi, [rel one]
            test r8d, 1
            jz chosen
            lea rsi, [rel two]
            chosen:
            lea rdi, [rel body]
            test r8d, 2
            jz wide
            mov ecx, 16
            rep movsb
            jmp run
            wide:
            movdqu xmm0, [rsi]
            movdqu [rdi], xmm0
            run:
            mov ecx, 300
            jmp body
            align 32
            body: times 16 nop
            dec ecx
            jnz body
            dec r8d
            jnz round
            hlt
            one: add rbx, 1
            times 12 nop
            two: add rbx, 100
            times 12 nop""")) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(20 * 300 + 20 * 30_000);
            assertThat(twins.translated()).isGreaterThan(100_000);
        }
    }

    @Test
    void aStoreThroughAnAliasOfTheCodePageIsSeenThroughEveryOther() {
        // The function is called at two addresses and written at a third.
        try (var twins = withWindow("""
            mov rax, [0x75000]
            mov [0x75008], rax
            mov byte [0x200000], 0x83
            mov word [0x200001], 0x01c3
            mov dword [0x200003], 0xf975c9ff
            mov byte [0x200007], 0xc3
            mov r8d, 20
            .round:
            mov ecx, 500
            mov eax, 0x40000000
            call rax
            mov ecx, 500
            mov eax, 0x40001000
            call rax
            inc byte [0x200002]
            dec r8d
            jnz .round
            hlt""")) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(1000 * 210);
            assertThat(twins.translated()).isGreaterThan(20 * 2000);
        }
    }

    /** In two frames' worth of a loop, ADD EBX, imm32 has two bytes of its immediate in each page; behind it DEC ECX, JNZ, RET. Called twice a round. */
    private static final String ACROSS_PAGES = """
        mov byte [0x200ffc], 0x81
        mov byte [0x200ffd], 0xc3
        mov word [0x200ffe], 0x0001
        mov dword [0x201000], 0xc9ff0000
        mov dword [0x201004], 0xc3f675
        mov dword [0x202000], 0xc9ff0001
        mov dword [0x202004], 0xc3f675
        mov r8d, 20
        .round:
        mov ecx, 500
        mov eax, 0x40000ffc
        call rax
        mov ecx, 500
        mov eax, 0x40000ffc
        call rax
        %s
        dec r8d
        jnz .round
        hlt""";

    @Test
    void anInstructionAcrossAPageBoundaryFollowsItsSecondPageWhenThatIsMappedElsewhere() {
        try (var twins = withWindow(ACROSS_PAGES.formatted("xor dword [0x75008], 0x3000\ninvlpg [0x40001000]"))) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(10 * 1000 * 1 + 10 * 1000 * 0x1_0001);
            assertThat(twins.translated()).isGreaterThan(50_000);
        }
    }

    @Test
    void anInstructionAcrossAPageBoundaryChangesWhenEitherPageIsWritten() {
        try (var twins = withWindow(ACROSS_PAGES.formatted("test r8d, 1\njz .second\ninc byte [0x200ffe]\njmp .on\n.second:\ninc byte [0x201000]\n.on:"))) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            long sum = 0;
            long added = 1;
            for (int round = 20; round > 0; round--) {
                sum += 1000 * added;
                added += round % 2 == 0 ? 0x1_0000 : 1;
            }
            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(sum & 0xffff_ffffL);
            assertThat(twins.translated()).isGreaterThan(50_000);
        }
    }

    @Test
    void aDeviceThatWritesIntoHotCodeChangesIt() {
        // The port's value becomes the immediate of ADD, written to memory as a device writes it.
        try (var twins = Twins.longMode(hotAfter, """
            mov r8d, 20
            round:
            mov ecx, 500
            patched:
            add rbx, 0
            dec ecx
            jnz patched
            mov eax, r8d
            out 0x77, al
            dec r8d
            jnz round
            hlt""")) {
            twins.both(m -> m.bus(new EmptyBus() {
                @Override
                public void portWrite(int port, int sizeBytes, long value) {
                    byte[] written = {(byte) value};
                    m.memory().write(twins.at("patched") + 3, written, 0, 1);
                }
            }));

            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(500 * (20 * 21 / 2 - 1));
            assertThat(twins.translated()).isGreaterThan(25_000);
        }
    }

    @Test
    void memoryThatAppearsOverTheCodeAndDataOfAHotLoopIsSeen() {
        // The port's bit 0 shows 0x202000 at 0x201000, as a chipset shows RAM over ROM: there the function adds 64, and the word it reads is 1.
        try (var twins = Twins.longMode(hotAfter, """
            mov r9, 0xf075c9ff00201800
            mov rax, 0x251c034801c38348
            mov [0x201000], rax
            mov [0x201008], r9
            mov byte [0x201010], 0xc3
            mov rax, 0x251c034840c38348
            mov [0x202000], rax
            mov [0x202008], r9
            mov byte [0x202010], 0xc3
            mov dword [0x202800], 1
            mov r8d, 20
            .round:
            mov ecx, 500
            mov eax, 0x201000
            call rax
            mov eax, r8d
            out 0x77, al
            dec r8d
            jnz .round
            hlt""")) {
            twins.both(m -> m.bus(new EmptyBus() {
                private final Slot shown = m.memory().alias("shown", 0x201000, m.memory().slots().getFirst(), 0x202000, 4096, Writes.STORED);

                @Override
                public void portWrite(int port, int sizeBytes, long value) {
                    shown.setEnabled((value & 1) != 0);
                }
            }));
            twins.both(m -> m.cpu().bus.portWrite(0x77, 1, 0));

            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(500 * (11 * 1 + 9 * (64 + 1)));
            assertThat(twins.translated()).isGreaterThan(30_000);
        }
    }

    @Test
    void aDebuggersChangeOfHotCodeIsSeen() {
        try (var twins = Twins.longMode(hotAfter, "patched: add rbx, 1\ndec ecx\njmp patched")) {
            twins.runHot(10_000);

            twins.both(m -> m.vcpu().poke(twins.at("patched") + 3, new byte[] {7}, 0, 1));
            long before = twins.translator.gpr(RBX);
            twins.runHot(3000);

            assertThat(twins.translator.gpr(RBX) - before).isBetween(7 * 999L, 7 * 1001L);
        }
    }

    // Exceptions and interrupts

    /** Uses every register that there is; {@code %s} is what may fault. */
    private static final String EVERY_REGISTER = """
        mov rax, cr4
        or eax, 0x600
        mov cr4, rax
        mov edi, 0x200000
        mov ecx, 3000
        .l:
        movq xmm0, rcx
        pxor xmm1, xmm0
        movq xmm2, rbx
        por xmm3, xmm2
        movdqa xmm4, xmm3
        pandn xmm5, xmm1
        xorps xmm6, xmm5
        movdqa xmm7, xmm6
        movq xmm8, rsi
        pxor xmm9, xmm8
        movq xmm10, r8
        pxor xmm11, xmm10
        movq xmm12, r9
        pxor xmm13, xmm12
        movq xmm14, r15
        pxor xmm15, xmm14
        lea rax, [rcx*8 + 1]
        add rbx, rax
        adc rdx, rbx
        rol rsi, 5
        xor rsi, rdx
        lea rbp, [rsi + rbx]
        sub r8, rbp
        imul r9, r8, 17
        not r9
        mov r10, r9
        shrd r11, r10, 9
        bswap r10
        sbb r12, r11
        mov r13d, r12d
        movsx r14, r13w
        cmp r14, r15
        %s
        setc r15b
        adc r15, 3
        dec ecx
        jnz .l
        hlt""";

    @Test
    void aPageFaultInTheMiddleOfARegionSeesEveryRegister() {
        // The faulting address comes nearer by 8 bytes a round: at the end of the first gigabyte nothing is mapped.
        try (var twins = Twins.longMode(hotAfter, EVERY_REGISTER.formatted("mov qword [rdi], 1\nlea rdi, [rdi + 8]").replace("mov edi, 0x200000", "mov edi, 0x3fffc000"))) {
            assertThat(twins.runToHalt()).isEqualTo(Vector.PF);

            assertThat(twins.interpreter.gpr(RCX)).isEqualTo(3000 - 0x4000 / 8);
            assertThat(twins.translated()).isGreaterThan(50_000);
        }
    }

    @Test
    void aDivideErrorInTheMiddleOfARegionSeesEveryRegister() {
        try (var twins = Twins.longMode(hotAfter, EVERY_REGISTER.formatted("push rax\npush rdx\nlea edi, [rcx - 77]\nxor edx, edx\ndiv edi\npop rdx\npop rax"))) {
            assertThat(twins.runToHalt()).isEqualTo(Vector.DE);

            assertThat(twins.interpreter.gpr(RCX)).isEqualTo(77);
            assertThat(twins.translated()).isGreaterThan(50_000);
        }
    }

    @Test
    void anInterruptMayComeAtEveryInstructionOfALoop() {
        try (var twins = Twins.longMode(hotAfter, EVERY_REGISTER.formatted("mov [rdi], r14\npush r14\npop qword [rdi + 8]").replace("mov ecx, 3000", "mov ecx, 3000\nsti"))) {
            twins.both(m -> m.bus(new EmptyBus() {
                @Override
                public int acknowledgeInterrupt() {
                    m.cpu().interruptRequested = false;
                    return 31;
                }
            }));
            // The handler adds up where it came from, and returns.
            twins.both(m -> {
                byte[] handler = {0x52, 0x48, (byte) 0x8b, 0x54, 0x24, 0x08, 0x48, 0x01, 0x14, 0x25, 0, 0, 0x30, 0, 0x5a, 0x48, (byte) 0xcf};
                m.memory().write(0x5000 + 16 * 31, handler, 0, handler.length);
            });
            twins.run(1500);

            long before = twins.translated();
            for (int distance = 50; distance < 300; distance++) {
                twins.run(distance);
                twins.both(m -> m.cpu().interruptRequested = true);
            }
            twins.sameMemory();

            assertThat(twins.translated() - before).isGreaterThan(20_000);
            assertThat(twins.interpreter.memory().read(0x300000, 8)).isGreaterThan(249L * 0x1000);
        }
    }

    // Debuggers

    private static final String SUMMING = """
        mov rsi, 0x200000
        .l:
        lea rax, [rcx + rcx*2]
        and eax, 0x7f8
        add rbx, [rsi + rax]
        mov [rsi + rax], rcx
        inc ecx
        jmp .l
        """;

    @Test
    void aWatchpointOnTheDataOfAHotLoopStopsItBehindEachAccess() {
        try (var twins = Twins.longMode(hotAfter, SUMMING)) {
            twins.runHot(10_000);
            for (boolean reads : new boolean[] {true, false}) {
                twins.both(m -> m.engine().breakpoints().addWatch(0x200308, 8, reads, !reads));
                for (int i = 0; i < 20; i++) {
                    assertThat(twins.run(100_000)).isInstanceOfSatisfying(VmExit.Debug.class, debug -> {
                        assertThat(debug.reason()).isEqualTo(reads ? VmExit.DebugReason.READ_WATCHPOINT : VmExit.DebugReason.WRITE_WATCHPOINT);
                        assertThat(debug.dataAddress()).isEqualTo(0x200308);
                    });
                }
                twins.both(m -> m.engine().breakpoints().clear());
                twins.run(1000);
                twins.runHot(10_000);
            }
            twins.sameMemory();
        }
    }

    @Test
    void aBreakpointInAHotLoopStopsItAndLeavesNothingBehind() {
        try (var twins = Twins.longMode(hotAfter, SUMMING)) {
            twins.runHot(10_000);
            long[] places = {twins.at("start.l"), twins.at("start.l") + 4};
            for (long place : places) {
                twins.both(m -> m.engine().breakpoints().addExecution(place));
                for (int i = 0; i < 20; i++) {
                    VmExit exit = twins.run(100_000);
                    assertThat(exit).isEqualTo(new VmExit.Debug(VmExit.DebugReason.BREAKPOINT, place, 0));
                    if (i % 3 == 0) {
                        twins.step();
                    }
                }
                twins.both(m -> m.engine().breakpoints().clear());
                twins.run(1000);
                twins.runHot(10_000);
            }
        }
    }

    @Test
    void aConditionIsAskedEachTimeAHotLoopComesBy() {
        try (var twins = Twins.longMode(hotAfter, SUMMING)) {
            twins.runHot(10_000);
            long place = twins.at("start.l") + 4;
            twins.both(m -> m.engine().breakpoints().addExecution(place, cpu -> m.gpr(RCX) == 20_000));

            assertThat(twins.run(1_000_000)).isEqualTo(new VmExit.Debug(VmExit.DebugReason.BREAKPOINT, place, 0));
            assertThat(twins.translator.gpr(RCX)).isEqualTo(20_000);
        }
    }

    @Test
    void stepsOutOfAHotLoopAreExactAndItGoesOnHot() {
        try (var twins = Twins.longMode(hotAfter, EVERY_REGISTER.formatted("mov [rdi], r14").replace("mov ecx, 3000", "mov ecx, 30000"))) {
            for (int i = 0; i < 60; i++) {
                twins.run(1000 + i);
                for (int steps = 0; steps <= i; steps++) {
                    twins.step();
                }
            }
            assertThat(twins.translated()).isGreaterThan(50_000);
        }
    }

    @Test
    void theGuestsOwnSingleStepsAndDataBreakpointsWorkInHotCode() {
        // TF is set in one round of 512 and cleared by the handler; DR0 watches a word that one round of 1024 writes.
        try (var twins = Twins.longMode(hotAfter, """
            mov rax, 0x200100
            mov dr0, rax
            mov eax, 0x10001
            mov dr7, rax
            mov ecx, 5000
            .l:
            mov edx, ecx
            and edx, 0x3ff
            mov [0x200100 + rdx*8 - 8], rcx
            test ecx, 0x1ff
            jnz .on
            pushfq
            or qword [rsp], 0x100
            popfq
            .on:
            add rbx, rdx
            dec ecx
            jnz .l
            hlt""")) {
            // Handler of #DB: count in R9, add up the place in R10, clear TF in the image.
            byte[] handler = {0x49, (byte) 0xff, (byte) 0xc1, 0x4c, 0x03, 0x14, 0x24, (byte) 0x81, 0x64, 0x24, 0x10, (byte) 0xff, (byte) 0xfe, (byte) 0xff, (byte) 0xff,
                0x48, (byte) 0xcf};
            twins.both(m -> {
                m.memory().write(0x6000, handler, 0, handler.length);
                m.memory().write(0x4000 + 16, 2, 0x6000);
            });

            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(9)).isGreaterThanOrEqualTo(5000 / 512 + 4);
        }
    }

    // Repeated string instructions

    /** Copies 100 words up and back down, and fills 300 bytes, for ever; all of them cross a page. */
    private static final String STRINGS = """
        again:
        mov esi, 0x200f00
        mov edi, 0x202e00
        mov ecx, 100
        rep movsq
        std
        sub rsi, 8
        sub rdi, 8
        mov ecx, 90
        rep movsq
        cld
        mov edi, 0x203f80
        mov eax, ebx
        mov ecx, 300
        rep stosb
        mov edi, 0x203f80
        mov ecx, 310
        repe scasb
        add ebx, ecx
        inc ebx
        mov [0x200f08], rbx
        jmp again""";

    @Test
    void aRepeatedInstructionMayStopAtAnyElement() {
        try (var twins = Twins.longMode(hotAfter, STRINGS)) {
            for (int i = 0; i < 1500; i++) {
                twins.run(1 + i * 7 % 211);
            }
            twins.sameMemory();
            for (int i = 0; i < 300; i++) {
                twins.step();
            }
        }
    }

    @Test
    void aRepeatedInstructionMayBeInterruptedAtAnyElement() {
        try (var twins = Twins.longMode(hotAfter, "sti\n" + STRINGS)) {
            twins.both(m -> {
                m.bus(new EmptyBus() {
                    @Override
                    public int acknowledgeInterrupt() {
                        m.cpu().interruptRequested = false;
                        return 31;
                    }
                });
                // INC R9; ADD R10, RCX; IRETQ
                byte[] handler = {0x49, (byte) 0xff, (byte) 0xc1, 0x49, 0x01, (byte) 0xca, 0x48, (byte) 0xcf};
                m.memory().write(0x5000 + 16 * 31, handler, 0, handler.length);
            });
            for (int i = 0; i < 1000; i++) {
                twins.run(1 + i * 7 % 211);
                twins.both(m -> m.cpu().interruptRequested = true);
            }
            twins.sameMemory();

            assertThat(twins.interpreter.gpr(9)).isGreaterThan(500);
        }
    }

    @Test
    void aRepeatedInstructionStopsBehindTheElementThatHitsAWatchpoint() {
        try (var twins = Twins.longMode(hotAfter, STRINGS)) {
            twins.run(20_000);
            twins.both(m -> m.engine().breakpoints().addWatch(0x203ff0, 1, false, true));
            for (int i = 0; i < 10; i++) {
                assertThat(twins.run(100_000)).isInstanceOfSatisfying(VmExit.Debug.class, debug -> assertThat(debug.dataAddress()).isEqualTo(0x203ff0));
                assertThat(twins.translator.gpr(RCX)).isEqualTo(300 - 0x70 - 1);
            }
            twins.both(m -> m.engine().breakpoints().clear());
            twins.run(20_000);
            twins.sameMemory();
        }
    }

    @Test
    void aRepeatedInstructionFaultsAtItsElementAndGoesOnThere() {
        // Page 5 of the window goes away each round; the handler of #PF brings it back and adds up what was left to store.
        try (var twins = withWindow("""
            mov r8d, 200
            .round:
            and byte [0x75028], 0xfe
            invlpg [0x40005000]
            mov edi, 0x40004f00
            mov eax, r8d
            mov ecx, 200
            rep stosw
            dec r8d
            jnz .round
            hlt""")) {
            twins.both(m -> {
                // OR BYTE [0x75028], 1; ADD RBX, RCX; ADD RSP, 8; IRETQ
                byte[] handler = {(byte) 0x80, 0x0c, 0x25, 0x28, 0x50, 0x07, 0x00, 0x01, 0x48, 0x01, (byte) 0xcb, 0x48, (byte) 0x83, (byte) 0xc4, 0x08, 0x48,
                    (byte) 0xcf};
                m.memory().write(0x6000, handler, 0, handler.length);
                m.memory().write(0x4000 + 16 * Vector.PF, 2, 0x6000);
            });

            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(200 * (200 - 0x80));
        }
    }

    // Paging

    @Test
    void accessedAndDirtyBitsAreSetAgainAfterTheGuestClearedThem() {
        try (var twins = withWindow("""
            mov ecx, 4096
            .l:
            mov rax, [0x40002000 + rcx]
            mov [0x40003000 + rcx - 1], cl
            test ecx, 0xff
            jnz .on
            mov rdx, [0x75010]
            and edx, 0x60
            add rbx, rdx
            mov rdx, [0x75018]
            and edx, 0x60
            add rbx, rdx
            and qword [0x75010], -0x61
            and qword [0x75018], -0x61
            invlpg [0x40002000]
            invlpg [0x40003000]
            .on:
            dec ecx
            jnz .l
            hlt""")) {
            // The first access is at the next page's start already.
            twins.both(m -> m.gpr(RCX, 0));
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(15 * (0x20 + 0x60) + 0x60);
            assertThat(twins.translated()).isGreaterThan(15_000);
        }
    }

    @Test
    void aPageThatIsMappedElsewhereIsSeenByTheHotLoopThatReadsIt() {
        try (var twins = withWindow("""
            mov qword [0x202000], 1
            mov qword [0x203000], 1000
            mov ecx, 4096
            .l:
            add rbx, [0x40002000]
            test ecx, 0xff
            jnz .on
            xor qword [0x75010], 0x1000
            test ecx, 0x100
            jnz .one
            mov rax, cr3
            mov cr3, rax
            jmp .on
            .one:
            invlpg [0x40002ff8]
            .on:
            dec ecx
            jnz .l
            hlt""")) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(1 + 256 * (8 * 1000 + 8 * 1) - 1);
            assertThat(twins.translated()).isGreaterThan(15_000);
        }
    }

    @Test
    void hotCodeWhosePageIsMappedElsewhereRunsWhatIsThereNow() {
        // Two frames with the same loop but for a constant, under one address in turns.
        try (var twins = withWindow("""
            mov rax, 0xf975c9ff01c383
            mov [0x202000], rax
            mov byte [0x202007], 0xc3
            mov rax, 0xf975c9ff64c383
            mov [0x203000], rax
            mov byte [0x203007], 0xc3
            mov r8d, 40
            .round:
            mov ecx, 300
            mov eax, 0x40002000
            call rax
            xor qword [0x75010], 0x1000
            invlpg [0x40002000]
            dec r8d
            jnz .round
            hlt""")) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(20 * 300 + 20 * 30_000);
            assertThat(twins.translated()).isGreaterThan(30_000);
        }
    }

    /** A loop in the window that is called again and again; from round 20 of 40 on something about its page or its data is another. */
    private Twins changedInRound20(String change) {
        return withWindow("""
            mov ecx, 0xc0000080
            rdmsr
            or eax, 0x800
            wrmsr
            mov rax, cr0
            or eax, 0x10000
            mov cr0, rax
            mov byte [0x202000], 0x83
            mov word [0x202001], 0x01c3
            mov word [0x202003], 0x0148
            mov word [0x202005], 0x251c
            mov dword [0x202007], 0x40003000
            mov word [0x20200b], 0xc9ff
            mov word [0x20200d], 0xf175
            mov byte [0x20200f], 0xc3
            mov r8d, 40
            .round:
            cmp r8d, 20
            jne .call
            %s
            .call:
            mov ecx, 300
            mov eax, 0x40002000
            call rax
            dec r8d
            jnz .round
            hlt""".formatted(change));
    }

    private void faultsInRound20(String change, int vector, Consumer<X86EngineMachine> check) {
        try (var twins = changedInRound20(change)) {
            assertThat(twins.runToHalt()).isEqualTo(vector);

            assertThat(twins.interpreter.gpr(8)).isEqualTo(20);
            assertThat(twins.translated()).isGreaterThan(20_000);
            check.accept(twins.interpreter);
        }
    }

    @Test
    void hotCodeWhosePageBecomesNotExecutableFaultsAtItsFirstInstruction() {
        faultsInRound20("bts qword [0x75010], 63\ninvlpg [0x40002000]", Vector.PF, m -> {
            assertThat(m.cpu().cr2()).isEqualTo(WINDOW + 0x2000);
            assertThat(m.memory().read(WINDOW_TABLE + 16, 8) & NX).isNotZero();
        });
    }

    @Test
    void hotCodeWhosePageGoesAwayFaultsAtItsFirstInstruction() {
        faultsInRound20("and byte [0x75010], 0xfe\ninvlpg [0x40002000]", Vector.PF, m -> assertThat(m.cpu().cr2()).isEqualTo(WINDOW + 0x2000));
    }

    @Test
    void aPageThatBecomesReadOnlyFaultsTheHotLoopThatWritesIt() {
        faultsInRound20("and byte [0x75018], 0xfd\ninvlpg [0x40003000]", Vector.PF, m -> assertThat(m.cpu().cr2()).isEqualTo(WINDOW + 0x3000));
    }

    @Test
    void reservedBitsInTheTableFaultTheHotLoop() {
        // Bit 51 is above the 40 bits of physical addresses.
        faultsInRound20("bts qword [0x75018], 51\ninvlpg [0x40003000]", Vector.PF, m -> assertThat(m.cpu().cr2()).isEqualTo(WINDOW + 0x3000));
    }

    @Test
    void readOnlyPagesAreWritableWhileTheGuestSaysSo() {
        // CR0.WP off from round 20 on, over a page that is read-only by then.
        try (var twins = changedInRound20("and byte [0x75018], 0xfd\ninvlpg [0x40003000]\nmov rax, cr0\nbtr rax, 16\nmov cr0, rax")) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(40 * 300);
            assertThat(twins.translated()).isGreaterThan(30_000);
        }
    }

    @Test
    void aPageThatBecomesUncacheableKeepsItsContents() {
        // PCD, PWT and PAT of the entry, and the PAT itself: what they select changes no value.
        try (var twins = changedInRound20("or byte [0x75018], 0x98\ninvlpg [0x40003000]\nmov ecx, 0x277\nxor eax, eax\nxor edx, edx\nwrmsr")) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.memory().read(0x203000, 8)).isEqualTo(12_000L * 12_001 / 2);
            assertThat(twins.translated()).isGreaterThan(30_000);
        }
    }

    @Test
    void supervisorsMayNotRunUsersPagesOnceSmepIsSet() {
        faultsInRound20("mov qword [0x72000], 0x83\nmov rax, cr3\nmov cr3, rax\nmov rax, cr4\nbts rax, 20\nmov cr4, rax", Vector.PF, m -> assertThat(m.cpu().cr2()).isEqualTo(WINDOW + 0x2000));
    }

    // Modes

    @Test
    void bytesThatAreHotInTwoModesMeanTwoThings() {
        // B8 01 00 00 00 …: MOV EAX, 1 with 32-bit operands; MOV AX, 1 and ADD [BX+SI], AL with 16-bit ones. Called through two code segments.
        try (var twins = Twins.protectedMode(hotAfter, """
            mov dword [0x3018], 0x0000ffff
            mov dword [0x301c], 0x00009b00
            mov word [0x300e], 0x00cf
            lgdt [gdtr]
            mov ebx, 0x8000
            xor esi, esi
            mov edx, 200
            .round:
            mov ecx, 50
            o16 call 8:shared
            add ebp, eax
            mov ecx, 50
            call 0x18:shared
            add edi, eax
            dec edx
            jnz .round
            hlt
            gdtr: dw 0x1f
            dd 0x3000
            align 16
            shared:
            db 0xb8, 1, 0, 0, 0
            db 0x40
            db 0x49
            db 0x75, 0xf7
            db 0x66
            db 0xcb""")) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBP)).isEqualTo(400);
            assertThat(twins.interpreter.gpr(RDI)).isEqualTo(400);
            assertThat(twins.interpreter.memory().read(0x8000, 1)).isEqualTo(200 * 50 & 0xff);
            assertThat(twins.translated()).isGreaterThan(40_000);
        }
    }

    @Test
    void oneInstructionPointerIsAnotherPlaceInEverySegment() {
        // Far calls to offset 0 of two segments, whose code differs by a constant; and a jump table's worth of near jumps in each.
        try (var twins = Twins.realMode(hotAfter, """
            mov ax, 0x2000
            mov es, ax
            xor di, di
            mov si, first
            mov cx, first_end - first
            rep movsb
            mov ax, 0x2400
            mov es, ax
            xor di, di
            mov si, second
            mov cx, second_end - second
            rep movsb
            mov bp, 40
            round:
            mov cx, 100
            call 0x2000:0
            mov cx, 100
            call 0x2400:0
            dec bp
            jnz round
            hlt
            first:
            add ebx, 1
            dec cx
            jnz first
            retf
            first_end:
            second:
            add ebx, 100
            dec cx
            jnz second
            retf
            second_end:""")) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(40 * (100 + 100 * 100));
            assertThat(twins.translated()).isGreaterThan(10_000);
        }
    }

    @Test
    void codeInMoreSegmentsThanAreKnownAtATimeIsFound() {
        // Two functions, each called through all 4,096 segments that reach it, twice.
        try (var twins = Twins.realMode(hotAfter, """
            mov ax, 0x2000
            mov ds, ax
            mov dword [0xff00], 0xcb4366
            mov ax, 0x3000
            mov ds, ax
            mov dword [0xff00], 0xcb4366
            mov si, 2
            pass:
            mov bp, 0x1ff1
            next:
            mov ax, bp
            shl ax, 4
            mov dx, 0xff00
            sub dx, ax
            push cs
            push back
            push bp
            push dx
            retf
            back:
            inc bp
            cmp bp, 0x3ff1
            jne next
            dec si
            jnz pass
            hlt""")) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(2 * 8192);
        }
    }

    @Test
    void addressBit20IsMaskedWhileTheGateIsClosed() {
        // FFFF:0010 is 1 MB, or 0 when the port's bit 0 says so.
        try (var twins = Twins.realMode(hotAfter, """
            mov ax, 0xffff
            mov es, ax
            xor ax, ax
            mov ds, ax
            mov dword [0x600], 1
            mov dword [es:0x610], 100
            mov si, 20
            round:
            mov cx, 200
            again:
            add ebx, [es:0x610]
            add edi, 1
            dec cx
            jnz again
            mov ax, si
            out 0x92, al
            dec si
            jnz round
            hlt""")) {
            twins.both(m -> m.bus(new EmptyBus() {
                @Override
                public void portWrite(int port, int sizeBytes, long value) {
                    m.cpu().a20((value & 1) == 0);
                }
            }));

            assertThat(twins.runToHalt()).isEqualTo(-1);

            // Open in the first round and behind every even one.
            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(200 * (11 * 100 + 9 * 1));
        }
    }

    @Test
    void usersPagesAreReachedOnlyWhileTheAlignmentCheckFlagIsSet() {
        // SMAP, the program's own pages the supervisor's. STAC and CLAC, then POPF, and in the end neither.
        try (var twins = withWindow("""
            mov qword [0x72000], 0x83
            mov rax, cr3
            mov cr3, rax
            mov rax, cr4
            bts rax, 21
            mov cr4, rax
            mov ecx, 1000
            .l:
            stac
            add [0x40002000], rcx
            clac
            pushfq
            or qword [rsp], 0x40000
            popfq
            add [0x40002008], rcx
            pushfq
            and qword [rsp], ~0x40000
            popfq
            add rbx, 1
            dec ecx
            jnz .l
            add [0x40002000], rcx
            hlt""")) {
            assertThat(twins.runToHalt()).isEqualTo(Vector.PF);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(1000);
            assertThat(twins.interpreter.memory().read(FRAMES + 0x2008, 8)).isEqualTo(1000 * 1001 / 2);
        }
    }

    @Test
    void protectionIsSwitchedOnAndOffAroundAHotLoop() {
        try (var twins = Twins.realMode(hotAfter, """
            lgdt [gdtr]
            mov si, 40
            .round:
            mov eax, cr0
            or al, 1
            mov cr0, eax
            mov cx, 200
            call hot
            mov eax, cr0
            and al, 0xfe
            mov cr0, eax
            mov cx, 200
            call hot
            dec si
            jnz .round
            hlt
            hot:
            add ebx, 3
            mov [0x6000], ebx
            dec cx
            jnz hot
            ret
            gdtr: dw 0
            dd 0""")) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(RBX)).isEqualTo(40 * 400 * 3);
            assertThat(twins.translated()).isGreaterThan(15_000);
        }
    }

    @Test
    void loopsInRealAndProtectedModeAreHotAsWell() {
        String loop = "mov ecx, 5000\n.l: add eax, ecx\nmov [0x6000 + ecx*4], ax\nxor bx, [0x6000 + ecx*4]\ndec ecx\njnz .l\nhlt";
        try (var real = Twins.realMode(hotAfter, loop.replace("5000", "1000").replace("mov [0x", "a32 mov [0x")); var flat = Twins.protectedMode(hotAfter, loop)) {
            assertThat(real.runToHalt()).isEqualTo(-1);
            assertThat(flat.runToHalt()).isEqualTo(-1);

            assertThat(real.translated()).isGreaterThan(900);
            assertThat(flat.translated()).isGreaterThan(20_000);
        }
    }
}
