package dev.ringside.arch.x86.simd;

/**
 * Operations that move lanes across the halves of an XMM register. {@code r} is the state's slots, {@code d} and {@code s} the slots of the
 * destination's and the source's low half; they may be the same.
 */
final class Shuffles {
    private Shuffles() {
    }

    static void pshufd(long[] r, int d, int s, int order) {
        long low = r[s];
        long high = r[s + 1];
        r[d] = doubleword(low, high, order) | doubleword(low, high, order >> 2) << 32;
        r[d + 1] = doubleword(low, high, order >> 4) | doubleword(low, high, order >> 6) << 32;
    }

    static void pshuflw(long[] r, int d, int s, int order) {
        r[d] = Lanes.pshufw(r[s], order);
        r[d + 1] = r[s + 1];
    }

    static void pshufhw(long[] r, int d, int s, int order) {
        r[d + 1] = Lanes.pshufw(r[s + 1], order);
        r[d] = r[s];
    }

    static void pshufb(long[] r, int d, int s) {
        long low = r[d];
        long high = r[d + 1];
        long lowControl = r[s];
        long highControl = r[s + 1];
        r[d] = pick(low, high, lowControl);
        r[d + 1] = pick(low, high, highControl);
    }

    private static long pick(long low, long high, long control) {
        long result = 0;
        for (int i = 0; i < 64; i += 8) {
            int index = (int) (control >>> i);
            if ((index & 0x80) == 0) {
                long from = (index & 8) == 0 ? low : high;
                result |= (from >>> ((index & 7) << 3) & 0xff) << i;
            }
        }
        return result;
    }

    static void palignr(long[] r, int d, int s, int shift) {
        long s0 = r[s];
        long s1 = r[s + 1];
        long d0 = r[d];
        long d1 = r[d + 1];
        if (shift < 8) {
            r[d] = Lanes.palignr(s1, s0, shift);
            r[d + 1] = Lanes.palignr(d0, s1, shift);
        } else if (shift < 16) {
            r[d] = Lanes.palignr(d0, s1, shift - 8);
            r[d + 1] = Lanes.palignr(d1, d0, shift - 8);
        } else if (shift < 24) {
            r[d] = Lanes.palignr(d1, d0, shift - 16);
            r[d + 1] = Lanes.palignr(0, d1, shift - 16);
        } else {
            r[d] = Lanes.palignr(0, d1, shift - 24);
            r[d + 1] = 0;
        }
    }

    static void pslldq(long[] r, int d, int bytes) {
        int bits = Math.min(bytes, 16) * 8;
        long low = r[d];
        long high = r[d + 1];
        if (bits == 0) {
            return;
        }
        r[d + 1] = bits >= 128 ? 0 : bits >= 64 ? low << bits - 64 : high << bits | low >>> 64 - bits;
        r[d] = bits >= 64 ? 0 : low << bits;
    }

    static void psrldq(long[] r, int d, int bytes) {
        int bits = Math.min(bytes, 16) * 8;
        long low = r[d];
        long high = r[d + 1];
        if (bits == 0) {
            return;
        }
        r[d] = bits >= 128 ? 0 : bits >= 64 ? high >>> bits - 64 : low >>> bits | high << 64 - bits;
        r[d + 1] = bits >= 64 ? 0 : high >>> bits;
    }


    static void punpcklbw(long[] r, int d, int s) {
        long a = r[d];
        long b = r[s];
        r[d] = Lanes.punpcklbw(a, b);
        r[d + 1] = Lanes.punpckhbw(a, b);
    }

    static void punpcklwd(long[] r, int d, int s) {
        long a = r[d];
        long b = r[s];
        r[d] = Lanes.punpcklwd(a, b);
        r[d + 1] = Lanes.punpckhwd(a, b);
    }

    static void punpckldq(long[] r, int d, int s) {
        long a = r[d];
        long b = r[s];
        r[d] = Lanes.punpckldq(a, b);
        r[d + 1] = Lanes.punpckhdq(a, b);
    }

    static void punpckhbw(long[] r, int d, int s) {
        long a = r[d + 1];
        long b = r[s + 1];
        r[d] = Lanes.punpcklbw(a, b);
        r[d + 1] = Lanes.punpckhbw(a, b);
    }

    static void punpckhwd(long[] r, int d, int s) {
        long a = r[d + 1];
        long b = r[s + 1];
        r[d] = Lanes.punpcklwd(a, b);
        r[d + 1] = Lanes.punpckhwd(a, b);
    }

    static void punpckhdq(long[] r, int d, int s) {
        long a = r[d + 1];
        long b = r[s + 1];
        r[d] = Lanes.punpckldq(a, b);
        r[d + 1] = Lanes.punpckhdq(a, b);
    }

    static void shufps(long[] r, int d, int s, int order) {
        long low = doubleword(r[d], r[d + 1], order) | doubleword(r[d], r[d + 1], order >> 2) << 32;
        long high = doubleword(r[s], r[s + 1], order >> 4) | doubleword(r[s], r[s + 1], order >> 6) << 32;
        r[d] = low;
        r[d + 1] = high;
    }

    static void shufpd(long[] r, int d, int s, int order) {
        long low = r[d + (order & 1)];
        long high = r[s + (order >> 1 & 1)];
        r[d] = low;
        r[d + 1] = high;
    }

    static void insertps(long[] r, int d, int source, int control) {
        insertDoubleword(r, d, control >> 4 & 3, source);
        zeroDoublewords(r, d, control);
    }

    /** Zeroes the doublewords of {@code d} that bits 3:0 of {@code which} name. */
    static void zeroDoublewords(long[] r, int d, int which) {
        r[d] &= ((which & 1) != 0 ? 0 : 0xffffffffL) | ((which & 2) != 0 ? 0 : 0xffffffff00000000L);
        r[d + 1] &= ((which & 4) != 0 ? 0 : 0xffffffffL) | ((which & 8) != 0 ? 0 : 0xffffffff00000000L);
    }

    static void insertByte(long[] r, int d, int index, long value) {
        replace(r, d + (index >> 3 & 1), (index & 7) * 8, 0xffL, value);
    }

    static void insertWord(long[] r, int d, int index, long value) {
        replace(r, d + (index >> 2 & 1), (index & 3) * 16, 0xffffL, value);
    }

    static void insertDoubleword(long[] r, int d, int index, long value) {
        replace(r, d + (index >> 1 & 1), (index & 1) * 32, 0xffffffffL, value);
    }

    private static void replace(long[] r, int slot, int shift, long mask, long value) {
        r[slot] = r[slot] & ~(mask << shift) | (value & mask) << shift;
    }

    static long byteOf(long[] r, int s, int index) {
        return r[s + (index >> 3 & 1)] >>> (index & 7) * 8 & 0xff;
    }

    static long wordOf(long[] r, int s, int index) {
        return r[s + (index >> 2 & 1)] >>> (index & 3) * 16 & 0xffff;
    }

    static long doublewordOf(long[] r, int s, int index) {
        return r[s + (index >> 1 & 1)] >>> (index & 1) * 32 & 0xffffffffL;
    }

    static void pblendw(long[] r, int d, int s, int which) {
        long lowMask = wordMask(which);
        long highMask = wordMask(which >> 4);
        r[d] = Lanes.choose(lowMask, r[s], r[d]);
        r[d + 1] = Lanes.choose(highMask, r[s + 1], r[d + 1]);
    }

    private static long wordMask(int which) {
        return ((which & 1) | (which & 2L) << 15 | (which & 4L) << 30 | (which & 8L) << 45) * 0xffff;
    }

    static void blendps(long[] r, int d, int s, int which) {
        pblendw(r, d, s, (which & 1) * 3 | (which & 2) * 6 | (which & 4) * 12 | (which & 8) * 24);
    }

    static void blendpd(long[] r, int d, int s, int which) {
        if ((which & 1) != 0) {
            r[d] = r[s];
        }
        if ((which & 2) != 0) {
            r[d + 1] = r[s + 1];
        }
    }

    /** Takes the source's lanes whose top bit is set in {@code mask} (a slot). */
    static void pblendvb(long[] r, int d, int s, int mask) {
        r[d] = Lanes.choose(Lanes.spread(r[mask] & Lanes.TOP8, 8), r[s], r[d]);
        r[d + 1] = Lanes.choose(Lanes.spread(r[mask + 1] & Lanes.TOP8, 8), r[s + 1], r[d + 1]);
    }

    static void blendvps(long[] r, int d, int s, int mask) {
        long low = Lanes.spread(r[mask] & Lanes.TOP32, 32);
        long high = Lanes.spread(r[mask + 1] & Lanes.TOP32, 32);
        r[d] = Lanes.choose(low, r[s], r[d]);
        r[d + 1] = Lanes.choose(high, r[s + 1], r[d + 1]);
    }

    static void blendvpd(long[] r, int d, int s, int mask) {
        long low = r[mask] >> 63;
        long high = r[mask + 1] >> 63;
        r[d] = Lanes.choose(low, r[s], r[d]);
        r[d + 1] = Lanes.choose(high, r[s + 1], r[d + 1]);
    }

    /** PMOVSX and PMOVZX: widens the low lanes of {@code fromBits} to {@code toBits}. */
    static void widen(long[] r, int d, int s, int fromBits, int toBits, boolean signed) {
        long source = r[s];
        r[d] = widenHalf(source, fromBits, toBits, signed);
        r[d + 1] = widenHalf(source >>> 64 / toBits * fromBits, fromBits, toBits, signed);
    }

    private static long widenHalf(long source, int fromBits, int toBits, boolean signed) {
        long result = 0;
        for (int to = 0, from = 0; to < 64; to += toBits, from += fromBits) {
            long lane = source >>> from << 64 - fromBits;
            long wide = signed ? lane >> 64 - fromBits : lane >>> 64 - fromBits;
            result |= (toBits == 64 ? wide : wide & (1L << toBits) - 1) << to;
        }
        return result;
    }

    static void phminposuw(long[] r, int d, int s) {
        int best = 0;
        for (int i = 1; i < 8; i++) {
            if (wordOf(r, s, i) < wordOf(r, s, best)) {
                best = i;
            }
        }
        r[d] = wordOf(r, s, best) | (long) best << 16;
        r[d + 1] = 0;
    }

    static void mpsadbw(long[] r, int d, int s, int control) {
        int block = (control & 3) * 4;
        int start = (control >> 2 & 1) * 4;
        long low = 0;
        long high = 0;
        for (int i = 0; i < 8; i++) {
            long sum = 0;
            for (int j = 0; j < 4; j++) {
                sum += Math.abs(byteOf(r, d, start + i + j) - byteOf(r, s, block + j));
            }
            if (i < 4) {
                low |= sum << i * 16;
            } else {
                high |= sum << i * 16 - 64;
            }
        }
        r[d] = low;
        r[d + 1] = high;
    }

    private static long doubleword(long low, long high, int index) {
        return ((index & 2) == 0 ? low : high) >>> (index & 1) * 32 & 0xffffffffL;
    }
}
