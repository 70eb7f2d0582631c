package dev.ringside.machine;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a machine file can say. The keys are the names of the options of {@code ringside run}, without the dashes, and mean the same; {@link Kind} says how a value is
 * written in TOML and what it is in {@link MachineSettings}.
 */
public enum Setting {
    IMAGE("image", Kind.PATH),
    INITRD("initrd", Kind.PATH),
    APPEND("append", Kind.TEXT),
    MEMORY("memory", Kind.SIZE),
    CPUS("cpus", Kind.COUNT),
    DISK("disk", Kind.DISKS),
    ENGINE("engine", Kind.TEXT),
    PARAVIRT("paravirt", Kind.PARAVIRT),
    INJECT("inject", Kind.TEXTS),
    SERIAL("serial", Kind.OUTPUT),
    FIRMWARE("firmware", Kind.PATH),
    LOAD_ADDRESS("load-address", Kind.ADDRESS),
    FAST_BOOT("fast-boot", Kind.FLAG),
    NO_REBOOT("no-reboot", Kind.FLAG),
    MAX_INSTRUCTIONS("max-instructions", Kind.NUMBER),
    TIMEOUT("timeout", Kind.SECONDS),
    TRACE("trace", Kind.OUTPUT),
    STATS("stats", Kind.FLAG),
    JSON("json", Kind.FLAG),
    SEED("seed", Kind.NUMBER),
    RTC("rtc", Kind.TIME);

    /** How a value is written. */
    enum Kind {
        /** String; relative to the machine file's folder. {@link java.nio.file.Path}. */
        PATH("a file name in quotes"),
        /** String. {@link String}. */
        TEXT("text in quotes"),
        /** String, or an array of strings. {@link java.util.List} of {@link String}. */
        TEXTS("text in quotes, or an array of such"),
        /** String; what follows the first colon is a file, relative to the machine file's folder. {@link String}. */
        OUTPUT("text in quotes"),
        /** String such as {@code "512M"}, or an integer of bytes. {@link Long}. */
        SIZE("a size in quotes such as \"512M\", or a number of bytes"),
        /** Integer of 31 bits. {@link Integer}. */
        COUNT("a small whole number"),
        /** Integer. {@link Long}. */
        NUMBER("a whole number"),
        /** Integer, or a string that holds one. {@link Long}. */
        ADDRESS("a number such as 0x100000"),
        /** Integer or float. {@link Double}. */
        SECONDS("a number of seconds"),
        /** Boolean. {@link Boolean}. */
        FLAG("true or false"),
        /** Date and time with an offset. Seconds from 1970 UTC: {@link Long}. */
        TIME("a date and time such as 2026-01-01T00:00:00Z"),
        /** String, table ({@code file}, {@code writable}), or an array of such. {@link java.util.List} of {@link MachineDescription.Disk}. */
        DISKS("a file name in quotes, a table with \"file\" and \"writable\", or an array of such"),
        /** String as {@link dev.ringside.pv.ParavirtSpec} reads it, or a table with {@code interface} and features. {@link String}. */
        PARAVIRT("text in quotes such as \"kvm,-kvm-steal-time\", or a table with \"interface\" and features");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** What is needed, for a message. */
        String words() {
            return words;
        }
    }

    private final String key;
    private final Kind kind;

    Setting(String key, Kind kind) {
        this.key = key;
        this.kind = kind;
    }

    public String key() {
        return key;
    }

    Kind kind() {
        return kind;
    }

    static Optional<Setting> of(String key) {
        return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst();
    }
}
