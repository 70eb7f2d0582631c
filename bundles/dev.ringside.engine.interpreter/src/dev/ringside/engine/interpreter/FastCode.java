package dev.ringside.engine.interpreter;

/**
 * Code that does what the operations of a {@link Region}'s blocks do. It never does what may have an effect beyond registers and plain memory:
 * before that it comes back and says at which operation the interpreter goes on, with every slot as the interpreter would have it there.
 */
public abstract class FastCode {
    /** What {@link #run} returns: kind, member and index of the operation in the member's code. */
    public static final int KIND_SHIFT = 30, MEMBER_SHIFT = 16, MEMBER_MASK = (1 << KIND_SHIFT - MEMBER_SHIFT) - 1, INDEX_MASK = (1 << MEMBER_SHIFT) - 1;

    /** Go on with that operation. */
    public static final int RESUME = 0;
    /** The member is over; go on where its link leads. */
    public static final int LINK_0 = 1, LINK_1 = 2;
    /** The member has not begun: what may retire is too little for it. */
    public static final int BEFORE = 3;

    /**
     * Runs from the start of the region's first block.
     *
     * @param frame where the budget that is left goes
     * @param tlb host address of the TLB in force
     * @param budget instructions that may retire behind the first block; when it is negative nothing happens and nothing else is looked at: such calls
     *     let HotSpot compile the code before a guest needs it
     */
    public abstract int run(FastFrame frame, long tlb, int budget);
}
