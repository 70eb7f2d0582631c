package dev.ringside.pv.hyperv;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.PvVcpu;

/**
 * A synthetic timer (TLFS 12.2): in units of the reference time, periodic or one-shot, told by a message or, in direct mode, by an interrupt.
 *
 * <pre>
 * CONFIG: 0 enable, 1 periodic, 2 lazy, 3 auto-enable, 11:4 APIC vector, 12 direct mode, 19:16 SINTx
 * COUNT: the period, or the time of expiry; 0 stops the timer
 * </pre>
 *
 * A message that finds its slot full waits for it. A periodic timer goes on meanwhile and catches up once the slot is free, up to {@value #MOST_WAITING} ticks; a lazy one
 * lets all but the last go.
 */
final class Stimer implements Inspectable {
    static final int TIMER_EXPIRED = 0x80000010;
    private static final long ENABLE = 1, PERIODIC = 2, LAZY = 4, AUTO_ENABLE = 8, DIRECT = 1 << 12;
    private static final long RESERVED = ~0xf1fffL;
    private static final int PAYLOAD_BYTES = 24;
    /** Ticks beyond are skipped. */
    private static final int MOST_WAITING = 16;

    private final int index;
    private final PvVcpu vcpu;
    private final Synic synic;
    private final ReferenceTime time;
    private final boolean hasDirect;
    private final Timer timer;
    private final long[] payload = new long[3];
    private long config;
    private long count;
    private long expiry;
    /** When the last message was due. */
    private long lastDue;
    /** Messages whose slot is full. */
    private int waiting;
    private long expired;

    Stimer(ParavirtContext context, PvVcpu vcpu, int index, Synic synic, ReferenceTime time, boolean hasDirect) {
        this.index = index;
        this.vcpu = vcpu;
        this.synic = synic;
        this.time = time;
        this.hasDirect = hasDirect;
        timer = context.clock().newTimer("stimer " + vcpu.index() + "." + index, this::expired);
    }

    void reset() {
        timer.cancel();
        config = count = expiry = expired = lastDue = 0;
        waiting = 0;
    }

    long config() {
        return config;
    }

    long count() {
        return count;
    }

    long expiries() {
        return expired;
    }

    /** @return false for #GP */
    boolean config(long value) {
        if ((value & RESERVED) != 0 || (value & DIRECT) != 0 && !hasDirect) {
            return false;
        }
        stop();
        config = value;
        if ((value & DIRECT) == 0 && sint() == 0) {
            config &= ~ENABLE; // SINT0 is the hypervisor's own
        }
        start();
        return true;
    }

    void count(long value) {
        stop();
        count = value;
        if (value == 0) {
            config &= ~ENABLE;
        } else if ((config & AUTO_ENABLE) != 0) {
            config |= ENABLE;
        }
        start();
    }

    private int sint() {
        return (int) (config >> 16) & 0xf;
    }

    private void stop() {
        timer.cancel();
        waiting = 0;
    }

    private void start() {
        if ((config & ENABLE) != 0 && count != 0) {
            long period = ReferenceTime.nanosAt(count) == Long.MAX_VALUE ? Long.MAX_VALUE / 400 : count;
            expiry = (config & PERIODIC) != 0 ? time.now() + period : count;
            timer.arm(ReferenceTime.nanosAt(expiry));
        }
    }

    private void expired() {
        expired++;
        boolean periodic = (config & PERIODIC) != 0;
        if (!periodic) {
            config &= ~ENABLE;
        }
        if ((config & DIRECT) != 0) {
            vcpu.apic().request((int) (config >> 4) & 0xff);
        } else {
            lastDue = expiry;
            waiting = Math.min(waiting + 1, periodic && (config & LAZY) == 0 ? MOST_WAITING : 1);
            retry();
        }
        if (periodic) {
            expiry += Math.max(1, count);
            timer.arm(ReferenceTime.nanosAt(expiry));
        }
    }

    private boolean tell(long due) {
        payload[0] = index;
        payload[1] = due;
        payload[2] = time.now();
        return synic.post(sint(), TIMER_EXPIRED, 0, payload, PAYLOAD_BYTES);
    }

    /** A slot may be free. */
    void retry() {
        while (waiting > 0 && tell(lastDue - (waiting - 1) * count)) {
            waiting--;
        }
    }

    boolean uses(int sintIndex) {
        return sint() == sintIndex;
    }

    void save(StateWriter out) {
        out.putLong("CONFIG", config);
        out.putLong("COUNT", count);
        out.putLong("expiry", expiry);
        out.putLong("expired", expired);
        out.putLong("last due", lastDue);
        out.putInt("messages waiting", waiting);
        out.putBoolean("armed", timer.isArmed());
    }

    void restore(StateReader in) {
        timer.cancel();
        config = in.getLong("CONFIG");
        count = in.getLong("COUNT");
        expiry = in.getLong("expiry");
        expired = in.getLong("expired");
        lastDue = in.getLong("last due");
        waiting = in.getInt("messages waiting");
        if (in.getBoolean("armed")) {
            timer.arm(ReferenceTime.nanosAt(expiry));
        }
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("CONFIG", config, 64).flag("Enable", (config & ENABLE) != 0).flag("Periodic", (config & PERIODIC) != 0).flag("Lazy", (config & LAZY) != 0)
            .flag("AutoEnable", (config & AUTO_ENABLE) != 0).flag("DirectMode", (config & DIRECT) != 0).hex("ApicVector", config >> 4 & 0xff, 8)
            .decimal("SINTx", sint()).decimal("COUNT", count).decimal("expires at (100 ns)", timer.isArmed() ? expiry : 0).decimal("messages waiting", waiting)
            .decimal("expired", expired);
    }
}
