package dev.ringside.arch.x86.simd;

/**
 * PCMPESTRI, PCMPESTRM, PCMPISTRI and PCMPISTRM (SDM 2B 4.1). Bits of the control byte: 0 words instead of bytes, 1 signed, 3:2
 * aggregation, 5:4 polarity, 6 most significant index, or mask of lanes instead of bits.
 */
final class StringCompare {
    private static final int EQUAL_ANY = 0, RANGES = 1, EQUAL_EACH = 2;

    private StringCompare() {
    }

    /** Length of an implicit-length string: lanes before the first zero. */
    static int implicitLength(long[] r, int s, int control) {
        int lanes = lanes(control);
        int i = 0;
        while (i < lanes && lane(r, s, i, control & 1) != 0) {
            i++;
        }
        return i;
    }

    /** Length of an explicit-length string: the magnitude of {@code register}, at most the number of lanes. */
    static int explicitLength(long register, int control) {
        long magnitude = Math.abs(register);
        return magnitude < 0 ? lanes(control) : (int) Math.min(magnitude, lanes(control));
    }

    /** IntRes2: one bit for each lane of {@code s}. */
    static int compare(long[] r, int d, int dLength, int s, int sLength, int control) {
        int lanes = lanes(control);
        int all = (1 << lanes) - 1;
        int result = switch (control >> 2 & 3) {
            case EQUAL_ANY -> equalAny(r, d, dLength, s, sLength, control);
            case RANGES -> ranges(r, d, dLength, s, sLength, control);
            case EQUAL_EACH -> equalEach(r, d, dLength, s, sLength, control);
            default -> equalOrdered(r, d, dLength, s, sLength, control);
        };
        return switch (control >> 4 & 3) {
            case 1 -> ~result & all;
            case 3 -> result ^ (1 << sLength) - 1;
            default -> result;
        };
    }

    private static int equalAny(long[] r, int d, int dLength, int s, int sLength, int control) {
        int result = 0;
        for (int j = 0; j < sLength; j++) {
            for (int i = 0; i < dLength; i++) {
                if (lane(r, d, i, control) == lane(r, s, j, control)) {
                    result |= 1 << j;
                }
            }
        }
        return result;
    }

    private static int ranges(long[] r, int d, int dLength, int s, int sLength, int control) {
        int result = 0;
        for (int j = 0; j < sLength; j++) {
            int c = lane(r, s, j, control);
            for (int i = 0; i + 1 < dLength; i += 2) {
                if (lane(r, d, i, control) <= c && c <= lane(r, d, i + 1, control)) {
                    result |= 1 << j;
                }
            }
        }
        return result;
    }

    private static int equalEach(long[] r, int d, int dLength, int s, int sLength, int control) {
        int result = 0;
        for (int i = 0; i < lanes(control); i++) {
            boolean inD = i < dLength;
            boolean inS = i < sLength;
            if (inD && inS ? lane(r, d, i, control) == lane(r, s, i, control) : inD == inS) {
                result |= 1 << i;
            }
        }
        return result;
    }

    private static int equalOrdered(long[] r, int d, int dLength, int s, int sLength, int control) {
        int lanes = lanes(control);
        int result = 0;
        for (int j = 0; j < lanes; j++) {
            boolean equal = true;
            for (int i = 0; equal && i < dLength && j + i < lanes; i++) {
                equal = j + i < sLength && lane(r, d, i, control) == lane(r, s, j + i, control);
            }
            if (equal) {
                result |= 1 << j;
            }
        }
        return result;
    }

    /** ECX of the index forms. */
    static int index(int result, int control) {
        if (result == 0) {
            return lanes(control);
        }
        return (control & 0x40) != 0 ? 31 - Integer.numberOfLeadingZeros(result) : Integer.numberOfTrailingZeros(result);
    }

    /** XMM0 of the mask forms. */
    static void mask(long[] r, int xmm0, int result, int control) {
        if ((control & 0x40) == 0) {
            r[xmm0] = result;
            r[xmm0 + 1] = 0;
            return;
        }
        int bits = (control & 1) != 0 ? 16 : 8;
        long ones = (1L << bits) - 1;
        r[xmm0] = 0;
        r[xmm0 + 1] = 0;
        for (int i = 0; i < lanes(control); i++) {
            if ((result >> i & 1) != 0) {
                r[xmm0 + (i * bits >> 6)] |= ones << (i * bits & 63);
            }
        }
    }

    static int lanes(int control) {
        return (control & 1) != 0 ? 8 : 16;
    }

    private static int lane(long[] r, int s, int i, int control) {
        return switch (control & 3) {
            case 0 -> (int) Shuffles.byteOf(r, s, i);
            case 1 -> (int) Shuffles.wordOf(r, s, i);
            case 2 -> (byte) Shuffles.byteOf(r, s, i);
            default -> (short) Shuffles.wordOf(r, s, i);
        };
    }
}
