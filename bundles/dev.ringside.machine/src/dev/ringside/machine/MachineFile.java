package dev.ringside.machine;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/**
 * A machine as a TOML file: the image, everything attached to it, and how long it runs. Keys are those of {@link Setting}; files are found from the folder that the
 * machine file is in.
 *
 * <pre>
 * image = "vmlinuz"
 * initrd = "initrd.gz"
 * append = "console=ttyS0 panic=-1"
 * memory = "512M"
 * cpus = 2
 * timeout = 120
 *
 * [paravirt]
 * interface = "kvm"
 * kvm-steal-time = false
 * </pre>
 */
public final class MachineFile {
    private static final String SUFFIX = ".toml";
    private static final long MOST_BYTES = 1 << 20;

    private MachineFile() {
    }

    /** Whether a file of this name is a machine, not an image. */
    public static boolean isNamed(Path file) {
        return file.toString().endsWith(SUFFIX);
    }

    /** @throws MachineException in one line: file, line, what it says and what would be right */
    public static MachineSettings read(Path file) throws MachineException {
        TomlParseResult toml = parse(file);
        if (toml.hasErrors()) {
            TomlParseError first = toml.errors().getFirst();
            throw new MachineException("machine file '" + file + "', line " + first.position().line() + ": this is not TOML: " + first.getMessage());
        }
        Map<Setting, Object> values = new EnumMap<>(Setting.class);
        for (String key : toml.keySet()) {
            var entry = new MachineFileEntry(file, toml, key);
            Setting setting = Setting.of(key)
                .orElseThrow(() -> entry.wrong("there is no '" + key + "'; " + Nearest.to(key, Arrays.stream(Setting.values()).map(Setting::key).toList())));
            values.put(setting, entry.value(setting.kind()));
        }
        if (values.get(Setting.IMAGE) instanceof Path image && isNamed(image)) {
            throw new MachineFileEntry(file, toml, Setting.IMAGE.key()).wrong("image '" + image + "' is a machine file too; a kernel or a disk is needed");
        }
        return new MachineSettings(values);
    }

    private static TomlParseResult parse(Path file) throws MachineException {
        String name = "machine file '" + file + "' ";
        if (!Files.exists(file)) {
            throw new MachineException(name + "does not exist");
        }
        if (Files.isDirectory(file)) {
            throw new MachineException(name + "is a directory; a file is needed");
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new MachineException(name + "has " + Files.size(file) + " bytes; a machine is at most " + MOST_BYTES + " bytes of TOML");
            }
            return Toml.parse(Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new MachineException(name + "is not UTF-8 text; save it as UTF-8", e);
        } catch (AccessDeniedException e) {
            throw new MachineException(name + "may not be read", e);
        } catch (IOException e) {
            throw new MachineException(name + "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Writes what is said; files under the machine file's folder by their way from there. @throws IOException when the file cannot be written */
    public static void write(MachineSettings settings, Path file) throws IOException {
        Files.writeString(file, new MachineFileText(file).of(settings));
    }
}
