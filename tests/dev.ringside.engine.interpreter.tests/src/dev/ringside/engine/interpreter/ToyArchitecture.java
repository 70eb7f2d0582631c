package dev.ringside.engine.interpreter;

import dev.ringside.arch.Architecture;
import dev.ringside.arch.Assembler;
import dev.ringside.arch.CodeSource;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.Disassembler;
import dev.ringside.arch.Lifter;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.JumpKind;
import dev.ringside.ir.StateField;
import dev.ringside.ir.StateLayout;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * A tiny machine to test engines with: eight 64-bit registers, a flag that every sum writes, code of variable length.
 *
 * <pre>
 * 00           nop
 * 01 r i8      r = i8                  0a r i32   r = i32
 * 02 r s       r += s; flag = r        08 r       r = instruction count
 * 03 r s o8    r = [s + o8], 8 bytes   10 r s o8  r = [s + o8], 1 byte
 * 04 r s o8    [s + o8] = r, 8 bytes   0c r s o8  [s + o8] = r, 1 byte
 * 05 r o8      if r != 0, jump         06 o8      jump
 * 07 r         jump to r               0b         raise 8
 * 09           halt                    0d r       repeat: r -= 1 until it is 0, in bulk
 * 0f           flush translations
 * other        raise 6
 * </pre>
 */
final class ToyArchitecture implements Architecture, Lifter {
    static final StateLayout LAYOUT = new StateLayout();
    static final StateField[] R = new StateField[8];

    static {
        for (int i = 0; i < 8; i++) {
            R[i] = LAYOUT.add("r" + i, Type.I64);
        }
    }

    static final StateField PC = LAYOUT.add("pc", Type.I64);
    static final StateField FLAG = LAYOUT.add("flag", Type.I64);

    private static final Set<Helper.Effect> WORLD = Set.of(Helper.Effect.ACCESSES_WORLD, Helper.Effect.READS_STATE, Helper.Effect.WRITES_STATE);
    static final Helper COUNT = new Helper("toy.count", Type.I64, List.of(), WORLD, (s, a, b, c, d) -> ((Cpu) s).instructions);
    static final Helper HALT = new Helper("toy.halt", null, List.of(), WORLD, (s, a, b, c, d) -> {
        ((ToyCpu) s).halted = true;
        return 0;
    });
    static final Helper REPEAT = new Helper("toy.repeat", Type.I64, List.of(Type.I64), WORLD, (s, a, b, c, d) -> {
        var cpu = (ToyCpu) s;
        long iterations = Math.min(a, cpu.budgetLeft);
        cpu.extraInstructions += iterations - 1;
        return a - iterations;
    });
    static final Helper FLUSH = new Helper("toy.flush", null, List.of(), WORLD, (s, a, b, c, d) -> {
        ((ToyCpu) s).memory.flushTlb(true);
        return 0;
    });

    @Override
    public String name() {
        return "toy";
    }

    @Override
    public StateLayout layout() {
        return LAYOUT;
    }

    @Override
    public Collection<Helper> helpers() {
        return List.of(COUNT, HALT, REPEAT, FLUSH);
    }

    @Override
    public ToyCpu newCpu(int index) {
        return new ToyCpu(index);
    }

    @Override
    public Lifter lifter() {
        return this;
    }

    @Override
    public Disassembler disassembler() {
        throw new UnsupportedOperationException("toys have no disassembler");
    }

    @Override
    public Assembler assembler() {
        throw new UnsupportedOperationException("toys have no assembler");
    }

    static int length(int opcode) {
        return switch (opcode) {
            case 0x06, 0x07, 0x08, 0x0d -> 2;
            case 0x01, 0x02, 0x05 -> 3;
            case 0x03, 0x04, 0x0c, 0x10 -> 4;
            case 0x0a -> 6;
            default -> 1;
        };
    }

    @Override
    public IrBlock lift(CodeSource code, int modeKey, long pc, int maxInstructions) {
        var b = new IrBuilder(pc);
        int at = 0;
        for (int n = 0; n < maxInstructions; n++) {
            int opcode = code.byteAt(at);
            int length = opcode < 0 ? 1 : length(opcode);
            if (opcode < 0 || code.byteAt(at + length - 1) < 0) {
                if (n == 0) {
                    return null;
                }
                break;
            }
            boolean standsAlone = opcode == 0x08 || opcode == 0x09 || opcode == 0x0d || opcode == 0x0f;
            if (standsAlone && n > 0) {
                break;
            }
            b.insn(at, length);
            one(b, code, at, opcode, length);
            at += length;
            if (b.isTerminated()) {
                return b.build();
            }
        }
        b.jump(b.pc(at), JumpKind.NEXT);
        return b.build();
    }

    private static void one(IrBuilder b, CodeSource code, int at, int opcode, int length) {
        int r = length > 1 ? code.byteAt(at + 1) & 7 : 0;
        int s = length > 2 ? code.byteAt(at + 2) & 7 : 0;
        int o8 = (byte) code.byteAt(at + length - 1);
        switch (opcode) {
            case 0x00 -> {
            }
            case 0x01 -> b.put(R[r], b.constant(Type.I64, o8));
            case 0x0a -> {
                long value = 0;
                for (int i = 0; i < 4; i++) {
                    value |= (long) code.byteAt(at + 2 + i) << 8 * i;
                }
                b.put(R[r], b.constant(Type.I64, value));
            }
            case 0x02 -> {
                Value sum = b.add(b.get(R[r]), b.get(R[s]));
                b.put(R[r], sum);
                b.put(FLAG, sum);
            }
            case 0x03 -> b.put(R[r], b.load(Type.I64, b.add(b.get(R[s]), b.constant(Type.I64, o8)), 0));
            case 0x10 -> b.put(R[r], b.zext(b.load(Type.I8, b.add(b.get(R[s]), b.constant(Type.I64, o8)), 0), Type.I64));
            case 0x04 -> b.store(b.add(b.get(R[s]), b.constant(Type.I64, o8)), b.get(R[r]), 0);
            case 0x0c -> b.store(b.add(b.get(R[s]), b.constant(Type.I64, o8)), b.trunc(b.get(R[r]), Type.I8), 0);
            case 0x05 -> b.branch(b.isNotZero(b.get(R[r])), b.pc(at + length + o8), b.pc(at + length));
            case 0x06 -> b.jump(b.pc(at + length + o8), JumpKind.JUMP);
            case 0x07 -> b.jump(b.get(R[r]), JumpKind.JUMP);
            case 0x08 -> {
                b.put(R[r], b.call(COUNT));
                b.leave(b.pc(at + length));
            }
            case 0x09 -> {
                b.call(HALT);
                b.leave(b.pc(at + length));
            }
            case 0x0d -> {
                Value left = b.call(REPEAT, b.get(R[r]));
                b.put(R[r], left);
                b.branch(b.isNotZero(left), b.pc(at), b.pc(at + length));
            }
            case 0x0f -> {
                b.call(FLUSH);
                b.leave(b.pc(at + length));
            }
            default -> {
                b.raiseIf(b.constant(Type.I1, 1), opcode == 0x0b ? 8 : 6);
                b.leave(b.pc(at + length));
            }
        }
    }
}
