package dev.ringside.loader;

import java.util.List;

/**
 * What a boot protocol has to work with.
 *
 * @param memory guest-physical memory
 * @param map what memory there is, ascending
 * @param commandLine empty when there is none
 * @param initrd bytes of the initial RAM disk or module, or null
 * @param initrdName for messages
 * @param rootTable address of the firmware's root table (ACPI RSDP), or 0
 * @param imageName the image's file name: first word of a Multiboot command line
 */
public record BootEnvironment(Memory memory, List<Range> map, String commandLine, byte[] initrd, String initrdName, long rootTable,
        String imageName) {

    /** Guest-physical memory. */
    public interface Memory {
        void write(long gpa, byte[] bytes);

        byte[] read(long gpa, int lengthBytes);
    }

    /** @param type as in an E820 map: 1 usable, 2 reserved, 3 ACPI reclaimable, 4 ACPI NVS */
    public record Range(long gpa, long sizeBytes, int type) {
        public long end() {
            return gpa + sizeBytes;
        }
    }

    /** First address behind the usable range that holds {@code gpa}, or 0. */
    public long usableEnd(long gpa) {
        return map.stream().filter(r -> r.type() == 1 && r.gpa() <= gpa && gpa < r.end()).mapToLong(Range::end).findFirst().orElse(0);
    }
}
