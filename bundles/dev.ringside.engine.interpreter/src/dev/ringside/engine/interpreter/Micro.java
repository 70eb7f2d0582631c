package dev.ringside.engine.interpreter;

/**
 * Operations of lowered blocks. Each is one long, some with a second; {@code d}, {@code a} and {@code b} are slots:
 *
 * <pre>
 *  63        48 47        32 31        16 15      8 7       0
 * ┌────────────┬────────────┬────────────┬─────────┬─────────┐ ┌───────────────────┐
 * │ b or imm   │ a          │ d          │ n       │ op      │ │ what the op says  │
 * └────────────┴────────────┴────────────┴─────────┴─────────┘ └───────────────────┘
 * </pre>
 *
 * {@code imm} is signed. Results narrower than 64 bits have zeros above their width; operands may have anything there. The first 47 operations
 * come in three widths: as they are for 64 bits, {@link #W32} higher for 32, and behind {@link #NARROW} for fewer. The decoding is this plain
 * because a compiler hoists what several operations share above the switch, and then all of them pay for it.
 */
public final class Micro {
    public static final int ADD = 0; // d = a + b
    public static final int SUB = 1;
    public static final int MUL = 2;
    public static final int AND = 3;
    public static final int OR = 4;
    public static final int XOR = 5;
    public static final int ADDI = 6; // d = a + imm
    public static final int MULI = 7;
    public static final int ANDI = 8;
    public static final int ORI = 9;
    public static final int XORI = 10;
    public static final int SHL = 11; // d = a << b modulo the width
    public static final int SHR = 12;
    public static final int SAR = 13;
    public static final int SHLI = 14; // d = a << imm
    public static final int SHRI = 15;
    public static final int SARI = 16;
    public static final int ROTL = 17; // d = a rotated left by b modulo the width
    public static final int ROTR = 18;
    public static final int ROTLI = 19; // d = a rotated left by imm, less than the width
    public static final int NEG = 20; // d = -a
    public static final int NOT = 21;
    public static final int ZEXT = 22; // d = a without the bits above the width
    public static final int EQ = 23; // d = a ? b
    public static final int NE = 24;
    public static final int LTU = 25;
    public static final int LEU = 26;
    public static final int LTS = 27;
    public static final int LES = 28;
    public static final int EQI = 29; // d = a ? imm
    public static final int NEI = 30;
    public static final int LTUI = 31;
    public static final int LEUI = 32;
    public static final int LTSI = 33;
    public static final int LESI = 34;
    public static final int BR_EQ = 35; // to target 0 when a ? b, else to target 1
    public static final int BR_NE = 36;
    public static final int BR_LTU = 37;
    public static final int BR_LEU = 38;
    public static final int BR_LTS = 39;
    public static final int BR_LES = 40;
    public static final int BR_EQI = 41; // the same with imm
    public static final int BR_NEI = 42;
    public static final int BR_LTUI = 43;
    public static final int BR_LEUI = 44;
    public static final int BR_LTSI = 45;
    public static final int BR_LESI = 46;
    /** Distance from a comparison to its branch. */
    public static final int TO_BRANCH = BR_EQ - EQ;
    /** Distance from a comparison to the one with an immediate. */
    public static final int TO_IMMEDIATE = EQI - EQ;

    /** Distance to the same operation on 32 bits. */
    public static final int W32 = 64;
    /** The operation in the second long, on 64 − n bits. */
    public static final int NARROW = 128;

    // Moves. A pair is 32 bits of a second long: a slot, and above it a signed constant.
    public static final int MOV = 129; // d = a
    public static final int MOVI = 130; // d = bits 63:32, signed
    public static final int MOVL = 131; // d = the second long
    public static final int MOV2 = 132; // d = a, then the slot in the second long = b
    public static final int MOV_MOVI = 133; // d = a, and a pair
    public static final int MOV2_MOVI = 134; // d = a, then the slot in bits 63:48 of the second long = b, and a pair in its low half
    public static final int MOV_MOVI2 = 135; // d = a, and two pairs
    public static final int MOVI2 = 136; // two pairs
    public static final int SEXT = 137; // d = a with its sign, from 64 - n bits to 64
    public static final int SEXT32 = 138; // to 32
    public static final int SELECT = 139; // d = bit 0 of a ? b : the slot in the second long
    public static final int DEPOSIT = 140; // d = a with b << n where the second long has ones

    // Memory at a + imm; d is loaded or stored. Flags are in the block's fault table.
    public static final int LOAD8 = 141;
    public static final int LOAD16 = 142;
    public static final int LOAD32 = 143;
    public static final int LOAD64 = 144;
    public static final int STORE8 = 145;
    public static final int STORE16 = 146;
    public static final int STORE32 = 147;
    public static final int STORE64 = 148;
    public static final int INDEX = 149; // d = a + (b << n)

    // Control
    public static final int JUMP = 150; // to target 0
    public static final int JUMPR = 151; // to a
    public static final int LEAVE = 152; // to a, and the engine looks around
    public static final int LEAVE_AT_PC = 153;
    public static final int RAISE_IF = 154; // when bit 0 of a: exception d bits 7:0, with error code b when d bit 8

    // Outside the loop
    public static final int CALL = 155; // d = helper in bits 63:32 of the second long (a, b, and the slots in bits 15:0 and 31:16)
    /** In {@link RareOperations}: third operand in bits 15:0 of the second long, {@link dev.ringside.ir.Op} ordinal in 23:16, type's in 31:24. */
    public static final int RARE = 156;

    /** As {@link #CALL}, of a helper that reads the time. */
    public static final int CALL_IN_TIME = 158;

    // First in its block, when blocks are counted
    /** On to the code of the block's {@link Region}. Runs begin behind it while there is none. */
    public static final int ENTER = 157;

    private Micro() {
    }
}
