package dev.ringside.arch.x86.isa;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.x86.decode.Decoder;
import dev.ringside.arch.x86.isa.OperandCode.Width;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Encodings made from the rows of the tables, by a second reading of the notation that shares nothing with the decoder: every form in every code size it
 * exists in, with registers and memory operands of many kinds. The same seed gives the same samples.
 */
public final class EncodingSamples {
    private final Form form;
    private final int codeBits;
    private final Random random;

    private EncodingSamples(Form form, int codeBits, long seed) {
        this.form = form;
        this.codeBits = codeBits;
        this.random = new Random(seed * 1_000_003 + form.id() * 64L + codeBits);
    }

    /** A sample and the form it was made from. */
    public record Sample(Form form, int codeBits, byte[] bytes) {
    }

    /** Samples of all forms in one code size. */
    public static List<Sample> all(int codeBits, long seed) {
        List<Sample> samples = new ArrayList<>();
        for (Form form : IsaTable.load().forms()) {
            samples.addAll(of(form, codeBits, seed));
        }
        return samples;
    }

    /** Samples of one form; empty where the form does not exist. */
    public static List<Sample> of(Form form, int codeBits, long seed) {
        if (form.is(codeBits == 64 ? "i64" : "o64")) {
            return List.of();
        }
        return new EncodingSamples(form, codeBits, seed).make();
    }

    private List<Sample> make() {
        Map<String, Sample> samples = new LinkedHashMap<>();
        for (int operandBits : operandSizes()) {
            for (Shape shape : shapes()) {
                for (int extra = 0; extra < 2; extra++) {
                    byte[] bytes = encode(operandBits, shape, extra);
                    if (bytes != null && decodesToForm(bytes)) {
                        samples.putIfAbsent(java.util.HexFormat.of().formatHex(bytes), new Sample(form, codeBits, bytes));
                    }
                }
            }
        }
        return List.copyOf(samples.values());
    }

    /** Rows that a more specific one hides (NOP and XCHG rAX,rAX) give samples of the other. */
    private boolean decodesToForm(byte[] bytes) {
        X86Instruction insn = Decoder.decode(CodeSource.of(bytes, 0, bytes.length), codeBits);
        return insn.form() == form;
    }

    private int[] operandSizes() {
        if (form.operandSize() != 0) {
            return new int[] {form.operandSize()};
        }
        boolean by66 = form.is("sized");
        boolean byRexW = form.is("d64") || form.insn().is("return");
        for (String operand : form.operands()) {
            OperandCode code = OperandCode.of(operand);
            Width width = code.memory() != null ? Width.NONE : code.width();
            by66 |= width == Width.V || width == Width.Z || width == Width.P || width == Width.A || code.signExtended();
            byRexW |= width == Width.V || width == Width.Y || width == Width.P || code.signExtended();
        }
        by66 &= !form.isVex() && form.prefix() != 0x66 && form.prefix() != 0;
        if (form.is("f64") && codeBits == 64 || !by66 && !byRexW) {
            return new int[] {0};
        }
        if (codeBits == 64) {
            return by66 ? byRexW ? new int[] {16, 32, 64} : new int[] {16, 32} : new int[] {32, 64};
        }
        return by66 ? new int[] {16, 32} : new int[] {0};
    }

    /** How the ModRM byte is filled. */
    private enum Shape { NONE, REGISTER, BASE, BASE_DISP8, SIB_DISP, ABSOLUTE, SEGMENT_AND_ADDRESS_SIZE }

    private List<Shape> shapes() {
        if (!form.modrm()) {
            return List.of(Shape.NONE);
        }
        List<Shape> shapes = new ArrayList<>();
        boolean control = form.operands().contains("Rn");
        if (form.mod() != 0) {
            shapes.add(Shape.REGISTER);
        }
        if (form.mod() != 3 && !control) {
            shapes.addAll(List.of(Shape.BASE, Shape.BASE_DISP8, Shape.SIB_DISP, Shape.ABSOLUTE, Shape.SEGMENT_AND_ADDRESS_SIZE));
        }
        return shapes;
    }

    private byte[] encode(int operandBits, Shape shape, int extra) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean segmented = shape == Shape.SEGMENT_AND_ADDRESS_SIZE;
        int addressBits = codeBits;
        if (form.addressSize() != 0) {
            addressBits = form.addressSize();
        } else if (segmented && extra == 1) {
            addressBits = codeBits == 32 ? 16 : 32;
        }
        if (addressBits == 16 && codeBits == 64 || addressBits == 64 && codeBits != 64) {
            return null;
        }
        if (addressBits != codeBits) {
            out.write(0x67);
        }
        if (segmented && extra == 0) {
            out.write(codeBits == 64 || random.nextBoolean() ? 0x64 + random.nextInt(2) : new int[] {0x26, 0x2e, 0x36, 0x3e}[random.nextInt(4)]);
        }
        boolean memory = shape != Shape.REGISTER && shape != Shape.NONE;
        if (form.is("lock") && memory && extra == 1 && shape == Shape.BASE && OperandCode.of(form.operands().get(0)).mayBeMemory()) {
            out.write(0xf0);
        }
        if ((form.is("rep") || form.is("repz")) && extra == 1) {
            out.write(form.is("repz") && random.nextBoolean() ? 0xf2 : 0xf3);
        }
        boolean rexW = false;
        if (codeBits == 64 && !form.isVex()) {
            if (operandBits == 32 && form.is("d64")) {
                return null;
            }
            if (operandBits == 16) {
                out.write(0x66);
            }
            rexW = operandBits == 64 && !form.is("d64") && !form.is("f64");
        } else if (operandBits != 0 && operandBits != codeBits && !form.isVex()) {
            if (operandBits == 64) {
                return null;
            }
            out.write(0x66);
        }
        body(out, operandBits, rexW, addressBits, shape, extra);
        return out.toByteArray();
    }

    private void body(ByteArrayOutputStream out, int operandBits, boolean rexW, int addressBits, Shape shape, int extra) {
        int rex = rexW ? 8 : 0;
        int reg = form.digit() >= 0 ? form.digit() : register();
        int rm = form.rm() >= 0 ? form.rm() : random.nextInt(8);
        ByteArrayOutputStream modrm = new ByteArrayOutputStream();
        boolean extend = codeBits == 64 && extra == 1;
        if (form.modrm()) {
            if (extend && form.digit() < 0 && mayExtendReg()) {
                rex |= 4;
            }
            if (shape == Shape.REGISTER) {
                if (extend && form.rm() < 0 && mayExtendRm()) {
                    rex |= 1;
                }
                modrm.write(0xc0 | reg << 3 | rm);
            } else {
                rex |= memory(modrm, reg, addressBits, shape, extend);
            }
            if (codeBits == 64 && !form.isVex() && needsRexForByte(reg, rm, shape) && extra == 1) {
                rex |= 0x40;
            }
        } else if (form.plusRegister() && extend) {
            rex |= 1;
        }
        if (form.isVex()) {
            vex(out, operandBits, rex);
        } else {
            if (form.prefix() > 0) {
                out.write(form.prefix());
            }
            if (rex != 0) {
                out.write(0x40 | rex);
            }
            if (form.map() > 0) {
                out.write(0x0f);
            }
            if (form.map() > 1) {
                out.write(form.map() == 2 ? 0x38 : 0x3a);
            }
        }
        out.write(form.opcode() + (form.plusRegister() ? random.nextInt(8) : 0));
        out.writeBytes(modrm.toByteArray());
        int operandSize = operandBits != 0 ? operandBits : codeBits;
        for (String immediate : form.immediates()) {
            bytes(out, switch (immediate) {
                case "ib", "cb" -> 1;
                case "iw" -> 2;
                case "iz", "cz" -> operandSize == 16 ? 2 : 4;
                case "iv" -> operandSize / 8;
                case "ap" -> operandSize == 16 ? 4 : 6;
                case "ob" -> addressBits / 8;
                default -> throw new AssertionError(immediate);
            });
        }
    }

    private void bytes(ByteArrayOutputStream out, int count) {
        if (count == 0) {
            return;
        }
        byte[] bytes = new byte[count];
        switch (random.nextInt(4)) {
            case 0 -> bytes[0] = (byte) (1 + random.nextInt(100));
            case 1 -> {
                java.util.Arrays.fill(bytes, (byte) 0xff);
                bytes[0] = (byte) (0x80 + random.nextInt(127));
            }
            default -> random.nextBytes(bytes);
        }
        out.writeBytes(bytes);
    }

    private int register() {
        return switch (placeOfReg()) {
            case REG_SEGMENT -> form.operands().get(0).startsWith("S") ? new int[] {0, 2, 3, 4, 5}[random.nextInt(5)] : random.nextInt(6);
            case REG_CONTROL -> new int[] {0, 2, 3, 4}[random.nextInt(4)];
            default -> random.nextInt(8);
        };
    }

    private OperandCode.Place placeOfReg() {
        for (String operand : form.operands()) {
            OperandCode.Place place = OperandCode.of(operand).place();
            switch (place) {
                case REG_GENERAL, REG_SEGMENT, REG_CONTROL, REG_DEBUG, REG_MMX, REG_XMM -> {
                    return place;
                }
                default -> {
                    // elsewhere
                }
            }
        }
        return OperandCode.Place.ONE;
    }

    private boolean mayExtendReg() {
        return switch (placeOfReg()) {
            case REG_GENERAL, REG_XMM -> true;
            default -> false;
        };
    }

    private boolean mayExtendRm() {
        return form.operands().stream().anyMatch(o -> switch (OperandCode.of(o).place()) {
            case RM_GENERAL, RM_GENERAL_ONLY, RM_XMM, RM_XMM_ONLY -> true;
            default -> false;
        });
    }

    /** SPL to DIL. */
    private boolean needsRexForByte(int reg, int rm, Shape shape) {
        return form.operands().contains("Gb") && reg >= 4 || form.operands().contains("Eb") && rm >= 4 && shape == Shape.REGISTER;
    }

    private void vex(ByteArrayOutputStream out, int operandBits, int rex) {
        boolean named = form.operands().stream().anyMatch(o -> OperandCode.of(o).place() == OperandCode.Place.VVVV_GENERAL);
        int vvvv = named ? random.nextInt(codeBits == 64 ? 16 : 8) : 0;
        int pp = switch (form.prefix()) {
            case 0x66 -> 1;
            case 0xf3 -> 2;
            case 0xf2 -> 3;
            default -> 0;
        };
        out.write(0xc4);
        out.write((~rex & 7) << 5 | form.map() - 4);
        out.write((operandBits == 64 ? 0x80 : 0) | (~vvvv & 15) << 3 | pp);
    }

    /** Writes ModRM, SIB and displacement; returns REX bits. */
    private int memory(ByteArrayOutputStream out, int reg, int addressBits, Shape shape, boolean extend) {
        if (addressBits == 16) {
            int rm = shape == Shape.ABSOLUTE ? 6 : random.nextInt(8);
            int mod = switch (shape) {
                case ABSOLUTE -> 0;
                case BASE -> rm == 6 ? 1 : 0;
                case BASE_DISP8 -> 1;
                default -> 2;
            };
            out.write(mod << 6 | reg << 3 | rm);
            bytes(out, shape == Shape.ABSOLUTE ? 2 : mod);
            return 0;
        }
        switch (shape) {
            case ABSOLUTE -> {
                boolean indexed = random.nextBoolean();
                if (indexed) {
                    out.write(reg << 3 | 4);
                    out.write(random.nextInt(4) << 6 | new int[] {0, 1, 2, 3, 5, 6, 7}[random.nextInt(7)] << 3 | 5);
                } else {
                    out.write(reg << 3 | 5);
                }
                bytes(out, 4);
                return 0;
            }
            case BASE -> {
                int base = new int[] {0, 1, 2, 3, 6, 7}[random.nextInt(6)];
                out.write(reg << 3 | base);
                return extend ? 1 : 0;
            }
            case BASE_DISP8 -> {
                int base = new int[] {0, 1, 2, 3, 5, 6, 7}[random.nextInt(7)];
                out.write(1 << 6 | reg << 3 | base);
                bytes(out, 1);
                return extend ? 1 : 0;
            }
            default -> {
                int index = new int[] {0, 1, 2, 3, 5, 6, 7}[random.nextInt(7)];
                int mod = 1 + random.nextInt(2);
                out.write(mod << 6 | reg << 3 | 4);
                out.write(random.nextInt(4) << 6 | index << 3 | random.nextInt(8));
                bytes(out, mod == 1 ? 1 : 4);
                return extend ? 2 | random.nextInt(2) : 0;
            }
        }
    }
}
