package dev.ringside.pv.kvm;

import dev.ringside.pv.TableFile;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of {@code msr.table}.
 *
 * @param feature without which every access is #GP
 * @param reserved bits that must be 0
 * @param alignment in bytes of the address above the control bits; 1 for any
 */
record KvmMsr(int index, String name, String feature, long reserved, int alignment) {
    static final int MSR_KVM_WALL_CLOCK = 0x11, MSR_KVM_SYSTEM_TIME = 0x12, MSR_KVM_WALL_CLOCK_NEW = 0x4b564d00, MSR_KVM_SYSTEM_TIME_NEW = 0x4b564d01,
        MSR_KVM_ASYNC_PF_EN = 0x4b564d02, MSR_KVM_STEAL_TIME = 0x4b564d03, MSR_KVM_PV_EOI_EN = 0x4b564d04, MSR_KVM_POLL_CONTROL = 0x4b564d05,
        MSR_KVM_ASYNC_PF_INT = 0x4b564d06, MSR_KVM_ASYNC_PF_ACK = 0x4b564d07, MSR_KVM_MIGRATION_CONTROL = 0x4b564d08;

    static final Map<Integer, KvmMsr> TABLE = new LinkedHashMap<>();

    static {
        for (String[] row : TableFile.rows(KvmMsr.class, "/kvm/msr.table", 6)) {
            int index = Integer.parseUnsignedInt(row[0], 16);
            TABLE.put(index, new KvmMsr(index, row[1], row[2], Long.parseUnsignedLong(row[4], 16), Integer.parseInt(row[5])));
        }
    }

    /** Whether WRMSR of {@code value} breaks a rule of the table. Bit 0 of an aligned register, and what is not reserved below the alignment, are control bits. */
    boolean forbids(long value) {
        return (value & reserved) != 0;
    }
}
