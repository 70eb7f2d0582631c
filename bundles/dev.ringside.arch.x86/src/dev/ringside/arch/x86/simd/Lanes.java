package dev.ringside.arch.x86.simd;

/**
 * Packed integer arithmetic on the lanes of one 64-bit word, lane 0 in the low bits: what MMX does once, and SSE for each half of a register.
 * Named after the MMX mnemonics (SDM 2B). Pure functions without branches where lanes are narrow: several lanes go through one 64-bit
 * operation, with the lanes' top bits kept from carrying into their neighbours.
 */
public final class Lanes {
    /** The top bit of every byte, word and doubleword. */
    static final long TOP8 = 0x8080808080808080L, TOP16 = 0x8000800080008000L, TOP32 = 0x8000000080000000L;

    private Lanes() {
    }

    public static long paddb(long a, long b) {
        return add(a, b, TOP8);
    }

    public static long paddw(long a, long b) {
        return add(a, b, TOP16);
    }

    public static long paddd(long a, long b) {
        return add(a, b, TOP32);
    }

    public static long paddq(long a, long b) {
        return a + b;
    }

    public static long psubb(long a, long b) {
        return subtract(a, b, TOP8);
    }

    public static long psubw(long a, long b) {
        return subtract(a, b, TOP16);
    }

    public static long psubd(long a, long b) {
        return subtract(a, b, TOP32);
    }

    public static long psubq(long a, long b) {
        return a - b;
    }

    public static long paddsb(long a, long b) {
        return addSigned(a, b, TOP8, 8);
    }

    public static long paddsw(long a, long b) {
        return addSigned(a, b, TOP16, 16);
    }

    public static long paddusb(long a, long b) {
        return addUnsigned(a, b, TOP8, 8);
    }

    public static long paddusw(long a, long b) {
        return addUnsigned(a, b, TOP16, 16);
    }

    public static long psubsb(long a, long b) {
        return subtractSigned(a, b, TOP8, 8);
    }

    public static long psubsw(long a, long b) {
        return subtractSigned(a, b, TOP16, 16);
    }

    public static long psubusb(long a, long b) {
        return subtract(a, b, TOP8) & ~spread(below(a, b, TOP8), 8);
    }

    public static long psubusw(long a, long b) {
        return subtract(a, b, TOP16) & ~spread(below(a, b, TOP16), 16);
    }

    public static long pcmpeqb(long a, long b) {
        return spread(zeroLanes(a ^ b, TOP8), 8);
    }

    public static long pcmpeqw(long a, long b) {
        return spread(zeroLanes(a ^ b, TOP16), 16);
    }

    public static long pcmpeqd(long a, long b) {
        return spread(zeroLanes(a ^ b, TOP32), 32);
    }

    public static long pcmpeqq(long a, long b) {
        return a == b ? -1 : 0;
    }

    public static long pcmpgtb(long a, long b) {
        return signedAbove(a, b, TOP8, 8);
    }

    public static long pcmpgtw(long a, long b) {
        return signedAbove(a, b, TOP16, 16);
    }

    public static long pcmpgtd(long a, long b) {
        return signedAbove(a, b, TOP32, 32);
    }

    public static long pcmpgtq(long a, long b) {
        return a > b ? -1 : 0;
    }

    public static long pminub(long a, long b) {
        return choose(spread(below(a, b, TOP8), 8), a, b);
    }

    public static long pminuw(long a, long b) {
        return choose(spread(below(a, b, TOP16), 16), a, b);
    }

    public static long pminud(long a, long b) {
        return choose(spread(below(a, b, TOP32), 32), a, b);
    }

    public static long pmaxub(long a, long b) {
        return choose(spread(below(a, b, TOP8), 8), b, a);
    }

    public static long pmaxuw(long a, long b) {
        return choose(spread(below(a, b, TOP16), 16), b, a);
    }

    public static long pmaxud(long a, long b) {
        return choose(spread(below(a, b, TOP32), 32), b, a);
    }

    public static long pminsb(long a, long b) {
        return choose(signedAbove(a, b, TOP8, 8), b, a);
    }

    public static long pminsw(long a, long b) {
        return choose(signedAbove(a, b, TOP16, 16), b, a);
    }

    public static long pminsd(long a, long b) {
        return choose(signedAbove(a, b, TOP32, 32), b, a);
    }

    public static long pmaxsb(long a, long b) {
        return choose(signedAbove(a, b, TOP8, 8), a, b);
    }

    public static long pmaxsw(long a, long b) {
        return choose(signedAbove(a, b, TOP16, 16), a, b);
    }

    public static long pmaxsd(long a, long b) {
        return choose(signedAbove(a, b, TOP32, 32), a, b);
    }

    public static long pavgb(long a, long b) {
        return (a | b) - (((a ^ b) & ~(TOP8 >>> 7)) >>> 1);
    }

    public static long pavgw(long a, long b) {
        return (a | b) - (((a ^ b) & ~(TOP16 >>> 15)) >>> 1);
    }

    public static long pabsb(long a) {
        long negative = spread(a & TOP8, 8);
        return subtract(a ^ negative, negative, TOP8);
    }

    public static long pabsw(long a) {
        long negative = spread(a & TOP16, 16);
        return subtract(a ^ negative, negative, TOP16);
    }

    public static long pabsd(long a) {
        long negative = spread(a & TOP32, 32);
        return subtract(a ^ negative, negative, TOP32);
    }

    public static long psignb(long a, long b) {
        return sign(a, b, TOP8, 8);
    }

    public static long psignw(long a, long b) {
        return sign(a, b, TOP16, 16);
    }

    public static long psignd(long a, long b) {
        return sign(a, b, TOP32, 32);
    }

    public static long pmullw(long a, long b) {
        long result = 0;
        for (int i = 0; i < 64; i += 16) {
            result |= (word(a, i) * word(b, i) & 0xffffL) << i;
        }
        return result;
    }

    public static long pmulhw(long a, long b) {
        long result = 0;
        for (int i = 0; i < 64; i += 16) {
            result |= (word(a, i) * word(b, i) >> 16 & 0xffffL) << i;
        }
        return result;
    }

    public static long pmulhuw(long a, long b) {
        long result = 0;
        for (int i = 0; i < 64; i += 16) {
            result |= ((a >>> i & 0xffff) * (b >>> i & 0xffff) >>> 16) << i;
        }
        return result;
    }

    public static long pmulhrsw(long a, long b) {
        long result = 0;
        for (int i = 0; i < 64; i += 16) {
            result |= ((word(a, i) * word(b, i) >> 14) + 1 >> 1 & 0xffffL) << i;
        }
        return result;
    }

    public static long pmulld(long a, long b) {
        return a * b & 0xffffffffL | (a >>> 32) * (b >>> 32) << 32;
    }

    public static long pmuludq(long a, long b) {
        return (a & 0xffffffffL) * (b & 0xffffffffL);
    }

    public static long pmuldq(long a, long b) {
        return (long) (int) a * (int) b;
    }

    public static long pmaddwd(long a, long b) {
        int low = word(a, 0) * word(b, 0) + word(a, 16) * word(b, 16);
        int high = word(a, 32) * word(b, 32) + word(a, 48) * word(b, 48);
        return join(low, high);
    }

    /** Unsigned bytes of {@code a} times signed bytes of {@code b}. */
    public static long pmaddubsw(long a, long b) {
        long result = 0;
        for (int i = 0; i < 64; i += 16) {
            int sum = (int) (a >>> i & 0xff) * (byte) (b >>> i) + (int) (a >>> i + 8 & 0xff) * (byte) (b >>> i + 8);
            result |= (saturateWord(sum) & 0xffffL) << i;
        }
        return result;
    }

    public static long psadbw(long a, long b) {
        int sum = 0;
        for (int i = 0; i < 64; i += 8) {
            sum += Math.abs((int) (a >>> i & 0xff) - (int) (b >>> i & 0xff));
        }
        return sum;
    }

    public static long psllw(long a, long count) {
        return Long.compareUnsigned(count, 15) > 0 ? 0 : a << count & everyWord(0xffff << count);
    }

    public static long pslld(long a, long count) {
        return Long.compareUnsigned(count, 31) > 0 ? 0 : a << count & everyDoubleword(0xffffffffL << count);
    }

    public static long psllq(long a, long count) {
        return Long.compareUnsigned(count, 63) > 0 ? 0 : a << count;
    }

    public static long psrlw(long a, long count) {
        return Long.compareUnsigned(count, 15) > 0 ? 0 : a >>> count & everyWord(0xffff >>> count);
    }

    public static long psrld(long a, long count) {
        return Long.compareUnsigned(count, 31) > 0 ? 0 : a >>> count & everyDoubleword(0xffffffffL >>> count);
    }

    public static long psrlq(long a, long count) {
        return Long.compareUnsigned(count, 63) > 0 ? 0 : a >>> count;
    }

    public static long psraw(long a, long count) {
        int shift = Long.compareUnsigned(count, 15) > 0 ? 15 : (int) count;
        long kept = everyWord(0xffff >>> shift);
        return a >>> shift & kept | spread(a & TOP16, 16) & ~kept;
    }

    public static long psrad(long a, long count) {
        int shift = Long.compareUnsigned(count, 31) > 0 ? 31 : (int) count;
        return join((int) a >> shift, (int) (a >>> 32) >> shift);
    }

    /** The bytes' top bits in bits 0 to 7. */
    public static int pmovmskb(long a) {
        // Bit 8i times 2^(56-7i) lands on bit 56+i; no two products meet, so nothing carries.
        return (int) (((a & TOP8) >>> 7) * 0x0102040810204080L >>> 56);
    }

    // Horizontal and packing operations take two words and give one: for SSE the low result comes from both halves of the destination, the
    // high one from both halves of the source.

    public static long packsswb(long a, long b) {
        return signedBytes(a) | signedBytes(b) << 32;
    }

    public static long packuswb(long a, long b) {
        return unsignedBytes(a) | unsignedBytes(b) << 32;
    }

    public static long packssdw(long a, long b) {
        return saturateWord((int) a) & 0xffffL | (saturateWord((int) (a >>> 32)) & 0xffffL) << 16
                | (saturateWord((int) b) & 0xffffL) << 32 | (long) saturateWord((int) (b >>> 32)) << 48;
    }

    public static long packusdw(long a, long b) {
        return unsignedWord((int) a) | unsignedWord((int) (a >>> 32)) << 16 | unsignedWord((int) b) << 32 | unsignedWord((int) (b >>> 32)) << 48;
    }

    public static long phaddw(long a, long b) {
        return evenWords(paddw(a, a >>> 16)) | evenWords(paddw(b, b >>> 16)) << 32;
    }

    public static long phaddd(long a, long b) {
        return join((int) a + (int) (a >>> 32), (int) b + (int) (b >>> 32));
    }

    public static long phaddsw(long a, long b) {
        return evenWords(paddsw(a, a >>> 16)) | evenWords(paddsw(b, b >>> 16)) << 32;
    }

    public static long phsubw(long a, long b) {
        return evenWords(psubw(a, a >>> 16)) | evenWords(psubw(b, b >>> 16)) << 32;
    }

    public static long phsubd(long a, long b) {
        return join((int) a - (int) (a >>> 32), (int) b - (int) (b >>> 32));
    }

    public static long phsubsw(long a, long b) {
        return evenWords(psubsw(a, a >>> 16)) | evenWords(psubsw(b, b >>> 16)) << 32;
    }

    // Interleaving: the low halves' lanes in turn, or the high halves'.

    public static long punpcklbw(long a, long b) {
        return everyOtherByte(a) | everyOtherByte(b) << 8;
    }

    public static long punpckhbw(long a, long b) {
        return punpcklbw(a >>> 32, b >>> 32);
    }

    public static long punpcklwd(long a, long b) {
        return everyOtherWord(a) | everyOtherWord(b) << 16;
    }

    public static long punpckhwd(long a, long b) {
        return punpcklwd(a >>> 32, b >>> 32);
    }

    public static long punpckldq(long a, long b) {
        return a & 0xffffffffL | b << 32;
    }

    public static long punpckhdq(long a, long b) {
        return a >>> 32 | b & 0xffffffff00000000L;
    }

    /** Word {@code i} of the result is the word of {@code a} that bits 2i+1:2i of {@code order} name. */
    public static long pshufw(long a, int order) {
        return a >>> ((order & 3) << 4) & 0xffff
                | (a >>> ((order >> 2 & 3) << 4) & 0xffff) << 16
                | (a >>> ((order >> 4 & 3) << 4) & 0xffff) << 32
                | a >>> ((order >> 6 & 3) << 4) << 48;
    }

    /** The 64-bit form of PSHUFB. */
    public static long pshufb(long a, long control) {
        long result = 0;
        for (int i = 0; i < 64; i += 8) {
            int pick = (int) (control >>> i);
            if ((pick & 0x80) == 0) {
                result |= (a >>> ((pick & 7) << 3) & 0xff) << i;
            }
        }
        return result;
    }

    /** The 64-bit form of PALIGNR: bytes from {@code shift} on of {@code high:low}. */
    public static long palignr(long high, long low, int shift) {
        if (shift == 0) {
            return low;
        }
        if (shift < 8) {
            return low >>> shift * 8 | high << 64 - shift * 8;
        }
        return shift < 16 ? high >>> shift * 8 - 64 : 0;
    }

    /** {@code a} where {@code mask} has ones, {@code b} elsewhere. */
    static long choose(long mask, long a, long b) {
        return a & mask | b & ~mask;
    }

    static long add(long a, long b, long top) {
        return (a & ~top) + (b & ~top) ^ (a ^ b) & top;
    }

    static long subtract(long a, long b, long top) {
        return (a | top) - (b & ~top) ^ (a ^ ~b) & top;
    }

    /** Ones in every lane whose top bit is set in {@code tops}, which has no other bits. */
    static long spread(long tops, int laneBits) {
        return (tops << 1) - (tops >>> laneBits - 1);
    }

    static short saturateWord(int value) {
        return (short) Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    static long join(int low, int high) {
        return low & 0xffffffffL | (long) high << 32;
    }

    private static long addSigned(long a, long b, long top, int laneBits) {
        long sum = add(a, b, top);
        return saturate(sum, ~(a ^ b) & (a ^ sum) & top, a, top, laneBits);
    }

    private static long subtractSigned(long a, long b, long top, int laneBits) {
        long difference = subtract(a, b, top);
        return saturate(difference, (a ^ b) & (a ^ difference) & top, a, top, laneBits);
    }

    /** {@code value}, but where {@code overflow} marks a lane the limit on the side of the sign of {@code a}. */
    private static long saturate(long value, long overflow, long a, long top, int laneBits) {
        long limit = ((a & top) >>> laneBits - 1) + ~top;
        return choose(spread(overflow, laneBits), limit, value);
    }

    private static long addUnsigned(long a, long b, long top, int laneBits) {
        long sum = add(a, b, top);
        return sum | spread((a & b | (a | b) & ~sum) & top, laneBits);
    }

    /** Top bits of the lanes in which {@code a} is below {@code b}, unsigned: the borrow of {@code a - b}. */
    private static long below(long a, long b, long top) {
        return (~a & b | (~a | b) & subtract(a, b, top)) & top;
    }

    private static long signedAbove(long a, long b, long top, int laneBits) {
        return spread(below(b ^ top, a ^ top, top), laneBits);
    }

    /** Top bits of the lanes that are zero. */
    private static long zeroLanes(long a, long top) {
        return ~((a & ~top) + ~top | a) & top;
    }

    private static long sign(long a, long b, long top, int laneBits) {
        long negative = spread(b & top, laneBits);
        return subtract(a ^ negative, negative, top) & ~spread(zeroLanes(b, top), laneBits);
    }

    private static int word(long a, int shift) {
        return (short) (a >>> shift);
    }

    private static long everyWord(int value) {
        return (value & 0xffffL) * 0x0001000100010001L;
    }

    private static long everyDoubleword(long value) {
        return (value & 0xffffffffL) * 0x0000000100000001L;
    }

    private static long signedBytes(long a) {
        long result = 0;
        for (int i = 0; i < 4; i++) {
            result |= (Math.clamp(word(a, i * 16), -128, 127) & 0xffL) << i * 8;
        }
        return result;
    }

    private static long unsignedBytes(long a) {
        long result = 0;
        for (int i = 0; i < 4; i++) {
            result |= (long) Math.clamp(word(a, i * 16), 0, 255) << i * 8;
        }
        return result;
    }

    private static long unsignedWord(int value) {
        return Math.clamp(value, 0, 0xffff);
    }

    /** Words 0 and 2 next to each other. */
    private static long evenWords(long a) {
        return a & 0xffff | a >>> 16 & 0xffff0000L;
    }

    /** The low four bytes, each with a zero byte above. */
    private static long everyOtherByte(long a) {
        long wide = a & 0xffff | (a & 0xffff0000L) << 16;
        return (wide | wide << 8) & 0x00ff00ff00ff00ffL;
    }

    /** The low two words, each with a zero word above. */
    private static long everyOtherWord(long a) {
        return a & 0xffff | (a & 0xffff0000L) << 16;
    }
}
