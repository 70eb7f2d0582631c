package dev.ringside.testkit;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.EntryState;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.LazyFlags;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.arch.x86.lift.X86Lifter;
import dev.ringside.ir.IrBlock;
import java.util.HexFormat;
import java.util.Map;

/**
 * A processor, flat memory without paging from address 0, and code given as bytes: lifted by the real lifter, evaluated by
 * {@link IrEvaluator}. Stops at the end of the code, or at the first exception.
 */
public final class X86TestMachine {
    private static final int MEMORY_BYTES = 1 << 21;

    private final X86Cpu cpu = new X86Cpu(0);
    private final FlatMemory memory = new FlatMemory(cpu, 0, MEMORY_BYTES);
    private final X86Lifter lifter = new X86Lifter();
    private long end;
    private int blockLimit = 1_000_000;

    private X86TestMachine(EntryState entry) {
        cpu.enter(entry);
        cpu.memory = memory;
    }

    /** 64-bit mode at privilege level 0; the stack ends at 0x80000. */
    public static X86TestMachine longMode() {
        return new X86TestMachine(new EntryState(EntryState.Mode.LONG_64, 0x1000, Map.of("rsp", 0x80000L), 0, 0, 0, 8, 0x10));
    }

    /** 32-bit protected mode, flat segments, privilege level 0; the stack ends at 0x80000. */
    public static X86TestMachine protectedMode() {
        return new X86TestMachine(EntryState.protected32(0x1000, Map.of("rsp", 0x80000L)));
    }

    /** Real-address mode with CS 0, other segments 0; the stack ends at 0x8000. */
    public static X86TestMachine realMode() {
        return new X86TestMachine(new EntryState(EntryState.Mode.REAL_16, 0x1000, Map.of("rsp", 0x8000L), 0, 0, 0, 0, 0));
    }

    public X86Cpu cpu() {
        return cpu;
    }

    public FlatMemory memory() {
        return memory;
    }

    /** Puts code at {@code address}, and the program counter before it. @param hex bytes, spaces allowed */
    public X86TestMachine code(long address, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        System.arraycopy(bytes, 0, memory.bytes, (int) address, bytes.length);
        cpu.pc(address);
        end = address + bytes.length;
        return this;
    }

    public long gpr(int register) {
        return cpu.gpr(register);
    }

    public X86TestMachine gpr(int register, long value) {
        cpu.gpr(register, value);
        return this;
    }

    public long rflags() {
        return LazyFlags.rflags(cpu.slots);
    }

    public X86TestMachine rflags(long value) {
        LazyFlags.setRflags(cpu.slots, value);
        return this;
    }

    public long xmmLow(int register) {
        return cpu.slots[X86State.XMM[register].slot()];
    }

    public long xmmHigh(int register) {
        return cpu.slots[X86State.XMM[register].slot() + 1];
    }

    public X86TestMachine xmm(int register, long low, long high) {
        cpu.slots[X86State.XMM[register].slot()] = low;
        cpu.slots[X86State.XMM[register].slot() + 1] = high;
        return this;
    }

    /** Runs to the end of the code. @return the exception that stopped it before, or null; the program counter is at the instruction then */
    public GuestFault run() {
        return run(Integer.MAX_VALUE);
    }

    /** As {@link #run()}, with blocks of at most {@code maxInstructions}. */
    public GuestFault run(int maxInstructions) {
        try {
            for (int blocks = 0; cpu.pc() != end; blocks++) {
                if (blocks == blockLimit) {
                    throw new AssertionError("still running at " + Long.toHexString(cpu.pc()));
                }
                block(maxInstructions);
            }
            return null;
        } catch (GuestFault fault) {
            return fault;
        }
    }

    /** Lifts the block at the program counter, of at most {@code maxInstructions}, without running it. */
    public IrBlock lift(int maxInstructions) {
        long from = cpu.fetchAddress(cpu.pc());
        CodeSource code = at -> from + at < end ? memory.bytes[(int) from + at] & 0xff : -1;
        return lifter.lift(code, cpu.modeKey(), cpu.pc(), maxInstructions);
    }

    private void block(int maxInstructions) {
        IrBlock block = lift(maxInstructions);
        if (block == null) {
            throw new AssertionError("the code ends inside an instruction at " + Long.toHexString(cpu.pc()));
        }
        cpu.budgetLeft = Long.MAX_VALUE;
        IrEvaluator.run(cpu, block);
        cpu.instructions += block.guestInstructions() + cpu.extraInstructions;
        cpu.extraInstructions = 0;
    }
}
