package dev.ringside.arch.x86.asm;

import dev.ringside.arch.AssemblyResult.LineRange;
import dev.ringside.arch.x86.asm.Statement.Line;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Gives every statement its address. Each pass takes the symbols' values from the one before; an instruction that does not fit goes on to a longer
 * encoding and never back, so the passes come to an end.
 */
final class Layout implements Expression.Scope {
    private static final int MAX_PASSES = 200;
    /** Larger programs are a slip in a count. */
    private static final int MAX_BYTES = 64 << 20;

    /** What {@link #run} tells of a line that is wrong. */
    interface ErrorSink {
        void error(int line, int column, String message);
    }

    private final List<Line> lines;
    private final Set<String> names;
    private final ErrorSink errors;

    private Map<String, Long> before = new HashMap<>();
    private Map<String, Long> now = new HashMap<>();
    private long origin;
    private boolean originTold;
    private long at;
    private long here;
    private boolean guessed;
    private boolean writing;
    private boolean lastWasCode;
    private boolean changed;
    private ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<LineRange> ranges = new ArrayList<>();

    Layout(List<Line> lines, Set<String> names, ErrorSink errors) {
        this.lines = lines;
        this.names = names;
        this.errors = errors;
    }

    long origin() {
        return origin;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    SortedMap<String, Long> symbols() {
        return new TreeMap<>(now);
    }

    List<LineRange> ranges() {
        return ranges;
    }

    /** @return false when errors were told */
    boolean run() {
        for (int pass = 0; pass < MAX_PASSES; pass++) {
            changed = false;
            if (!pass()) {
                return false;
            }
            if (!changed && pass > 0 && now.equals(before)) {
                writing = true;
                return pass();
            }
        }
        errors.error(lines.get(0).number(), 1, "addresses do not settle: they depend on each other");
        return false;
    }

    /** One pass, for the errors that do not depend on final addresses: undefined symbols. */
    boolean check() {
        return pass();
    }

    private boolean pass() {
        before = now;
        now = new HashMap<>();
        at = origin;
        originTold = false;
        lastWasCode = false;
        out = new ByteArrayOutputStream();
        boolean good = true;
        for (Line line : lines) {
            here = at;
            guessed = false;
            try {
                place(line.statement());
                if (writing && at > here) {
                    ranges.add(new LineRange(here, at, line.number(), lastWasCode));
                }
                if (at - origin > MAX_BYTES) {
                    throw new SourceError(line.column(), "the program is larger than " + (MAX_BYTES >> 20) + " MiB");
                }
            } catch (SourceError e) {
                errors.error(line.number(), e.column, e.getMessage());
                good = false;
                if (at - origin > MAX_BYTES) {
                    return false;
                }
            }
        }
        return good;
    }

    private void place(Statement statement) throws SourceError {
        switch (statement) {
            case Statement.Label label -> now.put(label.name(), at);
            case Statement.Equ equ -> now.put(equ.name(), equ.value().value(this));
            case Statement.Org org -> org(org);
            case Statement.Instruction instruction -> instruction(instruction);
            case Statement.Data data -> data(data);
            case Statement.Reserve reserve -> {
                fill(count(reserve.count()) * reserve.unitBytes(), 0, reserve.count().column());
                lastWasCode = false;
            }
            case Statement.Align align -> align(align);
            case Statement.Times times -> times(times);
        }
    }

    private void org(Statement.Org org) throws SourceError {
        if (at != origin || originTold) {
            throw new SourceError(org.column(), originTold ? "org is told twice" : "org comes before the first byte");
        }
        long address = org.address().value(this);
        changed |= address != origin;
        originTold = true;
        origin = address;
        at = address;
    }

    private void instruction(Statement.Instruction instruction) throws SourceError {
        SourceError misfit = misfit(instruction);
        while (misfit != null && !guessed && instruction.choice < instruction.candidates.size() - 1) {
            instruction.choice++;
            changed = true;
            misfit = misfit(instruction);
        }
        Candidate chosen = instruction.candidates.get(instruction.choice);
        if (writing) {
            if (misfit != null) {
                throw misfit;
            }
            chosen.encode(out, this, at);
        }
        at += chosen.length();
        lastWasCode = true;
    }

    private SourceError misfit(Statement.Instruction instruction) throws SourceError {
        return instruction.candidates.get(instruction.choice).misfit(this, at);
    }

    private void data(Statement.Data data) throws SourceError {
        for (Statement.Data.Item item : data.items()) {
            if (item.text() != null) {
                int padding = -item.text().length & data.unitBytes() - 1;
                if (writing) {
                    out.writeBytes(item.text());
                }
                at += item.text().length;
                fill(padding, 0, item.column());
            } else {
                long value = item.number().value(this);
                int bits = 8 * data.unitBytes();
                if (writing && bits < 64 && (value < -(1L << bits - 1) || value >= 1L << bits)) {
                    throw SourceError.tooLarge(item.column(), "value", value, bits);
                }
                for (int i = 0; i < data.unitBytes() && writing; i++) {
                    out.write((int) (value >> 8 * i));
                }
                at += data.unitBytes();
            }
        }
        lastWasCode = false;
    }

    private void align(Statement.Align align) throws SourceError {
        long boundary = align.boundary().value(this);
        if (Long.bitCount(boundary) != 1 || boundary < 0) {
            throw new SourceError(align.boundary().column(), "an alignment is a power of two, not " + boundary);
        }
        fill(-at & boundary - 1, lastWasCode ? 0x90 : 0, align.boundary().column());
    }

    private void times(Statement.Times times) throws SourceError {
        long count = count(times.count());
        long start = at;
        if (count > MAX_BYTES) {
            throw new SourceError(times.count().column(), "the program is larger than " + (MAX_BYTES >> 20) + " MiB");
        }
        for (long i = 0; i < count; i++) {
            here = at;
            place(times.body());
            if (at - origin > MAX_BYTES) {
                break;
            }
        }
        here = start;
    }

    private long count(Expression expression) throws SourceError {
        long count = expression.value(this);
        if (count < 0 && (guessed || !writing)) {
            return 0;
        }
        if (count < 0) {
            throw new SourceError(expression.column(), "the count is " + count + ", which is negative");
        }
        return count;
    }

    private void fill(long bytes, int value, int column) throws SourceError {
        if (bytes < 0 || bytes > MAX_BYTES) {
            throw new SourceError(column, "the program is larger than " + (MAX_BYTES >> 20) + " MiB");
        }
        for (long i = 0; i < bytes && writing; i++) {
            out.write(value);
        }
        at += bytes;
    }

    // ---- scope

    @Override
    public long symbol(String name, int column) throws SourceError {
        Long value = now.get(name);
        if (value == null) {
            value = before.get(name);
        }
        if (value != null) {
            return value;
        }
        if (!names.contains(name)) {
            throw new SourceError(column, "undefined symbol '" + name + "'");
        }
        // Not placed yet: the next pass knows. Somewhere near is the best guess.
        guessed = true;
        return here;
    }

    @Override
    public long here() {
        return here;
    }

    @Override
    public long start() {
        return origin;
    }
}
