package dev.ringside.pv.hyperv;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.PvVcpu;
import java.util.StringJoiner;

/**
 * The synthetic interrupt controller of one processor (TLFS 11): sixteen interrupt sources, each with a slot for one message and 2048 event flags.
 *
 * <pre>
 * message slot, 256 bytes: 0 u32 type (0: empty), 4 u8 payload size, 5 u8 flags (bit 0: another one waits), 8 u64 sender, 16 payload
 * event flags of a source: 256 bytes
 * </pre>
 */
final class Synic implements Inspectable {
    static final int SINTS = 16;
    static final int PAYLOAD_BYTES = 240;
    private static final int SLOT_BYTES = 256;
    private static final int TYPE = 0, SIZE = 4, FLAGS = 5, SENDER = 8, PAYLOAD = 16;
    private static final int MESSAGE_PENDING = 1;
    private static final int EVENT_FLAGS = 2048;
    private static final int VECTOR = 0xff, FIRST_VECTOR = 16;
    private static final long MASKED = 1 << 16, AUTO_EOI = 1 << 17, POLLING = 1 << 18;
    private static final long ENABLE = 1;
    /** A message that nobody expects: what the fault "full message slot" puts there. */
    private static final int STRANGE_TYPE = 0x7fffffff;
    private static final String EMPTY = "empty";

    private final PvVcpu vcpu;
    private final SharedPage messages;
    private final SharedPage events;
    private final long[] sints = new long[SINTS];
    private long control;
    private boolean loseNext;
    private long delivered;
    private long refused;

    Synic(ParavirtContext context, PvVcpu vcpu) {
        this.vcpu = vcpu;
        messages = new SharedPage(context.overlay("message page " + vcpu.index()), "HV_X64_MSR_SIMP", true);
        events = new SharedPage(context.overlay("event flags page " + vcpu.index()), "HV_X64_MSR_SIEFP", true);
        reset();
    }

    void reset() {
        java.util.Arrays.fill(sints, MASKED);
        control = delivered = refused = 0;
        loseNext = false;
        messages.reset();
        events.reset();
    }

    long control() {
        return control;
    }

    void control(long value) {
        control = value;
    }

    SharedPage messages() {
        return messages;
    }

    SharedPage events() {
        return events;
    }

    long sint(int index) {
        return sints[index];
    }

    /** @return false for #GP: an unmasked source has a vector from 16 on */
    boolean sint(int index, long value) {
        if ((value & MASKED) == 0 && (value & VECTOR) < FIRST_VECTOR) {
            return false;
        }
        sints[index] = value;
        return true;
    }

    boolean isAutoEoi(int vector) {
        for (long sint : sints) {
            if ((sint & (MASKED | AUTO_EOI)) == AUTO_EOI && (sint & VECTOR) == vector) {
                return true;
            }
        }
        return false;
    }

    /** The next message or event vanishes. */
    void loseNext() {
        loseNext = true;
    }

    /** Puts a message that nobody takes into every empty slot. */
    void fillSlots() {
        for (int i = 0; messages.isEnabled() && i < SINTS; i++) {
            if (messages.read(i * SLOT_BYTES + TYPE, 4) == 0) {
                messages.write(i * SLOT_BYTES + TYPE, 4, STRANGE_TYPE);
            }
        }
    }

    long delivered() {
        return delivered;
    }

    long refused() {
        return refused;
    }

    /** @param payload little-endian quadwords @return whether the slot was free; otherwise the guest is asked to say when it is (EOM) */
    boolean post(int sint, int type, long sender, long[] payload, int payloadBytes) {
        if (loseNext) {
            loseNext = false;
            return true;
        }
        if (!messages.isEnabled() || (control & ENABLE) == 0) {
            refused++;
            return false;
        }
        int slot = sint * SLOT_BYTES;
        if (messages.read(slot + TYPE, 4) != 0) {
            messages.write(slot + FLAGS, 1, messages.read(slot + FLAGS, 1) | MESSAGE_PENDING);
            refused++;
            return false;
        }
        messages.write(slot + SIZE, 1, payloadBytes);
        messages.write(slot + FLAGS, 1, 0);
        messages.write(slot + SENDER, 8, sender);
        for (int i = 0; i * 8 < payloadBytes; i++) {
            messages.write(slot + PAYLOAD + 8 * i, 8, payload[i]);
        }
        messages.write(slot + TYPE, 4, type);
        delivered++;
        interrupt(sint);
        return true;
    }

    /** Sets an event flag; interrupts when it was clear. @return false when there is no such flag, or no page */
    boolean signal(int sint, int flag) {
        if (flag >= EVENT_FLAGS || !events.isEnabled() || (control & ENABLE) == 0) {
            return false;
        }
        if (loseNext) {
            loseNext = false;
            return true;
        }
        int at = sint * SLOT_BYTES + flag / 8;
        long before = events.read(at, 1);
        events.write(at, 1, before | 1 << flag % 8);
        if ((before >> flag % 8 & 1) == 0) {
            delivered++;
            interrupt(sint);
        }
        return true;
    }

    void interrupt(int sint) {
        if ((sints[sint] & (MASKED | POLLING)) == 0) {
            vcpu.apic().request((int) sints[sint] & VECTOR);
        }
    }

    void save(StateWriter out) {
        for (int i = 0; i < SINTS; i++) {
            out.putLong("SINT" + i, sints[i]);
        }
        out.putLong("SCONTROL", control);
        out.putLong("delivered", delivered);
        out.putLong("refused", refused);
        out.putBoolean("lose next", loseNext);
        messages.save(out);
        events.save(out);
    }

    void restore(StateReader in) {
        for (int i = 0; i < SINTS; i++) {
            sints[i] = in.getLong("SINT" + i);
        }
        control = in.getLong("SCONTROL");
        delivered = in.getLong("delivered");
        refused = in.getLong("refused");
        loseNext = in.getBoolean("lose next");
        messages.restore(in);
        events.restore(in);
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("SCONTROL", control, 64).hex("SIMP", messages.msr(), 64).hex("SIEFP", events.msr(), 64);
        for (int i = 0; i < SINTS; i++) {
            long sint = sints[i];
            boolean masked = (sint & MASKED) != 0;
            String slot = slotText(i);
            String set = eventsText(i);
            if (!masked || !slot.equals(EMPTY) || !set.isEmpty()) {
                out.text("SINT" + i, (masked ? "masked" : "vector %#x".formatted(sint & VECTOR)) + ((sint & AUTO_EOI) != 0 ? ", AutoEOI" : "")
                    + ((sint & POLLING) != 0 ? ", polling" : "") + ", slot: " + slot + (set.isEmpty() ? "" : ", events: " + set));
            }
        }
    }

    private String eventsText(int sint) {
        var set = new StringJoiner(", ");
        for (int word = 0; events.isEnabled() && word < SLOT_BYTES; word += 8) {
            long flags = events.read(sint * SLOT_BYTES + word, 8);
            for (; flags != 0; flags &= flags - 1) {
                set.add(Integer.toString(8 * word + Long.numberOfTrailingZeros(flags)));
            }
        }
        return set.toString();
    }

    private String slotText(int sint) {
        int slot = sint * SLOT_BYTES;
        long type = messages.read(slot + TYPE, 4);
        if (!messages.isEnabled() || type == 0) {
            return EMPTY;
        }
        return "%s, %d bytes from %#x%s".formatted(type == Stimer.TIMER_EXPIRED ? "HvMessageTimerExpired" : "type 0x" + Long.toHexString(type),
            messages.read(slot + SIZE, 1), messages.read(slot + SENDER, 8), (messages.read(slot + FLAGS, 1) & MESSAGE_PENDING) != 0 ? ", another waits" : "");
    }
}
