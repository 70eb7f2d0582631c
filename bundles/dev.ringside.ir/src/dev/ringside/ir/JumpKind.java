package dev.ringside.ir;

/** Why control goes on elsewhere: for call graphs and return prediction. */
public enum JumpKind {
    /** The block ended because it was long enough. */
    NEXT,
    JUMP,
    CALL,
    RETURN
}
