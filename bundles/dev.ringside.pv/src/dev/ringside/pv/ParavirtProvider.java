package dev.ringside.pv;

import java.util.List;
import java.util.Map;

/** Makes one paravirtual interface; found as a service. */
public interface ParavirtProvider {
    /** What machine descriptions call it: {@code kvm}. */
    String name();

    /** One line for listings. */
    String description();

    /** What can be switched on and off, with defaults and what needs what. */
    FeatureTable features();

    /** Faults that its interface has ({@link ParavirtInterface#injectable}), for those who choose before there is a machine. */
    default Map<String, String> injectable() {
        return Map.of();
    }

    /** Hardware IDs of devices that the machine's ACPI tables are to name, and that this interface answers for. */
    default List<String> acpiDevices(FeatureTable.Selection selection) {
        return List.of();
    }

    /**
     * @param selection of {@link #features()}
     * @param cpuidBase 0x40000000, or a multiple of 0x100 above it when another interface has that place
     * @throws IllegalArgumentException with one clear line when a value of the selection is not as it must be
     */
    ParavirtInterface create(FeatureTable.Selection selection, int cpuidBase, ParavirtContext context);
}
