package dev.ringside.arch.x86.lift;

import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86Mode;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.arch.x86.isa.X86Instruction;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.MemFlags;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;

/**
 * One instruction on its way to IR, with the ways to reach its operands.
 *
 * <pre>{@code
 * Value left = x.modify(0);                    // loads memory as something that will be written, and keeps its address
 * Value right = x.read(1, left.type());
 * Value sum = x.b().add(left, right);
 * x.write(0, sum);
 * x.flags().add(left, right, sum);
 * }</pre>
 *
 * <p>Offsets are I64 and already wrapped at the address size; linear addresses are I64 with the segment's base added and its limit checked.
 */
public final class Lift {
    private final IrBuilder b;
    private final Flags flags;
    private final X86Instruction insn;
    private final int modeKey;
    private final int blockOffset;

    /** Linear address of the one memory operand, once computed, and whether it was checked for writing. */
    private Value linear;
    private boolean linearWritable;
    /** What RSP counts as in addresses, when it is not yet put (POP to memory). */
    private Value stackPointerInAddresses;

    /** @param blockOffset how far behind the block's start the instruction lies */
    Lift(IrBuilder b, Flags flags, X86Instruction insn, int modeKey, int blockOffset) {
        this.b = b;
        this.flags = flags;
        this.insn = insn;
        this.modeKey = modeKey;
        this.blockOffset = blockOffset;
    }

    public IrBuilder b() {
        return b;
    }

    /** The arithmetic flags as the block knows them. */
    public Flags flags() {
        return flags;
    }

    public X86Instruction insn() {
        return insn;
    }

    /** Bits of {@link dev.ringside.arch.x86.X86Mode}. */
    public int modeKey() {
        return modeKey;
    }

    /** Whether the mode has {@code bit} of {@link X86Mode}. */
    public boolean mode(int bit) {
        return (modeKey & bit) != 0;
    }

    public boolean is64() {
        return (modeKey & X86Mode.CODE_SIZE) == X86Mode.CODE_64;
    }

    /** The effective operand size: I16, I32 or I64. */
    public Type operandType() {
        return Type.ofBytes(insn.operandBits() / 8);
    }

    /** The condition of a Jcc, SETcc or CMOVcc form. */
    public int conditionCode() {
        return insn.form().opcode() & 0xf;
    }

    // Operands

    public Operand operand(int index) {
        return insn.operand(index);
    }

    public int operandCount() {
        return insn.operands().size();
    }

    public boolean isMemory(int index) {
        return insn.operand(index) instanceof Operand.Mem;
    }

    /** The width of an operand of 8 to 128 bits. */
    public Type type(int index) {
        return Type.ofBytes(insn.operand(index).bits() / 8);
    }

    /** An immediate operand as the form extends it. */
    public long immediate(int index) {
        return ((Operand.Imm) insn.operand(index)).value();
    }

    /** The value of a general register, XMM register, memory or immediate operand, in its own width. */
    public Value read(int index) {
        return read(index, type(index));
    }

    /** As {@link #read(int)}; an immediate takes the width {@code type} instead of its own. */
    public Value read(int index, Type type) {
        return switch (insn.operand(index)) {
            case Operand.Imm imm -> b.constant(type, imm.value());
            case Operand.Reg reg -> register(reg);
            case Operand.Mem mem -> b.load(Type.ofBytes(mem.bits() / 8), address(index, false), memFlags(index));
            case Operand.Rel rel -> throw new IllegalStateException("a branch target is no value: " + rel);
            case Operand.Far far -> throw new IllegalStateException("a far pointer is no value: " + far);
        };
    }

    /** The value of an operand that {@link #write} will change: memory faults as for a write, and is locked with a LOCK prefix. */
    public Value modify(int index) {
        return isMemory(index)
            ? b.load(type(index), address(index, true), memFlags(index) | MemFlags.WRITE_INTENT | locked()) : read(index);
    }

    /** Gives a register or memory operand its new value. A 32-bit register write clears the upper half; narrower ones leave the rest. */
    public void write(int index, Value value) {
        switch (insn.operand(index)) {
            case Operand.Reg reg -> register(reg, value);
            case Operand.Mem mem -> b.store(address(index, true), value, memFlags(index) | locked());
            case Operand other -> throw new IllegalStateException("not writable: " + other);
        }
    }

    private int locked() {
        return insn.lock() ? MemFlags.LOCKED : 0;
    }

    // Registers

    private Value register(Operand.Reg reg) {
        return switch (reg.registerClass()) {
            case GENERAL -> gpr(reg.index(), Type.ofBytes(reg.bits() / 8));
            case HIGH_BYTE -> b.trunc(b.shr(b.get(X86State.GPR[reg.index()]), 8), Type.I8);
            case XMM -> b.get(X86State.XMM[reg.index()]);
            default -> throw new IllegalStateException("reached through helpers only: " + reg);
        };
    }

    private void register(Operand.Reg reg, Value value) {
        switch (reg.registerClass()) {
            case GENERAL -> gpr(reg.index(), value);
            case HIGH_BYTE -> b.put(X86State.GPR[reg.index()], b.deposit(b.get(X86State.GPR[reg.index()]), value, 8));
            case XMM -> b.put(X86State.XMM[reg.index()], value);
            default -> throw new IllegalStateException("reached through helpers only: " + reg);
        }
    }

    /** The low part of general register {@code index}. */
    public Value gpr(int index, Type type) {
        return b.trunc(b.get(X86State.GPR[index]), type);
    }

    /** Writes general register {@code index}: I64 all, I32 with the upper half cleared, I16 and I8 the low part only. */
    public void gpr(int index, Value value) {
        b.put(X86State.GPR[index], switch (value.type()) {
            case I64 -> value;
            case I32 -> b.zext(value, Type.I64);
            default -> b.deposit(b.get(X86State.GPR[index]), value, 0);
        });
    }

    /** As {@link #gpr(int, Value)} unless {@code keep} (I1), and then the whole register stays: no half of it is cleared. */
    public void gprUnless(Value keep, int index, Value value) {
        Value old = b.get(X86State.GPR[index]);
        Value changed = switch (value.type()) {
            case I64 -> value;
            case I32 -> b.zext(value, Type.I64);
            default -> b.deposit(old, value, 0);
        };
        b.put(X86State.GPR[index], b.select(keep, old, changed));
    }

    // Memory

    /** Linear address of memory operand {@code index} for an access of its size. Computed once in an instruction. */
    public Value address(int index, boolean write) {
        if (linear == null || write && !linearWritable) {
            Operand.Mem mem = (Operand.Mem) insn.operand(index);
            linear = linear(mem.segment(), offset(mem), Math.max(1, mem.bits() / 8), write);
            linearWritable = write;
        }
        return linear;
    }

    /** As {@link #address(int, boolean)} for reading. */
    public Value address(int index) {
        return address(index, false);
    }

    /** The effective address: the offset inside the segment, as LEA gives it before its operand size cuts it. */
    public Value offset(Operand.Mem mem) {
        Value sum = null;
        if (mem.base() == Operand.Mem.RIP) {
            return wrapped(b.pc(blockOffset + insn.lengthBytes() + mem.displacement()), mem.addressBits());
        }
        if (mem.base() >= 0) {
            sum = mem.base() == X86State.RSP && stackPointerInAddresses != null ? stackPointerInAddresses : b.get(X86State.GPR[mem.base()]);
        }
        if (mem.index() >= 0) {
            Value index = b.shl(b.get(X86State.GPR[mem.index()]), Integer.numberOfTrailingZeros(mem.scale()));
            sum = sum == null ? index : b.add(sum, index);
        }
        if (sum == null) {
            return b.constant(Type.I64, mem.displacement() & ones(mem.addressBits()));
        }
        if (mem.displacement() != 0) {
            sum = b.add(sum, b.constant(Type.I64, mem.displacement()));
        }
        return wrapped(sum, mem.addressBits());
    }

    /** {@code offset} cut to an address size. */
    public Value wrapped(Value offset, int addressBits) {
        return addressBits == 64 ? offset : b.zext(b.trunc(offset, Type.ofBytes(addressBits / 8)), Type.I64);
    }

    /**
     * Linear address of {@code segment:offset} for an access of {@code sizeBytes}. Where the mode does not promise a flat segment, a helper
     * checks limit and rights: #SS(0) for SS, else #GP(0). Alignment is checked when #AC is enabled.
     *
     * @param segment ES to GS: 0 to 5
     * @param offset I64, wrapped at the address size
     */
    public Value linear(int segment, Value offset, int sizeBytes, boolean write) {
        Value address = segmented(segment, offset, sizeBytes, write);
        if (mode(X86Mode.ALIGN_CHECK) && sizeBytes > 1 && Integer.bitCount(sizeBytes) == 1) {
            Value misaligned = b.isNotZero(b.and(address, b.constant(Type.I64, sizeBytes - 1)));
            b.raiseIf(misaligned, Vector.AC, b.constant(Type.I32, 0));
        }
        return address;
    }

    private Value segmented(int segment, Value offset, int sizeBytes, boolean write) {
        if (is64()) {
            return segment == X86State.FS || segment == X86State.GS ? b.add(b.get(X86State.SEG_BASE[segment]), offset) : offset;
        }
        if (isFlat(segment, write)) {
            return offset;
        }
        return b.call(CheckHelpers.SEGMENT, b.constant(Type.I32, segment), offset, b.constant(Type.I32, sizeBytes),
            b.constant(Type.I1, write ? 1 : 0));
    }

    private boolean isFlat(int segment, boolean write) {
        return switch (segment) {
            case X86State.ES, X86State.SS, X86State.DS -> mode(X86Mode.FLAT_DATA);
            case X86State.CS -> mode(X86Mode.FLAT_CODE) && !write;
            default -> false;
        };
    }

    /** How memory operand {@code index} is accessed: its segment for {@link MemFlags#space}. */
    public int memFlags(int index) {
        return memFlags((Operand.Mem) insn.operand(index));
    }

    public static int memFlags(Operand.Mem mem) {
        return segmentFlags(mem.segment());
    }

    /** {@link MemFlags} of an access through segment register {@code segment}. */
    public static int segmentFlags(int segment) {
        return segment << MemFlags.SPACE_SHIFT;
    }

    // Stack

    /** 64, 32 or 16: how much of RSP counts. */
    public int stackBits() {
        return is64() ? 64 : mode(X86Mode.STACK_32) ? 32 : 16;
    }

    /** SP, ESP or RSP, as I64. */
    public Value stackPointer() {
        return wrapped(b.get(X86State.GPR[X86State.RSP]), stackBits());
    }

    /** {@code pointer} moved by {@code bytes}, wrapped at the stack size. */
    public Value stackPointer(Value pointer, long bytes) {
        return wrapped(b.add(pointer, b.constant(Type.I64, bytes)), stackBits());
    }

    /** Writes SP, ESP or RSP. */
    public void putStackPointer(Value pointer) {
        gpr(X86State.RSP, b.trunc(pointer, Type.ofBytes(stackBits() / 8)));
    }

    /** Stores {@code value} at stack offset {@code pointer} (I64, wrapped). */
    public void stackStore(Value pointer, Value value) {
        b.store(linear(X86State.SS, pointer, value.type().bytes(), true), value, segmentFlags(X86State.SS));
    }

    /** Loads from stack offset {@code pointer} (I64, wrapped). */
    public Value stackLoad(Value pointer, Type type) {
        return b.load(type, linear(X86State.SS, pointer, type.bytes(), false), segmentFlags(X86State.SS));
    }

    /** Pushes one value: store, then the stack pointer. */
    public void push(Value value) {
        Value pointer = stackPointer(stackPointer(), -value.type().bytes());
        stackStore(pointer, value);
        putStackPointer(pointer);
    }

    /** Loads the top of the stack; {@link #dropped} is the stack pointer behind it, to be put after the last access that may fault. */
    public Value top(Type type) {
        return stackLoad(stackPointer(), type);
    }

    /** The stack pointer behind a popped value of {@code type}. */
    public Value dropped(Type type) {
        return stackPointer(stackPointer(), type.bytes());
    }

    /** Addresses computed from now on see RSP as {@code pointer}. */
    void addressWithStackPointer(Value pointer) {
        stackPointerInAddresses = pointer;
    }

    // Control flow

    /** Offset of this instruction. */
    public Value thisPc() {
        return b.pc(blockOffset);
    }

    /** Offset of the next instruction. */
    public Value nextPc() {
        return b.pc(blockOffset + insn.lengthBytes());
    }

    /** Offset of a relative branch's target, wrapped at the operand size. */
    public Value target(Operand.Rel rel) {
        return wrapped(b.pc(blockOffset + insn.lengthBytes() + rel.displacement()), is64() ? 64 : rel.bits());
    }

    /** Ends the block behind this instruction, and the run loop looks again. */
    public void leave() {
        b.leave(nextPc());
    }

    /** Raises {@code vector} without an error code, always; lifting of the block must end with {@link #leave} after it. */
    public void raise(int vector) {
        b.raiseIf(b.constant(Type.I1, 1), vector);
    }

    /** Raises {@code vector} with error code 0, always. */
    public void raiseZero(int vector) {
        b.raiseIf(b.constant(Type.I1, 1), vector, b.constant(Type.I32, 0));
    }

    static long ones(int bits) {
        return bits == 64 ? -1 : (1L << bits) - 1;
    }
}
