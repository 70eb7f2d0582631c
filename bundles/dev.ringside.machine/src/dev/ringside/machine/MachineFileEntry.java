package dev.ringside.machine;

import dev.ringside.machine.MachineDescription.Disk;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** One line of a machine file: its value as what {@link Setting} needs, or what is wrong with it. */
record MachineFileEntry(Path file, TomlTable toml, String key) {
    private static final List<String> DISK_KEYS = List.of("file", "writable");
    private static final String INTERFACE = "interface";
    private static final String NO_INTERFACE = "none";

    Object value(Setting.Kind kind) throws MachineException {
        Object value = toml.get(List.of(key));
        return switch (kind) {
            case PATH -> path(textOf(value, kind));
            case TEXT -> textOf(value, kind);
            case TEXTS -> texts(value, kind);
            case OUTPUT -> output(textOf(value, kind));
            case SIZE -> value instanceof Long bytes ? bytes : size(textOf(value, kind));
            case COUNT -> (int) range(value, kind, Integer.MAX_VALUE);
            case NUMBER -> range(value, kind, Long.MAX_VALUE);
            case ADDRESS -> value instanceof Long ? range(value, kind, Long.MAX_VALUE) : address(textOf(value, kind), kind);
            case SECONDS -> seconds(value, kind);
            case FLAG -> need(Boolean.class, value, kind);
            case TIME -> need(OffsetDateTime.class, value, kind).toEpochSecond();
            case DISKS -> disks(value, kind);
            case PARAVIRT -> value instanceof TomlTable table ? paravirt(table) : textOf(value, kind);
        };
    }

    private <T> T need(Class<T> type, Object value, Setting.Kind kind) throws MachineException {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw wrong(key + " = " + shown(value) + "; " + kind.words() + " is needed");
    }

    private String textOf(Object value, Setting.Kind kind) throws MachineException {
        return need(String.class, value, kind);
    }

    private List<String> texts(Object value, Setting.Kind kind) throws MachineException {
        var texts = new ArrayList<String>();
        for (Object each : value instanceof TomlArray array ? array.toList() : List.of(value)) {
            texts.add(textOf(each, kind));
        }
        return List.copyOf(texts);
    }

    private long range(Object value, Setting.Kind kind, long most) throws MachineException {
        long number = need(Long.class, value, kind);
        if (number < 0 || number > most) {
            throw wrong(key + " = " + number + "; a whole number from 0 to " + most + " is needed");
        }
        return number;
    }

    private double seconds(Object value, Setting.Kind kind) throws MachineException {
        double seconds = need(Number.class, value, kind).doubleValue();
        if (!(seconds >= 0 && seconds <= Integer.MAX_VALUE)) {
            throw wrong(key + " = " + shown(value) + "; a number of seconds from 0 on is needed");
        }
        return seconds;
    }

    private long size(String text) throws MachineException {
        try {
            return MemorySize.parse(text);
        } catch (IllegalArgumentException e) {
            throw wrong(key + ": " + e.getMessage());
        }
    }

    private long address(String text, Setting.Kind kind) throws MachineException {
        try {
            return Long.decode(text.replace("_", ""));
        } catch (NumberFormatException e) {
            throw wrong(key + " = " + shown(text) + "; " + kind.words() + " is needed");
        }
    }

    private Path path(String text) throws MachineException {
        try {
            return folder().resolve(text);
        } catch (InvalidPathException e) {
            throw wrong(key + " = " + shown(text) + " is no file name: " + e.getReason());
        }
    }

    private Path folder() {
        Path parent = file.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private String output(String text) throws MachineException {
        int colon = text.indexOf(':');
        return colon < 0 ? text : text.substring(0, colon + 1) + path(text.substring(colon + 1));
    }

    private List<Disk> disks(Object value, Setting.Kind kind) throws MachineException {
        var disks = new ArrayList<Disk>();
        for (Object each : value instanceof TomlArray array ? array.toList() : List.of(value)) {
            disks.add(each instanceof TomlTable table ? disk(table) : new Disk(path(textOf(each, kind)), false));
        }
        return List.copyOf(disks);
    }

    private Disk disk(TomlTable table) throws MachineException {
        for (String name : table.keySet()) {
            if (!DISK_KEYS.contains(name)) {
                throw in(table, name).wrong("a disk has no '" + name + "'; " + Nearest.to(name, DISK_KEYS));
            }
        }
        var writable = in(table, "writable");
        var place = in(table, "file");
        if (!table.contains(List.of("file"))) {
            throw wrong("a disk without a 'file'");
        }
        return new Disk((Path) place.value(Setting.Kind.PATH), table.contains(List.of("writable")) && (boolean) writable.value(Setting.Kind.FLAG));
    }

    /** A table as the text that {@link dev.ringside.pv.ParavirtSpec} reads; which features there are is checked where that is known. */
    private String paravirt(TomlTable table) throws MachineException {
        var spec = new StringBuilder(String.join("+", table.contains(List.of(INTERFACE)) ? in(table, INTERFACE).texts(table.get(List.of(INTERFACE)), Setting.Kind.TEXTS)
            : List.of(NO_INTERFACE)));
        for (String feature : table.keySet()) {
            if (!feature.equals(INTERFACE)) {
                spec.append(',').append(in(table, feature).feature());
            }
        }
        return spec.toString();
    }

    private String feature() throws MachineException {
        return switch (toml.get(List.of(key))) {
            case Boolean on -> on ? key : "-" + key;
            case Long number -> key + "=" + number;
            case String text when text.indexOf(',') < 0 -> key + "=" + text;
            case Object other -> throw wrong(key + " = " + shown(other) + "; a feature is true, false, a number, or text without a comma");
        };
    }

    private MachineFileEntry in(TomlTable table, String name) {
        return new MachineFileEntry(file, table, name);
    }

    private static String shown(Object value) {
        return switch (value) {
            case String text -> "\"" + text + "\"";
            case TomlTable table -> "a table";
            case TomlArray array -> "an array";
            default -> String.valueOf(value);
        };
    }

    MachineException wrong(String what) {
        TomlPosition position = toml.inputPositionOf(List.of(key));
        return new MachineException("machine file '" + file + "'" + (position == null ? "" : ", line " + position.line()) + ": " + what);
    }
}
