package dev.ringside.arch.x86.decode;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.x86.isa.X86Instruction;
import java.util.List;

/** Bytes to instruction, as a processor reads them (SDM 2A chapter 2). Stateless and thread-safe. */
public final class Decoder {
    /** A processor raises #GP(0) for an instruction longer than this. */
    public static final int MAX_LENGTH = 15;

    /** No instruction: the processor raises #UD. */
    public static final X86Instruction UNDEFINED = special();
    /** The source gave −1 before the instruction was complete: fetching on would fault. */
    public static final X86Instruction INCOMPLETE = special();
    /** Prefixes made it longer than {@link #MAX_LENGTH}: the processor raises #GP(0). */
    public static final X86Instruction TOO_LONG = special();

    private Decoder() {
    }

    private static X86Instruction special() {
        return new X86Instruction(null, 0, 0, 0, false, 0, -1, 0, List.of());
    }

    /**
     * Decodes one instruction.
     *
     * @param code bytes from its first on; read one by one, never further than needed
     * @param codeBits default size of the code segment: 16, 32 or 64
     * @return the instruction, or {@link #UNDEFINED}, {@link #INCOMPLETE} or {@link #TOO_LONG} (compare by identity; their form is null).
     *     A LOCK prefix is reported, not judged: see {@link X86Instruction#lockIsLegal()}.
     */
    public static X86Instruction decode(CodeSource code, int codeBits) {
        return new Decoding(code, codeBits).run();
    }
}
