package dev.ringside.pv.minimal;

import dev.ringside.pv.FeatureTable;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.ParavirtInterface;
import dev.ringside.pv.ParavirtProvider;

/** {@code --paravirt minimal}. */
public final class MinimalProvider implements ParavirtProvider {
    @Override
    public String name() {
        return "minimal";
    }

    @Override
    public String description() {
        return "the hypervisor bit and the frequencies of TSC and APIC timer, nothing else";
    }

    @Override
    public FeatureTable features() {
        return FeatureTable.empty();
    }

    @Override
    public ParavirtInterface create(FeatureTable.Selection selection, int cpuidBase, ParavirtContext context) {
        return new MinimalInterface(cpuidBase);
    }
}
