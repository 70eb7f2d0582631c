package dev.ringside.engine.interpreter;

/**
 * Operations of lowered blocks. Each takes two ints; {@code a}, {@code b}, {@code d} and {@code e} are slots:
 *
 * <pre>
 *  31        20 19         8 7       0     31                  12 11         0
 * ┌────────────┬────────────┬─────────┐   ┌──────────────────────┬────────────┐
 * │ b          │ a          │ op      │   │ imm                  │ d          │
 * └────────────┴────────────┴─────────┘   └──────────────────────┴────────────┘
 * </pre>
 *
 * Where there is no {@code b}, its bits extend the immediate to 32 ("imm32"), 26 of them besides a shift ("imm26"). {@code sh} is 64 minus the
 * width in bits, in the low 6 bits of the immediate: operands may have any bits above the width, results have zeros there.
 */
public final class Micro {
    // Moves
    public static final int MOV = 0; // d = a
    public static final int MOVI = 1; // d = imm32
    public static final int MOVL = 2; // d = the next two ints, low half first
    public static final int MOV2 = 3; // d = a, then imm = b
    public static final int MOV_MOVI = 4; // d = a, then the slot in the next int's low 12 bits = its upper 20
    public static final int MOV2_MOVI = 5; // d = a, imm = b, then as above
    public static final int MOV_MOVI2 = 6; // d = a, then twice as above
    public static final int MOVI2 = 7; // as above twice, no d

    // 64 bits
    public static final int ADD = 8; // d = a + b
    public static final int SUB = 9;
    public static final int MUL = 10;
    public static final int AND = 11;
    public static final int OR = 12;
    public static final int XOR = 13;
    public static final int ADDI = 14; // d = a + imm32
    public static final int MULI = 15;
    public static final int ANDI = 16;
    public static final int ORI = 17;
    public static final int XORI = 18;

    // Any width, by sh
    public static final int ADDM = 20; // d = a + b
    public static final int SUBM = 21;
    public static final int MULM = 22;
    public static final int ANDM = 23;
    public static final int ORM = 24;
    public static final int XORM = 25;
    public static final int ADDIM = 26; // d = a + imm26
    public static final int ANDIM = 27;
    public static final int ORIM = 28;
    public static final int XORIM = 29;
    public static final int SHL = 30; // d = a << b modulo the width
    public static final int SHR = 31;
    public static final int SAR = 32;
    public static final int SHLI = 33; // d = a << imm26
    public static final int SHRI = 34;
    public static final int SARI = 35;
    public static final int NEG = 36; // d = -a
    public static final int NOT = 37;
    public static final int ZEXT = 38; // d = a without the bits above the width
    public static final int SEXT = 39; // d = a with its sign, to the width 64 - bits 11:6 of the immediate
    public static final int SELECT = 40; // d = bit 0 of a ? b : the slot in the next int
    public static final int DEPOSIT = 41; // d = a with b at bits 17:12 of the immediate; width of b by bits 11:6

    // Comparisons, by sh: d = a ? b, and d = a ? imm26
    public static final int EQ = 44;
    public static final int NE = 45;
    public static final int LTU = 46;
    public static final int LEU = 47;
    public static final int LTS = 48;
    public static final int LES = 49;
    public static final int EQI = 50;
    public static final int NEI = 51;
    public static final int LTUI = 52;
    public static final int LEUI = 53;
    public static final int LTSI = 54;
    public static final int LESI = 55;
    // The same as branches: to target 0 when it holds, else to target 1
    public static final int BR_EQ = 56;
    public static final int BR_NE = 57;
    public static final int BR_LTU = 58;
    public static final int BR_LEU = 59;
    public static final int BR_LTS = 60;
    public static final int BR_LES = 61;
    public static final int BR_EQI = 62;
    public static final int BR_NEI = 63;
    public static final int BR_LTUI = 64;
    public static final int BR_LEUI = 65;
    public static final int BR_LTSI = 66;
    public static final int BR_LESI = 67;
    /** Distance from a comparison to its branch. */
    public static final int TO_BRANCH = BR_EQ - EQ;
    /** Distance from a comparison to the one with an immediate. */
    public static final int TO_IMMEDIATE = EQI - EQ;

    // Memory at a + (b << imm bits 19:18) + imm bits 17:0 signed; d is loaded or stored. Flags are in the block's fault table.
    public static final int LOAD8 = 68;
    public static final int LOAD16 = 69;
    public static final int LOAD32 = 70;
    public static final int LOAD64 = 71;
    public static final int STORE8 = 72;
    public static final int STORE16 = 73;
    public static final int STORE32 = 74;
    public static final int STORE64 = 75;

    // Control
    public static final int JUMP = 76; // to target 0
    public static final int JUMPR = 77; // to a
    public static final int LEAVE = 78; // to a, and the engine looks around
    public static final int LEAVE_AT_PC = 79;
    public static final int RAISE_IF = 80; // when bit 0 of a: exception imm bits 7:0, with error code b when imm bit 8
    public static final int CALL = 81; // d = helper imm (a, b, and two slots in the next int)

    /** In {@link RareOperations}: immediate bits 7:0 are the {@link dev.ringside.ir.Op}'s ordinal, 15:8 the type's; the third operand is in the next int. */
    public static final int RARE = 90;

    // First in its block, when blocks are counted
    /** The second int goes down by one; at 0 the block is hot. */
    public static final int COUNT = 91;
    /** What {@link #COUNT} becomes while the block is the head of a {@link Region} with code. */
    public static final int ENTER = 92;

    private Micro() {
    }
}
