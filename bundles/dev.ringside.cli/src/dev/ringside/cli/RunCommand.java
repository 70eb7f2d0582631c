package dev.ringside.cli;

import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineBuilder;
import dev.ringside.machine.MachineDescription;
import dev.ringside.machine.MachineDescription.Disk;
import dev.ringside.machine.MachineException;
import dev.ringside.machine.MachineProviders;
import dev.ringside.machine.StopReason;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
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
        "Exit status: the guest's own ((code << 1) | 1 through isa-debug-exit at port 0xf4), 0 on power-off or reset with --no-reboot, 124 when a limit was",
        "reached, 125 for an error on the host, 126 when the guest cannot go on (triple fault, stuck)."})
final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "IMAGE", description = "What to boot; without it the first --disk is booted through firmware.")
    private Path image;

    @Option(names = "--memory", defaultValue = "128M", converter = Sizes.class, paramLabel = "SIZE", description = "Guest memory, such as 512M (${DEFAULT-VALUE}).")
    private long memory;

    @Option(names = "--cpus", defaultValue = "1", paramLabel = "N", description = "Processors, 1 to 64 (${DEFAULT-VALUE}).")
    private int cpus;

    @Option(names = "--initrd", paramLabel = "F", description = "Initial RAM disk; for Multiboot the first module.")
    private Path initrd;

    @Option(names = "--append", defaultValue = "", paramLabel = "S", description = "Kernel command line.")
    private String append;

    @Option(names = "--disk", paramLabel = "F", description = "IDE disk, up to four times. The file is never written: changes stay in memory. Append ',writable' to write it.")
    private List<String> disks = List.of();

    @Option(names = "--engine", defaultValue = "translator", paramLabel = "E", description = "translator or interpreter (${DEFAULT-VALUE}); kvm is not in this build.")
    private String engine;

    @Option(names = "--paravirt", defaultValue = "none", paramLabel = "P", description = {"none, minimal, kvm, hyperv, or kvm+hyperv (${DEFAULT-VALUE}).",
        "Features follow with commas: 'kvm,-kvm-steal-time', 'hyperv,-stimer,vendor=NAME'; their names are QEMU's, with or without 'hv-'."})
    private String paravirt;

    @Option(names = "--inject", paramLabel = "EVENT@N", description = "Makes a fault of the paravirtual interface happen after N instructions; may be given again. A wrong EVENT lists the right ones.")
    private List<String> injections = List.of();

    @Option(names = "--serial", defaultValue = "stdio", paramLabel = "WHERE", description = "stdio, none or file:F (${DEFAULT-VALUE}); pty is not in this build.")
    private String serial;

    @Option(names = "--firmware", paramLabel = "F", description = "BIOS image for disks; the system's SeaBIOS when not given.")
    private Path firmware;

    @Option(names = "--load-address", converter = Addresses.class, paramLabel = "A",
        description = "Loads IMAGE as a raw binary at this address; 0x7c00 starts in real mode, others in flat 32-bit mode.")
    private Long loadAddress;

    @Option(names = "--no-reboot", description = "A reset ends the run.")
    private boolean noReboot;

    @Option(names = "--max-instructions", defaultValue = "0", paramLabel = "N", description = "Ends the run after N instructions, with status 124.",
        showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private long maxInstructions;

    @Option(names = "--timeout", defaultValue = "0", paramLabel = "S", description = "Ends the run after S seconds of the host's time, with status 124.",
        showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private double timeoutSeconds;

    @Option(names = "--trace", paramLabel = "EVENTS[:FILE]", description = "Writes events, one line each: exit (all exits), all, or names with commas such as pio,page_fault.")
    private String trace;

    @Option(names = "--stats", description = "Prints instructions, MIPS and events by reason at the end.")
    private boolean stats;

    @Option(names = "--json", description = "Prints one JSON object as the last line of stderr.")
    private boolean json;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Seed of everything random in the guest's view (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--gdb", paramLabel = "[HOST:]PORT", description = "Waits for gdb (not in this build).")
    private String gdb;

    @Option(names = "--wait", description = "Waits for gdb before the first instruction (not in this build).")
    private boolean waitForGdb;

    @Option(names = "--realtime", description = "Paces virtual time to the wall clock (not in this build).")
    private boolean realtime;

    @Override
    public Integer call() throws HostError, MachineException {
        try {
            return boot();
        } catch (HostError | MachineException e) {
            if (json) {
                err().println("ringside: " + e.getMessage());
                RunReport.printErrorJson(err(), e.getMessage());
                return ExitStatus.HOST_ERROR;
            }
            throw e;
        }
    }

    private int boot() throws HostError, MachineException {
        refuseLaterWork();
        if (maxInstructions < 0 || timeoutSeconds < 0) {
            throw new HostError(maxInstructions < 0 ? "--max-instructions " + maxInstructions + "; a whole number of at least 1 is needed"
                : "--timeout " + timeoutSeconds + "; a number of seconds above 0 is needed");
        }
        try (Machine machine = new MachineBuilder(MachineProviders.onClassPath(), Disks::open).build(description());
                TraceOption events = trace == null ? null : TraceOption.parse(trace, err());
                SerialOutput output = SerialOutput.open(serial, new FileOutputStream(FileDescriptor.out))) {
            if (events != null) {
                machine.trace(events);
            }
            for (String injection : injections) {
                inject(machine, injection);
            }
            output.onFailure(machine::requestPause);
            machine.serial().listen(output);
            return run(machine, output, events);
        }
    }

    private static void inject(Machine machine, String injection) throws HostError {
        int at = injection.lastIndexOf('@');
        try {
            machine.inject(injection.substring(0, Math.max(at, 0)), Long.parseUnsignedLong(injection.substring(at + 1)));
        } catch (NumberFormatException e) {
            throw new HostError("--inject '" + injection + "'; EVENT@INSTRUCTIONS is needed, such as tsc-jump@500000000");
        } catch (IllegalArgumentException e) {
            throw new HostError("--inject: " + e.getMessage());
        }
    }

    private int run(Machine machine, SerialOutput output, TraceOption events) throws HostError {
        var limits = Executors.newSingleThreadScheduledExecutor(r -> Thread.ofPlatform().daemon().name("Time limit").unstarted(r));
        if (timeoutSeconds > 0) {
            limits.schedule(machine::requestPause, (long) (timeoutSeconds * 1000), TimeUnit.MILLISECONDS);
        }
        long start = System.nanoTime();
        StopReason stop;
        try (var input = serial.equals("stdio") ? new SerialInput(machine, System.in, machine::requestPause) : null) {
            stop = machine.run(maxInstructions > 0 ? maxInstructions : Long.MAX_VALUE);
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
        if (stats) {
            report.printStatistics(err());
        }
        if (json) {
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
        if (image != null && image.toString().endsWith(".toml")) {
            throw new HostError("machine files (" + image + ") are not in this build; name the image and its options");
        }
    }

    private MachineDescription description() throws HostError {
        var drives = new java.util.ArrayList<Disk>();
        for (String disk : disks) {
            boolean writable = disk.endsWith(",writable");
            drives.add(new Disk(Path.of(writable ? disk.substring(0, disk.length() - ",writable".length()) : disk), writable));
        }
        return new MachineDescription(image, initrd, append, drives, memory, cpus, engine, paravirt, seed, MachineDescription.DEFAULT_EPOCH_SECONDS,
            firmware, loadAddress == null ? -1 : loadAddress, noReboot);
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
