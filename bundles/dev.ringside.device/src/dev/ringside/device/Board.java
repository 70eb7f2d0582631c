package dev.ringside.device;

import java.util.List;
import java.util.Map;

/**
 * Everything around the processors and the memory: the devices, wired together. All methods run on the machine's thread.
 */
public interface Board {
    /** {@link BoardProvider#type}. */
    String type();

    /** All devices, in the order in which they are saved and restored. The board's own {@link #save} and {@link #restore} walk this list. */
    List<Device> devices();

    /** Power-on reset of every device; processors are not touched, memory neither. */
    default void reset() {
        devices().forEach(Device::reset);
    }

    default void save(StateWriter out) {
        devices().forEach(device -> device.save(out));
    }

    default void restore(StateReader in) {
        devices().forEach(device -> device.restore(in));
    }

    /** The interrupt controller beside processor {@code vcpu}. */
    LocalInterrupts local(int vcpu);

    /** The wire to global system interrupt {@code gsi}; machines give it to devices that are not the board's. */
    IrqLine gsi(int gsi);

    /** A message-signalled interrupt: a write of {@code data} to {@code address} (SDM 3A 11.11). */
    void msi(long address, int data);

    /**
     * Whether destinations of message-signalled interrupts, and of the I/O APIC, have 15 bits instead of 8: bits 11:5 of the address, and 55:49 of a redirection entry, are
     * the upper ones. A machine without such a hypervisor ignores them.
     */
    default void extendDestinations(boolean extended) {
        // Boards without such messages have nothing to extend.
    }

    /** The NMI button: reaches LINT1 of the local APICs unless port 0x70 masks it. */
    void nmi();

    /** COM1 first. */
    List<SerialPort> serialPorts();

    Keyboard keyboard();

    /** What the display shows now. Disturbs nothing. */
    TextScreen screen();

    /** The debug console of port 0xE9. */
    void debugConsole(CharSink sink);

    /** What firmware says about itself while it starts; boards whose firmware says nothing ignore it. */
    default void firmwareLog(CharSink sink) {
        // Nothing is said.
    }

    /**
     * Writes the tables that firmware leaves for an operating system (ACPI, MP) to their places below 1 MiB, and puts devices into the state in which firmware
     * leaves them; for guests that start without firmware. To be called again after each {@link #reset}.
     *
     * @return the address of the root table (ACPI's RSDP)
     */
    long installFirmwareTables(DmaMemory memory);

    /** What the board answers under a numbered fw_cfg key: kernel, initrd and command line have such keys. */
    void addFwCfgItem(int key, byte[] content);

    /** A named fw_cfg file. @throws IllegalArgumentException when the name is taken, or longer than 55 bytes */
    void addFwCfgFile(String name, byte[] content);

    /** Disks by place, for statistics and messages: {@code ide0-0} to its backend. */
    Map<String, BlockBackend> disks();
}
