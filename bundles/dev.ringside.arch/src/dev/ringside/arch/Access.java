package dev.ringside.arch;

/** What an address is translated for. */
public enum Access {
    READ, WRITE, FETCH,
    /** A debugger's look: rights are ignored, nothing changes, nothing is raised. */
    LOOK;

    public boolean isLooking() {
        return this == LOOK;
    }
}
