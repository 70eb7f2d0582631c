package dev.ringside.ir;

import java.util.Locale;

/** Why control goes on elsewhere: for call graphs and return prediction. */
public enum JumpKind {
    /** The block ended because it was long enough. */
    NEXT,
    JUMP,
    CALL,
    RETURN;

    /** The name in the text form: {@code next}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
