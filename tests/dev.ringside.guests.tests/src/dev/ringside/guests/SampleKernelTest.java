package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.Architecture;
import dev.ringside.machine.MachineProviders;
import dev.ringside.samples.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our own kernel, assembled by our own assembler, as a Multiboot image on the command line. */
class SampleKernelTest {
    @TempDir
    Path folder;

    @Test
    void runsToItsPowerOff() throws IOException {
        Path image = assembled(Sample.KERNEL_64.source());

        CommandLineRun run = CommandLineRun.of("run", "--json", image);

        assertThat(run.out()).isEqualTo("""
            Hello from 64-bit mode.\r
            Page fault at 1 GiB: mapping the page.\r
            The store ran again and is there.\r
            tick tick tick tick tick \r
            Powering off.\r
            """);
        assertThat(run.status()).isZero();
    }

    @Test
    void debugExitGivesItsCodeToTheShell() throws IOException {
        Path image = assembled("""
            bits 32
            org 0x100000
            header: dd 0x1badb002, 0x10000, -(0x1badb002 + 0x10000), header, header, 0, 0, start
            start:  mov al, 0x2a
                    out 0xf4, al
                    hlt
            """);

        CommandLineRun run = CommandLineRun.of("run", image);

        assertThat(run.status()).isEqualTo(85);
    }

    @Test
    void tripleFaultIsExplained() throws IOException {
        Path image = assembled("""
            bits 32
            org 0x100000
            header: dd 0x1badb002, 0x10000, -(0x1badb002 + 0x10000), header, header, 0, 0, start
            start:  lidt [empty]
                    ud2
            empty:  dw 0
                    dd 0
            """);

        CommandLineRun run = CommandLineRun.of("run", image);

        assertThat(run.status()).isEqualTo(126);
        assertThat(run.err()).contains("triple fault", "#UD").doesNotContain("Exception", "\tat ");
    }

    @Test
    void haltWithInterruptsOffIsStuck() throws IOException {
        Path image = assembled("""
            bits 32
            org 0x100000
            header: dd 0x1badb002, 0x10000, -(0x1badb002 + 0x10000), header, header, 0, 0, start
            start:  cli
                    hlt
            """);

        CommandLineRun run = CommandLineRun.of("run", image);

        assertThat(run.status()).isEqualTo(126);
        assertThat(run.err()).startsWith("ringside: guest is stuck: halted with interrupts off at 0x10002");
    }

    @Test
    void endlessLoopEndsAtTheLimit() throws IOException {
        Path image = assembled("""
            bits 32
            org 0x100000
            header: dd 0x1badb002, 0x10000, -(0x1badb002 + 0x10000), header, header, 0, 0, start
            start:  jmp start
            """);

        CommandLineRun run = CommandLineRun.of("run", "--max-instructions", "1000003", "--json", image);

        assertThat(run.status()).isEqualTo(124);
        assertThat(run.json().get("instructions").getAsLong()).isEqualTo(1_000_003);
    }

    private Path assembled(String source) throws IOException {
        Architecture x86 = MachineProviders.onClassPath().architectures().getFirst();
        var result = x86.assembler().assemble("guest.asm", source);
        assertThat(result.errors()).isEmpty();
        return Files.write(folder.resolve("guest.bin"), result.bytes());
    }
}
