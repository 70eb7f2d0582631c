package dev.ringside.arch.x86.decode;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.x86.decode.DecodeTable.Row;
import dev.ringside.arch.x86.decode.DecodeTable.Slot;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.arch.x86.isa.Operand.Far;
import dev.ringside.arch.x86.isa.Operand.Imm;
import dev.ringside.arch.x86.isa.Operand.Mem;
import dev.ringside.arch.x86.isa.Operand.Reg;
import dev.ringside.arch.x86.isa.Operand.RegisterClass;
import dev.ringside.arch.x86.isa.Operand.Rel;
import dev.ringside.arch.x86.isa.OperandCode;
import dev.ringside.arch.x86.isa.X86Instruction;
import java.util.List;

/**
 * One pass over the bytes of one instruction. The fields are what was seen on the way; the disassembler looks at them for what the decoded instruction
 * does not keep (whether a zero displacement was there).
 */
public final class Decoding {
    private static final int ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5;
    private static final int RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7;
    /** Base and index of 16-bit addressing by the r/m field (SDM 2A table 2-1). */
    private static final int[] BASE_16 = {RBX, RBX, RBP, RBP, RSI, RDI, RBP, RBX};
    private static final int[] INDEX_16 = {RSI, RDI, RSI, RDI, -1, -1, -1, -1};

    private final CodeSource code;
    private final int codeBits;
    private final boolean is64;

    private int at;
    /** Why decoding stopped, or null. */
    private X86Instruction stop;

    private boolean prefix66;
    private boolean prefix67;
    private boolean lock;
    private int rep;
    private int segment = -1;
    private int rex;
    private boolean vex;
    private int vvvv = 15;

    private int map;
    private int opcode;
    private int modrm;
    private int operandBits;
    private int addressBits;

    private boolean memoryRead;
    private int memBase = -1;
    private int memIndex = -1;
    private int memScale = 1;
    private long displacement;
    private int displacementBytes;
    private boolean hasSib;

    public Decoding(CodeSource code, int codeBits) {
        this.code = code;
        this.codeBits = codeBits;
        this.is64 = codeBits == 64;
    }

    /** The decoded instruction, or one of the special values of {@link Decoder}. */
    public X86Instruction run() {
        int first = prefixes();
        if (stop != null) {
            return stop;
        }
        int kind;
        if ((first == 0xc4 || first == 0xc5) && isVex()) {
            kind = vexPrefix(first);
        } else {
            opcode(first);
            kind = rep == 0xf3 ? DecodeTable.KIND_F3 : rep == 0xf2 ? DecodeTable.KIND_F2 : prefix66 ? DecodeTable.KIND_66 : DecodeTable.KIND_NONE;
        }
        if (stop != null) {
            return stop;
        }
        Slot slot = DecodeTable.SHIPPED.slot(is64, map, opcode);
        if (slot == null) {
            return Decoder.UNDEFINED;
        }
        if (slot.modrm) {
            modrm = next();
            if (stop != null) {
                return stop;
            }
        }
        Row[] byModrm = slot.byModrm[kind];
        Row row = select(byModrm == null ? slot.rows[kind] : byModrm[modrm]);
        return row == null ? Decoder.UNDEFINED : instruction(row, slot.modrm);
    }

    // ---- prefixes and opcode

    /** Reads prefixes; returns the first byte behind them. */
    private int prefixes() {
        while (true) {
            int b = next();
            switch (b) {
                case 0x66 -> prefix66 = true;
                case 0x67 -> prefix67 = true;
                case 0xf0 -> lock = true;
                case 0xf2, 0xf3 -> rep = b;
                case 0x26 -> override(ES);
                case 0x2e -> override(CS);
                case 0x36 -> override(SS);
                case 0x3e -> override(DS);
                case 0x64 -> segment = FS;
                case 0x65 -> segment = GS;
                default -> {
                    if (is64 && b >> 4 == 4) {
                        // REX counts only right before the opcode.
                        rex = b;
                        continue;
                    }
                    addressBits = addressBits();
                    return b;
                }
            }
            rex = 0;
        }
    }

    /** In 64-bit mode only FS and GS overrides count. */
    private void override(int register) {
        if (!is64) {
            segment = register;
        }
    }

    private int addressBits() {
        if (is64) {
            return prefix67 ? 32 : 64;
        }
        return (codeBits == 16) == prefix67 ? 32 : 16;
    }

    private void opcode(int first) {
        opcode = first;
        if (first == 0x0f) {
            map = 1;
            opcode = next();
            if (opcode == 0x38 || opcode == 0x3a) {
                map = opcode == 0x38 ? 2 : 3;
                opcode = next();
            }
        }
    }

    /** Outside 64-bit mode C4 and C5 are LES and LDS unless a ModRM byte in their place would name a register. */
    private boolean isVex() {
        if (is64) {
            return true;
        }
        int second = at < Decoder.MAX_LENGTH ? code.byteAt(at) : -1;
        return second >= 0xc0;
    }

    /** SDM 2A 2.3.5. Returns the kind that the pp field stands for. */
    private int vexPrefix(int first) {
        if (lock || rep != 0 || prefix66 || rex != 0) {
            stop = Decoder.UNDEFINED;
            return 0;
        }
        vex = true;
        int second = next();
        int last = second;
        int rxb = (~second & 0x80) >> 5;
        int selector = 1;
        boolean w = false;
        if (first == 0xc4) {
            last = next();
            rxb = (~second & 0xe0) >> 5;
            selector = second & 0x1f;
            w = (last & 0x80) != 0;
        }
        rex = is64 ? 0x40 | (w ? 8 : 0) | rxb : 0;
        vvvv = ~last >> 3 & (is64 ? 15 : 7);
        opcode = next();
        if (stop == null && (selector < 1 || selector > 3 || (last & 4) != 0)) {
            stop = Decoder.UNDEFINED;
        }
        map = 4 + selector;
        return switch (last & 3) {
            case 1 -> DecodeTable.KIND_66;
            case 2 -> DecodeTable.KIND_F3;
            case 3 -> DecodeTable.KIND_F2;
            default -> DecodeTable.KIND_NONE;
        };
    }

    private Row select(Row row) {
        while (row != null) {
            operandBits = operandBits(row);
            if ((row.operandSize == 0 || row.operandSize == operandBits) && (row.addressSize == 0 || row.addressSize == addressBits)
                    && !(row.noRexB && (rex & 1) != 0)) {
                return row;
            }
            row = row.next;
        }
        return null;
    }

    /** SDM 1 table 3-4 and SDM 2A 2.2.1.2. */
    private int operandBits(Row row) {
        boolean toggled = prefix66 && !row.uses66;
        if (is64) {
            return row.f64 || (rex & 8) != 0 ? 64 : toggled ? 16 : row.d64 ? 64 : 32;
        }
        if (vex) {
            return 32;
        }
        return (codeBits == 16) == toggled ? 32 : 16;
    }

    // ---- operands

    private X86Instruction instruction(Row row, boolean hasModrm) {
        if (hasModrm && modrm < 0xc0 && row.form.mod() != 3 && !ignoresMod(row)) {
            memory();
        }
        OperandCode[] codes = row.operands;
        List<Operand> operands = switch (codes.length) {
            case 0 -> List.of();
            case 1 -> {
                Operand first = operand(codes[0]);
                yield stop != null ? null : List.of(first);
            }
            case 2 -> {
                Operand first = operand(codes[0]);
                Operand second = operand(codes[1]);
                yield stop != null ? null : List.of(first, second);
            }
            default -> {
                Operand first = operand(codes[0]);
                Operand second = operand(codes[1]);
                Operand third = operand(codes[2]);
                yield stop != null ? null : List.of(first, second, third);
            }
        };
        if (stop != null) {
            return stop;
        }
        if (vex && vvvv != 0 && !usesVvvv(codes)) {
            return Decoder.UNDEFINED;
        }
        return new X86Instruction(row.form, at, operandBits, addressBits, lock, row.usesRep ? 0 : rep, segment, rex, operands);
    }

    /** MOV to and from control and debug registers take the r/m field as a register whatever mod says. */
    private static boolean ignoresMod(Row row) {
        for (OperandCode code : row.operands) {
            if (code.place() == OperandCode.Place.RM_GENERAL_ONLY && code.memory() == null) {
                return true;
            }
        }
        return false;
    }

    private static boolean usesVvvv(OperandCode[] codes) {
        for (OperandCode code : codes) {
            if (code.place() == OperandCode.Place.VVVV_GENERAL) {
                return true;
            }
        }
        return false;
    }

    private Operand operand(OperandCode operandCode) {
        int bits = operandCode.width().bits(operandBits, codeBits);
        int reg = modrm >> 3 & 7;
        int rm = modrm & 7;
        return switch (operandCode.place()) {
            case RM_GENERAL -> memoryRead ? mem(bits) : general(rm | (rex & 1) << 3, bits);
            case RM_GENERAL_ONLY -> {
                if (memoryRead) {
                    yield operandCode.memory() == null ? undefined() : mem(operandCode.memory().width().bits(operandBits, codeBits));
                }
                yield general(rm | (rex & 1) << 3, bits);
            }
            case REG_GENERAL -> general(reg | (rex & 4) << 1, bits);
            case OPCODE_GENERAL -> general(opcode & 7 | (rex & 1) << 3, bits);
            case VVVV_GENERAL -> general(vvvv, bits);
            case MEMORY -> memoryRead ? mem(bits) : undefined();
            case REG_SEGMENT -> reg > GS ? undefined() : REGISTERS[RegisterClass.SEGMENT.ordinal()][reg];
            case REG_CONTROL -> control(reg | (rex & 4) << 1, bits);
            case REG_DEBUG -> (rex & 4) != 0 ? undefined() : new Reg(RegisterClass.DEBUG, reg, bits);
            case STRING_SOURCE -> new Mem(segment < 0 ? DS : segment, RSI, -1, 1, 0, addressBits, bits);
            case STRING_DESTINATION -> new Mem(ES, RDI, -1, 1, 0, addressBits, bits);
            case TABLE_ENTRY -> new Mem(segment < 0 ? DS : segment, RBX, -1, 1, 0, addressBits, bits);
            case OFFSET -> offset(bits);
            case REG_MMX -> MMX[bits == 32 ? 1 : 0][reg];
            case RM_MMX -> memoryRead ? mem(bits) : MMX[bits == 32 ? 1 : 0][rm];
            case RM_MMX_ONLY -> MMX[bits == 32 ? 1 : 0][rm];
            case REG_XMM -> xmm(reg | (rex & 4) << 1, bits);
            case RM_XMM -> memoryRead ? mem(bits) : xmm(rm | (rex & 1) << 3, bits);
            case RM_XMM_ONLY -> xmm(rm | (rex & 1) << 3, bits);
            case IMMEDIATE -> immediate(operandCode, bits);
            case RELATIVE -> new Rel(bits == 8 ? signed(1) : signed(operandBits == 16 ? 2 : 4), operandBits);
            case FAR_POINTER -> {
                long offset = unsigned(operandBits == 16 ? 2 : 4);
                yield new Far((int) unsigned(2), offset, operandBits);
            }
            case RM_X87 -> REGISTERS[RegisterClass.X87.ordinal()][rm];
            case FIXED -> operandCode.fixed().registerClass() == RegisterClass.GENERAL ? GENERAL[log2(bits)][operandCode.fixed().index()]
                    : operandCode.fixed();
            case ONE -> ONE;
        };
    }

    /** For a place that this encoding leaves undefined. */
    private Operand undefined() {
        if (stop == null) {
            stop = Decoder.UNDEFINED;
        }
        return ONE;
    }

    private Operand immediate(OperandCode operandCode, int bits) {
        return switch (operandCode.width()) {
            case B -> operandCode.signExtended() ? new Imm(signed(1), operandBits) : new Imm(unsigned(1), 8);
            case W -> new Imm(unsigned(2), 16);
            case V -> new Imm(signed(operandBits >> 3), operandBits);
            default -> new Imm(signed(bits >> 3), operandBits);
        };
    }

    private Operand general(int index, int bits) {
        if (bits == 8 && index >= 4 && index < 8 && rex == 0) {
            return HIGH[index - 4];
        }
        return GENERAL[log2(bits)][index];
    }

    private static Reg xmm(int index, int bits) {
        return XMM[log2(bits)][index];
    }

    private Operand control(int index, int bits) {
        return switch (index) {
            case 0, 2, 3, 4, 8 -> new Reg(RegisterClass.CONTROL, index, bits);
            default -> undefined();
        };
    }

    // ---- memory

    private Mem mem(int bits) {
        int base = memBase;
        int segmentNow = segment >= 0 ? segment : base == RSP || base == RBP ? SS : DS;
        return new Mem(segmentNow, base, memIndex, memScale, displacement, addressBits, bits);
    }

    private Mem offset(int bits) {
        int bytes = addressBits >> 3;
        displacement = signed(bytes);
        displacementBytes = bytes;
        return new Mem(segment >= 0 ? segment : DS, -1, -1, 1, displacement, addressBits, bits);
    }

    private void memory() {
        memoryRead = true;
        if (addressBits == 16) {
            memory16();
            return;
        }
        int mod = modrm >> 6;
        int rm = modrm & 7;
        displacementBytes = mod == 1 ? 1 : mod == 2 ? 4 : 0;
        if (rm == 4) {
            hasSib = true;
            int sib = next();
            int index = sib >> 3 & 7 | (rex & 2) << 2;
            memScale = 1 << (sib >> 6 & 3);
            memIndex = index == 4 ? -1 : index;
            if ((sib & 7) == 5 && mod == 0) {
                displacementBytes = 4;
            } else {
                memBase = sib & 7 | (rex & 1) << 3;
            }
        } else if (rm == 5 && mod == 0) {
            displacementBytes = 4;
            memBase = is64 ? Mem.RIP : -1;
        } else {
            memBase = rm | (rex & 1) << 3;
        }
        displacement = signed(displacementBytes);
    }

    private void memory16() {
        int mod = modrm >> 6;
        int rm = modrm & 7;
        if (mod == 0 && rm == 6) {
            displacementBytes = 2;
        } else {
            memBase = BASE_16[rm];
            memIndex = INDEX_16[rm];
            displacementBytes = mod;
        }
        displacement = signed(displacementBytes);
    }

    // ---- bytes

    private int next() {
        if (stop != null) {
            return 0x90;
        }
        if (at == Decoder.MAX_LENGTH) {
            stop = Decoder.TOO_LONG;
            return 0x90;
        }
        int b = code.byteAt(at);
        if (b < 0) {
            stop = Decoder.INCOMPLETE;
            return 0x90;
        }
        at++;
        return b;
    }

    private long unsigned(int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) next() << (8 * i);
        }
        return value;
    }

    private long signed(int bytes) {
        if (bytes == 0) {
            return 0;
        }
        int unused = 64 - 8 * bytes;
        return unsigned(bytes) << unused >> unused;
    }

    // ---- what the disassembler asks

    /** How many bytes of displacement the memory operand has: 0, 1, 2, 4 or 8. */
    public int displacementBytes() {
        return displacementBytes;
    }

    /** Whether a SIB byte was there. */
    public boolean hasSib() {
        return hasSib;
    }

    /** Scale and presence of a SIB byte without an index still show: {@code [rax+riz*2]}. */
    public int scale() {
        return memScale;
    }

    /** Whether a 66 prefix was there. */
    public boolean has66() {
        return prefix66;
    }

    /** Whether a 67 prefix was there. */
    public boolean has67() {
        return prefix67;
    }

    // ---- register operands, made once

    private static final Imm ONE = new Imm(1, 8);
    private static final Reg[] HIGH = bank(RegisterClass.HIGH_BYTE, 4, 8);
    /** By log2 of the width. */
    private static final Reg[][] GENERAL = new Reg[8][];
    private static final Reg[][] XMM = new Reg[8][];
    /** 64 bits, 32 bits. */
    private static final Reg[][] MMX = {bank(RegisterClass.MMX, 8, 64), bank(RegisterClass.MMX, 8, 32)};
    private static final Reg[][] REGISTERS = new Reg[RegisterClass.values().length][];

    static {
        for (int log = 3; log <= 7; log++) {
            GENERAL[log] = bank(RegisterClass.GENERAL, 16, 1 << log);
            XMM[log] = bank(RegisterClass.XMM, 16, 1 << log);
        }
        REGISTERS[RegisterClass.SEGMENT.ordinal()] = bank(RegisterClass.SEGMENT, 6, 16);
        REGISTERS[RegisterClass.X87.ordinal()] = bank(RegisterClass.X87, 8, 80);
    }

    private static Reg[] bank(RegisterClass registerClass, int count, int bits) {
        Reg[] bank = new Reg[count];
        for (int i = 0; i < count; i++) {
            bank[i] = new Reg(registerClass, i, bits);
        }
        return bank;
    }

    private static int log2(int bits) {
        return 31 - Integer.numberOfLeadingZeros(bits);
    }
}
