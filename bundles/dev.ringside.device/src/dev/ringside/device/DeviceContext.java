package dev.ringside.device;

import dev.ringside.trace.TraceSink;

/** What a machine gives a device at construction. */
public interface DeviceContext {
    Clock clock();

    DmaMemory memory();

    TraceSink trace();

    /** Answers ports {@code first} to {@code first + count - 1}. @throws IllegalStateException when another device has one of them */
    void claimPorts(Device owner, int first, int count, IoHandler handler);

    /**
     * Ports that software places, as a PCI base address register does: switched off and at port 0 until the region says otherwise. Where another
     * device has claimed a port for good, that device keeps it.
     */
    default Region claimMovablePorts(Device owner, int count, IoHandler handler) {
        throw new UnsupportedOperationException("this context has no movable ports, which " + owner.name() + " needs");
    }

    /** Answers guest-physical addresses from {@code gpa} on, except where plain memory lies: that hides the region. */
    Region claimMmio(Device owner, long gpa, long sizeBytes, IoHandler handler);

    /** The wire to global system interrupt {@code gsi}: ISA IRQs 0 to 15 reach the PICs and the I/O APIC, 16 to 23 the I/O APIC. */
    IrqLine gsi(int gsi);

    /** Ends the run: the guest asked for it. */
    void end(EndRequest request);

    /** Something a guest did that is not implemented; said once for each {@code what}. */
    void unimplemented(Device device, String what);

    /** Index of the processor whose access a handler answers now; 0 outside of accesses. */
    default int currentVcpu() {
        return 0;
    }

    /** The machine's retired instructions, for {@link TraceSink#emit}. */
    default long instructions() {
        return 0;
    }

    /** The switch between ROM and RAM at 0xC0000 to 0xFFFFF. */
    default ShadowRam shadowRam() {
        return ShadowRam.NONE;
    }

    /** The A20 gate: with {@code enabled} false, processors see address bit 20 as 0. */
    default void a20(boolean enabled) {
        // A machine that never masks the line.
    }

    /** The hypervisor forgets its mapping of the page at {@code gpa}, so that the next access faults it in again (PC test device, port 0xE4). */
    default void forgetMapping(long gpa) {
        // A machine without second-level mappings.
    }

    /** A claimed region that can move or be switched off. */
    interface Region {
        /** @param gpa the new first address, or first port */
        void move(long gpa);

        void enable(boolean on);
    }

    /** How a guest may end its run. */
    sealed interface EndRequest {
        record PowerOff() implements EndRequest {
        }

        /** @param by the manual's name of what did it: {@code port 0xcf9}, {@code i8042} */
        record Reset(String by) implements EndRequest {
        }

        /** isa-debug-exit: the status is {@code value << 1 | 1}. */
        record DebugExit(long value) implements EndRequest {
        }

        /** pvpanic: the guest says that it panicked. */
        record Panicked(long event) implements EndRequest {
        }
    }
}
