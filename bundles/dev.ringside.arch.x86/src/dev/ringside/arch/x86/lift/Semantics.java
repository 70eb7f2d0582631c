package dev.ringside.arch.x86.lift;

/** The meaning of an instruction: emits its IR. One for each name in the tables' {@code means} column. */
@FunctionalInterface
public interface Semantics {
    /**
     * Emits the operation of {@code x.insn()} through {@code x.b()}. Guest registers are put after the last access that may fault. An
     * instruction that ends the block terminates the builder itself; otherwise lifting goes on with the next one.
     */
    void lift(Lift x);
}
