package dev.ringside.device;

/**
 * One line of a memory map, as INT 15h AX=E820h reports it (ACPI 6.5 table 15.4).
 *
 * @param gpa first address
 * @param hasMemory whether RAM is behind it (a reserved range may well have some: the EBDA, firmware tables)
 */
public record MemoryRange(long gpa, long sizeBytes, Type type, boolean hasMemory) {

    public enum Type {
        USABLE(1), RESERVED(2), ACPI_RECLAIMABLE(3), ACPI_NVS(4);

        private final int e820;

        Type(int e820) {
            this.e820 = e820;
        }

        /** The type's number in an E820 entry. */
        public int e820() {
            return e820;
        }
    }

    /** First address after the range. */
    public long end() {
        return gpa + sizeBytes;
    }
}
