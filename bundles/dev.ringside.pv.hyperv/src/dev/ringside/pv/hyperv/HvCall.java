package dev.ringside.pv.hyperv;

import dev.ringside.pv.HypercallLog;
import dev.ringside.pv.TableFile;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of {@code hypercalls.table}.
 *
 * @param repInput bytes of each input element of a rep call, 0 for none
 * @param repOutput bytes of each output element
 * @param output bytes that a simple call returns
 * @param words what the first quadwords of the input are, with commas between
 */
record HvCall(int code, String name, String privilege, boolean rep, int header, boolean variable, int repInput, int repOutput, int output,
        String words) {
    static final int FLUSH_SPACE = 2, FLUSH_LIST = 3, NOTIFY_LONG_SPIN_WAIT = 8, SEND_IPI = 0xb, FLUSH_SPACE_EX = 0x13, FLUSH_LIST_EX = 0x14, SEND_IPI_EX = 0x15,
        GET_PARTITION_ID = 0x46, GET_VP_REGISTERS = 0x50, SET_VP_REGISTERS = 0x51, POST_MESSAGE = 0x5c, SIGNAL_EVENT = 0x5d, QUERY_CAPABILITIES = 0x8001;

    static final Map<Integer, HvCall> TABLE = new LinkedHashMap<>();

    static {
        for (String[] row : TableFile.rows(HvCall.class, "/hyperv/hypercalls.table", 10)) {
            int code = Integer.parseInt(row[0], 16);
            TABLE.put(code, new HvCall(code, row[1], row[2], row[3].equals("rep"), Integer.parseInt(row[4]), row[5].equals("var"), Integer.parseInt(row[6]),
                Integer.parseInt(row[7]), Integer.parseInt(row[8]), row[9]));
        }
    }

    static String words(long code, long[] arguments) {
        HvCall call = TABLE.get((int) code);
        return HypercallLog.named(call == null ? "input, output" : call.words, arguments);
    }

    static String name(long code) {
        HvCall call = TABLE.get((int) code);
        return call == null ? "hypercall 0x" + Long.toHexString(code) : call.name;
    }
}
