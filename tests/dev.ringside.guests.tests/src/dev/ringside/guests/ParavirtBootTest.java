package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.x86.X86Architecture;
import dev.ringside.testkit.guests.DebianPackages;
import dev.ringside.testkit.guests.Initramfs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's stock cloud kernel finds each paravirtual interface and uses it. */
class ParavirtBootTest {
    private static final String INIT = """
        #!/bin/busybox sh
        /bin/busybox mount -t proc proc /proc
        /bin/busybox mount -t sysfs sys /sys
        echo "init: reached"
        echo "clocksource: $(/bin/busybox cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
        /bin/threads
        echo "threads: $?"
        /bin/busybox grep "^cpu " /proc/stat
        /bin/busybox cat /proc/interrupts
        /bin/busybox poweroff -f
        """;

    @TempDir
    static Path folder;
    private static Path kernel;
    private static Path initrd;

    @BeforeAll
    static void prepare() throws IOException {
        kernel = DebianPackages.kernel();
        initrd = Initramfs.withInit(folder, INIT, Map.of("threads", program("threads.asm")));
    }

    @Test
    void onKvmItUsesClockEoiAndIsTheSameTwice() throws IOException {
        CommandLineRun first = run("kvm", 1, "");

        assertThat(first.out()).contains("Hypervisor detected: KVM", "clocksource: kvm-clock", "threads: 0").doesNotContain("Call Trace", "Kernel panic");
        assertThat(first.status()).as(first.err()).isZero();
        assertThat(events(first).get("PV EOI").getAsLong()).isPositive();
        same(first, run("kvm", 1, ""));
    }

    @Test
    void onKvmThreeProcessorsInterruptAndFlushThroughTheInterface() throws IOException {
        // Linux sends to all others by shorthand unless told not to; then lists of processors go through KVM_HC_SEND_IPI.
        CommandLineRun run = run("kvm", 3, "no_ipi_broadcast=1");

        assertThat(run.out()).contains("KVM setup pv remote TLB flush", "setup PV IPIs", "PV spinlocks enabled", "threads: 0").doesNotContain("Call Trace");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(events(run).get("KVM_HC_SEND_IPI").getAsLong()).isPositive();
        assertThat(events(run).get("KVM_VCPU_FLUSH_TLB").getAsLong()).isPositive();
        assertThat(stolenTicks(run)).isPositive();
    }

    @Test
    void onKvmPagesThatTheHostTakesAwayAreFetchedWhileOthersRun() throws IOException {
        CommandLineRun run = run("kvm,swap=64", 1, "");

        assertThat(run.out()).contains("threads: 0").doesNotContain("Call Trace");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(events(run).get("asynchronous page faults").getAsLong()).isPositive();
    }

    @Test
    void onHypervItUsesReferencePageTimersAndAssistPageAndIsTheSameTwice() throws IOException {
        CommandLineRun first = run("hyperv", 1, "");

        assertThat(first.out()).contains("Hypervisor detected: Microsoft Hyper-V", "clocksource: hyperv_clocksource_tsc_page", "threads: 0")
            .doesNotContain("Call Trace", "Kernel panic");
        assertThat(first.status()).as(first.err()).isZero();
        assertThat(events(first).get("synthetic timer expiries").getAsLong()).isPositive();
        assertThat(events(first).get("VP assist page EOI").getAsLong()).isPositive();
        same(first, run("hyperv", 1, ""));
    }

    @Test
    void onHypervThreeProcessorsInterruptAndFlushByHypercall() throws IOException {
        CommandLineRun run = run("hyperv", 3, "no_ipi_broadcast=1");

        assertThat(run.out()).contains("Using hypercall for remote TLB flush", "Using IPI hypercalls", "threads: 0").doesNotContain("Call Trace");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(sum(events(run), "HvCallFlushVirtualAddress")).isPositive();
        assertThat(sum(events(run), "HvCallSendSyntheticClusterIpi")).isPositive();
    }

    @Test
    void onMinimalItDetectsNothing() throws IOException {
        CommandLineRun run = run("minimal", 1, "");

        assertThat(run.out()).contains("tsc: Detected 1000.000 MHz", "threads: 0").doesNotContain("Hypervisor detected", "Call Trace");
        assertThat(run.status()).as(run.err()).isZero();
    }

    private static CommandLineRun run(String paravirt, int cpus, String more) throws IOException {
        return CommandLineRun.of("run", "--memory", "512M", "--cpus", cpus, "--paravirt", paravirt, "--initrd", initrd, "--append",
            ("console=ttyS0 panic=-1 " + more).strip(), "--no-reboot", "--json", kernel);
    }

    private static void same(CommandLineRun first, CommandLineRun second) {
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(second.json().get("eventHash")).isEqualTo(first.json().get("eventHash"));
        assertThat(events(second)).isEqualTo(events(first));
    }

    private static JsonObject events(CommandLineRun run) {
        return run.json().getAsJsonObject("paravirtEvents");
    }

    private static long sum(JsonObject events, String prefix) {
        return events.entrySet().stream().filter(e -> e.getKey().startsWith(prefix)).mapToLong(e -> e.getValue().getAsLong()).sum();
    }

    /** The eighth number of the line "cpu" in /proc/stat. */
    private static long stolenTicks(CommandLineRun run) {
        String line = run.out().lines().filter(l -> l.startsWith("cpu ")).findFirst().orElseThrow();
        return Long.parseLong(line.strip().split(" +")[8]);
    }

    /** A static ELF program of one segment, readable and executable, from a source beside this class that begins at 0x400078. */
    private static byte[] program(String source) throws IOException {
        AssemblyResult code;
        try (InputStream in = ParavirtBootTest.class.getResourceAsStream(source)) {
            code = new X86Architecture().assembler().assemble(source, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(code.errors()).isEmpty();
        int headers = 64 + 56;
        ByteBuffer elf = ByteBuffer.allocate(headers + code.bytes().length).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        elf.putShort((short) 2).putShort((short) 62).putInt(1).putLong(0x400000 + headers).putLong(64).putLong(0).putInt(0);
        elf.putShort((short) 64).putShort((short) 56).putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 0);
        elf.putInt(1).putInt(5).putLong(0).putLong(0x400000).putLong(0x400000).putLong(elf.capacity()).putLong(elf.capacity()).putLong(0x1000);
        return elf.put(code.bytes()).array();
    }
}
