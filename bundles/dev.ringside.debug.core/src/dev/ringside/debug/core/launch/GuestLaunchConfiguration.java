package dev.ringside.debug.core.launch;

import dev.ringside.machine.MachineControl.Injection;
import dev.ringside.machine.MachineDescription;
import dev.ringside.machine.MachineDescription.Disk;
import dev.ringside.machine.MachineException;
import dev.ringside.machine.MachineFile;
import dev.ringside.machine.MachineSettings;
import dev.ringside.machine.Setting;
import dev.ringside.pv.ParavirtSpec;
import dev.ringside.samples.Sample;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the fields of a launch configuration "Guest kernel" mean. Plain Java, so that launching, the launch dialog and tests judge alike.
 *
 * <p>Every attribute is a string as the user typed it, except {@link #STOP_AT_ENTRY}; so a bad value can be kept, shown and named.
 *
 * <p>The image may be a machine file ({@link MachineFile}): then that says what the other fields leave at their defaults.
 *
 * @param machine what to build; without an image when a sample is booted
 * @param sample the embedded guest to boot, or null
 * @param stopAtEntry whether to stand still before the first instruction
 * @param injections faults that happen at their instruction, as {@link dev.ringside.machine.Machine#inject(String)} reads them
 */
public record GuestLaunchConfiguration(MachineDescription machine, Sample sample, boolean stopAtEntry, List<String> injections) {
    public static final String IMAGE = "dev.ringside.debug.core.image";
    public static final String INITRD = "dev.ringside.debug.core.initrd";
    public static final String DISK = "dev.ringside.debug.core.disk";
    public static final String COMMAND_LINE = "dev.ringside.debug.core.commandLine";
    public static final String MEMORY = "dev.ringside.debug.core.memory";
    public static final String CPUS = "dev.ringside.debug.core.cpus";
    public static final String ENGINE = "dev.ringside.debug.core.engine";
    public static final String PARAVIRT = "dev.ringside.debug.core.paravirt";
    /** {@code EVENT@INSTRUCTIONS}, with spaces or commas between. */
    public static final String INJECT = "dev.ringside.debug.core.inject";
    public static final String STOP_AT_ENTRY = "dev.ringside.debug.core.stopAtEntry";

    /** What the image field says for the embedded sample kernel, in place of a path. */
    public static final String SAMPLE_KERNEL = "sample:sample64";
    /** The same for the embedded guest that uses paravirtual interfaces. */
    public static final String SAMPLE_PARAVIRT = "sample:paravirt";
    private static final Map<String, Sample> SAMPLES = Map.of(SAMPLE_KERNEL, Sample.KERNEL_64, SAMPLE_PARAVIRT, Sample.PARAVIRT);

    public static final String DEFAULT_MEMORY = "128M";
    public static final String DEFAULT_CPUS = "1";
    public static final String DEFAULT_ENGINE = "translator";
    public static final String DEFAULT_PARAVIRT = "none";
    public static final int MOST_CPUS = 64;

    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([KMGkmg]?)(?:i?[Bb])?");
    private static final long MEBIBYTE = 1L << 20;
    private static final long LEAST_MEMORY = MEBIBYTE;
    private static final long MOST_MEMORY = 64L << 30;

    /** @throws InvalidFieldException for the first bad field, in the order of the dialog */
    public static GuestLaunchConfiguration parse(Map<String, ?> attributes, PathFinder finder) throws InvalidFieldException {
        String typedImage = text(attributes, IMAGE, "");
        Sample sample = SAMPLES.get(typedImage);
        Path image = sample != null ? null : file("Image", typedImage, finder);
        if (image == null && sample == null && text(attributes, DISK, "").isEmpty()) {
            throw new InvalidFieldException("Image", "missing; choose a kernel, or a disk to boot from");
        }
        MachineSettings file = image != null && MachineFile.isNamed(image) ? machineFile(image) : MachineSettings.NONE.with(Setting.IMAGE, image);
        MachineSettings all = MachineSettings.NONE.with(Setting.ENGINE, DEFAULT_ENGINE).under(file).under(fields(attributes, finder));
        MachineDescription machine = all.description();
        if (machine.image() == null && sample == null && machine.disks().isEmpty()) {
            throw new InvalidFieldException("Image", "machine file " + image + " names neither an image nor a disk");
        }
        if (machine.image() == null && sample == null && machine.initrd() != null) {
            throw new InvalidFieldException("Initrd", "given without an image that could use it");
        }
        return new GuestLaunchConfiguration(machine, sample, !Boolean.FALSE.equals(attributes.get(STOP_AT_ENTRY)), all.texts(Setting.INJECT));
    }

    /** What the fields say that are not at their defaults. */
    private static MachineSettings fields(Map<String, ?> attributes, PathFinder finder) throws InvalidFieldException {
        Path disk = file("Disk", text(attributes, DISK, ""), finder);
        String memory = text(attributes, MEMORY, DEFAULT_MEMORY);
        String cpus = text(attributes, CPUS, DEFAULT_CPUS);
        return MachineSettings.NONE.with(Setting.INITRD, file("Initrd", text(attributes, INITRD, ""), finder))
                .with(Setting.DISK, disk == null ? null : List.of(new Disk(disk, false)))
                .with(Setting.APPEND, unlessDefault(text(attributes, COMMAND_LINE, ""), ""))
                .with(Setting.MEMORY, memory.equals(DEFAULT_MEMORY) ? null : memory(memory))
                .with(Setting.CPUS, cpus.equals(DEFAULT_CPUS) ? null : cpus(cpus))
                .with(Setting.ENGINE, unlessDefault(named(attributes, ENGINE, DEFAULT_ENGINE), DEFAULT_ENGINE))
                .with(Setting.PARAVIRT, unlessDefault(paravirt(named(attributes, PARAVIRT, DEFAULT_PARAVIRT)), DEFAULT_PARAVIRT))
                .with(Setting.INJECT, injections(text(attributes, INJECT, "")));
    }

    /** @return null when there are none, so that a machine file's stand */
    private static List<String> injections(String typed) throws InvalidFieldException {
        List<String> all = Stream.of(typed.split("[\\s,]+")).filter(one -> !one.isEmpty()).toList();
        for (String one : all) {
            try {
                Injection.parse(one);
            } catch (IllegalArgumentException none) {
                throw new InvalidFieldException(INJECT_FIELD, "\"" + one + "\" is not EVENT@INSTRUCTIONS, such as steal-burst@500000, or steal-burst@500000/1 for processor 1");
            }
        }
        return all.isEmpty() ? null : all;
    }

    private static MachineSettings machineFile(Path file) throws InvalidFieldException {
        try {
            return MachineFile.read(file);
        } catch (MachineException bad) {
            throw new InvalidFieldException("Image", bad.getMessage());
        }
    }

    private static String unlessDefault(String typed, String whenAbsent) {
        return typed.equals(whenAbsent) ? null : typed;
    }

    private static String text(Map<String, ?> attributes, String name, String whenAbsent) {
        return attributes.get(name) instanceof String text ? text.strip() : whenAbsent;
    }

    /** A name of which the empty one is the default's. */
    private static String named(Map<String, ?> attributes, String name, String whenAbsent) {
        String typed = text(attributes, name, whenAbsent);
        return typed.isEmpty() ? whenAbsent : typed;
    }

    /** Whether an image field names an embedded guest instead of a file. */
    public static boolean isSample(String typedImage) {
        return SAMPLES.containsKey(typedImage);
    }

    private static Path file(String field, String typed, PathFinder finder) throws InvalidFieldException {
        if (typed.isEmpty()) {
            return null;
        }
        Path path;
        try {
            path = finder.find(typed);
        } catch (InvalidPathException notAPath) {
            throw new InvalidFieldException(field, "\"" + typed + "\" is not a path: " + notAPath.getReason());
        } catch (PathFinder.NotFoundException unknown) {
            throw new InvalidFieldException(field, unknown.getMessage());
        }
        if (!Files.exists(path)) {
            throw new InvalidFieldException(field, "there is no file " + path);
        }
        if (Files.isDirectory(path)) {
            throw new InvalidFieldException(field, path + " is a folder; choose a file");
        }
        if (!Files.isReadable(path)) {
            throw new InvalidFieldException(field, path + " may not be read");
        }
        return path;
    }

    private static long memory(String typed) throws InvalidFieldException {
        Matcher size = SIZE.matcher(typed);
        if (!size.matches()) {
            throw new InvalidFieldException("Memory", "\"" + typed + "\" is not a size; write a number with M or G, for example 512M");
        }
        long bytes = Long.parseLong(size.group(1)) * unit(size.group(2));
        if (bytes < LEAST_MEMORY || bytes > MOST_MEMORY) {
            throw new InvalidFieldException("Memory", typed + " is outside 1M to 64G");
        }
        if (bytes % MEBIBYTE != 0) {
            throw new InvalidFieldException("Memory", typed + " is not a whole number of mebibytes");
        }
        return bytes;
    }

    /** A bare number means mebibytes, as users of other machines expect. */
    private static long unit(String letter) {
        return switch (letter) {
            case "K", "k" -> 1L << 10;
            case "G", "g" -> 1L << 30;
            default -> MEBIBYTE;
        };
    }

    /** The form; whether there is such an interface and such a feature is for {@link VirtualMachines#check} to say. */
    private static String paravirt(String typed) throws InvalidFieldException {
        try {
            ParavirtSpec.parse(typed);
            return typed;
        } catch (IllegalArgumentException wrong) {
            throw new InvalidFieldException(PARAVIRT_FIELD, wrong.getMessage().replaceFirst("^--paravirt ", ""));
        }
    }

    static final String PARAVIRT_FIELD = "Paravirtual interface";
    static final String ENGINE_FIELD = "Engine";
    static final String INJECT_FIELD = "Faults";

    private static int cpus(String typed) throws InvalidFieldException {
        if (typed.matches("\\d{1,3}")) {
            int cpus = Integer.parseInt(typed);
            if (cpus >= 1 && cpus <= MOST_CPUS) {
                return cpus;
            }
        }
        throw new InvalidFieldException("CPUs", "\"" + typed + "\" is not a number from 1 to " + MOST_CPUS);
    }
}
