package dev.ringside.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resident memory of a process, as Linux tells it (proc(5): {@code status}, {@code smaps}).
 *
 * @param peakBytes the most that was resident at any time; 0 when not known
 * @param guestBytes how much of the guest's memory is resident, now: guests give none back
 */
record ProcessMemory(long peakBytes, long guestBytes) {
    static final ProcessMemory UNKNOWN = new ProcessMemory(0, 0);

    /** A PC has no memory in some places below 1 MiB. */
    private static final long HOLES_KILOBYTES = 1024;
    private static final Pattern MAPPING = Pattern.compile("^[0-9a-f]+-[0-9a-f]+ (\\S+) .*");
    private static final Pattern KILOBYTES = Pattern.compile("^(\\w+):\\s+(\\d+) kB");

    /** Of a process that runs. The writable mapping that is as large as the guest's memory is the guest's memory. */
    static ProcessMemory of(long pid, long guestSizeBytes) {
        Path folder = Path.of("/proc", Long.toString(pid));
        try {
            OptionalLong peak = kilobytes(Files.readAllLines(folder.resolve("status")), "VmHWM");
            return new ProcessMemory(peak.orElse(0) << 10, residentIn(Files.readAllLines(folder.resolve("smaps")), guestSizeBytes >> 10) << 10);
        } catch (IOException e) {
            // It has just ended, or this host has no /proc.
            return UNKNOWN;
        }
    }

    /** The greater of both. */
    ProcessMemory and(ProcessMemory other) {
        return new ProcessMemory(Math.max(peakBytes, other.peakBytes), Math.max(guestBytes, other.guestBytes));
    }

    /** What the process needs beside the guest's memory. */
    long overheadBytes() {
        return peakBytes - guestBytes;
    }

    private static OptionalLong kilobytes(List<String> lines, String key) {
        return lines.stream().map(KILOBYTES::matcher).filter(m -> m.find() && m.group(1).equals(key)).mapToLong(m -> Long.parseLong(m.group(2))).findFirst();
    }

    private static long residentIn(List<String> smaps, long guestKilobytes) {
        boolean privateAndWritable = false;
        boolean isGuest = false;
        long resident = 0;
        for (String line : smaps) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.matches()) {
                privateAndWritable = mapping.group(1).equals("rw-p");
                isGuest = false;
                continue;
            }
            Matcher field = KILOBYTES.matcher(line);
            if (!field.find()) {
                continue;
            }
            long value = Long.parseLong(field.group(2));
            if (field.group(1).equals("Size")) {
                isGuest = privateAndWritable && value <= guestKilobytes && value > guestKilobytes - HOLES_KILOBYTES;
            } else if (field.group(1).equals("Rss") && isGuest) {
                resident += value;
            }
        }
        return resident;
    }
}
