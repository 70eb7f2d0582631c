package dev.ringside.pv.hyperv;

import java.util.Map;

/** Status codes of hypercalls (TLFS appendix "Hypercall Status Codes"). */
final class HvStatus {
    static final int SUCCESS = 0, INVALID_HYPERCALL_CODE = 2, INVALID_HYPERCALL_INPUT = 3, INVALID_ALIGNMENT = 4, INVALID_PARAMETER = 5, ACCESS_DENIED = 6,
        OPERATION_DENIED = 8, INVALID_PARTITION_ID = 13, INVALID_VP_INDEX = 14, INVALID_PORT_ID = 17, INVALID_CONNECTION_ID = 18, INSUFFICIENT_BUFFERS = 19;

    private static final Map<Integer, String> NAMES = Map.ofEntries(Map.entry(SUCCESS, "SUCCESS"), Map.entry(INVALID_HYPERCALL_CODE, "INVALID_HYPERCALL_CODE"),
        Map.entry(INVALID_HYPERCALL_INPUT, "INVALID_HYPERCALL_INPUT"), Map.entry(INVALID_ALIGNMENT, "INVALID_ALIGNMENT"),
        Map.entry(INVALID_PARAMETER, "INVALID_PARAMETER"), Map.entry(ACCESS_DENIED, "ACCESS_DENIED"), Map.entry(OPERATION_DENIED, "OPERATION_DENIED"),
        Map.entry(INVALID_PARTITION_ID, "INVALID_PARTITION_ID"), Map.entry(INVALID_VP_INDEX, "INVALID_VP_INDEX"), Map.entry(INVALID_PORT_ID, "INVALID_PORT_ID"),
        Map.entry(INVALID_CONNECTION_ID, "INVALID_CONNECTION_ID"), Map.entry(INSUFFICIENT_BUFFERS, "INSUFFICIENT_BUFFERS"));

    private HvStatus() {
    }

    /** {@code HV_STATUS_SUCCESS (3 done)} of a result value. */
    static String text(long result) {
        String name = "HV_STATUS_" + NAMES.getOrDefault((int) result & 0xffff, Long.toString(result & 0xffff));
        long done = result >>> 32 & 0xfff;
        return done == 0 ? name : name + " (" + done + " done)";
    }
}
