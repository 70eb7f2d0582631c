package dev.ringside.arch.x86;

/** The bits of {@link dev.ringside.arch.Cpu#modeKey()} on x86: everything that lifted code assumes. */
public final class X86Mode {
    /** Default code size: 0 for 16 bits, 1 for 32, 2 for 64. */
    public static final int CODE_SIZE = 0b11;
    public static final int CODE_16 = 0, CODE_32 = 1, CODE_64 = 2;
    /** Stack accesses use ESP (clear: SP; ignored in 64-bit code). */
    public static final int STACK_32 = 1 << 2;
    /** CPL is 0. */
    public static final int CPL_0 = 1 << 3;
    /** CR0.PE and not virtual-8086. */
    public static final int PROTECTED = 1 << 4;
    public static final int VM86 = 1 << 5;
    /** EFER.LMA: 64-bit or compatibility mode. */
    public static final int LONG_MODE = 1 << 6;
    /** CS has base 0 and a limit of 4 GiB, so instruction pointers are linear. Always set in 64-bit code. */
    public static final int FLAT_CODE = 1 << 7;
    /** ES, SS and DS are present, writable, expand-up, with base 0 and a limit of 4 GiB. Always set in 64-bit code. */
    public static final int FLAT_DATA = 1 << 8;
    /** x87 and MMX instructions raise #NM (CR0.TS or CR0.EM; MMX with EM raises #UD: the helper decides). */
    public static final int X87_TRAPS = 1 << 9;
    /** SSE instructions raise #UD or #NM (CR0.EM, CR4.OSFXSR clear, CR0.TS): the helper decides which. */
    public static final int SSE_TRAPS = 1 << 10;
    /** Alignment checking is active: CR0.AM, RFLAGS.AC and CPL 3. */
    public static final int ALIGN_CHECK = 1 << 11;
    /** I/O instructions may need the permission check (CPL > IOPL or virtual-8086). */
    public static final int IO_CHECKED = 1 << 12;
    /** CPL is 3. */
    public static final int CPL_3 = 1 << 13;

    private X86Mode() {
    }

    /** 16, 32 or 64. */
    public static int codeBits(int modeKey) {
        return 16 << (modeKey & CODE_SIZE);
    }
}
