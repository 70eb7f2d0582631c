package dev.ringside.ir;

import java.util.List;

/**
 * One operation of a block.
 *
 * @param type the type that {@link Op} speaks of; for a comparison that of its operands, for a store that of the stored value
 * @param result the value it defines, or null
 * @param imm immediate operand, meaning by {@link Op}
 * @param aux second immediate operand ({@link Op#INSN}: length)
 * @param ref a {@link StateField} or a {@link Helper}, or null
 */
public record IrInsn(Op op, Type type, Value result, List<Value> args, long imm, int aux, Object ref) {

    public Value arg(int index) {
        return args.get(index);
    }

    public StateField field() {
        return (StateField) ref;
    }

    public Helper helper() {
        return (Helper) ref;
    }
}
