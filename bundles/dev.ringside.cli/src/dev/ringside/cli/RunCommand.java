package dev.ringside.cli;

import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineBuilder;
import dev.ringside.machine.MachineDescription.Disk;
import dev.ringside.machine.MachineException;
import dev.ringside.machine.MachineFile;
import dev.ringside.machine.MachineProviders;
import dev.ringside.machine.MachineSettings;
import dev.ringside.machine.Setting;
import dev.ringside.machine.StopReason;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ringside run}: boots a guest. */
@Command(name = "run", mixinStandardHelpOptions = true, sortOptions = false, description = "Boots a guest; its serial line is stdin and stdout.",
    footer = {"", "IMAGE is a Linux bzImage or vmlinux, a Multiboot 1 or 2 kernel, an ELF program, a bootable disk image, or with --load-address a raw binary.",
        "IMAGE.toml is a machine file: each line is one of these options, as in memory = \"512M\"; options given here win over its lines, and its files are",
        "found from its folder. --stats=false and its like take back what a file switches on.",
        "Exit status: the guest's own ((code << 1) | 1 through isa-debug-exit at port 0xf4), 0 on power-off or reset with --no-reboot, 124 when a limit was",
        "reached, 125 for an error on the host, 126 when the guest cannot go on (triple fault, stuck)."})
final class RunCommand implements Callable<Integer> {
    private static final String STDIO = "stdio";
    private static final String WRITABLE = ",writable";

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "IMAGE", description = "What to boot; without it the first --disk is booted through firmware.")
    private Path image;

    @Option(names = "--memory", converter = Sizes.class, paramLabel = "SIZE", description = "Guest memory, such as 512M (128M).")
    private Long memory;

    @Option(names = "--cpus", paramLabel = "N", description = "Processors, 1 to 64 (1).")
    private Integer cpus;

    @Option(names = "--initrd", paramLabel = "F", description = "Initial RAM disk; for Multiboot the first module.")
    private Path initrd;

    @Option(names = "--append", paramLabel = "S", description = "Kernel command line.")
    private String append;

    @Option(names = "--disk", paramLabel = "F", description = "IDE disk, up to four times. The file is never written: changes stay in memory. Append ',writable' to write it.")
    private List<String> disks;

    @Option(names = "--engine", paramLabel = "E", description = "translator or interpreter (translator); kvm is not in this build.")
    private String engine;

    @Option(names = "--paravirt", paramLabel = "P", description = {"none, minimal, kvm, hyperv, or kvm+hyperv (none).",
        "Features follow with commas: 'kvm,-kvm-steal-time', 'hyperv,-stimer,vendor=NAME'; their names are QEMU's, with or without 'hv-'."})
    private String paravirt;

    @Option(names = "--inject", paramLabel = "EVENT@N[/CPU]", description = "Makes a fault of the paravirtual interface happen after N instructions, to processor CPU or to the one whose turn it is; "
        + "may be given again. A wrong EVENT lists the right ones.")
    private List<String> injections;

    @Option(names = "--serial", paramLabel = "WHERE", description = "stdio, none or file:F (stdio); pty is not in this build.")
    private String serial;

    @Option(names = "--firmware", paramLabel = "F", description = "BIOS image for disks; the system's SeaBIOS when not given.")
    private Path firmware;

    @Option(names = "--load-address", converter = Addresses.class, paramLabel = "A",
        description = "Loads IMAGE as a raw binary at this address; 0x7c00 starts in real mode, others in flat 32-bit mode.")
    private Long loadAddress;

    @Option(names = "--fast-boot", negatable = true, fallbackValue = "true", arity = "0..1", paramLabel = "on|off", converter = OnOff.class,
        description = {"Unpacks a bzImage's kernel on the host when the boot protocol allows (on by default; --no-fast-boot leaves it to the guest's own code).",
            "The kernel is then where it was linked to be: without randomized addresses, as with 'nokaslr'."})
    private Boolean fastBoot;

    @Option(names = "--no-reboot", description = "A reset ends the run.")
    private Boolean noReboot;

    @Option(names = "--max-instructions", paramLabel = "N", description = "Ends the run after N instructions, with status 124.")
    private Long maxInstructions;

    @Option(names = "--timeout", paramLabel = "S", description = "Ends the run after S seconds of the host's time, with status 124.")
    private Double timeoutSeconds;

    @Option(names = "--trace", paramLabel = "EVENTS[:FILE]", description = "Writes events, one line each: exit (all exits), all, or names with commas such as pio,page_fault.")
    private String trace;

    @Option(names = "--stats", description = "Prints instructions, MIPS and events by reason at the end.")
    private Boolean stats;

    @Option(names = "--json", description = "Prints one JSON object as the last line of stderr.")
    private Boolean json;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random in the guest's view (0).")
    private Long seed;

    @Option(names = "--rtc", converter = Times.class, paramLabel = "TIME", description = "What the guest's clock shows at the start (2026-01-01T00:00:00Z).")
    private Long rtc;

    @Option(names = "--write-machine", paramLabel = "F.toml", description = "Writes IMAGE and the options as a machine file, and boots nothing.")
    private Path machineFile;

    @Option(names = "--gdb", paramLabel = "[HOST:]PORT", description = "Waits for gdb (not in this build).")
    private String gdb;

    @Option(names = "--wait", description = "Waits for gdb before the first instruction (not in this build).")
    private boolean waitForGdb;

    @Option(names = "--realtime", description = "Paces virtual time to the wall clock (not in this build).")
    private boolean realtime;

    @Override
    public Integer call() throws HostError, MachineException {
        var settings = given();
        try {
            refuseLaterWork();
            if (image != null && MachineFile.isNamed(image)) {
                settings = MachineFile.read(image).under(settings);
            }
            return machineFile == null ? boot(settings) : write(settings);
        } catch (HostError | MachineException e) {
            if (settings.flag(Setting.JSON)) {
                err().println("ringside: " + e.getMessage());
                RunReport.printErrorJson(err(), e.getMessage());
                return ExitStatus.HOST_ERROR;
            }
            throw e;
        }
    }

    /** What the command line says. */
    private MachineSettings given() {
        return MachineSettings.NONE.with(Setting.IMAGE, image == null || MachineFile.isNamed(image) ? null : image).with(Setting.INITRD, initrd)
            .with(Setting.APPEND, append).with(Setting.MEMORY, memory).with(Setting.CPUS, cpus).with(Setting.DISK, drives()).with(Setting.ENGINE, engine)
            .with(Setting.PARAVIRT, paravirt).with(Setting.INJECT, injections).with(Setting.SERIAL, serial).with(Setting.FIRMWARE, firmware)
            .with(Setting.LOAD_ADDRESS, loadAddress).with(Setting.FAST_BOOT, fastBoot).with(Setting.NO_REBOOT, noReboot)
            .with(Setting.MAX_INSTRUCTIONS, maxInstructions).with(Setting.TIMEOUT, timeoutSeconds).with(Setting.TRACE, trace).with(Setting.STATS, stats).with(Setting.JSON, json).with(Setting.SEED, seed)
            .with(Setting.RTC, rtc);
    }

    private List<Disk> drives() {
        return disks == null ? null : disks.stream().map(RunCommand::drive).toList();
    }

    private static Disk drive(String disk) {
        boolean writable = disk.endsWith(WRITABLE);
        return new Disk(Path.of(writable ? disk.substring(0, disk.length() - WRITABLE.length()) : disk), writable);
    }

    private int write(MachineSettings settings) throws HostError {
        try {
            MachineFile.write(settings, machineFile);
            return ExitStatus.OK;
        } catch (IOException e) {
            throw HostFile.cannotWrite("--write-machine", machineFile, e);
        }
    }

    private int boot(MachineSettings settings) throws HostError, MachineException {
        long most = settings.number(Setting.MAX_INSTRUCTIONS, 0);
        double seconds = settings.seconds(Setting.TIMEOUT, 0);
        boolean none = settings.has(Setting.MAX_INSTRUCTIONS) && most < 1;
        if (none || settings.has(Setting.TIMEOUT) && !(seconds > 0)) {
            throw new HostError(none ? "--max-instructions " + most + "; a whole number of at least 1 is needed"
                : "--timeout " + seconds + "; a number of seconds above 0 is needed");
        }
        try (Machine machine = new MachineBuilder(MachineProviders.onClassPath(), Disks::open).build(settings.description());
                TraceOption events = settings.has(Setting.TRACE) ? TraceOption.parse(settings.text(Setting.TRACE, ""), err()) : null;
                SerialOutput output = SerialOutput.open(settings.text(Setting.SERIAL, STDIO), new FileOutputStream(FileDescriptor.out))) {
            if (events != null) {
                machine.trace(events);
            }
            for (String injection : settings.texts(Setting.INJECT)) {
                inject(machine, injection);
            }
            output.onFailure(machine::requestPause);
            machine.serial().listen(output);
            return run(machine, settings, output, events);
        }
    }

    private static void inject(Machine machine, String injection) throws HostError {
        try {
            machine.inject(injection);
        } catch (IllegalArgumentException e) {
            throw new HostError("--inject " + e.getMessage());
        }
    }

    private int run(Machine machine, MachineSettings settings, SerialOutput output, TraceOption events) throws HostError {
        var limits = Executors.newSingleThreadScheduledExecutor(r -> Thread.ofPlatform().daemon().name("Time limit").unstarted(r));
        double seconds = settings.seconds(Setting.TIMEOUT, 0);
        if (seconds > 0) {
            limits.schedule(machine::requestPause, (long) (seconds * 1000), TimeUnit.MILLISECONDS);
        }
        long start = System.nanoTime();
        long most = settings.number(Setting.MAX_INSTRUCTIONS, 0);
        StopReason stop;
        try (var input = settings.text(Setting.SERIAL, STDIO).equals(STDIO) ? new SerialInput(machine, System.in, machine::requestPause) : null) {
            stop = machine.run(most > 0 ? most : Long.MAX_VALUE);
        } finally {
            limits.shutdownNow();
        }
        output.close();
        output.check();
        if (events != null) {
            events.check();
        }
        var report = new RunReport(machine, stop, ExitStatus.of(stop), (System.nanoTime() - start) / 1e9);
        report.printEnd(err());
        if (settings.flag(Setting.STATS)) {
            report.printStatistics(err());
        }
        if (settings.flag(Setting.JSON)) {
            report.printJson(err());
        }
        return report.status();
    }

    private void refuseLaterWork() throws HostError {
        if (gdb != null || waitForGdb) {
            throw new HostError("--gdb and --wait are not in this build");
        }
        if (realtime) {
            throw new HostError("--realtime is not in this build");
        }
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
