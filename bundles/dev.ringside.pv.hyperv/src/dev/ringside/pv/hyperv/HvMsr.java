package dev.ringside.pv.hyperv;

import dev.ringside.pv.TableFile;
import java.util.ArrayList;
import java.util.List;

/** One row of {@code msr.table}. */
record HvMsr(int first, int last, String name, String privilege, String access, long reserved) {
    static final int GUEST_OS_ID = 0x40000000, HYPERCALL = 0x40000001, VP_INDEX = 0x40000002, RESET = 0x40000003, VP_RUNTIME = 0x40000010,
        TIME_REF_COUNT = 0x40000020, REFERENCE_TSC = 0x40000021, TSC_FREQUENCY = 0x40000022, APIC_FREQUENCY = 0x40000023, EOI = 0x40000070, ICR = 0x40000071,
        TPR = 0x40000072, VP_ASSIST_PAGE = 0x40000073, SCONTROL = 0x40000080, SVERSION = 0x40000081, SIEFP = 0x40000082, SIMP = 0x40000083, EOM = 0x40000084,
        SINT0 = 0x40000090, STIMER0_CONFIG = 0x400000b0, GUEST_IDLE = 0x400000f0, CRASH_P0 = 0x40000100, CRASH_CTL = 0x40000105,
        REENLIGHTENMENT_CONTROL = 0x40000106, TSC_EMULATION_CONTROL = 0x40000107, TSC_EMULATION_STATUS = 0x40000108, TSC_INVARIANT_CONTROL = 0x40000118;
    /** All of Hyper-V's MSRs are here, also those that do not exist. */
    static final int SPACE_FIRST = 0x40000000, SPACE_LAST = 0x400001ff;

    static final List<HvMsr> TABLE = new ArrayList<>();

    static {
        for (String[] row : TableFile.rows(HvMsr.class, "/hyperv/msr.table", 6)) {
            TABLE.add(new HvMsr(Integer.parseInt(row[0], 16), Integer.parseInt(row[1], 16), row[2], row[3], row[4], Long.parseUnsignedLong(row[5], 16)));
        }
    }

    /** The row of {@code index}, or null. */
    static HvMsr find(int index) {
        for (HvMsr row : TABLE) {
            if (index >= row.first && index <= row.last) {
                return row;
            }
        }
        return null;
    }

    boolean canRead() {
        return !access.equals("wo");
    }

    boolean canWrite(long value) {
        return !access.equals("ro") && (value & reserved) == 0;
    }
}
