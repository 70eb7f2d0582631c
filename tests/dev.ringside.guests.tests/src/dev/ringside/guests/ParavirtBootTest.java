package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.x86.X86Architecture;
import dev.ringside.testkit.guests.DebianPackages;
import dev.ringside.testkit.guests.Initramfs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
        echo "clockevent: $(/bin/busybox cat /sys/devices/system/clockevents/clockevent0/current_device)"
        /bin/threads
        echo "threads: $?"
        echo "uptime: $(/bin/busybox cat /proc/uptime)"
        /bin/busybox grep "^cpu " /proc/stat
        /bin/busybox cat /proc/interrupts
        /bin/busybox poweroff -f
        """;
    /** The kernel's tests of its own ciphers are half of the time that it boots, and nothing that this is about. */
    private static final String COMMAND_LINE = "console=ttyS0 panic=-1 cryptomgr.notests";
    /** Linux interrupts "all others" by shorthand, which no interface sees, unless told not to; then lists of processors go through hypercalls. */
    private static final String LISTS = "no_ipi_broadcast=1";

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
    void onKvmItUsesClockEoiAndStealTime() throws IOException {
        CommandLineRun run = sameOnEveryEngine("translator,translator,interpreter", "kvm", 1, "", "--inject", "steal-burst@200000000");

        assertThat(run.out()).contains("Hypervisor detected: KVM", "clocksource: kvm-clock", "threads: 0").doesNotContain("Call Trace", "Kernel panic");
        assertThat(used(run, "PV EOI")).isPositive();
        assertThat(stolenTicks(run)).as("the burst of 100 ms in ticks of 10").isEqualTo(10);
    }

    @Test
    void onKvmTwoProcessorsInterruptAndFlushThroughTheInterface() throws IOException {
        CommandLineRun run = sameOnEveryEngine("translator,interpreter", "kvm", 2, LISTS, "--stats");

        assertThat(run.out()).contains("KVM setup pv remote TLB flush", "setup PV IPIs", "PV spinlocks enabled", "clocksource: kvm-clock", "threads: 0")
            .doesNotContain("Call Trace", "Kernel panic");
        assertThat(used(run, "KVM_HC_SEND_IPI")).isPositive();
        assertThat(run.err()).as("--stats").containsPattern("KVM_HC_SEND_IPI +\\d").containsPattern("KVM_VCPU_FLUSH_TLB +\\d{3}");
        assertThat(used(run, "KVM_VCPU_FLUSH_TLB")).as("the program unmaps 300 times").isGreaterThanOrEqualTo(100);
        assertThat(used(run, "PV EOI")).isPositive();
        assertThat(stolenTicks(run)).as("three threads share two processors, and these one host").isPositive();
    }

    @Test
    void onKvmPagesThatTheHostTakesAwayAreFetchedWhileOthersRun() throws IOException {
        CommandLineRun run = run("translator", "kvm,swap=64", 1, "", "--inject", "apf-storm@400000000");

        assertThat(run.out()).contains("threads: 0").doesNotContain("Call Trace");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(used(run, "asynchronous page faults")).isPositive();
        assertThat(interrupts(run, "HYP")).as("a page that is back is told by interrupt").isBetween(1L, used(run, "asynchronous page faults"));
    }

    @Test
    void onKvmItSurvivesWhatIsInjected() throws IOException {
        CommandLineRun run = run("translator", "kvm", 1, "", "--inject", "guest-stopped@200000000", "--inject", "slow-hypercall@200000000", "--inject",
            "tsc-jump@400000000");

        assertThat(run.out()).contains("threads: 0").doesNotContain("Call Trace", "soft lockup");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(uptime(run)).as("the counter jumped a second ahead, and the clock page did not know").isBetween(1.2, 2.0);
    }

    @Test
    void onHypervItUsesReferencePageTimersAndAssistPage() throws IOException {
        CommandLineRun run = sameOnEveryEngine("translator,translator,interpreter", "hyperv", 1, "");

        assertThat(run.out()).contains("Hypervisor detected: Microsoft Hyper-V", "clocksource: hyperv_clocksource_tsc_page", "clockevent: Hyper-V clockevent",
            "threads: 0").doesNotContain("Call Trace", "Kernel panic");
        assertThat(used(run, "synthetic timer expiries")).isPositive();
        assertThat(interrupts(run, "HVS")).as("the kernel's count of synthetic timer interrupts").isPositive();
        assertThat(used(run, "VP assist page EOI")).isPositive();
    }

    @Test
    void onHypervTwoProcessorsInterruptAndFlushByHypercall() throws IOException {
        CommandLineRun run = sameOnEveryEngine("translator,interpreter", "hyperv", 2, LISTS, "--stats");

        assertThat(run.out()).contains("Using hypercall for remote TLB flush", "Using IPI hypercalls", "PV spinlocks enabled", "threads: 0")
            .doesNotContain("Call Trace", "Kernel panic");
        assertThat(sum(events(run), "HvCallFlushVirtualAddress")).as("the program unmaps 300 times").isGreaterThanOrEqualTo(100);
        assertThat(sum(events(run), "HvCallSendSyntheticClusterIpi")).isPositive();
        assertThat(run.err()).as("--stats").containsPattern("HvCallSendSyntheticClusterIpi(Ex)? +\\d").containsPattern("HvCallFlushVirtualAddress\\w+ +\\d{3}");
    }

    /** Each to a processor of its own; a clock event that vanishes is not the end, because there is a next one. */
    @Test
    void onHypervItSurvivesWhatIsInjected() throws IOException {
        CommandLineRun run = run("translator", "hyperv", 2, LISTS, "--inject", "message-slots-full@150000000", "--inject", "lost-event@200000000/1",
            "--inject", "reenlighten@250000000", "--inject", "slow-hypercall@300000000/0", "--inject", "slow-hypercall@300000000/1", "--stats");

        assertThat(run.out()).contains("threads: 0").doesNotContain("Call Trace", "soft lockup", "Kernel panic");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.err()).contains("fault: lost-event@200000000/1 has happened", "fault: slow-hypercall@300000000/0 has happened");
    }

    /** Linux looks for every hypervisor and takes the one that stands highest. */
    @Test
    void besideHypervItFindsKvm() throws IOException {
        CommandLineRun run = sameOnEveryEngine("translator,interpreter", "kvm+hyperv", 2, LISTS);

        assertThat(run.out()).contains("Hypervisor detected: KVM", "clocksource: kvm-clock", "threads: 0").doesNotContain("Call Trace", "Kernel panic");
        assertThat(used(run, "PV EOI")).isPositive();
    }

    /** Timers that tell by message need the kernel's VMBus driver, which is a module. */
    @Test
    void onHypervItsVmbusModuleLoadsAndTakesTimerMessages() throws IOException {
        String init = INIT.replace("/bin/threads\n", "/bin/busybox insmod /bin/hv_vmbus.ko\necho \"clockevent then: $(/bin/busybox cat "
            + "/sys/devices/system/clockevents/clockevent0/current_device)\"\n/bin/threads\n");
        Path other = Initramfs.withInit(Files.createDirectory(folder.resolve("vmbus")), init, Map.of("threads", program("threads.asm"), "hv_vmbus.ko",
            Files.readAllBytes(DebianPackages.kernelModule("drivers/hv/hv_vmbus.ko"))));

        CommandLineRun run = sameOnEveryEngine("translator,interpreter", "hyperv,-stimer-direct", 2, LISTS, "--initrd", other.toString());

        assertThat(run.out()).contains("hv_vmbus: Vmbus version:5.3", "clockevent: lapic-deadline", "clockevent then: Hyper-V clockevent", "threads: 0")
            .doesNotContain("Call Trace", "Kernel panic");
        assertThat(used(run, "messages and events")).isGreaterThan(used(run, "synthetic timer expiries"));
        assertThat(interrupts(run, "HYP")).as("by the synthetic interrupt controller").isPositive();
    }

    /** TLFS "guest crash enlightenment": the driver hands the end of the kernel's log over. */
    @Test
    void onHypervItSaysWhyItDied() throws IOException {
        String init = INIT.replace("/bin/busybox poweroff -f", "/bin/busybox insmod /bin/hv_vmbus.ko\necho c > /proc/sysrq-trigger");
        Path other = Initramfs.withInit(Files.createDirectory(folder.resolve("crash")), init, Map.of("threads", program("threads.asm"), "hv_vmbus.ko",
            Files.readAllBytes(DebianPackages.kernelModule("drivers/hv/hv_vmbus.ko"))));

        CommandLineRun run = run("translator", "hyperv", 1, "", "--initrd", other.toString(), "--stats");

        assertThat(run.out()).contains("Kernel panic - not syncing: sysrq triggered crash");
        assertThat(used(run, "crash notices")).isEqualTo(1);
        assertThat(run.err()).containsPattern("  crash: .*Kernel panic - not syncing: sysrq triggered crash");
    }

    @Test
    void onMinimalItDetectsNothingAndKnowsItsFrequencies() throws IOException {
        CommandLineRun run = sameOnEveryEngine("translator,translator,interpreter", "minimal", 1, "");

        assertThat(run.out()).contains("tsc: Detected 1000.000 MHz", "threads: 0").doesNotContain("Hypervisor detected", "Call Trace", "Kernel panic");
    }

    @Test
    void onMinimalTwoProcessorsAreAnyProcessors() throws IOException {
        CommandLineRun run = sameOnEveryEngine("translator,interpreter", "minimal", 2, "");

        assertThat(run.out()).contains("tsc: Detected 1000.000 MHz", "smp: Brought up 1 node, 2 CPUs", "threads: 0").doesNotContain("Hypervisor detected", "Call Trace", "Kernel panic");
    }

    /** Boots once for each of {@code engines}, side by side; it is the same guest every time, to the last byte and event. */
    private static CommandLineRun sameOnEveryEngine(String engines, String paravirt, int cpus, String more, String... options) throws IOException {
        var boots = new ArrayList<CompletableFuture<CommandLineRun>>();
        for (String engine : engines.split(",")) {
            boots.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return run(engine, paravirt, cpus, more, options);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }, Thread::startVirtualThread));
        }
        List<CommandLineRun> runs = boots.stream().map(CompletableFuture::join).toList();
        CommandLineRun first = runs.getFirst();
        assertThat(first.status()).as(first.err()).isZero();
        for (CommandLineRun other : runs) {
            assertThat(other.out()).as(other.err()).isEqualTo(first.out());
            for (String counted : List.of("end", "status", "instructions", "exits", "events", "paravirtEvents", "eventHash")) {
                assertThat(other.json().get(counted)).as(counted).isEqualTo(first.json().get(counted));
            }
        }
        return first;
    }

    private static CommandLineRun run(String engine, String paravirt, int cpus, String more, String... options) throws IOException {
        var all = new ArrayList<Object>(List.of("run", "--memory", "512M", "--engine", engine, "--cpus", cpus, "--paravirt", paravirt,
            "--append", (COMMAND_LINE + " " + more).strip(), "--no-reboot", "--json", kernel));
        all.addAll(List.of(options));
        if (!all.contains("--initrd")) {
            all.addAll(List.of("--initrd", initrd));
        }
        return CommandLineRun.of(all.toArray());
    }

    private static JsonObject events(CommandLineRun run) {
        return run.json().getAsJsonObject("paravirtEvents");
    }

    private static long used(CommandLineRun run, String what) {
        return events(run).get(what).getAsLong();
    }

    private static long sum(JsonObject events, String prefix) {
        return events.entrySet().stream().filter(e -> e.getKey().startsWith(prefix)).mapToLong(e -> e.getValue().getAsLong()).sum();
    }

    /** The eighth number of the line "cpu" in /proc/stat. */
    private static long stolenTicks(CommandLineRun run) {
        String line = run.out().lines().filter(l -> l.startsWith("cpu ")).findFirst().orElseThrow();
        return Long.parseLong(line.strip().split(" +")[8]);
    }

    /** What /proc/interrupts counts of one kind, on all processors. */
    private static long interrupts(CommandLineRun run, String kind) {
        String line = run.out().lines().map(String::strip).filter(l -> l.startsWith(kind + ":")).findFirst().orElseThrow();
        return Arrays.stream(line.split(" +")).skip(1).takeWhile(word -> word.matches("\\d+")).mapToLong(Long::parseLong).sum();
    }

    /** Seconds since the kernel began, by its own clock. */
    private static double uptime(CommandLineRun run) {
        String line = run.out().lines().filter(l -> l.startsWith("uptime: ")).findFirst().orElseThrow();
        return Double.parseDouble(line.split(" ")[1]);
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
