package dev.ringside.arch.x86.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.asm.X86Assembler;
import dev.ringside.engine.VmExit;
import dev.ringside.testkit.EmptyBus;
import dev.ringside.testkit.X86EngineMachine;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** System behaviour as guest code sees it, under a real engine: blocks, TLB and bulk repetition included. */
class SystemGuestTest {
    private static final String ENGINE = "interpreter";
    private static final int IDT = 0x4000, GDT = 0x3000, PAGE_TABLES = 0x70000;
    private static final int DB = 1, GP = 13, PF = 14;

    private final X86EngineMachine m = X86EngineMachine.longMode(ENGINE);
    private final Deque<Integer> vectors = new ArrayDeque<>();

    @AfterEach
    void close() {
        m.close();
    }

    private void assemble(long address, String source) {
        AssemblyResult program = new X86Assembler().assemble("test", "org " + address + "\n" + source);
        assertThat(program.errors()).isEmpty();
        m.code(address, program.bytes());
    }

    private void handler(int vector, long address) {
        m.memory().write(IDT + 16 * vector, 8, address & 0xffff | 8 << 16 | 0x8e00L << 32 | (address >>> 16) << 48);
        m.memory().write(IDT + 16 * vector + 8, 8, 0);
    }

    private void interrupts() {
        m.bus(new EmptyBus() {
            @Override
            public int acknowledgeInterrupt() {
                m.cpu().interruptRequested = vectors.size() > 1;
                return vectors.isEmpty() ? -1 : vectors.poll();
            }
        });
    }

    private void request(int vector) {
        vectors.add(vector);
        m.cpu().interruptRequested = true;
    }

    private long word(long address) {
        return m.memory().read(address, 8);
    }

    @Test
    void repeatedMoveIsInterruptedInTheMiddleAndEndsWhole() {
        interrupts();
        assemble(0x2000, "inc rbx\n iretq");
        handler(31, 0x2000);
        assemble(0x1000, "sti\n rep movsb\n mov eax, 1");
        m.gpr(X86State.RSI, 0x100000).gpr(X86State.RDI, 0x110000).gpr(X86State.RCX, 5000);
        for (int i = 0; i < 5000; i++) {
            m.memory().write(0x100000 + i, 1, i * 7);
        }
        m.vcpu().run(2);

        for (int i = 0; i < 4; i++) {
            assertThat(m.vcpu().run(1000)).isEqualTo(VmExit.BUDGET_REACHED);
            assertThat(m.cpu().pc()).as("still the string instruction").isEqualTo(0x1001);
            request(31);
        }
        m.run();

        assertThat(m.gpr(X86State.RBX)).as("interrupts inside").isEqualTo(4);
        assertThat(m.gpr(X86State.RCX)).isZero();
        assertThat(m.gpr(X86State.RDI)).isEqualTo(0x110000 + 5000);
        for (int i = 0; i < 5000; i++) {
            assertThat(m.memory().read(0x110000 + i, 1)).isEqualTo(i * 7 & 0xff);
        }
    }

    @Test
    void repeatedMoveIntoAnAbsentPageFaultsThereAndGoesOnWhenTheHandlerMapsIt() {
        // 2 MiB pages: the second one is absent until the handler maps it
        m.memory().write(PAGE_TABLES + 0x2008, 8, 0);
        assemble(0x2000, """
            mov qword [%d], 0x200087
            mov rbx, cr2
            mov rdx, rcx
            add rsp, 8
            iretq
            """.formatted(PAGE_TABLES + 0x2008));
        handler(PF, 0x2000);
        assemble(0x1000, "rep stosb");
        m.gpr(X86State.RDI, 0x200000 - 300).gpr(X86State.RCX, 1000).gpr(X86State.RAX, 0x5a);

        m.run();

        assertThat(m.gpr(X86State.RBX)).as("CR2").isEqualTo(0x200000);
        assertThat(m.gpr(X86State.RDX)).as("RCX at the fault").isEqualTo(700);
        assertThat(m.memory().read(0x200000 + 699, 1)).isEqualTo(0x5a);
        assertThat(m.memory().read(0x200000 + 700, 1)).isZero();
    }

    @Test
    void singleStepCountsEveryInstructionAndEveryIteration() {
        assemble(0x2000, "inc qword [0x8100]\n iretq");
        handler(DB, 0x2000);
        assemble(0x1000, """
            pushfq
            or qword [rsp], 0x100
            popfq
            mov ecx, 5          ; 1
            rep stosb           ; 2 to 6
            in al, 0x80         ; 7
            cpuid               ; 8
            pushfq              ; 9
            and qword [rsp], ~0x100  ; 10
            popfq               ; 11
            nop
            """);
        m.gpr(X86State.RDI, 0x100000);

        m.run();

        assertThat(word(0x8100)).isEqualTo(11);
        assertThat(m.cpu().debug.get(6) & DebugRegisters.BS).isNotZero();
    }

    @Test
    void dataBreakpointTrapsBehindTheInstructionThatWrites() {
        assemble(0x2000, "mov rbx, [rsp]\n mov rdx, dr6\n xor eax, eax\n mov dr7, rax\n iretq");
        handler(DB, 0x2000);
        assemble(0x1000, """
            mov eax, 0x8100
            mov dr0, rax
            mov eax, 0x000d0001    ; L0, write, four bytes
            mov dr7, rax
            mov eax, [0x8100]
            mov dword [0x8104], 1
            mov byte [0x8103], 2
            behind: nop
            """);

        m.run();

        assertThat(m.gpr(X86State.RDX) & 0xf).isEqualTo(1);
        assertThat(m.memory().read(0x8103, 1)).as("done before the trap").isEqualTo(2);
        assertThat(m.gpr(X86State.RBX)).isEqualTo(m.cpu().pc() - 2);
    }

    @Test
    void instructionBreakpointInsideAHotLoopIsFound() {
        assemble(0x2000, "inc rbx\n or qword [rsp + 16], 0x10000\n iretq");
        handler(DB, 0x2000);
        assemble(0x1000, """
                    mov ecx, 100
            warm:  dec ecx
                    jnz warm
                    mov eax, again
                    mov dr1, rax
                    mov eax, 0x8
                    mov dr7, rax
                    mov ecx, 10
                    xor ebx, ebx
            again:  dec ecx
                    jnz again
            """);

        m.run();

        assertThat(m.gpr(X86State.RBX)).isEqualTo(10);
    }

    @Test
    void changedPageTableIsSeenAfterInvlpg() {
        assemble(0x1000, """
            mov rax, [0x200000]
            mov qword [%d], 0x87           ; 2 MiB at 0x200000 become the first 2 MiB
            invlpg [0x200000]
            mov rbx, [0x200000 + 0x8100]
            """.formatted(PAGE_TABLES + 0x2008));
        m.memory().write(0x8100, 8, 0x1122334455667788L);

        m.run();

        assertThat(m.gpr(X86State.RBX)).isEqualTo(0x1122334455667788L);
    }

    @Test
    void codeChangedThroughAnotherLinearAddressRunsAsChanged() {
        // 0x202000 is another name of 0x2000
        m.memory().write(PAGE_TABLES + 0x2008, 8, 0x87);
        assemble(0x2000, "mov eax, 1\n ret");
        assemble(0x1000, """
            mov ecx, 50
            warm: call 0x2000
            dec ecx
            jnz warm
            mov byte [0x202001], 2
            call 0x2000
            """);

        m.run();

        assertThat(m.gpr(X86State.RAX)).isEqualTo(2);
    }

    @Test
    void userProgramMakesSystemCallsAndCannotDoMore() {
        m.memory().write(GDT + 0x18, 8, 0x00cf_fb00_0000_ffffL);
        m.memory().write(GDT + 0x20, 8, 0x00cf_f300_0000_ffffL);
        m.memory().write(GDT + 0x28, 8, 0x00af_fb00_0000_ffffL);
        m.memory().write(GDT + 0x30, 8, SystemMachine.descriptor(0x6000, 0x67, 0x89));
        m.memory().write(GDT + 0x38, 8, 0);
        m.memory().write(0x6004, 8, 0x78000);
        assemble(0x7000, "cli");                                  // the user program's last word
        assemble(0x6800, "mov ecx, 3\n once: push rcx\n mov edi, ecx\n syscall\n pop rcx\n dec ecx\n jnz once\n jmp 0x7000");
        assemble(0x2000, "add rbx, rdi\n sysretq");              // the kernel's entry
        assemble(0x1000, """
            lgdt [pointer]
            mov eax, 0x30
            ltr ax
            mov ecx, 0xc0000080
            rdmsr
            or eax, 1
            wrmsr
            mov ecx, 0xc0000081
            xor eax, eax
            mov edx, 0x00180008
            wrmsr
            inc ecx
            mov eax, 0x2000
            xor edx, edx
            wrmsr
            xor ebx, ebx
            mov ecx, 0x6800
            mov r11d, 2
            sysretq
            pointer: dw 0x3f
                     dq %d
            """.formatted(GDT));

        int exception = m.run();

        assertThat(exception).as("CLI in user mode").isEqualTo(GP);
        assertThat(m.gpr(X86State.RBX)).isEqualTo(3 + 2 + 1);
        assertThat(m.gpr(X86State.RSP)).as("on the kernel's stack").isEqualTo(0x78000 - 48);
    }

    @Test
    void interruptBetweenStiAndHltIsNotLost() {
        interrupts();
        assemble(0x2000, "inc rbx\n iretq");
        handler(31, 0x2000);
        assemble(0x1000, "sti\n hlt\n inc rdx\n cli");
        request(31);
        assertThat(m.vcpu().run(1)).isEqualTo(VmExit.BUDGET_REACHED);
        m.vcpu().run(1);
        assertThat(m.cpu().pc()).as("HLT was executed first").isEqualTo(0x1002);

        m.run();

        assertThat(m.gpr(X86State.RBX)).isEqualTo(1);
        assertThat(m.gpr(X86State.RDX)).isEqualTo(1);
    }

    @Test
    void smapStopsTheKernelUntilStac() {
        // The first 2 MiB hold code and stack and must be supervisor's; the second are the user's.
        m.memory().write(PAGE_TABLES + 0x2000, 8, 0x83);
        m.memory().write(PAGE_TABLES + 0x2008, 8, 0x200087);
        assemble(0x1000, """
            mov rax, cr4
            or eax, 1 << 21
            mov cr4, rax
            stac
            mov rbx, [0x200000]
            clac
            mov rcx, [0x200000]
            """);
        m.memory().write(0x200000, 8, 77);

        int exception = m.run();

        assertThat(exception).isEqualTo(PF);
        assertThat(m.gpr(X86State.RBX)).isEqualTo(77);
        assertThat(word(m.gpr(X86State.RSP))).as("present, supervisor, read").isEqualTo(1);
    }

    @Test
    void tripleFaultEndsTheRun() {
        assemble(0x1000, "lidt [pointer]\n ud2\n pointer: dw 0\n dq 0");

        assertThat(m.vcpu().run(1000)).isEqualTo(VmExit.TRIPLE_FAULT);
        assertThat(m.cpu().explainShutdown()).startsWith("#UD(0x0) at RIP 0x1008");
    }
}
