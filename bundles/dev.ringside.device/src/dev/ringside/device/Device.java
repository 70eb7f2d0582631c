package dev.ringside.device;

import dev.ringside.inspect.Inspectable;

/** A part of a machine with state of its own. All methods run on the machine's thread. */
public interface Device extends Inspectable {
    /** Name in the machine, unique there: {@code com1}. */
    String name();

    /** Back to the state after power-on. */
    void reset();

    /** Writes everything that {@link #restore} needs, in a fixed order. */
    void save(StateWriter out);

    /** Reads what {@link #save} wrote. */
    void restore(StateReader in);
}
