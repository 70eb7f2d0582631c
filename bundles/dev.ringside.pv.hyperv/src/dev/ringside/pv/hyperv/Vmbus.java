package dev.ringside.pv.hyperv;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;

/**
 * The host's end of a VMBus that no device is on: it agrees on a version, says that there are no offers, and lets go. That is enough for a guest's VMBus driver to load,
 * and that driver is where guests like Linux take messages of the synthetic interrupt controller: timers that are not direct need it.
 *
 * <p>The guest posts to connection 1 (from version 5.0 on first to 4), and is answered at the interrupt source it names. A message is a type (u32), four bytes of nothing, and:
 *
 * <pre>
 *  3 REQUESTOFFERS                                            4 ALLOFFERS_DELIVERED
 * 14 INITIATE_CONTACT  8 u32 version, 12 u32 target VP,      15 VERSION_RESPONSE  8 u8 supported, 9 u8 state, 12 u32 connection to use from now on
 *                     16 u8 SINT (from 5.0 on)
 * 16 UNLOAD                                                  17 UNLOAD_RESPONSE
 * </pre>
 *
 * Source: Linux, include/linux/hyperv.h, vmbus_channel_message_type and the structures behind it.
 */
final class Vmbus implements Inspectable {
    private static final int CONNECTION = 1, CONNECTION_SINCE_5 = 4;
    private static final int REQUESTOFFERS = 3, ALLOFFERS_DELIVERED = 4, INITIATE_CONTACT = 14, VERSION_RESPONSE = 15, UNLOAD = 16, UNLOAD_RESPONSE = 17;
    private static final int HEADER_BYTES = 8, RESPONSE_BYTES = 16, CONTACT_BYTES = 24;
    private static final int MESSAGE_TYPE = 1;
    private static final int VERSION_5 = 5 << 16;
    /** Those of Windows Server 2008, 7, 8, 8.1, and four of 10: 0.13, 1.1, 2.4, 3.0, 4.0, 4.1, 5.0 to 5.3. */
    private static final Set<Integer> VERSIONS = Set.of(13, 1 << 16 | 1, 2 << 16 | 4, 3 << 16, 4 << 16, 4 << 16 | 1, VERSION_5, VERSION_5 | 1, VERSION_5 | 2, VERSION_5 | 3);
    private static final int USUAL_SINT = 2;
    /** A guest that asks more before it has read the answers asks too fast. */
    private static final int MOST_ANSWERS = 16;

    private final List<Vp> vps;
    /** Answers that wait for their slot: first and second quadword in turn. */
    private final ArrayDeque<Long> answers = new ArrayDeque<>();
    private int version;
    private int vp;
    private int sint = USUAL_SINT;
    private long received;

    Vmbus(List<Vp> vps) {
        this.vps = vps;
        vps.forEach(each -> each.whenSlotMayBeFree(this::answer));
    }

    static boolean isConnection(int id) {
        return id == CONNECTION || id == CONNECTION_SINCE_5;
    }

    /** A message of the guest's. @return HV_STATUS */
    int post(long[] payload, int payloadBytes) {
        if (payloadBytes < HEADER_BYTES) {
            return HvStatus.INVALID_PARAMETER;
        }
        if (answers.size() / 2 == MOST_ANSWERS) {
            return HvStatus.INSUFFICIENT_BUFFERS;
        }
        received++;
        switch ((int) payload[0]) {
            case INITIATE_CONTACT -> {
                if (payloadBytes < CONTACT_BYTES) {
                    return HvStatus.INVALID_PARAMETER;
                }
                contact((int) payload[1], (int) (payload[1] >>> 32), (int) payload[2] & 0xff);
            }
            case REQUESTOFFERS -> queue(ALLOFFERS_DELIVERED, 0);
            case UNLOAD -> {
                version = 0;
                queue(UNLOAD_RESPONSE, 0);
            }
            default -> {
                // About channels, of which none was offered.
            }
        }
        answer();
        return HvStatus.SUCCESS;
    }

    private void contact(int wanted, int targetVp, int targetSint) {
        vp = targetVp >= 0 && targetVp < vps.size() ? targetVp : 0;
        sint = wanted >= VERSION_5 && targetSint < Synic.SINTS ? targetSint : USUAL_SINT;
        boolean supported = VERSIONS.contains(wanted);
        version = supported ? wanted : 0;
        queue(VERSION_RESPONSE, (supported ? 1 : 0) | (long) (wanted >= VERSION_5 ? CONNECTION_SINCE_5 : CONNECTION) << 32);
    }

    private void queue(int type, long second) {
        answers.add((long) type);
        answers.add(second);
    }

    private void answer() {
        while (!answers.isEmpty()) {
            long[] words = {answers.remove(), answers.remove()};
            if (!vps.get(vp).synic().post(sint, MESSAGE_TYPE, 0, words, words[0] == VERSION_RESPONSE ? RESPONSE_BYTES : HEADER_BYTES)) {
                answers.addFirst(words[1]);
                answers.addFirst(words[0]);
                return;
            }
        }
    }

    long received() {
        return received;
    }

    void reset() {
        answers.clear();
        version = vp = 0;
        sint = USUAL_SINT;
        received = 0;
    }

    void save(StateWriter out) {
        out.putInt("VMBus version", version);
        out.putInt("VMBus VP", vp);
        out.putInt("VMBus SINT", sint);
        out.putLong("VMBus received", received);
        out.putInt("VMBus answers", answers.size());
        answers.forEach(word -> out.putLong("VMBus answer", word));
    }

    void restore(StateReader in) {
        version = in.getInt("VMBus version");
        vp = in.getInt("VMBus VP");
        sint = in.getInt("VMBus SINT");
        received = in.getLong("VMBus received");
        answers.clear();
        for (int i = in.getInt("VMBus answers"); i > 0; i--) {
            answers.add(in.getLong("VMBus answer"));
        }
    }

    @Override
    public void inspect(Inspector out) {
        out.text("connection", version == 0 ? "none" : "version " + (version >>> 16) + "." + (version & 0xffff) + ", messages to vp " + vp + ", SINT" + sint)
            .decimal("messages received", received).decimal("answers waiting for their slot", answers.size() / 2);
    }
}
