package dev.ringside.device;

/** The wires from a local interrupt controller to its processor. Called on the machine's thread. */
public interface VcpuPins {
    /** The maskable interrupt request; level. */
    void intr(boolean requested);

    void nmi();

    void smi();

    /** INIT: reset to wait-for-SIPI (application processors) or to the reset vector. */
    void init();

    /** Start-up IPI; ignored by a processor that does not wait for one. @param vector the page number to start at */
    void startup(int vector);
}
