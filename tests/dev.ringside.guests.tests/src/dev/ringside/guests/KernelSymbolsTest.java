package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.Symbolizer;
import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineBuilder;
import dev.ringside.machine.MachineDescription;
import dev.ringside.machine.MachineException;
import dev.ringside.machine.MachineProviders;
import dev.ringside.machine.StopReason;
import dev.ringside.testkit.guests.DebianPackages;
import dev.ringside.testkit.guests.Initramfs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody gave symbols, and yet Debian's stock kernel has them; what they are, the guest says itself. */
class KernelSymbolsTest {
    /** Where the kernel was linked to run. */
    private static final long LINKED = 0xffff_ffff_8100_0000L;
    private static final String INIT = """
        #!/bin/busybox sh
        /bin/busybox mount -t proc proc /proc
        /bin/busybox echo 0 > /proc/sys/kernel/kptr_restrict
        /bin/busybox grep -E ' [tTdDbBrRwW] (_text|start_kernel|asm_exc_page_fault|do_syscall_64|schedule|linux_banner|init_task|jiffies_64|_end|vfs_read)$' /proc/kallsyms
        /bin/busybox poweroff -f
        """;

    @TempDir
    Path folder;

    @Test
    void unpackedKernelHasItsSymbolsFromTheFirstInstructionOn() throws Exception {
        try (Machine machine = machine(true)) {
            Long start = machine.symbols().addressOf("start_kernel");
            assertThat(start).isNotNull();
            machine.engine().breakpoints().addExecution(start);
            assertThat(machine.run(1_000_000_000)).isInstanceOf(StopReason.Breakpoint.class);
            assertThat(machine.symbols().nameOf(machine.cpu(0).pc() + 0x10)).isEqualTo("start_kernel+0x10");

            Map<String, Long> told = told(machine);

            assertThat(told).hasSize(10);
            assertThat(told.get("_text")).isEqualTo(LINKED);
            told.forEach((name, address) -> assertThat(machine.symbols().addressOf(name)).as(name).isEqualTo(address));
        }
    }

    @Test
    void kernelThatMovedItselfIsFoundAgain() throws Exception {
        try (Machine machine = machine(false)) {
            machine.locateSymbols(0);
            assertThat(machine.symbols().addressOf("start_kernel")).as("before the kernel is there").isNull();

            Map<String, Long> told = told(machine);
            machine.locateSymbols(0);

            assertThat(told).hasSize(10);
            assertThat(told.get("_text")).as("KASLR").isNotEqualTo(LINKED);
            Symbolizer symbols = machine.symbols();
            told.forEach((name, address) -> assertThat(symbols.addressOf(name)).as(name).isEqualTo(address));
            assertThat(symbols.nameOf(told.get("start_kernel") + 0x10)).isEqualTo("start_kernel+0x10");
        }
    }

    @Test
    void codeOfAStockKernelIsShownBySymbol() throws IOException {
        CommandLineRun listed = CommandLineRun.of("disasm", "--at", "start_kernel", "--count", "1", DebianPackages.kernel());
        CommandLineRun translated = CommandLineRun.of("translate", "--at", "start_kernel", "--count", "1", DebianPackages.kernel());

        assertThat(listed.out()).startsWith("start_kernel:\n");
        String instruction = listed.out().lines().toList().get(1).replaceFirst("^([0-9a-f]+) +(?:[0-9a-f]{2} )+ *", "$1 ").strip();
        assertThat(instruction).startsWith("ffffffff8");
        assertThat(translated.out().lines().map(l -> l.strip().replaceAll(" +", " "))).contains("start_kernel:", instruction.replaceAll(" +", " "));
    }

    private Machine machine(boolean fastBoot) throws IOException, MachineException {
        return new MachineBuilder(MachineProviders.onClassPath(), (file, writable) -> {
            throw new IOException("no disks here");
        }).build(MachineDescription.of(DebianPackages.kernel()).withInitrd(Initramfs.withInit(folder, INIT)).withMemoryBytes(512L << 20)
            .withCommandLine("console=ttyS0 quiet panic=-1").withNoReboot(true).withFastBoot(fastBoot));
    }

    /** Runs to the end. What the guest's own table says, by name. */
    private static Map<String, Long> told(Machine machine) {
        var out = new ByteArrayOutputStream();
        machine.serial().listen(out::write);
        while (!(machine.run(Long.MAX_VALUE) instanceof StopReason.Ended)) {
            machine.engine().breakpoints().clear();
        }
        var told = new TreeMap<String, Long>();
        for (String line : out.toString(StandardCharsets.ISO_8859_1).lines().filter(l -> l.matches("[0-9a-f]{16} [a-zA-Z] \\w+")).toList()) {
            String[] words = line.split(" ");
            told.put(words[2], Long.parseUnsignedLong(words[0], 16));
        }
        return told;
    }
}
