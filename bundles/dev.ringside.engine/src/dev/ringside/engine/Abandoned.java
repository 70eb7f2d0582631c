package dev.ringside.engine;

/**
 * An access has effects beyond plain memory (a device, cached code, a watchpoint), and the instruction that makes it does not stand alone in
 * its block. Nothing happened yet; the engine runs the instruction again alone. Control flow inside an engine, like a guest fault.
 */
public final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public static final Abandoned INSTANCE = new Abandoned();

    private Abandoned() {
        super(null, null, false, false);
    }
}
