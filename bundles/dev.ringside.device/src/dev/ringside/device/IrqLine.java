package dev.ringside.device;

/** An interrupt wire. */
@FunctionalInterface
public interface IrqLine {
    /** Drives the wire high or low; driving it to the level that it has does nothing. */
    void set(boolean high);

    /** A low-high-low pulse, for edge-triggered inputs. */
    default void pulse() {
        set(true);
        set(false);
    }

    IrqLine UNCONNECTED = high -> {
    };
}
