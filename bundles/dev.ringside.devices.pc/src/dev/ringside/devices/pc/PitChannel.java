package dev.ringside.devices.pc;

import dev.ringside.device.Clock;
import dev.ringside.device.IrqLine;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;

/**
 * One counter of an 8254, in its six modes, binary or BCD.
 *
 * <p>The counting element is not stepped. It was loaded with {@link #count} when the input clock stood at {@link #loadedAt}; since then it has been
 * clocked {@link #elapsed} times (fewer than the clock when GATE was low), and that number gives its value and OUT.
 */
final class PitChannel implements Inspectable {
    private static final long NEVER = Long.MAX_VALUE;
    /** Value of {@link #nextCount} while no new count waits. */
    private static final int NONE = 0;

    private final Clock clock;
    private final IrqLine output;
    private final Timer timer;

    private int control;
    private boolean gate;
    /** Counting range 1 to 65536 (10000 in BCD); 0 before the first count is loaded. */
    private int count;
    /** Tick at which the counting element holds {@link #count}; {@link #NEVER} while it waits for a trigger or for its count. */
    private long loadedAt;
    /** Clocks that were counted before GATE went low, while it is low; else 0. */
    private long countedBeforePause;
    private boolean paused;
    /** Level of OUT until the clock that loads the count. */
    private boolean outBeforeLoad;
    /** A count that was written while the previous one is still being counted (modes 1, 2, 3 and 5). */
    private int nextCount;
    /** Tick at which {@link #nextCount} takes over by itself (modes 2 and 3). */
    private long switchAt;

    private boolean latchedCountValid;
    private int latchedCount;
    private boolean latchedStatusValid;
    private int latchedStatus;
    private boolean readMsbNext;
    private boolean writeMsbNext;
    private int writtenLsb;

    PitChannel(Clock clock, String timerName, IrqLine output) {
        this.clock = clock;
        this.output = output;
        this.timer = clock.newTimer(timerName, this::drive);
    }

    private long now() {
        return PcClocks.ticks(clock.nanos(), PcClocks.PIT_HZ);
    }

    private int mode() {
        int mode = control >> 1 & 7;
        return mode > 5 ? mode - 4 : mode;
    }

    private int access() {
        return control >> 4 & 3;
    }

    private boolean bcd() {
        return (control & 1) != 0;
    }

    private int range() {
        return bcd() ? 10_000 : 0x10000;
    }

    // Programming

    /** A control word: the counter stops, OUT takes its initial level, and the count is awaited. */
    void control(int value) {
        control = value & 0x3f;
        count = 0;
        nextCount = NONE;
        loadedAt = NEVER;
        countedBeforePause = 0;
        paused = false;
        latchedCountValid = false;
        latchedStatusValid = false;
        readMsbNext = false;
        writeMsbNext = false;
        drive();
    }

    void write(int value) {
        switch (access()) {
            case 1 -> load(value);
            case 2 -> load(value << 8);
            default -> {
                if (writeMsbNext) {
                    writeMsbNext = false;
                    load(writtenLsb | value << 8);
                } else {
                    writeMsbNext = true;
                    writtenLsb = value;
                    if (mode() == 0) {
                        // "Writing the first byte disables counting. OUT is set low immediately."
                        loadedAt = NEVER;
                        count = 0;
                        drive();
                    }
                }
            }
        }
    }

    private void load(int written) {
        int loaded = bcd() ? fromBcd(written) : written;
        if (loaded == 0) {
            loaded = range();
        }
        settle();
        long next = now() + 1;
        switch (mode()) {
            case 0, 4 -> start(loaded, next);
            case 2, 3 -> {
                if (count == 0) {
                    start(loaded, next);
                } else {
                    nextCount = loaded;
                    switchAt = paused ? NEVER : endOfCycle(next);
                }
            }
            default -> nextCount = loaded; // modes 1 and 5 wait for the trigger
        }
        drive();
    }

    private void start(int loaded, long at) {
        outBeforeLoad = mode() == 1 ? out() : mode() != 0; // a retriggered one-shot stays low
        count = loaded;
        nextCount = NONE;
        loadedAt = at;
        countedBeforePause = 0;
        paused = !gate;
    }

    /** The end of the period (mode 2) or half period (mode 3) that runs at {@code tick}. */
    private long endOfCycle(long tick) {
        long position = Math.max(0, tick - loadedAt) % count;
        long start = tick - position;
        boolean firstHalf = mode() == 3 && position < highTicks(count);
        return start + (firstHalf ? highTicks(count) : count);
    }

    private static int highTicks(int n) {
        return (n + 1) / 2;
    }

    /** Lets a waiting count of mode 2 or 3 take over once its time has come. */
    private void settle() {
        if (nextCount == NONE || mode() != 2 && mode() != 3 || now() < switchAt) {
            return;
        }
        boolean lowHalfFollows = mode() == 3 && Math.floorMod(switchAt - loadedAt, (long) count) == highTicks(count);
        count = nextCount;
        nextCount = NONE;
        loadedAt = lowHalfFollows ? switchAt - highTicks(count) : switchAt;
    }

    boolean gate() {
        return gate;
    }

    void gate(boolean level) {
        if (level == gate) {
            return;
        }
        settle();
        gate = level;
        switch (mode()) {
            case 0, 4 -> pauseOrResume();
            case 2, 3 -> {
                if (!level) {
                    paused = true;
                    countedBeforePause = elapsedAt(now());
                } else if (count != 0) {
                    start(nextCount == NONE ? count : nextCount, now() + 1);
                }
            }
            default -> {
                int triggered = nextCount == NONE ? count : nextCount;
                if (level && triggered != 0) {
                    start(triggered, now() + 1);
                }
            }
        }
        if (mode() == 1 || mode() == 5) {
            paused = false; // GATE low has no effect here
        }
        drive();
    }

    private void pauseOrResume() {
        if (loadedAt == NEVER) {
            return;
        }
        if (gate) {
            loadedAt = now() - countedBeforePause;
            countedBeforePause = 0;
            paused = false;
        } else {
            countedBeforePause = elapsed();
            paused = true;
        }
    }

    // Counting

    /** Clocks since the load; negative one while the count is not loaded yet. */
    private long elapsed() {
        return paused ? countedBeforePause : elapsedAt(now());
    }

    private long elapsedAt(long tick) {
        return loadedAt == NEVER ? -1 : Math.max(-1, tick - loadedAt);
    }

    /** What the counting element holds, in binary. */
    private int value() {
        settle();
        long elapsed = Math.max(0, elapsed());
        int n = count == 0 ? range() : count;
        long value = switch (mode()) {
            case 2 -> n - elapsed % n;
            case 3 -> squareWaveValue(n, elapsed % n);
            default -> Math.floorMod(n - elapsed, (long) range());
        };
        return (int) (value % range());
    }

    /** Mode 3 counts by two: an even count twice a period, an odd one from N-1 through 0 and then from N-1 through 2. */
    private static long squareWaveValue(int n, long position) {
        if ((n & 1) == 0) {
            return n - 2 * (position % (n / 2));
        }
        return position < highTicks(n) ? n - 1 - 2 * position : n - 1 - 2 * (position - highTicks(n));
    }

    boolean out() {
        settle();
        return outAt(elapsed());
    }

    private boolean outAt(long elapsed) {
        if (elapsed < 0 || count == 0) {
            return count == 0 ? mode() != 0 : outBeforeLoad;
        }
        return switch (mode()) {
            case 0 -> elapsed >= count;
            case 1 -> elapsed >= count;
            case 2 -> paused || elapsed % count != count - 1;
            case 3 -> paused || elapsed % count < highTicks(count);
            default -> elapsed != count;
        };
    }

    /** Drives OUT to its level now and returns when it changes again. Runs at every programming and at every change. */
    private void drive() {
        output.set(out());
        if (output == IrqLine.UNCONNECTED) {
            return; // nobody hears it change; readings are computed
        }
        long tick = nextChange();
        if (tick == NEVER) {
            timer.cancel();
        } else {
            timer.arm(PcClocks.nanos(tick, PcClocks.PIT_HZ));
        }
    }

    private long nextChange() {
        if (paused || loadedAt == NEVER || count == 0) {
            return NEVER;
        }
        long elapsed = now() - loadedAt;
        long next = switch (mode()) {
            case 0, 1 -> elapsed < 0 ? loadedAt : elapsed < count ? loadedAt + count : NEVER;
            case 2, 3 -> nextPeriodicChange(Math.max(0, elapsed));
            default -> elapsed < count ? loadedAt + count : elapsed == count ? loadedAt + count + 1 : NEVER;
        };
        return nextCount != NONE && mode() > 1 && mode() < 4 ? Math.min(next, switchAt) : next;
    }

    private long nextPeriodicChange(long elapsed) {
        long period = elapsed / count;
        long position = elapsed % count;
        long fall = mode() == 2 ? count - 1 : highTicks(count);
        return loadedAt + period * count + (position < fall ? fall : count);
    }

    // Reading

    void latchCount() {
        if (!latchedCountValid) {
            latchedCountValid = true;
            latchedCount = readable();
        }
    }

    void latchStatus() {
        if (!latchedStatusValid) {
            latchedStatusValid = true;
            latchedStatus = status();
        }
    }

    private int status() {
        boolean nullCount = count == 0 || nextCount != NONE || !paused && loadedAt != NEVER && elapsed() < 0;
        return (out() ? 0x80 : 0) | (nullCount ? 0x40 : 0) | control;
    }

    private int readable() {
        int value = value();
        return bcd() ? toBcd(value) : value & 0xffff;
    }

    int read() {
        if (latchedStatusValid) {
            latchedStatusValid = false;
            return latchedStatus;
        }
        int value = latchedCountValid ? latchedCount : readable();
        boolean both = access() == 3;
        boolean msb = both ? readMsbNext : access() == 2;
        if (both) {
            readMsbNext = !readMsbNext;
        }
        if (!both || msb) {
            latchedCountValid = false;
        }
        return msb ? value >> 8 & 0xff : value & 0xff;
    }

    private static int fromBcd(int value) {
        return (value >> 12 & 15) * 1000 + (value >> 8 & 15) * 100 + (value >> 4 & 15) * 10 + (value & 15);
    }

    private static int toBcd(int value) {
        return value / 1000 % 10 << 12 | value / 100 % 10 << 8 | value / 10 % 10 << 4 | value % 10;
    }

    /** Power-on: the datasheet defines nothing; here mode 0 (OUT low), without a count, GATE high. */
    void reset() {
        gate = true;
        outBeforeLoad = false;
        switchAt = 0;
        latchedCount = 0;
        latchedStatus = 0;
        writtenLsb = 0;
        control(0x30);
    }

    void save(StateWriter out, String prefix) {
        out.putInt(prefix + ".control", control);
        out.putBoolean(prefix + ".gate", gate);
        out.putInt(prefix + ".count", count);
        out.putLong(prefix + ".loadedAt", loadedAt);
        out.putLong(prefix + ".countedBeforePause", countedBeforePause);
        out.putBoolean(prefix + ".paused", paused);
        out.putBoolean(prefix + ".outBeforeLoad", outBeforeLoad);
        out.putInt(prefix + ".nextCount", nextCount);
        out.putLong(prefix + ".switchAt", switchAt);
        out.putBoolean(prefix + ".latchedCountValid", latchedCountValid);
        out.putInt(prefix + ".latchedCount", latchedCount);
        out.putBoolean(prefix + ".latchedStatusValid", latchedStatusValid);
        out.putInt(prefix + ".latchedStatus", latchedStatus);
        out.putBoolean(prefix + ".readMsbNext", readMsbNext);
        out.putBoolean(prefix + ".writeMsbNext", writeMsbNext);
        out.putInt(prefix + ".writtenLsb", writtenLsb);
        TimerState.save(out, prefix + ".timer", timer);
    }

    void restore(StateReader in, String prefix) {
        control = in.getInt(prefix + ".control");
        gate = in.getBoolean(prefix + ".gate");
        count = in.getInt(prefix + ".count");
        loadedAt = in.getLong(prefix + ".loadedAt");
        countedBeforePause = in.getLong(prefix + ".countedBeforePause");
        paused = in.getBoolean(prefix + ".paused");
        outBeforeLoad = in.getBoolean(prefix + ".outBeforeLoad");
        nextCount = in.getInt(prefix + ".nextCount");
        switchAt = in.getLong(prefix + ".switchAt");
        latchedCountValid = in.getBoolean(prefix + ".latchedCountValid");
        latchedCount = in.getInt(prefix + ".latchedCount");
        latchedStatusValid = in.getBoolean(prefix + ".latchedStatusValid");
        latchedStatus = in.getInt(prefix + ".latchedStatus");
        readMsbNext = in.getBoolean(prefix + ".readMsbNext");
        writeMsbNext = in.getBoolean(prefix + ".writeMsbNext");
        writtenLsb = in.getInt(prefix + ".writtenLsb");
        TimerState.restore(in, prefix + ".timer", timer);
        // Not out(): a waiting count takes over at the next access, as it would have done without the restore.
        output.set(outAt(elapsed()));
    }

    @Override
    public void inspect(Inspector out) {
        // Looking must not let a waiting count take over: that is the next access's business.
        long elapsed = elapsed();
        out.decimal("mode", mode()).text("access", new String[] {"latch", "LSB", "MSB", "LSB then MSB"}[access()]).flag("BCD", bcd())
                .decimal("count", count).flag("GATE", gate).flag("OUT", outAt(elapsed)).decimal("clocks since load", elapsed);
    }
}
