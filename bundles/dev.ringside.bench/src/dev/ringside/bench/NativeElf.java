package dev.ringside.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A static ELF program for Linux on x86-64 (System V ABI, chapter 4 and 5): one segment, which may be read, written and executed, as a guest's memory may. */
final class NativeElf {
    private static final long LOAD_ADDRESS = 0x100000;
    /** Up to 16 MiB: what the benchmarks use as their data. Zeros beyond the file. */
    private static final long MEMORY_BYTES = 0x1000000 - LOAD_ADDRESS;
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int PAGE = 0x1000;
    private static final short ET_EXEC = 2;
    private static final short EM_X86_64 = 62;
    private static final int PT_LOAD = 1;
    private static final int PF_RWX = 7;

    private NativeElf() {
    }

    /** @param program starts at its first byte, at {@value #LOAD_ADDRESS} */
    static byte[] of(byte[] program) {
        ByteBuffer file = ByteBuffer.allocate(PAGE + program.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
        file.putShort(ET_EXEC).putShort(EM_X86_64).putInt(1);
        file.putLong(LOAD_ADDRESS).putLong(HEADER_BYTES).putLong(0);
        file.putInt(0).putShort((short) HEADER_BYTES).putShort((short) PROGRAM_HEADER_BYTES).putShort((short) 1);
        file.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        file.putInt(PT_LOAD).putInt(PF_RWX).putLong(PAGE).putLong(LOAD_ADDRESS).putLong(LOAD_ADDRESS);
        file.putLong(program.length).putLong(MEMORY_BYTES).putLong(PAGE);
        file.position(PAGE).put(program);
        return file.array();
    }
}
