package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.X86State.ES;
import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RCX;
import static dev.ringside.arch.x86.X86State.RDI;
import static dev.ringside.arch.x86.X86State.RSI;

import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.LazyFlags;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86Mode;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.ir.Helper;
import dev.ringside.ir.Helper.Effect;
import dev.ringside.ir.Type;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Repeated string instructions in bulk. Each helper takes the instruction's {@link #shape} and says whether the repetition is over.
 *
 * <p>Precise at every iteration: registers hold the completed ones. When an iteration faults that is not the first of this call, the call ends
 * before it, and the fault is raised when the instruction starts again.
 */
final class StringHelpers {
    static final Helper MOVS = helper("x86.rep_movs", StringHelpers::movs);
    static final Helper STOS = helper("x86.rep_stos", StringHelpers::stos);
    static final Helper LODS = helper("x86.rep_lods", StringHelpers::lods);
    static final Helper SCAS = helper("x86.rep_scas", StringHelpers::scas);
    static final Helper CMPS = helper("x86.rep_cmps", StringHelpers::cmps);

    private static final int CC_OP = X86State.CC_OP.slot(), CC_DST = X86State.CC_DST.slot(), CC_SRC = X86State.CC_SRC.slot(),
        REST = X86State.RFLAGS_REST.slot();
    private static final int PAGE = 4096;

    /** The shape's bits: log2 of the element size, of the address size in words, the source's segment, and what must be looked at. */
    private static final int SIZE = 3, ADDRESS_SHIFT = 2, SEGMENT_SHIFT = 4, CHECKED_SOURCE = 1 << 7, CHECKED_DESTINATION = 1 << 8,
        CODE_64 = 1 << 9, ALIGN = 1 << 10, UNTIL_EQUAL = 1 << 11;

    private StringHelpers() {
    }

    static void collect(Collection<Helper> to) {
        to.addAll(List.of(MOVS, STOS, LODS, SCAS, CMPS));
    }

    /** What the helpers must know about an instruction and its mode, in one number. */
    static int shape(Lift x) {
        int shape = Integer.numberOfTrailingZeros(x.type(0).bytes()) | Integer.numberOfTrailingZeros(x.insn().addressBits() / 16) << ADDRESS_SHIFT;
        int source = source(x);
        shape |= source << SEGMENT_SHIFT;
        shape |= x.is64() ? CODE_64 : 0;
        shape |= StringSemantics.isFlat(x, source) ? 0 : CHECKED_SOURCE;
        shape |= StringSemantics.isFlat(x, ES) ? 0 : CHECKED_DESTINATION;
        shape |= x.mode(X86Mode.ALIGN_CHECK) ? ALIGN : 0;
        return shape | (x.insn().rep() == 0xf2 ? UNTIL_EQUAL : 0);
    }

    /** The segment of the operand at rSI; DS when there is none. */
    private static int source(Lift x) {
        for (Operand operand : x.insn().operands()) {
            if (operand instanceof Operand.Mem mem && mem.base() == RSI) {
                return mem.segment();
            }
        }
        return X86State.DS;
    }

    private static Helper helper(String name, Repetition body) {
        return new Helper(name, Type.I1, List.of(Type.I32), Set.of(Effect.READS_STATE, Effect.WRITES_STATE, Effect.ACCESSES_WORLD, Effect.MAY_RAISE),
            (state, shape, x, y, z) -> repeat((X86Cpu) state, (int) shape, body) ? 1 : 0);
    }

    @FunctionalInterface
    private interface Repetition {
        /** Does up to {@code iterations} (at least 1), counting each completed one with {@link #completed}; false to stop repeating. */
        boolean run(X86Cpu cpu, int shape, long iterations);
    }

    /** Whether the repetition is over. */
    private static boolean repeat(X86Cpu cpu, int shape, Repetition body) {
        long addressMask = addressMask(shape);
        long count = cpu.slots[RCX] & addressMask;
        if (count == 0) {
            cpu.repeating = false;
            return true;
        }
        long budget = Math.max(1, cpu.budgetLeft);
        long iterations = Long.compareUnsigned(count, budget) < 0 ? count : budget;
        boolean goesOn = true;
        try {
            goesOn = body.run(cpu, shape, iterations);
        } catch (GuestFault fault) {
            if ((cpu.slots[RCX] & addressMask) == count) {
                throw fault;
            }
        }
        long left = cpu.slots[RCX] & addressMask;
        cpu.extraInstructions += count - left - 1;
        cpu.repeating = left != 0 && goesOn;
        return !cpu.repeating;
    }

    /** How many are left behind {@code done} of them: none when something must be seen first. */
    private static long after(X86Cpu cpu, long iterations, long done) {
        return cpu.budgetLeft == 0 ? 0 : iterations - done;
    }

    private static boolean movs(X86Cpu cpu, int shape, long iterations) {
        long step = step(cpu, shape);
        int size = 1 << (shape & SIZE);
        while (iterations > 0) {
            long from = linear(cpu, shape, source(shape), RSI, CHECKED_SOURCE, false);
            long to = linear(cpu, shape, ES, RDI, CHECKED_DESTINATION, true);
            int bulk = (int) Math.min(bulk(cpu, shape, from, RSI, step, iterations), bulk(cpu, shape, to, RDI, step, iterations));
            bulk = withoutOverlap(from, to, step, bulk);
            long back = step < 0 ? (bulk - 1) * step : 0;
            if (bulk > 1 && cpu.memory.copyWithinPages(from + back, to + back, size, bulk, flags(source(shape)), flags(ES))) {
                move(cpu, shape, RSI, step * bulk);
                move(cpu, shape, RDI, step * bulk);
                completed(cpu, shape, bulk);
                iterations = after(cpu, iterations, bulk);
                continue;
            }
            cpu.memory.store(to, size, cpu.memory.load(from, size, flags(source(shape))), flags(ES));
            move(cpu, shape, RSI, step);
            move(cpu, shape, RDI, step);
            completed(cpu, shape, 1);
            iterations = after(cpu, iterations, 1);
        }
        return true;
    }

    private static boolean stos(X86Cpu cpu, int shape, long iterations) {
        long step = step(cpu, shape);
        int size = 1 << (shape & SIZE);
        while (iterations > 0) {
            long to = linear(cpu, shape, ES, RDI, CHECKED_DESTINATION, true);
            int bulk = bulk(cpu, shape, to, RDI, step, iterations);
            long back = step < 0 ? (bulk - 1) * step : 0;
            if (bulk <= 1 || !cpu.memory.fillWithinPage(to + back, size, bulk, cpu.slots[RAX], flags(ES))) {
                cpu.memory.store(to, size, cpu.slots[RAX], flags(ES));
                bulk = 1;
            }
            move(cpu, shape, RDI, step * bulk);
            completed(cpu, shape, bulk);
            iterations = after(cpu, iterations, bulk);
        }
        return true;
    }

    private static boolean lods(X86Cpu cpu, int shape, long iterations) {
        long step = step(cpu, shape);
        int size = 1 << (shape & SIZE);
        for (; iterations > 0; iterations = after(cpu, iterations, 1)) {
            long value = cpu.memory.load(linear(cpu, shape, source(shape), RSI, CHECKED_SOURCE, false), size, flags(source(shape)));
            cpu.slots[RAX] = size < 4 ? cpu.slots[RAX] & -1L << 8 * size | value : value;
            move(cpu, shape, RSI, step);
            completed(cpu, shape, 1);
        }
        return true;
    }

    private static boolean scas(X86Cpu cpu, int shape, long iterations) {
        long step = step(cpu, shape);
        int size = 1 << (shape & SIZE);
        long left = cpu.slots[RAX] & Lift.ones(8 * size);
        for (; iterations > 0; iterations = after(cpu, iterations, 1)) {
            long right = cpu.memory.load(linear(cpu, shape, ES, RDI, CHECKED_DESTINATION, false), size, flags(ES));
            move(cpu, shape, RDI, step);
            completed(cpu, shape, 1);
            compared(cpu, shape, left, right);
            if (left == right == ((shape & UNTIL_EQUAL) != 0)) {
                return false;
            }
        }
        return true;
    }

    private static boolean cmps(X86Cpu cpu, int shape, long iterations) {
        long step = step(cpu, shape);
        int size = 1 << (shape & SIZE);
        for (; iterations > 0; iterations = after(cpu, iterations, 1)) {
            long left = cpu.memory.load(linear(cpu, shape, source(shape), RSI, CHECKED_SOURCE, false), size, flags(source(shape)));
            long right = cpu.memory.load(linear(cpu, shape, ES, RDI, CHECKED_DESTINATION, false), size, flags(ES));
            move(cpu, shape, RSI, step);
            move(cpu, shape, RDI, step);
            completed(cpu, shape, 1);
            compared(cpu, shape, left, right);
            if (left == right == ((shape & UNTIL_EQUAL) != 0)) {
                return false;
            }
        }
        return true;
    }

    private static void compared(X86Cpu cpu, int shape, long left, long right) {
        cpu.slots[CC_OP] = LazyFlags.SUB << LazyFlags.KIND_SHIFT | shape & SIZE;
        cpu.slots[CC_DST] = left;
        cpu.slots[CC_SRC] = right;
    }

    private static void completed(X86Cpu cpu, int shape, int iterations) {
        move(cpu, shape, RCX, -iterations);
    }

    /** Adds to a register as its address size says: 16 bits leave the rest, 32 clear the upper half. */
    private static void move(X86Cpu cpu, int shape, int register, long by) {
        long old = cpu.slots[register];
        long mask = addressMask(shape);
        cpu.slots[register] = old + by & mask | (mask == 0xffff ? old & ~mask : 0);
    }

    private static long step(X86Cpu cpu, int shape) {
        long size = 1L << (shape & SIZE);
        return (cpu.slots[REST] & Rflags.DF) == 0 ? size : -size;
    }

    private static long linear(X86Cpu cpu, int shape, int segment, int register, int checked, boolean write) {
        long offset = cpu.slots[register] & addressMask(shape);
        int size = 1 << (shape & SIZE);
        long linear = (shape & checked) != 0 ? cpu.segmentCheck(segment, offset, size, write)
            : (shape & CODE_64) != 0 && segment >= X86State.FS ? offset + cpu.slots[X86State.SEG_BASE[segment].slot()] : offset;
        if ((shape & ALIGN) != 0 && (linear & size - 1) != 0) {
            throw cpu.ac();
        }
        return linear;
    }

    /** How many elements from here lie in one page, without the register wrapping; 1 in a segment that needs checks. */
    private static int bulk(X86Cpu cpu, int shape, long linear, int register, long step, long iterations) {
        if ((shape & (CHECKED_SOURCE | CHECKED_DESTINATION | ALIGN)) != 0) {
            return 1;
        }
        long inPage = linear & PAGE - 1;
        long mask = addressMask(shape);
        long offset = cpu.slots[register] & mask;
        if (step < 0) {
            if (inPage - step > PAGE || Long.compareUnsigned(offset, PAGE) < 0) {
                return 1;
            }
            return (int) Math.min(inPage / -step + 1, iterations);
        }
        if (Long.compareUnsigned(offset, mask - PAGE) > 0) {
            return 1;
        }
        return (int) Math.min((PAGE - inPage) / step, iterations);
    }

    /** Cuts a bulk copy so that no element is read that an earlier one of it has written; downward copies do not overlap at all. */
    private static int withoutOverlap(long from, long to, long step, int bulk) {
        long ahead = step > 0 ? to - from : Math.abs(to - from);
        long distance = ahead / Math.abs(step);
        return ahead > 0 && distance < bulk ? (int) distance : bulk;
    }

    private static int source(int shape) {
        return shape >> SEGMENT_SHIFT & 7;
    }

    private static long addressMask(int shape) {
        return switch (shape >> ADDRESS_SHIFT & 3) {
            case 0 -> 0xffffL;
            case 1 -> 0xffff_ffffL;
            default -> -1L;
        };
    }

    private static int flags(int segment) {
        return Lift.segmentFlags(segment);
    }
}
