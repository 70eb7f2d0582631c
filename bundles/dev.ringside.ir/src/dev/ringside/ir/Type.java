package dev.ringside.ir;

/** The width of a value. All values are integers without a sign of their own; operations say how they read them. */
public enum Type {
    I1(1), I8(8), I16(16), I32(32), I64(64), I128(128);

    private final int bits;

    Type(int bits) {
        this.bits = bits;
    }

    public int bits() {
        return bits;
    }

    /** Bytes in memory; 1 for {@link #I1}. */
    public int bytes() {
        return Math.max(1, bits / 8);
    }

    /** Ones in every bit of this type, up to 64. */
    public long mask() {
        return bits >= 64 ? -1L : (1L << bits) - 1;
    }

    /** The type of {@code bytes} bytes: 1, 2, 4, 8 or 16. */
    public static Type ofBytes(int bytes) {
        return switch (bytes) {
            case 1 -> I8;
            case 2 -> I16;
            case 4 -> I32;
            case 8 -> I64;
            case 16 -> I128;
            default -> throw new IllegalArgumentException("no type of " + bytes + " bytes");
        };
    }

    /** The type of that name in the text form, or null. */
    public static Type ofText(String text) {
        for (Type type : values()) {
            if (type.text().equals(text)) {
                return type;
            }
        }
        return null;
    }

    /** The name in the text form: {@code i32}. */
    public String text() {
        return "i" + bits;
    }
}
