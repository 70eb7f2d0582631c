package dev.ringside.pv.kvm;

import dev.ringside.memory.PhysicalMemory;

/** Guest memory that a guest shares with KVM: little-endian, at an address that the guest gave. */
final class Shared {
    private final PhysicalMemory memory;

    Shared(PhysicalMemory memory) {
        this.memory = memory;
    }

    /** Whether all of it is RAM. */
    boolean isRam(long gpa, int sizeBytes) {
        return memory.isRam(gpa) && memory.isRam(gpa + sizeBytes - 1);
    }

    long get(long gpa, int sizeBytes) {
        return memory.read(gpa, sizeBytes);
    }

    void put(long gpa, int sizeBytes, long value) {
        memory.write(gpa, sizeBytes, value);
    }

    /** Makes the version at {@code gpa} odd: readers wait. @return what {@link #endUpdate} wants */
    long beginUpdate(long gpa) {
        long version = (get(gpa, 4) | 1) + ((get(gpa, 4) & 1) != 0 ? 2 : 0);
        put(gpa, 4, version);
        return version;
    }

    /** Makes it even again, and different from before. */
    void endUpdate(long gpa, long version) {
        put(gpa, 4, version + 1);
    }
}
