package dev.ringside.pv;

import java.util.ArrayList;
import java.util.List;

/** From a {@link ParavirtSpec} to the interface of a machine. */
public final class ParavirtInterfaces {
    /** Where a guest looks for its hypervisor. */
    public static final int FIRST_LEAF = 0x40000000;
    /** How far apart interfaces stand that a guest finds by looking further (Linux: hypervisor_cpuid_base). */
    public static final int LEAF_STRIDE = 0x100;
    /** Has the first place when it is there: its guests look nowhere else. */
    private static final String FIRST = "hyperv";

    private ParavirtInterfaces() {
    }

    /** @throws IllegalArgumentException with one clear line when an interface or a feature is not there */
    public static ParavirtInterface create(ParavirtSpec spec, List<ParavirtProvider> providers, ParavirtContext context) {
        List<ParavirtProvider> chosen = check(spec, providers);
        var parts = new ArrayList<ParavirtInterface>();
        for (ParavirtProvider provider : chosen) {
            parts.add(provider.create(provider.features().select(spec), FIRST_LEAF + LEAF_STRIDE * parts.size(), context));
        }
        return switch (parts.size()) {
            case 0 -> ParavirtInterface.NONE;
            case 1 -> parts.getFirst();
            default -> new CombinedInterface(parts);
        };
    }

    /** Devices that ACPI tables are to name for the interfaces of {@code spec}. @throws IllegalArgumentException as {@link #create} */
    public static List<String> acpiDevices(ParavirtSpec spec, List<ParavirtProvider> providers) {
        return check(spec, providers).stream().flatMap(provider -> provider.acpiDevices(provider.features().select(spec)).stream()).toList();
    }

    /** The providers that {@code spec} names, in the order of their leaves. @throws IllegalArgumentException as {@link #create} */
    public static List<ParavirtProvider> check(ParavirtSpec spec, List<ParavirtProvider> providers) {
        var chosen = new ArrayList<ParavirtProvider>();
        for (String name : spec.interfaces()) {
            ParavirtProvider provider = providers.stream().filter(p -> p.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("paravirtual interface '" + name + "' is not in this build; there is none, "
                    + String.join(", ", providers.stream().map(ParavirtProvider::name).sorted().toList())));
            if (chosen.contains(provider)) {
                throw new IllegalArgumentException("paravirtual interface '" + name + "' is named twice");
            }
            chosen.add(provider.name().equals(FIRST) ? 0 : chosen.size(), provider);
        }
        if (chosen.size() > 1 && chosen.stream().anyMatch(p -> p.name().equals("minimal"))) {
            throw new IllegalArgumentException("paravirtual interface 'minimal' stands alone");
        }
        for (String name : spec.names()) {
            if (chosen.stream().noneMatch(p -> p.features().feature(name) != null)) {
                throw new IllegalArgumentException("paravirtual feature '" + name + "' is not one of " + (chosen.isEmpty() ? "'none', which has no features"
                    : String.join(", ", chosen.stream().flatMap(p -> p.features().features().stream()).map(FeatureTable.Feature::name).toList())));
            }
        }
        for (ParavirtProvider provider : chosen) {
            provider.features().select(spec);
        }
        return chosen;
    }
}
