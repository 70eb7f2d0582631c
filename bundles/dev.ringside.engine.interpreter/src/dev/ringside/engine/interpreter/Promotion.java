package dev.ringside.engine.interpreter;

import dev.ringside.inspect.Inspector;
import java.util.function.LongFunction;

/**
 * Who gives hot blocks faster code. All methods are called on the machine's thread.
 */
public interface Promotion extends AutoCloseable {
    /** Nobody: blocks are not counted. */
    Promotion NONE = new Promotion() {
        @Override
        public int hotAfter() {
            return 0;
        }

        @Override
        public void hot(Block block, long epoch, LongFunction<Block> recall) {
            throw new AssertionError("a block was counted");
        }

        @Override
        public void settle() {
            // Nothing is ever ready.
        }
    };

    /** How many runs make a block hot. */
    int hotAfter();

    /**
     * {@code block} is running, and has run {@link #hotAfter} times, or as often as {@link Block#countAgain} said.
     *
     * @param epoch that of blocks known to hold
     * @param recall a block that may be known under a program counter, or any other
     */
    void hot(Block block, long epoch, LongFunction<Block> recall);

    /** Called between runs of blocks, often: code that is ready is installed now. */
    void settle();

    default void inspect(Inspector out) {
        // Nothing to tell.
    }

    @Override
    default void close() {
        // Nothing is held.
    }
}
