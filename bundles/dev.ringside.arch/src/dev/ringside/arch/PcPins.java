package dev.ringside.arch;

/**
 * The wires that a PC has to each of its processors besides the interrupt request ({@link Cpu#interruptRequested}). A {@link Cpu} that can
 * stand in a PC implements it. Called on the machine's thread, between instructions.
 */
public interface PcPins {
    /** Non-maskable interrupt: edge. */
    void nmi();

    /** INIT: the processor starts again; one that is not the bootstrap processor then waits for {@link #startup}. */
    void init();

    /** Start-up IPI: begins in real mode at {@code vector × 4096}; ignored unless the processor waits for it. @param vector 0 to 255 */
    void startup(int vector);

    /** The A20 gate: with {@code enabled} false, the processor sees physical address bit 20 as 0. */
    void a20(boolean enabled);
}
