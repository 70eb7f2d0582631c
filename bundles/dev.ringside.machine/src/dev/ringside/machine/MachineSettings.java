package dev.ringside.machine;

import dev.ringside.machine.MachineDescription.Disk;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What somebody has said about a machine and its run, and nothing about the rest: from a machine file, from options, or both, one over the other. Immutable.
 *
 * @param values of the types that {@link Setting} names
 */
public record MachineSettings(Map<Setting, Object> values) {
    /** Nothing is said. */
    public static final MachineSettings NONE = new MachineSettings(Map.of());

    public MachineSettings {
        var copy = new EnumMap<Setting, Object>(Setting.class);
        copy.putAll(values);
        values = Collections.unmodifiableMap(copy);
    }

    /** These, with one more. @param value null for what is not said */
    public MachineSettings with(Setting setting, Object value) {
        if (value == null) {
            return this;
        }
        var more = new EnumMap<Setting, Object>(Setting.class);
        more.putAll(values);
        more.put(setting, value);
        return new MachineSettings(more);
    }

    /** These, and where {@code stronger} says something, that. */
    public MachineSettings under(MachineSettings stronger) {
        var both = new EnumMap<Setting, Object>(Setting.class);
        both.putAll(values);
        both.putAll(stronger.values);
        return new MachineSettings(both);
    }

    /** The machine; what is not said is as in {@link MachineDescription#of}. */
    public MachineDescription description() {
        MachineDescription usual = MachineDescription.of(path(Setting.IMAGE));
        return new MachineDescription(usual.image(), path(Setting.INITRD), text(Setting.APPEND, usual.commandLine()), disks(),
            number(Setting.MEMORY, usual.memoryBytes()), (int) number(Setting.CPUS, usual.cpus()), text(Setting.ENGINE, usual.engine()),
            text(Setting.PARAVIRT, usual.paravirt()), number(Setting.SEED, usual.seed()), number(Setting.RTC, usual.rtcEpochSeconds()),
            path(Setting.FIRMWARE), number(Setting.LOAD_ADDRESS, usual.loadAddress()), flag(Setting.NO_REBOOT),
            (boolean) values.getOrDefault(Setting.FAST_BOOT, usual.fastBoot()));
    }

    public boolean has(Setting setting) {
        return values.containsKey(setting);
    }

    /** A file, or null. */
    public Path path(Setting setting) {
        return (Path) values.get(setting);
    }

    public String text(Setting setting, String whenAbsent) {
        return (String) values.getOrDefault(setting, whenAbsent);
    }

    /** Several texts, or none. */
    public List<String> texts(Setting setting) {
        return listOf(String.class, setting);
    }

    /** A whole number. */
    public long number(Setting setting, long whenAbsent) {
        return ((Number) values.getOrDefault(setting, whenAbsent)).longValue();
    }

    public double seconds(Setting setting, double whenAbsent) {
        return (double) values.getOrDefault(setting, whenAbsent);
    }

    /** Said, and true. */
    public boolean flag(Setting setting) {
        return (boolean) values.getOrDefault(setting, false);
    }

    private List<Disk> disks() {
        return listOf(Disk.class, Setting.DISK);
    }

    private <T> List<T> listOf(Class<T> type, Setting setting) {
        return ((List<?>) values.getOrDefault(setting, List.of())).stream().map(type::cast).toList();
    }
}
