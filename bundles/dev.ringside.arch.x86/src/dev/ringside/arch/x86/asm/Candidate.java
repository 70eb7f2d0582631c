package dev.ringside.arch.x86.asm;

import dev.ringside.arch.x86.asm.SourceOperand.FarAddress;
import dev.ringside.arch.x86.asm.SourceOperand.Memory;
import dev.ringside.arch.x86.asm.SourceOperand.Number;
import dev.ringside.arch.x86.asm.SourceOperand.Register;
import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.Operand.Mem;
import dev.ringside.arch.x86.isa.Operand.RegisterClass;
import dev.ringside.arch.x86.isa.OperandCode;
import dev.ringside.arch.x86.isa.OperandCode.Place;
import dev.ringside.arch.x86.isa.OperandCode.Width;
import java.io.ByteArrayOutputStream;

/** One way to encode an instruction: a form, an operand size and a size of displacement. Its length does not depend on the values. */
final class Candidate {
    final Form form;
    final int operandBits;
    /** Lower is better among candidates of one length. */
    final int penalty;
    private final OperandCode[] codes;
    /** As the form has them; null for one that the mnemonic implies. */
    private final SourceOperand[] operands;
    private final int codeBits;
    private final byte[] prefixes;
    private final int addressBits;
    private final int predicate;
    private final Memory memory;
    private final int displacementBytes;
    private int length;
    /** The reason that no such instruction exists, or null. */
    private String impossible;

    private int rex;
    private boolean needsRex;
    private boolean forbidsRex;
    private int reg;
    private int rm = -1;
    private int plus;
    private int vvvv;

    Candidate(Form form, OperandCode[] codes, SourceOperand[] operands, int operandBits, int penalty, int codeBits, byte[] prefixes, int addressBits,
            int predicate, int displacementBytes) {
        this.form = form;
        this.codes = codes;
        this.operands = operands;
        this.operandBits = operandBits;
        this.penalty = penalty;
        this.codeBits = codeBits;
        this.prefixes = prefixes;
        this.predicate = predicate;
        this.displacementBytes = displacementBytes;
        Memory found = null;
        for (SourceOperand operand : operands) {
            if (operand instanceof Memory m) {
                found = m;
            }
        }
        this.memory = found;
        this.addressBits = addressBits;
        fields();
        if (impossible == null) {
            length = measure();
        }
    }

    int length() {
        return length;
    }

    /** Null, or why this mode has no such instruction. */
    String impossible() {
        return impossible;
    }

    // ---- fields of the encoding

    private void fields() {
        if (form.digit() >= 0) {
            reg = form.digit();
        }
        if (form.rm() >= 0) {
            rm = form.rm();
        }
        for (int i = 0; i < codes.length; i++) {
            if (operands[i] instanceof Register r) {
                place(codes[i], r);
            }
        }
        if (memory != null && usesModrm()) {
            if (memory.index() >= 8) {
                rex |= 2;
            }
            if (memory.base() >= 8 && memory.base() != Mem.RIP) {
                rex |= 1;
            }
        }
        if (codeBits == 64 && operandBits == 64 && !form.is("d64") && !form.is("f64")) {
            rex |= 8;
        }
        if (codeBits != 64 && (rex & 7) != 0) {
            impossible = "registers 8 to 15 exist in 64-bit code only";
        } else if (forbidsRex && (rex != 0 || needsRex)) {
            impossible = "ah, ch, dh and bh cannot be used together with a register or size of 64-bit mode";
        } else if (needsRex && codeBits != 64) {
            impossible = "spl, bpl, sil and dil exist in 64-bit code only";
        } else if (addressBits == 64 && codeBits != 64 || addressBits == 16 && codeBits == 64) {
            impossible = addressBits + "-bit addresses do not exist in " + codeBits + "-bit code";
        } else if (memory != null && memory.base() == Mem.RIP && codeBits != 64) {
            impossible = "addresses relative to rip exist in 64-bit code only";
        }
    }

    private void place(OperandCode code, Register register) {
        int index = register.reg().index();
        if (register.reg().registerClass() == RegisterClass.HIGH_BYTE) {
            index += 4;
            forbidsRex = true;
        } else if (register.reg().registerClass() == RegisterClass.GENERAL && register.reg().bits() == 8 && index >= 4 && index < 8) {
            needsRex = true;
        }
        switch (code.place()) {
            case REG_GENERAL, REG_SEGMENT, REG_CONTROL, REG_DEBUG, REG_MMX, REG_XMM -> {
                reg = index & 7;
                rex |= index >= 8 ? 4 : 0;
            }
            case RM_GENERAL, RM_GENERAL_ONLY, RM_MMX, RM_MMX_ONLY, RM_XMM, RM_XMM_ONLY, RM_X87 -> {
                rm = index & 7;
                rex |= index >= 8 ? 1 : 0;
            }
            case OPCODE_GENERAL -> {
                plus = index & 7;
                rex |= index >= 8 ? 1 : 0;
            }
            case VVVV_GENERAL -> vvvv = index;
            default -> {
                // the opcode implies it
            }
        }
    }

    /** Memory that the opcode implies (strings, XLAT, moffs) has no ModRM byte. */
    private boolean usesModrm() {
        return form.modrm();
    }

    // ---- whether the values fit

    /** Null when the values fit; otherwise what is wrong, with the operand's column. */
    SourceError misfit(Expression.Scope scope, long address) throws SourceError {
        for (int i = 0; i < codes.length; i++) {
            SourceError error = switch (operands[i]) {
                case Number n -> misfit(codes[i], n, scope, address);
                case FarAddress f -> misfit(f, scope);
                case Memory m -> misfit(codes[i], m, scope, address);
                case null, default -> null;
            };
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private SourceError misfit(OperandCode code, Number number, Expression.Scope scope, long address) throws SourceError {
        long value = number.value().value(scope);
        return switch (code.place()) {
            case ONE -> value == 1 ? null : SourceError.tooLarge(number.column(), "value", value, "this form, which takes 1");
            case RELATIVE -> {
                long distance = distance(value, address);
                boolean fits = code.width() == Width.B ? distance == (byte) distance : operandBits != 16 && distance == (int) distance;
                if (operandBits == 16) {
                    // IP wraps within its 64 KiB.
                    boolean inSegment = (value ^ address + length) >>> 16 == 0;
                    if (!inSegment) {
                        yield new SourceError(number.column(), "the target 0x" + Long.toHexString(value)
                                + " is not in the same 64 KiB, where 16-bit branches stay; write 'dword' before it, or selector:offset");
                    }
                    fits |= code.width() != Width.B;
                }
                yield fits ? null : new SourceError(number.column(), "the target is " + distance + " bytes away, which is out of reach ("
                        + (code.width() == Width.B ? "-128 to 127" : "2 GiB") + ")");
            }
            default -> {
                if (code.width() == Width.B && code.signExtended()) {
                    boolean fits = inRange(value, operandBits) && signed(value, operandBits) == (byte) value;
                    yield fits ? null : SourceError.tooLarge(number.column(), "value", value, "8 sign-extended bits (-128 to 127)");
                }
                int bits = code.width().bits(operandBits, codeBits);
                if (operandBits == 64 && bits == 32) {
                    yield value == (int) value ? null : SourceError.tooLargeExtended(number.column(), "value", value);
                }
                yield inRange(value, bits) ? null : SourceError.tooLarge(number.column(), "value", value, bits);
            }
        };
    }

    private SourceError misfit(FarAddress far, Expression.Scope scope) throws SourceError {
        long selector = far.selector().value(scope);
        long offset = far.offset().value(scope);
        int bits = operandBits == 16 ? 16 : 32;
        if (!inRange(selector, 16)) {
            return SourceError.tooLarge(far.selector().column(), "selector", selector, 16);
        }
        return inRange(offset, bits) ? null : SourceError.tooLarge(far.offset().column(), "offset", offset, bits);
    }

    private SourceError misfit(OperandCode code, Memory m, Expression.Scope scope, long address) throws SourceError {
        if (m.displacement() == null) {
            return null;
        }
        long value = m.displacement().value(scope);
        if (code.place() == Place.OFFSET) {
            return inRange(value, addressBits) ? null : addressTooLarge(m, value);
        }
        boolean fits = switch (displacementBytes) {
            case 0 -> true;
            case 1 -> inRange(value, addressBits) && signed(value, addressBits) == (byte) value;
            default -> {
                if (m.relative() && codeBits == 64) {
                    value -= address + length;
                }
                yield addressBits == 64 ? value == (int) value : inRange(value, addressBits);
            }
        };
        return fits ? null : addressTooLarge(m, value);
    }

    private SourceError addressTooLarge(Memory m, long value) {
        if (m.displacementBits() == 8) {
            return SourceError.tooLarge(m.column(), "displacement", value, "8 sign-extended bits (-128 to 127)");
        }
        if (addressBits == 64) {
            return SourceError.tooLargeExtended(m.column(), m.relative() ? "distance" : "address", value);
        }
        boolean longer = addressBits == 16 && codeBits != 64 && m.isAbsolute() && inRange(value, 32);
        String hint = longer ? "; write [dword ...] for a 32-bit address" : "";
        return SourceError.tooLarge(m.column(), "address", value, addressBits + " bits" + hint);
    }

    /** Whether the value is one of that many bits, signed or unsigned. */
    private static boolean inRange(long value, int bits) {
        return bits == 64 || value >= -(1L << bits - 1) && value < 1L << bits;
    }

    private static long signed(long value, int bits) {
        return bits == 64 ? value : value << 64 - bits >> 64 - bits;
    }

    private long distance(long target, long address) {
        long distance = target - (address + length);
        return operandBits == 64 ? distance : signed(distance, operandBits);
    }

    // ---- bytes

    private int measure() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            encode(out, null, 0);
        } catch (SourceError e) {
            throw new AssertionError("measuring evaluates nothing", e);
        }
        return out.size();
    }

    /** @param scope null to measure: every value is 0 */
    void encode(ByteArrayOutputStream out, Expression.Scope scope, long address) throws SourceError {
        out.writeBytes(prefixes);
        if (addressBits != codeBits) {
            out.write(0x67);
        }
        segment(out);
        if (form.isVex()) {
            vex(out);
        } else {
            if (operandBits != codeBits && form.prefix() != 0x66 && (codeBits != 64 || operandBits == 16)) {
                out.write(0x66);
            }
            if (form.prefix() > 0) {
                out.write(form.prefix());
            }
            if (rex != 0 || needsRex) {
                out.write(0x40 | rex);
            }
            if (form.map() > 0) {
                out.write(0x0f);
            }
            if (form.map() > 1) {
                out.write(form.map() == 2 ? 0x38 : 0x3a);
            }
        }
        out.write(form.opcode() + plus);
        if (form.modrm()) {
            modrm(out, scope, address);
        }
        for (int i = 0; i < codes.length; i++) {
            behind(out, codes[i], operands[i], scope, address);
        }
    }

    private void segment(ByteArrayOutputStream out) {
        for (int i = 0; i < codes.length; i++) {
            if (operands[i] instanceof Memory m && m.segment() >= 0) {
                boolean usual = switch (codes[i].place()) {
                    case STRING_DESTINATION -> true;
                    case STRING_SOURCE, TABLE_ENTRY, OFFSET -> m.segment() == 3;
                    default -> m.segment() == 3 && m.isAbsolute();
                };
                if (!usual) {
                    out.write(switch (m.segment()) {
                        case 0 -> 0x26;
                        case 1 -> 0x2e;
                        case 2 -> 0x36;
                        case 3 -> 0x3e;
                        case 4 -> 0x64;
                        default -> 0x65;
                    });
                }
            }
        }
    }

    private void vex(ByteArrayOutputStream out) {
        int pp = switch (form.prefix()) {
            case 0x66 -> 1;
            case 0xf3 -> 2;
            case 0xf2 -> 3;
            default -> 0;
        };
        boolean w = codeBits == 64 && operandBits == 64;
        int last = (~vvvv & 15) << 3 | pp;
        if (form.map() == 5 && !w && (rex & 3) == 0) {
            out.write(0xc5);
            out.write((rex & 4) != 0 ? last : 0x80 | last);
        } else {
            out.write(0xc4);
            out.write((~rex & 7) << 5 | form.map() - 4);
            out.write((w ? 0x80 : 0) | last);
        }
    }

    private void modrm(ByteArrayOutputStream out, Expression.Scope scope, long address) throws SourceError {
        if (memory == null) {
            out.write(0xc0 | reg << 3 | Math.max(rm, 0));
            return;
        }
        long value = 0;
        if (scope != null && memory.displacement() != null) {
            value = memory.displacement().value(scope);
            if (memory.relative() && codeBits == 64) {
                value -= address + length;
            }
        }
        int mod = switch (displacementBytes) {
            case 0 -> 0;
            case 1 -> 1;
            default -> 2;
        };
        if (addressBits == 16) {
            int field = rm16();
            if (memory.isAbsolute()) {
                mod = 0;
            }
            out.write(mod << 6 | reg << 3 | field);
        } else if (memory.isAbsolute() || memory.base() == Mem.RIP) {
            boolean ripRelative = codeBits == 64 && (memory.relative() || memory.base() == Mem.RIP);
            if (codeBits == 64 && !ripRelative) {
                out.write(reg << 3 | 4);
                out.write(4 << 3 | 5);
            } else {
                out.write(reg << 3 | 5);
            }
        } else if (memory.index() < 0 && (memory.base() & 7) != 4) {
            out.write(mod << 6 | reg << 3 | memory.base() & 7);
        } else {
            int index = memory.index() < 0 ? 4 : memory.index() & 7;
            int scale = Integer.numberOfTrailingZeros(memory.scale());
            out.write((memory.base() < 0 ? 0 : mod) << 6 | reg << 3 | 4);
            out.write(scale << 6 | index << 3 | (memory.base() < 0 ? 5 : memory.base() & 7));
        }
        little(out, value, displacementBytes);
    }

    private int rm16() {
        int base = memory.base();
        int index = memory.index();
        if (base < 0) {
            return index < 0 ? 6 : index - 2;
        }
        if (index < 0) {
            return base == 3 ? 7 : 6;
        }
        return (base == 3 ? 0 : 2) + (index - 6);
    }

    private void behind(ByteArrayOutputStream out, OperandCode code, SourceOperand operand, Expression.Scope scope, long address) throws SourceError {
        switch (code.place()) {
            case IMMEDIATE -> {
                int bits = code.signExtended() ? 8 : code.width().bits(operandBits, codeBits);
                long value = operand == null ? predicate : scope == null ? 0 : ((Number) operand).value().value(scope);
                little(out, value, bits / 8);
            }
            case RELATIVE -> {
                long value = scope == null ? 0 : distance(((Number) operand).value().value(scope), address);
                little(out, value, code.width() == Width.B ? 1 : operandBits == 16 ? 2 : 4);
            }
            case FAR_POINTER -> {
                FarAddress far = (FarAddress) operand;
                little(out, scope == null ? 0 : far.offset().value(scope), operandBits == 16 ? 2 : 4);
                little(out, scope == null ? 0 : far.selector().value(scope), 2);
            }
            case OFFSET -> little(out, scope == null ? 0 : ((Memory) operand).displacement().value(scope), addressBits / 8);
            default -> {
                // in the opcode or the ModRM byte
            }
        }
    }

    private static void little(ByteArrayOutputStream out, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >> 8 * i));
        }
    }
}
