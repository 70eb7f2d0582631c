package dev.ringside.testkit;

import dev.ringside.arch.Cpu;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.VirtualMemory;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.IrFolding;
import dev.ringside.ir.IrInsn;
import dev.ringside.ir.MemFlags;
import dev.ringside.ir.Op;
import dev.ringside.ir.StateField;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;

/**
 * Evaluates a block operation by operation, straight from what {@link Op} says: slow, and independent of every engine, so that a test of
 * semantics does not test an engine, and the other way round.
 */
public final class IrEvaluator {
    private final Cpu cpu;
    private final IrBlock block;
    private final long[] low;
    private final long[] high;
    /** Program counter of the guest instruction under way. */
    private long pc;
    private long next;
    private boolean pcWritten;

    private IrEvaluator(Cpu cpu, IrBlock block) {
        this.cpu = cpu;
        this.block = block;
        low = new long[block.valueCount()];
        high = new long[block.valueCount()];
    }

    /**
     * Runs {@code block} and moves the processor's program counter.
     *
     * @throws GuestFault when an instruction raises; the program counter is then at that instruction
     */
    public static void run(Cpu cpu, IrBlock block) {
        new IrEvaluator(cpu, block).run();
    }

    private void run() {
        try {
            block.insns().forEach(this::evaluate);
        } catch (GuestFault fault) {
            cpu.pc(pc);
            throw fault;
        }
        if (!pcWritten) {
            cpu.pc(next);
        }
    }

    private void evaluate(IrInsn insn) {
        switch (insn.op()) {
            case INSN -> {
                pc = block.pc() + insn.imm();
                cpu.pc(pc);
            }
            case CONST -> set(insn, insn.imm(), 0);
            case PC -> set(insn, block.pc() + insn.imm(), 0);
            case GET -> get(insn);
            case PUT -> put(insn);
            case AND -> set(insn, arg(insn, 0) & arg(insn, 1), argHigh(insn, 0) & argHigh(insn, 1));
            case OR -> set(insn, arg(insn, 0) | arg(insn, 1), argHigh(insn, 0) | argHigh(insn, 1));
            case XOR -> set(insn, arg(insn, 0) ^ arg(insn, 1), argHigh(insn, 0) ^ argHigh(insn, 1));
            case NOT -> set(insn, ~arg(insn, 0) & insn.type().mask(), ~argHigh(insn, 0));
            case SELECT -> set(insn, arg(insn, arg(insn, 0) != 0 ? 1 : 2), argHigh(insn, arg(insn, 0) != 0 ? 1 : 2));
            case ZEXT -> set(insn, arg(insn, 0), 0);
            case SEXT -> set(insn, IrFolding.signed(insn.arg(0).type(), arg(insn, 0)) & insn.type().mask(), 0);
            case TRUNC -> set(insn, arg(insn, 0) & insn.type().mask(), 0);
            case DEPOSIT -> {
                long mask = insn.arg(1).type().mask() << insn.imm();
                set(insn, arg(insn, 0) & ~mask | arg(insn, 1) << insn.imm(), 0);
            }
            case CONCAT -> set(insn, arg(insn, 0), arg(insn, 1));
            case LOW -> set(insn, arg(insn, 0), 0);
            case HIGH -> set(insn, argHigh(insn, 0), 0);
            case LOAD -> load(insn);
            case STORE -> store(insn);
            case PROBE -> memory().probeWrite(arg(insn, 0), insn.type().bytes(), (int) insn.imm());
            case CALL -> call(insn);
            case RAISE_IF -> raiseIf(insn);
            case JUMP, LEAVE -> next = arg(insn, 0);
            case BRANCH -> next = arg(insn, arg(insn, 0) != 0 ? 1 : 2);
            case LEAVE_AT_PC -> pcWritten = true;
            default -> set(insn, insn.args().size() == 1 ? IrFolding.unary(insn.op(), insn.type(), arg(insn, 0))
                : IrFolding.binary(insn.op(), insn.type(), arg(insn, 0), arg(insn, 1)), 0);
        }
    }

    private void get(IrInsn insn) {
        StateField field = insn.field();
        set(insn, cpu.slots[field.slot()], field.type() == Type.I128 ? cpu.slots[field.slot() + 1] : 0);
    }

    private void put(IrInsn insn) {
        StateField field = insn.field();
        cpu.slots[field.slot()] = arg(insn, 0);
        if (field.type() == Type.I128) {
            cpu.slots[field.slot() + 1] = argHigh(insn, 0);
        }
    }

    private void load(IrInsn insn) {
        long address = arg(insn, 0);
        int flags = (int) insn.imm();
        requireAlignment(insn, address, flags);
        if (insn.type() == Type.I128) {
            set(insn, memory().load(address, 8, flags), memory().load(address + 8, 8, flags));
        } else {
            set(insn, memory().load(address, insn.type().bytes(), flags), 0);
        }
    }

    private void store(IrInsn insn) {
        long address = arg(insn, 0);
        int flags = (int) insn.imm();
        requireAlignment(insn, address, flags);
        if (insn.type() == Type.I128) {
            memory().probeWrite(address, 16, flags);
            memory().store(address, 8, arg(insn, 1), flags);
            memory().store(address + 8, 8, argHigh(insn, 1), flags);
        } else {
            memory().store(address, insn.type().bytes(), arg(insn, 1), flags);
        }
    }

    private void requireAlignment(IrInsn insn, long address, int flags) {
        if ((flags & MemFlags.ALIGNED) != 0 && (address & insn.type().bytes() - 1) != 0) {
            throw cpu.misaligned(address, MemFlags.space(flags));
        }
    }

    private void call(IrInsn insn) {
        Helper helper = insn.helper();
        long result = helper.body().call(cpu, argOrZero(insn, 0), argOrZero(insn, 1), argOrZero(insn, 2), argOrZero(insn, 3));
        if (insn.result() != null) {
            if ((result & ~helper.result().mask()) != 0) {
                throw new AssertionError(helper.name() + " returned " + Long.toHexString(result) + ", more than " + helper.result().text());
            }
            set(insn, result, 0);
        }
    }

    private void raiseIf(IrInsn insn) {
        if (arg(insn, 0) != 0) {
            int vector = (int) insn.imm() & 0xff;
            throw (insn.imm() & 0x100) != 0 ? cpu.fault.set(vector, (int) arg(insn, 1)) : cpu.fault.set(vector);
        }
    }

    private VirtualMemory memory() {
        return cpu.memory;
    }

    private void set(IrInsn insn, long lowHalf, long highHalf) {
        Value result = insn.result();
        low[result.id()] = lowHalf & result.type().mask();
        high[result.id()] = highHalf;
    }

    private long arg(IrInsn insn, int index) {
        return low[insn.arg(index).id()];
    }

    private long argHigh(IrInsn insn, int index) {
        return high[insn.arg(index).id()];
    }

    private long argOrZero(IrInsn insn, int index) {
        return index < insn.args().size() ? arg(insn, index) : 0;
    }
}
