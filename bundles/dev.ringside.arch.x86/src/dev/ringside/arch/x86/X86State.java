package dev.ringside.arch.x86;

import dev.ringside.ir.StateField;
import dev.ringside.ir.StateLayout;
import dev.ringside.ir.Type;

/** The x86 state that IR reads and writes, and where it lies. What is not here is touched by helpers only. */
public final class X86State {
    public static final StateLayout LAYOUT = new StateLayout();

    /** RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15: in slots 0 to 15, the register number of the encoding. */
    public static final StateField[] GPR = new StateField[16];

    private static final String[] GPR_NAMES = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
        "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"};

    static {
        for (int i = 0; i < 16; i++) {
            GPR[i] = LAYOUT.add(GPR_NAMES[i], Type.I64);
        }
    }

    public static final int RAX = 0, RCX = 1, RDX = 2, RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7;

    public static final StateField RIP = LAYOUT.add("rip", Type.I64);

    /** How the arithmetic flags follow from {@code cc_dst}, {@code cc_src} and {@code cc_aux}: see {@link LazyFlags}. */
    public static final StateField CC_OP = LAYOUT.add("cc_op", Type.I64);
    public static final StateField CC_DST = LAYOUT.add("cc_dst", Type.I64);
    public static final StateField CC_SRC = LAYOUT.add("cc_src", Type.I64);
    public static final StateField CC_AUX = LAYOUT.add("cc_aux", Type.I64);
    /** RFLAGS without CF, PF, AF, ZF, SF and OF, which read 0 here. Bit 1 is set. */
    public static final StateField RFLAGS_REST = LAYOUT.add("rflags_rest", Type.I64);

    /** ES, CS, SS, DS, FS, GS in the encoding's order: base addresses of the descriptor caches. */
    public static final StateField[] SEG_BASE = new StateField[6];

    private static final String[] SEG_NAMES = {"es", "cs", "ss", "ds", "fs", "gs"};

    static {
        for (int i = 0; i < 6; i++) {
            SEG_BASE[i] = LAYOUT.add(SEG_NAMES[i] + "_base", Type.I64);
        }
    }

    public static final int ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5;

    /** XMM0 to XMM15. */
    public static final StateField[] XMM = new StateField[16];

    static {
        for (int i = 0; i < 16; i++) {
            XMM[i] = LAYOUT.add("xmm" + i, Type.I128);
        }
    }

    /** Where a memory operand is put before an SSE or MMX helper works on it: register number 16 to those helpers. */
    public static final StateField XMM_SCRATCH = LAYOUT.add("xmm_scratch", Type.I128);
    public static final int XMM_SCRATCH_INDEX = 16;
    public static final StateField MXCSR = LAYOUT.add("mxcsr", Type.I32);

    /** Significands of the physical x87 registers R0 to R7, which are also MM0 to MM7. */
    public static final StateField[] FPR = new StateField[8];
    /** Sign and exponent of R0 to R7, as the high 16 bits of the 80-bit format. */
    public static final StateField[] FPE = new StateField[8];

    static {
        for (int i = 0; i < 8; i++) {
            FPR[i] = LAYOUT.add("fpr" + i, Type.I64);
        }
        for (int i = 0; i < 8; i++) {
            FPE[i] = LAYOUT.add("fpe" + i, Type.I16);
        }
    }

    /** x87 control word. */
    public static final StateField FCW = LAYOUT.add("fcw", Type.I16);
    /** x87 status word without TOP (bits 13:11 read 0 here). */
    public static final StateField FSW = LAYOUT.add("fsw", Type.I16);
    /** TOP of the x87 stack: 0 to 7. */
    public static final StateField FTOP = LAYOUT.add("ftop", Type.I8);
    /** Tag bits as FXSAVE keeps them: bit i set when physical register i is not empty. */
    public static final StateField FTAG = LAYOUT.add("ftag", Type.I8);
    /** Last x87 opcode, instruction pointer and operand pointer with their selectors. */
    public static final StateField FOP = LAYOUT.add("fop", Type.I16);
    public static final StateField FIP = LAYOUT.add("fip", Type.I64);
    public static final StateField FDP = LAYOUT.add("fdp", Type.I64);
    public static final StateField FCS = LAYOUT.add("fcs", Type.I16);
    public static final StateField FDS = LAYOUT.add("fds", Type.I16);

    private X86State() {
    }
}
