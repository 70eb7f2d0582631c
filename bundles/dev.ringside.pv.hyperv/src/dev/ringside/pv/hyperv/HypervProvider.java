package dev.ringside.pv.hyperv;

import dev.ringside.pv.FeatureTable;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.ParavirtInterface;
import dev.ringside.pv.ParavirtProvider;
import java.util.List;
import java.util.Map;

/** {@code --paravirt hyperv}. */
public final class HypervProvider implements ParavirtProvider {
    static final FeatureTable FEATURES = FeatureTable.read(HypervProvider.class, "/hyperv/features.table");

    @Override
    public String name() {
        return "hyperv";
    }

    @Override
    public String description() {
        return "what Hyper-V offers: reference time, synthetic interrupts and timers, hypercalls for flushes and interrupts";
    }

    @Override
    public FeatureTable features() {
        return FEATURES;
    }

    @Override
    public Map<String, String> injectable() {
        return HypervInterface.FAULTS;
    }

    @Override
    public ParavirtInterface create(FeatureTable.Selection selection, int cpuidBase, ParavirtContext context) {
        return new HypervInterface(Identity.of(selection), Privileges.of(selection), cpuidBase, context, selection.has("test-device"),
            selection.has("vmbus"));
    }

    /** What a guest's VMBus driver looks for. */
    @Override
    public List<String> acpiDevices(FeatureTable.Selection selection) {
        return selection.has("vmbus") ? List.of("VMBus") : List.of();
    }
}
