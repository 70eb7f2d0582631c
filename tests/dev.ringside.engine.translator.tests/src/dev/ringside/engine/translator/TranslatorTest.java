package dev.ringside.engine.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.x86.asm.X86Assembler;
import dev.ringside.engine.VmExit;
import dev.ringside.testkit.X86EngineMachine;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** x86 programs under both engines: whatever the processor and memory hold afterwards is the same. */
class TranslatorTest {
    private static final int RAX = 0, RCX = 1;

    private static X86EngineMachine interpreter() {
        return X86EngineMachine.longMode("interpreter");
    }

    private static X86EngineMachine translator() {
        return X86EngineMachine.longMode(new TranslatorProvider(TranslatorSettings.EAGER));
    }

    private static byte[] assemble(String source) {
        AssemblyResult result = new X86Assembler().assemble("test", "org 0x1000\nstart:\n" + source);
        assertThat(result.errors()).isEmpty();
        return result.bytes();
    }

    /** Runs {@code source} to its HLT under both, and compares. @return the translator's machine, to be closed */
    private static X86EngineMachine compare(String source) {
        byte[] code = assemble(source);
        var translated = translator().code(0x1000, code);
        int end = translated.run();
        try (var expected = interpreter().code(0x1000, code)) {
            assertThat(end).as("exception").isEqualTo(expected.run());
            same(translated, expected);
        }
        return translated;
    }

    private static void same(X86EngineMachine actual, X86EngineMachine expected) {
        assertThat(actual.cpu().instructions).as("instructions").isEqualTo(expected.cpu().instructions);
        assertThat(actual.cpu().pc()).as("rip").isEqualTo(expected.cpu().pc());
        for (int r = 0; r < 16; r++) {
            assertThat(actual.gpr(r)).as("register %d", r).isEqualTo(expected.gpr(r));
        }
        assertThat(actual.rflags()).as("rflags").isEqualTo(expected.rflags());
        assertThat(memory(actual)).as("memory").isEqualTo(memory(expected));
    }

    private static int memory(X86EngineMachine machine) {
        byte[] all = new byte[1 << 20];
        machine.memory().read(0x6000, all, 0, all.length);
        return Arrays.hashCode(all);
    }

    @Test
    void loopIsTranslatedAndCountsExactly() {
        try (var m = compare("mov ecx, 1000000\nxor eax, eax\n.l: add eax, ecx\ndec ecx\njnz .l\nhlt")) {
            assertThat(m.gpr(RAX) & 0xffff_ffffL).isEqualTo(1_000_000L * 1_000_001 / 2 & 0xffff_ffffL);
            assertThat(m.cpu().instructions).isEqualTo(2 + 3_000_000 + 1);
        }
    }

    @Test
    void exceptionInTheMiddleOfALoopSeesEveryRegister() {
        // The last address is beyond the mapped gigabyte.
        try (var m = compare("""
            mov rdi, 0x200000
            mov rcx, 5000
            mov rbx, 0x40000000
            .l:
            lea rax, [rcx*8]
            add rdx, rax
            xor rsi, rdx
            rol r8, 3
            mov [rdi + rcx*8], rsi
            cmp rcx, 77
            cmove rdi, rbx
            sub r9, rcx
            dec rcx
            jnz .l
            hlt""")) {
            assertThat(m.gpr(RCX)).isNotZero();
        }
    }

    @Test
    void divideErrorInATranslatedLoopIsRaised() {
        compare("""
            mov ecx, 3000
            .l:
            lea ebx, [rcx - 5]
            mov eax, 100000
            xor edx, edx
            div ebx
            add r8d, eax
            dec ecx
            jnz .l
            hlt""").close();
    }

    @Test
    void budgetEndsEveryRunAtTheInstructionWhereverThatIs() {
        byte[] code = assemble("""
            mov ecx, 4000
            .l:
            add eax, ecx
            mov [0x8000 + rcx*4], eax
            test ecx, 3
            jz .skip
            imul ebx, eax, 17
            .skip:
            dec ecx
            jnz .l
            hlt""");
        try (var translated = translator().code(0x1000, code); var expected = interpreter().code(0x1000, code)) {
            for (int step = 1; !expected.cpu().isHalted(); step = step % 97 + 1) {
                VmExit exit = translated.vcpu().run(step);

                assertThat(exit).isEqualTo(expected.vcpu().run(step));
                same(translated, expected);
            }
        }
    }

    @Test
    void codeThatOverwritesTheLoopItRunsInChangesWhatComesNext() {
        // The immediate of ADD becomes 2 in round 500.
        try (var m = compare("""
            mov ecx, 1000
            xor eax, eax
            .l:
            .patched: add eax, 1
            cmp ecx, 500
            jne .on
            mov byte [.patched + 2], 2
            .on:
            dec ecx
            jnz .l
            hlt""")) {
            assertThat(m.gpr(RAX)).isEqualTo(501 + 499 * 2);
        }
    }

    @Test
    void stringsCallsAndVectorsAgree() {
        compare("""
            mov rax, cr4
            or rax, 0x600
            mov cr4, rax
            mov ecx, 300
            .l:
            push rcx
            mov rsi, 0x6000
            mov rdi, 0x9000
            mov ecx, 40
            rep movsq
            call .f
            movdqu xmm0, [0x6000]
            pxor xmm1, xmm0
            paddd xmm1, xmm0
            movdqu [0x6010], xmm1
            pop rcx
            dec ecx
            jnz .l
            hlt
            .f:
            mov rbx, [0x9008]
            bswap rbx
            rol rbx, cl
            adc [0x9010], rbx
            ror word [0x9020], 3
            sar byte [0x9030], 1
            setc [0x6001]
            movsx r10, byte [0x9031]
            popcnt r11, r10
            bsf r12, r10
            bt r11, 1
            sbb r13, r12
            ret""").close();
    }

    @Test
    void defaultSettingsTranslateInTheBackground() {
        byte[] code = assemble("mov ecx, 20000000\n.l: add rax, rcx\nxor rax, 0x5555\ndec ecx\njnz .l\nhlt");
        try (var translated = X86EngineMachine.longMode("translator").code(0x1000, code); var expected = interpreter().code(0x1000, code)) {
            translated.run();
            expected.run();

            same(translated, expected);
        }
    }
}
