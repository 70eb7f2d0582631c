package dev.ringside.testkit;

import dev.ringside.ir.GuestState;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.IrFolding;
import dev.ringside.ir.IrInsn;
import dev.ringside.ir.Op;
import dev.ringside.ir.Type;
import java.util.Map;
import java.util.TreeMap;

/**
 * The plainest possible evaluation of a {@link RandomBlocks} block, to compare others with. Memory is bytes by address, each holding its own
 * address's low byte at first; addresses of 4096 and more fault.
 */
public final class PlainEvaluator {
    private final GuestState state;
    private final Map<Long, Byte> memory = new TreeMap<>();
    private String end;

    public PlainEvaluator(GuestState state) {
        this.state = state;
    }

    /** Everything that a guest or a device could see. */
    public String outcome() {
        memory.entrySet().removeIf(e -> e.getValue() == e.getKey().byteValue());
        return outcome(end, memory, state);
    }

    /**
     * The same for what somebody else ran.
     *
     * @param end {@code pc 1f}, {@code fault at 3} or {@code raise 13 0 at 3}: addresses in hexadecimal, instructions counted from 0
     * @param changed bytes that differ from their address's low byte
     */
    public static String outcome(String end, Map<Long, Byte> changed, GuestState state) {
        var out = new StringBuilder(end).append('\n').append(changed).append('\n');
        for (int i = 0; i < RandomBlocks.LAYOUT.slotCount(); i++) {
            out.append(Long.toHexString(state.slots[i])).append(' ');
        }
        return out.toString();
    }

    public void run(IrBlock block) {
        long[] low = new long[block.valueCount()];
        long[] high = new long[block.valueCount()];
        int guestInstruction = -1;
        for (IrInsn insn : block.insns()) {
            long a = insn.args().isEmpty() ? 0 : low[insn.arg(0).id()];
            long b = insn.args().size() < 2 ? 0 : low[insn.arg(1).id()];
            long c = insn.args().size() < 3 ? 0 : low[insn.arg(2).id()];
            long result = 0;
            long resultHigh = 0;
            switch (insn.op()) {
                case INSN -> guestInstruction++;
                case CONST -> result = insn.imm();
                case PC -> result = block.pc() + insn.imm();
                case GET -> {
                    result = state.slots[insn.field().slot()];
                    resultHigh = insn.type() == Type.I128 ? state.slots[insn.field().slot() + 1] : 0;
                }
                case PUT -> {
                    state.slots[insn.field().slot()] = a;
                    if (insn.type() == Type.I128) {
                        state.slots[insn.field().slot() + 1] = high[insn.arg(0).id()];
                    }
                }
                case AND, OR, XOR, NOT -> {
                    result = insn.op() == Op.NOT ? ~a & insn.type().mask() : IrFolding.binary(insn.op(), insn.type(), a, b);
                    if (insn.type() == Type.I128) {
                        long ha = high[insn.arg(0).id()];
                        resultHigh = insn.op() == Op.NOT ? ~ha : IrFolding.binary(insn.op(), Type.I64, ha, high[insn.arg(1).id()]);
                    }
                }
                case SELECT -> {
                    int chosen = insn.arg(a != 0 ? 1 : 2).id();
                    result = low[chosen];
                    resultHigh = high[chosen];
                }
                case ZEXT -> result = a;
                case SEXT -> result = IrFolding.signed(insn.arg(0).type(), a) & insn.type().mask();
                case TRUNC -> result = a & insn.type().mask();
                case DEPOSIT -> {
                    for (int bit = 0; bit < insn.arg(1).type().bits(); bit++) {
                        long place = 1L << insn.imm() + bit;
                        a = (b >>> bit & 1) != 0 ? a | place : a & ~place;
                    }
                    result = a;
                }
                case CONCAT -> {
                    result = a;
                    resultHigh = b;
                }
                case LOW -> result = a;
                case HIGH -> result = high[insn.arg(0).id()];
                case LOAD, STORE, PROBE -> {
                    if (((a | a + insn.type().bytes() - 1) & -4096) != 0) {
                        end = "fault at " + guestInstruction;
                        return;
                    }
                    for (int i = 0; i < insn.type().bytes(); i++) {
                        long word = insn.op() != Op.STORE ? 0 : i < 8 ? b >>> 8 * i : high[insn.arg(1).id()] >>> 8 * (i - 8);
                        if (insn.op() == Op.STORE) {
                            memory.put(a + i, (byte) word);
                        } else if (insn.op() == Op.LOAD) {
                            long loaded = memory.getOrDefault(a + i, (byte) (a + i)) & 0xffL;
                            result |= i < 8 ? loaded << 8 * i : 0;
                            resultHigh |= i < 8 ? 0 : loaded << 8 * (i - 8);
                        }
                    }
                }
                case CALL -> result = insn.helper().body().call(state, a, b, c, 0);
                case RAISE_IF -> {
                    if (a != 0) {
                        end = "raise " + insn.imm() + " " + b + " at " + guestInstruction;
                        return;
                    }
                }
                case JUMP, LEAVE -> end = "pc " + Long.toHexString(a);
                case BRANCH -> end = "pc " + Long.toHexString(a != 0 ? b : c);
                case LEAVE_AT_PC -> end = "pc " + Long.toHexString(block.pc());
                default -> result = insn.op().arity() == 1
                        ? IrFolding.unary(insn.op(), insn.type(), a) : IrFolding.binary(insn.op(), insn.type(), a, b);
            }
            if (insn.result() != null) {
                low[insn.result().id()] = result;
                high[insn.result().id()] = resultHigh;
            }
        }
    }
}
