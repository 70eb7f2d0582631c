package dev.ringside.pv.kvm;

import dev.ringside.pv.FeatureTable;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.ParavirtInterface;
import dev.ringside.pv.ParavirtProvider;
import java.util.Map;

/** {@code --paravirt kvm}. */
public final class KvmProvider implements ParavirtProvider {
    static final FeatureTable FEATURES = FeatureTable.read(KvmProvider.class, "/kvm/features.table");

    @Override
    public String name() {
        return "kvm";
    }

    @Override
    public String description() {
        return "what Linux's KVM offers: clock, steal time, interrupts without exits, asynchronous page faults";
    }

    @Override
    public FeatureTable features() {
        return FEATURES;
    }

    @Override
    public Map<String, String> injectable() {
        return KvmInterface.FAULTS;
    }

    @Override
    public ParavirtInterface create(FeatureTable.Selection selection, int cpuidBase, ParavirtContext context) {
        return new KvmInterface(selection, cpuidBase, context);
    }
}
