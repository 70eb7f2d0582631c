package dev.ringside.devices.pc;

/**
 * What travels between interrupt controllers (SDM 3A 11.6.1, 11.11).
 *
 * @param destination APIC ID or logical mask
 * @param logical destination mode
 * @param broadcastId the destination that means "all": 0xFF, or 0xFFFFFFFF from an x2APIC
 * @param mode delivery mode, {@link #FIXED} to {@link #EXTINT}
 * @param level trigger mode: level rather than edge
 */
record InterruptMessage(int destination, boolean logical, int broadcastId, int mode, int vector, boolean level) {
    static final int FIXED = 0;
    static final int LOWEST_PRIORITY = 1;
    static final int SMI = 2;
    static final int NMI = 4;
    static final int INIT = 5;
    static final int STARTUP = 6;
    static final int EXTINT = 7;

    /**
     * A message-signalled interrupt as the chipset decodes the write (SDM 3A 11.11): {@code address} 0xFEEddxxx.
     *
     * @param extended whether bits 11:5 are bits 14:8 of the destination (KVM_FEATURE_MSI_EXT_DEST_ID); else they are ignored
     */
    static InterruptMessage ofMsi(long address, int data, boolean extended) {
        int destination = (int) (address >> 12) & 0xff | (extended ? (int) (address >> 5) & 0x7f : 0) << 8;
        boolean logical = (address & 4) != 0;
        return new InterruptMessage(destination, logical, 0xff, data >> 8 & 7, data & 0xff, (data & 0x8000) != 0);
    }

    boolean isBroadcast() {
        return destination == broadcastId;
    }
}
