package dev.ringside.arch.x86.simd;

import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.Cr4;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.arch.x86.fpu.SoftFloatSse;

/**
 * SSE floating-point arithmetic on XMM registers (SDM 1, 10 to 12). With MXCSR as after reset (round to nearest, all exceptions masked, no zero modes) and
 * ordinary operands, the host computes: Java's arithmetic is IEEE 754's, and the inexact flag follows from the exact residue. All else, and
 * every result near the limits of the format, goes through {@link SoftFloatSse}.
 *
 * <p>{@code d} and {@code s} are the slots of the registers' low halves. The destination is written only when no unmasked exception is raised.
 */
public final class SseFloat {
    static final int ADD = 0, SUB = 1, MUL = 2, DIV = 3, SQRT = 4, MIN = 5, MAX = 6;
    /** Which lanes an operation works on. */
    static final int PS = 0, PD = 1, SS = 2, SD = 3;

    private static final int MXCSR = X86State.MXCSR.slot();
    private static final long LOW = 0xffffffffL;
    private static final int PE = SoftFloatSse.PE;
    /** Control bits of MXCSR: masks, rounding, FTZ, DAZ. */
    private static final int CONTROL_BITS = 0xffc0;
    private static final int PLAIN = 0x1f80;

    private SseFloat() {
    }

    static void arithmetic(X86Cpu cpu, int op, int lanes, int d, int s) {
        long[] r = cpu.slots;
        begin(cpu);
        switch (lanes) {
            case SD -> {
                long z = double64(cpu, op, r[d], r[s]);
                end(cpu);
                r[d] = z;
            }
            case SS -> {
                long z = float32(cpu, op, r[d], r[s]);
                end(cpu);
                r[d] = r[d] & ~LOW | z;
            }
            case PD -> {
                long low = double64(cpu, op, r[d], r[s]);
                long high = double64(cpu, op, r[d + 1], r[s + 1]);
                end(cpu);
                r[d] = low;
                r[d + 1] = high;
            }
            default -> {
                long low = float32(cpu, op, r[d], r[s]) | float32(cpu, op, r[d] >>> 32, r[s] >>> 32) << 32;
                long high = float32(cpu, op, r[d + 1], r[s + 1]) | float32(cpu, op, r[d + 1] >>> 32, r[s + 1] >>> 32) << 32;
                end(cpu);
                r[d] = low;
                r[d + 1] = high;
            }
        }
    }

    /** ADDSUBPS and ADDSUBPD: subtracts in even lanes, adds in odd ones. */
    static void addsub(X86Cpu cpu, boolean single, int d, int s) {
        long[] r = cpu.slots;
        begin(cpu);
        long low = single ? float32(cpu, SUB, r[d], r[s]) | float32(cpu, ADD, r[d] >>> 32, r[s] >>> 32) << 32 : double64(cpu, SUB, r[d], r[s]);
        long high = single ? float32(cpu, SUB, r[d + 1], r[s + 1]) | float32(cpu, ADD, r[d + 1] >>> 32, r[s + 1] >>> 32) << 32
                : double64(cpu, ADD, r[d + 1], r[s + 1]);
        end(cpu);
        r[d] = low;
        r[d + 1] = high;
    }

    /** HADDPS, HADDPD, HSUBPS, HSUBPD. */
    static void horizontal(X86Cpu cpu, int op, boolean single, int d, int s) {
        long[] r = cpu.slots;
        begin(cpu);
        long low = single ? float32(cpu, op, r[d], r[d] >>> 32) | float32(cpu, op, r[d + 1], r[d + 1] >>> 32) << 32
                : double64(cpu, op, r[d], r[d + 1]);
        long high = single ? float32(cpu, op, r[s], r[s] >>> 32) | float32(cpu, op, r[s + 1], r[s + 1] >>> 32) << 32
                : double64(cpu, op, r[s], r[s + 1]);
        end(cpu);
        r[d] = low;
        r[d + 1] = high;
    }

    static void dpps(X86Cpu cpu, int d, int s, int control) {
        long[] r = cpu.slots;
        begin(cpu);
        long p0 = (control & 0x10) != 0 ? float32(cpu, MUL, r[d], r[s]) : 0;
        long p1 = (control & 0x20) != 0 ? float32(cpu, MUL, r[d] >>> 32, r[s] >>> 32) : 0;
        long p2 = (control & 0x40) != 0 ? float32(cpu, MUL, r[d + 1], r[s + 1]) : 0;
        long p3 = (control & 0x80) != 0 ? float32(cpu, MUL, r[d + 1] >>> 32, r[s + 1] >>> 32) : 0;
        long sum = float32(cpu, ADD, float32(cpu, ADD, p0, p1), float32(cpu, ADD, p2, p3));
        end(cpu);
        r[d] = sum | sum << 32;
        r[d + 1] = sum | sum << 32;
        Shuffles.zeroDoublewords(r, d, ~control);
    }

    static void dppd(X86Cpu cpu, int d, int s, int control) {
        long[] r = cpu.slots;
        begin(cpu);
        long p0 = (control & 0x10) != 0 ? double64(cpu, MUL, r[d], r[s]) : 0;
        long p1 = (control & 0x20) != 0 ? double64(cpu, MUL, r[d + 1], r[s + 1]) : 0;
        long sum = double64(cpu, ADD, p0, p1);
        end(cpu);
        r[d] = (control & 1) != 0 ? sum : 0;
        r[d + 1] = (control & 2) != 0 ? sum : 0;
    }

    /** CMPPS and its kin: all ones where the predicate (0 to 7) holds. */
    static void compare(X86Cpu cpu, int lanes, int d, int s, int predicate) {
        long[] r = cpu.slots;
        begin(cpu);
        boolean single = lanes == PS || lanes == SS;
        long low = holds(cpu, predicate, r[d], r[s], single);
        long high = 0;
        if (lanes == PS) {
            low = low & LOW | holds(cpu, predicate, r[d] >>> 32, r[s] >>> 32, true) << 32;
            high = holds(cpu, predicate, r[d + 1], r[s + 1], true) & LOW | holds(cpu, predicate, r[d + 1] >>> 32, r[s + 1] >>> 32, true) << 32;
        } else if (lanes == PD) {
            high = holds(cpu, predicate, r[d + 1], r[s + 1], false);
        }
        end(cpu);
        r[d] = lanes == SS ? r[d] & ~LOW | low & LOW : low;
        if (lanes == PS || lanes == PD) {
            r[d + 1] = high;
        }
    }

    private static long holds(X86Cpu cpu, int predicate, long x, long y, boolean single) {
        // Equality and orderedness ask quietly; less and less-or-equal do not.
        boolean quiet = (predicate & 3) == 0 || (predicate & 3) == 3;
        int order = cpu.sse.compare(x, y, single, quiet);
        boolean result = switch (predicate & 3) {
            case 0 -> order == 0;
            case 1 -> order == -1;
            case 2 -> order == -1 || order == 0;
            default -> order == 2;
        };
        return result != (predicate & 4) > 0 ? -1 : 0;
    }

    /** COMISD and UCOMISD: ZF, PF and CF in their RFLAGS positions. */
    static long comis(X86Cpu cpu, boolean single, boolean quiet, long x, long y) {
        begin(cpu);
        int order;
        if (!single && isOrdinary(x) && isOrdinary(y)) {
            order = Double.compare(Double.longBitsToDouble(x) + 0.0, Double.longBitsToDouble(y) + 0.0);
        } else {
            order = cpu.sse.compare(x, y, single, quiet);
            end(cpu);
        }
        return switch (order) {
            case 2 -> 0x45;
            case 0 -> 0x40;
            case -1 -> 1;
            default -> 0;
        };
    }

    // Conversions

    static void cvtss2sd(X86Cpu cpu, int d, long x) {
        begin(cpu);
        long z = cpu.sse.convert(x, true);
        end(cpu);
        cpu.slots[d] = z;
    }

    static void cvtsd2ss(X86Cpu cpu, int d, long x) {
        begin(cpu);
        long z = cpu.sse.convert(x, false);
        end(cpu);
        cpu.slots[d] = cpu.slots[d] & ~LOW | z;
    }

    static void cvtps2pd(X86Cpu cpu, int d, int s) {
        long[] r = cpu.slots;
        begin(cpu);
        long low = cpu.sse.convert(r[s], true);
        long high = cpu.sse.convert(r[s] >>> 32, true);
        end(cpu);
        r[d] = low;
        r[d + 1] = high;
    }

    static void cvtpd2ps(X86Cpu cpu, int d, int s) {
        long[] r = cpu.slots;
        begin(cpu);
        long low = cpu.sse.convert(r[s], false) | cpu.sse.convert(r[s + 1], false) << 32;
        end(cpu);
        r[d] = low;
        r[d + 1] = 0;
    }

    static void cvtsi2ss(X86Cpu cpu, int d, long value) {
        begin(cpu);
        long z = cpu.sse.fromInteger(value, true);
        end(cpu);
        cpu.slots[d] = cpu.slots[d] & ~LOW | z;
    }

    static void cvtsi2sd(X86Cpu cpu, int d, long value) {
        begin(cpu);
        long z;
        if (value == (int) value) {
            z = Double.doubleToRawLongBits(value);
        } else {
            z = cpu.sse.fromInteger(value, false);
            end(cpu);
        }
        cpu.slots[d] = z;
    }

    /** CVTSS2SI and its kin. */
    static long toInteger(X86Cpu cpu, long x, boolean single, int bits, boolean truncate) {
        begin(cpu);
        long value = cpu.sse.toInteger(x, single, bits, truncate);
        end(cpu);
        return value;
    }

    static void cvtdq2ps(X86Cpu cpu, int d, int s) {
        long[] r = cpu.slots;
        begin(cpu);
        long low = floats(cpu, r[s]);
        long high = floats(cpu, r[s + 1]);
        end(cpu);
        r[d] = low;
        r[d + 1] = high;
    }

    /** CVTPI2PS. */
    static void cvtpi2ps(X86Cpu cpu, int d, long pair) {
        begin(cpu);
        long low = floats(cpu, pair);
        end(cpu);
        cpu.slots[d] = low;
    }

    private static long floats(X86Cpu cpu, long pair) {
        return cpu.sse.fromInteger((int) pair, true) | cpu.sse.fromInteger(pair >> 32, true) << 32;
    }

    /** CVTDQ2PD and CVTPI2PD: exact. */
    static void cvtdq2pd(X86Cpu cpu, int d, long pair) {
        cpu.slots[d] = Double.doubleToRawLongBits((int) pair);
        cpu.slots[d + 1] = Double.doubleToRawLongBits((int) (pair >> 32));
    }

    static void cvtps2dq(X86Cpu cpu, int d, int s, boolean truncate) {
        long[] r = cpu.slots;
        begin(cpu);
        long low = integers(cpu, r[s], truncate);
        long high = integers(cpu, r[s + 1], truncate);
        end(cpu);
        r[d] = low;
        r[d + 1] = high;
    }

    /** CVTPS2PI and CVTTPS2PI. */
    static long cvtps2pi(X86Cpu cpu, int s, boolean truncate) {
        begin(cpu);
        long pair = integers(cpu, cpu.slots[s], truncate);
        end(cpu);
        return pair;
    }

    private static long integers(X86Cpu cpu, long pair, boolean truncate) {
        return cpu.sse.toInteger(pair, true, 32, truncate) | cpu.sse.toInteger(pair >>> 32, true, 32, truncate) << 32;
    }

    /** CVTPD2DQ, CVTPD2PI and their truncating forms. */
    static long cvtpd2pi(X86Cpu cpu, int s, boolean truncate) {
        begin(cpu);
        long pair = cpu.sse.toInteger(cpu.slots[s], false, 32, truncate) | cpu.sse.toInteger(cpu.slots[s + 1], false, 32, truncate) << 32;
        end(cpu);
        return pair;
    }

    static void cvtpd2dq(X86Cpu cpu, int d, int s, boolean truncate) {
        cpu.slots[d] = cvtpd2pi(cpu, s, truncate);
        cpu.slots[d + 1] = 0;
    }

    static void round(X86Cpu cpu, int lanes, int d, int s, int control) {
        long[] r = cpu.slots;
        boolean single = lanes == PS || lanes == SS;
        begin(cpu);
        long low = cpu.sse.roundToIntegral(r[s], single, control);
        long high = 0;
        if (lanes == PS) {
            low |= cpu.sse.roundToIntegral(r[s] >>> 32, true, control) << 32;
            high = cpu.sse.roundToIntegral(r[s + 1], true, control) | cpu.sse.roundToIntegral(r[s + 1] >>> 32, true, control) << 32;
        } else if (lanes == PD) {
            high = cpu.sse.roundToIntegral(r[s + 1], false, control);
        }
        end(cpu);
        r[d] = lanes == SS ? r[d] & ~LOW | low : low;
        if (lanes == PS || lanes == PD) {
            r[d + 1] = high;
        }
    }

    // Approximations: the correctly rounded reciprocal, then rounded to 12 significand bits, an error of at most 2^-12.

    static long rcp(int x) {
        int magnitude = x & 0x7fffffff;
        int sign = x & 0x80000000;
        if (magnitude > 0x7f800000) {
            return (x | 0x400000) & LOW;
        }
        if (magnitude < 0x00800000) {
            return (sign | 0x7f800000) & LOW;
        }
        int result = Float.floatToRawIntBits(1.0f / Float.intBitsToFloat(magnitude));
        return (sign | (result < 0x00800000 ? 0 : twelveBits(result))) & LOW;
    }

    static long rsqrt(int x) {
        int magnitude = x & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            return (x | 0x400000) & LOW;
        }
        if (magnitude < 0x00800000) {
            return (x & 0x80000000 | 0x7f800000) & LOW;
        }
        if (x < 0) {
            return 0xffc00000L;
        }
        if (magnitude == 0x7f800000) {
            return 0;
        }
        return twelveBits(Float.floatToRawIntBits((float) (1.0 / Math.sqrt(Float.intBitsToFloat(x))))) & LOW;
    }

    private static int twelveBits(int bits) {
        return bits + 0x800 & ~0xfff;
    }

    static void approximate(X86Cpu cpu, boolean reciprocal, boolean packed, int d, int s) {
        long[] r = cpu.slots;
        long low = approximation(reciprocal, r[s]);
        if (!packed) {
            r[d] = r[d] & ~LOW | low;
            return;
        }
        low |= approximation(reciprocal, r[s] >>> 32) << 32;
        long high = approximation(reciprocal, r[s + 1]) | approximation(reciprocal, r[s + 1] >>> 32) << 32;
        r[d] = low;
        r[d + 1] = high;
    }

    private static long approximation(boolean reciprocal, long x) {
        return reciprocal ? rcp((int) x) : rsqrt((int) x);
    }

    // One lane

    private static long double64(X86Cpu cpu, int op, long x, long y) {
        SoftFloatSse soft = cpu.sse;
        if (((int) cpu.slots[MXCSR] & CONTROL_BITS) == PLAIN && isOrdinary(x) && isOrdinary(y)) {
            double p = Double.longBitsToDouble(x);
            double q = Double.longBitsToDouble(y);
            double z;
            boolean exact;
            boolean knownInexact = ((cpu.slots[MXCSR] | soft.flags) & PE) != 0;
            switch (op) {
                case ADD -> {
                    z = p + q;
                    exact = !knownInexact && residueOfSum(p, q, z) == 0;
                }
                case SUB -> {
                    z = p - q;
                    exact = !knownInexact && residueOfSum(p, -q, z) == 0;
                }
                case MUL -> {
                    z = p * q;
                    exact = !knownInexact && Math.fma(p, q, -z) == 0;
                }
                case DIV -> {
                    z = p / q;
                    exact = !knownInexact && Math.fma(z, q, -p) == 0;
                }
                case SQRT -> {
                    z = Math.sqrt(q);
                    exact = !knownInexact && Math.fma(z, z, -q) == 0;
                }
                case MIN -> {
                    return p < q ? x : y;
                }
                default -> {
                    return p > q ? x : y;
                }
            }
            long bits = Double.doubleToRawLongBits(z);
            if (isOrdinary(bits) && (bits << 1 != 0 || op <= SUB)) {
                soft.flags |= exact || knownInexact ? 0 : PE;
                return bits;
            }
        }
        return switch (op) {
            case ADD -> soft.add(x, y, false);
            case SUB -> soft.subtract(x, y, false);
            case MUL -> soft.multiply(x, y, false);
            case DIV -> soft.divide(x, y, false);
            case SQRT -> soft.squareRoot(y, false);
            default -> soft.minimum(x, y, false, op == MAX);
        };
    }

    /**
     * Zero, or so far from the limits of the format that neither a residue can underflow nor a sum overflow. A zero result of anything but a
     * sum may be an underflow.
     */
    private static boolean isOrdinary(long bits) {
        int exponent = (int) (bits >>> 52) & 0x7ff;
        return exponent - 0x100 >= 0 && exponent < 0x700 || bits << 1 == 0;
    }

    private static double residueOfSum(double p, double q, double sum) {
        double shareOfQ = sum - p;
        return p - (sum - shareOfQ) + (q - shareOfQ);
    }

    private static long float32(X86Cpu cpu, int op, long x, long y) {
        SoftFloatSse soft = cpu.sse;
        if (((int) cpu.slots[MXCSR] & CONTROL_BITS) == PLAIN && isOrdinary32((int) x) && isOrdinary32((int) y)) {
            float p = Float.intBitsToFloat((int) x);
            float q = Float.intBitsToFloat((int) y);
            float z;
            boolean exact;
            switch (op) {
                case ADD -> {
                    z = p + q;
                    exact = residueOfSum(p, q, z) == 0;
                }
                case SUB -> {
                    z = p - q;
                    exact = residueOfSum(p, -q, z) == 0;
                }
                case MUL -> {
                    z = p * q;
                    exact = (double) p * q == z;
                }
                case DIV -> {
                    z = p / q;
                    exact = (double) z * q == p;
                }
                case SQRT -> {
                    z = (float) Math.sqrt(q);
                    exact = (double) z * z == q;
                }
                case MIN -> {
                    return (p < q ? x : y) & LOW;
                }
                default -> {
                    return (p > q ? x : y) & LOW;
                }
            }
            int bits = Float.floatToRawIntBits(z);
            if (isOrdinary32(bits) && (bits << 1 != 0 || op <= SUB)) {
                soft.flags |= exact ? 0 : PE;
                return bits & LOW;
            }
        }
        return switch (op) {
            case ADD -> soft.add(x, y, true);
            case SUB -> soft.subtract(x, y, true);
            case MUL -> soft.multiply(x, y, true);
            case DIV -> soft.divide(x, y, true);
            case SQRT -> soft.squareRoot(y, true);
            default -> soft.minimum(x, y, true, op == MAX);
        };
    }

    private static boolean isOrdinary32(int bits) {
        int exponent = bits >>> 23 & 0xff;
        return exponent >= 0x20 && exponent < 0xe0 || bits << 1 == 0;
    }

    private static float residueOfSum(float p, float q, float sum) {
        float shareOfQ = sum - p;
        return p - (sum - shareOfQ) + (q - shareOfQ);
    }

    // Exceptions

    private static void begin(X86Cpu cpu) {
        cpu.sse.control((int) cpu.slots[MXCSR]);
    }

    /** Makes the flags sticky; raises #XM for an unmasked one, or #UD where the system does not handle that (SDM 1, 11.5.1). */
    private static void end(X86Cpu cpu) {
        SoftFloatSse soft = cpu.sse;
        int raised = soft.flags;
        if (raised == 0) {
            return;
        }
        int before = SoftFloatSse.IE | SoftFloatSse.DE | SoftFloatSse.ZE;
        if ((raised & ~soft.masks & before) != 0) {
            // Found before the computation: no lane gets as far as rounding.
            raised &= before;
        }
        cpu.slots[MXCSR] |= raised;
        if ((raised & ~soft.masks) != 0) {
            throw (cpu.cr4() & Cr4.OSXMMEXCPT) != 0 ? cpu.xm() : cpu.ud();
        }
    }
}
