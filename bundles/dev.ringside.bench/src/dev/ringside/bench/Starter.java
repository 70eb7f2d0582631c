package dev.ringside.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How each contender is started and timed on this host.
 *
 * @param java the command of a JVM as the product starts it, with its flags and class path, without a main class
 * @param ringsideMain the main class of the command line
 * @param qemu {@code qemu-system-x86_64}, or null when there is none
 * @param folder for images; the caller clears it away
 * @param clock what runs are timed by
 */
public record Starter(List<String> java, String ringsideMain, Path qemu, Path folder, Clock clock) {
    /** Its own serial line on stdio and no other device than a benchmark needs; the machine type and the processor are QEMU's defaults. */
    private static final List<String> QEMU_OPTIONS = List.of("-nodefaults", "-no-user-config", "-display", "none", "-serial", "stdio",
        "-device", "isa-debug-exit,iobase=0xf4,iosize=4");

    /** Why a contender cannot run on this host. */
    public Optional<String> absence(Contender contender) {
        return switch (contender) {
            case INTERPRETER, TRANSLATOR -> Optional.empty();
            case TCG, ICOUNT -> qemu == null ? Optional.of("qemu-system-x86_64 is not installed") : Optional.empty();
            case NATIVE -> isLinuxOnX86() ? Optional.empty() : Optional.of("the host is not Linux on x86-64");
        };
    }

    /** As {@link #absence}, for what needs a whole machine: the bare processor is none. */
    Optional<String> absenceOfMachine(Contender contender) {
        return contender == Contender.NATIVE ? Optional.of("needs a whole machine") : absence(contender);
    }

    /** The command that runs one of our own guests. */
    List<String> guest(Contender contender, Path image) {
        return switch (contender) {
            case INTERPRETER, TRANSLATOR -> ringside(contender, List.of("--json", image.toString()));
            case TCG, ICOUNT -> qemu(contender, List.of("-no-reboot", "-m", "128M", "-kernel", image.toString()));
            case NATIVE -> List.of(image.toString());
        };
    }

    /** The command that boots a Linux kernel, on every contender but the bare processor. */
    List<String> linux(Contender contender, Path kernel, Path initrd, int megabytes, String commandLine) {
        List<String> command = rebootingLinux(contender, kernel, initrd, megabytes, commandLine);
        command.add(contender.isQemu() ? "-no-reboot" : "--no-reboot");
        return command;
    }

    /** As {@link #linux}, and a guest that resets its machine boots again. */
    List<String> rebootingLinux(Contender contender, Path kernel, Path initrd, int megabytes, String commandLine) {
        return contender.isQemu()
            ? qemu(contender, List.of("-m", megabytes + "M", "-kernel", kernel.toString(), "-initrd", initrd.toString(), "-append", commandLine))
            : ringside(contender, List.of("--json", "--memory", megabytes + "M", "--initrd", initrd.toString(), "--append", commandLine,
                kernel.toString()));
    }

    /** The command of a main class in a JVM like the product's. */
    List<String> javaMain(Class<?> main, String... arguments) {
        var command = new ArrayList<>(java);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    /** Writes an image, which {@link #guest} may name. @param executable for the native contender */
    Path write(String name, byte[] bytes, boolean executable) throws BenchException {
        Path file = folder.resolve(name);
        try {
            Files.write(file, bytes);
            if (executable && !file.toFile().setExecutable(true)) {
                throw new BenchException("'" + file + "' cannot be made executable");
            }
            return file;
        } catch (IOException e) {
            throw new BenchException("'" + file + "' cannot be written: " + e.getMessage());
        }
    }

    private List<String> ringside(Contender contender, List<String> options) {
        var command = new ArrayList<>(java);
        command.addAll(List.of(ringsideMain, "run", "--engine", contender.word()));
        command.addAll(options);
        return command;
    }

    List<String> qemu(Contender contender, List<String> options) {
        var command = new ArrayList<String>();
        command.add(qemu.toString());
        command.addAll(QEMU_OPTIONS);
        command.addAll(List.of("-accel", "tcg"));
        if (contender == Contender.ICOUNT) {
            command.addAll(List.of("-icount", "shift=0"));
        }
        command.addAll(options);
        return command;
    }

    private static boolean isLinuxOnX86() {
        return System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64");
    }
}
