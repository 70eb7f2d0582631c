package dev.ringside.debug.core.launch;

import dev.ringside.pv.FeatureTable;
import dev.ringside.pv.FeatureTable.Feature;
import dev.ringside.pv.ParavirtInterfaces;
import dev.ringside.pv.ParavirtProvider;
import dev.ringside.pv.ParavirtSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Features that are chosen one by one, with what each needs, and the shortest text that says the same. Plain Java: what a list of check boxes stands for.
 *
 * <pre>{@code
 * var choice = ParavirtChoice.of("hyperv", installed);
 * choice.set("time", false);       // and with it the timers, which need it
 * choice.text();                   // hyperv,-time
 * }</pre>
 */
public final class ParavirtChoice {
    private final List<String> interfaces;
    private final Map<String, Feature> features = new LinkedHashMap<>();
    private final Set<String> on = new LinkedHashSet<>();
    private final Map<String, String> values = new LinkedHashMap<>();

    private ParavirtChoice(List<String> interfaces) {
        this.interfaces = List.copyOf(interfaces);
    }

    /** What {@code text} says. @throws IllegalArgumentException with one line when it says what cannot be */
    public static ParavirtChoice of(String text, List<ParavirtProvider> installed) {
        ParavirtSpec spec = ParavirtSpec.parse(text);
        var choice = new ParavirtChoice(spec.interfaces());
        for (ParavirtProvider provider : ParavirtInterfaces.check(spec, installed)) {
            FeatureTable table = provider.features();
            table.features().stream().filter(feature -> !feature.byDefault().equals("never")).forEach(feature -> choice.features.putIfAbsent(feature.name(), feature));
            FeatureTable.Selection selection = table.select(spec);
            choice.on.addAll(selection.on());
            choice.values.putAll(selection.values());
        }
        return choice;
    }

    /** Those that can be had, in the order of their tables; settings among them. */
    public List<Feature> features() {
        return List.copyOf(features.values());
    }

    public boolean isOn(String feature) {
        return on.contains(feature);
    }

    /** The setting's value, or empty for its default. */
    public String value(String setting) {
        return values.getOrDefault(setting, "");
    }

    /** Switching on brings what the feature needs; switching off takes what needs it. */
    public void set(String name, boolean wanted) {
        if (on.contains(name) == wanted) {
            return;
        }
        if (wanted) {
            on.add(name);
            features.get(name).requires().forEach(needed -> set(needed, true));
        } else {
            on.remove(name);
            features.values().stream().filter(feature -> feature.requires().contains(name)).forEach(feature -> set(feature.name(), false));
        }
    }

    /** @param value empty for the default */
    public void setValue(String setting, String value) {
        if (value.isBlank()) {
            values.remove(setting);
        } else {
            values.put(setting, value.strip());
        }
    }

    /** As it was before anything was chosen. */
    public void setDefaults() {
        on.clear();
        values.clear();
        features.values().stream().filter(feature -> feature.byDefault().equals("on")).forEach(feature -> on.add(feature.name()));
    }

    /** The text of a launch configuration or of {@code --paravirt}: what differs from the defaults, without what follows from it. */
    public String text() {
        List<String> parts = new ArrayList<>(List.of(interfaces.isEmpty() ? "none" : String.join("+", interfaces)));
        for (Feature feature : features.values()) {
            boolean byDefault = feature.byDefault().equals("on");
            boolean follows = byDefault && !isOn(feature.name()) && feature.requires().stream().anyMatch(needed -> !isOn(needed));
            if (feature.isValue()) {
                if (values.containsKey(feature.name())) {
                    parts.add(feature.name() + "=" + values.get(feature.name()));
                }
            } else if (isOn(feature.name()) != byDefault && !follows) {
                parts.add((byDefault ? "-" : "") + feature.name());
            }
        }
        return String.join(",", parts);
    }
}
