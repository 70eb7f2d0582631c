package dev.ringside.machine;

import dev.ringside.machine.MachineDescription.Disk;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tomlj.Toml;

/** Settings as the lines of a machine file. */
final class MachineFileText {
    private final Path folder;

    MachineFileText(Path file) {
        folder = file.toAbsolutePath().normalize().getParent();
    }

    String of(MachineSettings settings) {
        var text = new StringBuilder("# A machine for: ringside run\n");
        for (Map.Entry<Setting, Object> said : settings.values().entrySet()) {
            text.append(said.getKey().key()).append(" = ").append(value(said.getKey().kind(), said.getValue())).append('\n');
        }
        return text.toString();
    }

    private String value(Setting.Kind kind, Object value) {
        return switch (kind) {
            case PATH -> path((Path) value);
            case TEXT, PARAVIRT -> quoted((String) value);
            case TEXTS -> array(((List<?>) value).stream().map(each -> quoted((String) each)).toList());
            case OUTPUT -> output((String) value);
            case SIZE -> quoted(MemorySize.text((long) value));
            case COUNT, NUMBER, SECONDS, FLAG -> value.toString();
            case ADDRESS -> "0x" + Long.toHexString((long) value);
            case TIME -> Instant.ofEpochSecond((long) value).toString();
            case DISKS -> array(((List<?>) value).stream().map(each -> disk((Disk) each)).toList());
        };
    }

    private String disk(Disk disk) {
        return disk.writable() ? "{ file = " + path(disk.file()) + ", writable = true }" : path(disk.file());
    }

    private String output(String text) {
        int colon = text.indexOf(':');
        return quoted(colon < 0 ? text : text.substring(0, colon + 1) + moved(Path.of(text.substring(colon + 1))));
    }

    private String path(Path path) {
        return quoted(moved(path).toString());
    }

    /** From the machine file's folder when it is somewhere below, else from the root. */
    private Path moved(Path path) {
        Path whole = path.toAbsolutePath().normalize();
        return whole.startsWith(folder) ? folder.relativize(whole) : whole;
    }

    private static String quoted(String text) {
        return '"' + Toml.tomlEscape(text).toString() + '"';
    }

    private static String array(List<String> values) {
        return values.stream().collect(Collectors.joining(", ", "[", "]"));
    }
}
