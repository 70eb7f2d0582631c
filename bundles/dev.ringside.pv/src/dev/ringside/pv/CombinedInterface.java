package dev.ringside.pv;

import dev.ringside.device.InterruptAssist;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Several interfaces in one machine. Their CPUID ranges and MSRs do not overlap; a hypercall is for the first interface that has been switched on by the
 * guest ({@link Claiming}), else for the last.
 */
final class CombinedInterface implements ParavirtInterface {
    private final List<ParavirtInterface> parts;

    CombinedInterface(List<ParavirtInterface> parts) {
        this.parts = List.copyOf(parts);
    }

    @Override
    public String name() {
        return String.join("+", parts.stream().map(ParavirtInterface::name).toList());
    }

    @Override
    public void cpuid(PvVcpu vcpu, int leaf, int subleaf, int[] registers) {
        parts.forEach(part -> part.cpuid(vcpu, leaf, subleaf, registers));
    }

    @Override
    public boolean hasMsr(int index) {
        return parts.stream().anyMatch(part -> part.hasMsr(index));
    }

    @Override
    public long readMsr(PvVcpu vcpu, int index) {
        return withMsr(vcpu, index).readMsr(vcpu, index);
    }

    @Override
    public void writeMsr(PvVcpu vcpu, int index, long value) {
        withMsr(vcpu, index).writeMsr(vcpu, index, value);
    }

    private ParavirtInterface withMsr(PvVcpu vcpu, int index) {
        for (ParavirtInterface part : parts) {
            if (part.hasMsr(index)) {
                return part;
            }
        }
        throw vcpu.gp();
    }

    @Override
    public boolean hypercall(PvVcpu vcpu) {
        return inUse().hypercall(vcpu);
    }

    private ParavirtInterface inUse() {
        return parts.stream().filter(part -> part instanceof Claiming claiming && claiming.claimsHypercalls()).findFirst().orElse(parts.getLast());
    }

    @Override
    public void reset() {
        parts.forEach(ParavirtInterface::reset);
    }

    @Override
    public void save(StateWriter out) {
        parts.forEach(part -> part.save(out));
    }

    @Override
    public void restore(StateReader in) {
        parts.forEach(part -> part.restore(in));
    }

    @Override
    public InterruptAssist interruptAssist(PvVcpu vcpu) {
        List<InterruptAssist> all = parts.stream().map(part -> part.interruptAssist(vcpu)).filter(Objects::nonNull).toList();
        if (all.size() < 2) {
            return all.isEmpty() ? null : all.getFirst();
        }
        return new InterruptAssist() {
            @Override
            public void settle() {
                all.forEach(InterruptAssist::settle);
            }

            /** One is enough to spare the guest its EOI; with two, the interrupt would be ended twice. */
            @Override
            public boolean taken(int vector, boolean ownEoiNeeded) {
                boolean needed = ownEoiNeeded;
                for (InterruptAssist assist : all) {
                    if (!assist.taken(vector, needed)) {
                        return false;
                    }
                    needed |= assist.isOffering();
                }
                return true;
            }

            @Override
            public boolean isOffering() {
                return all.stream().anyMatch(InterruptAssist::isOffering);
            }

            @Override
            public void ended(int vector) {
                all.forEach(assist -> assist.ended(vector));
            }
        };
    }

    @Override
    public boolean extendsDestinations() {
        return parts.stream().anyMatch(ParavirtInterface::extendsDestinations);
    }

    @Override
    public void scheduled(PvVcpu vcpu, boolean in, long waitedNanos) {
        parts.forEach(part -> part.scheduled(vcpu, in, waitedNanos));
    }

    @Override
    public void tscMoved(PvVcpu vcpu) {
        parts.forEach(part -> part.tscMoved(vcpu));
    }

    @Override
    public boolean pageAbsent(PvVcpu vcpu, long gpa) {
        return parts.stream().anyMatch(part -> part.pageAbsent(vcpu, gpa));
    }

    @Override
    public void pagePresent(long gpa) {
        parts.forEach(part -> part.pagePresent(gpa));
    }

    @Override
    public Map<String, String> injectable() {
        var all = new LinkedHashMap<String, String>();
        parts.forEach(part -> all.putAll(part.injectable()));
        return all;
    }

    @Override
    public Set<String> machineWide() {
        return parts.stream().flatMap(part -> part.machineWide().stream()).collect(Collectors.toSet());
    }

    /** A fault that several have is that of the one that the guest uses. */
    @Override
    public void inject(PvVcpu vcpu, String event) {
        Stream.concat(Stream.of(inUse()), parts.stream()).filter(part -> part.injectable().containsKey(event)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException(name() + " has no fault '" + event + "'")).inject(vcpu, event);
    }

    @Override
    public Map<String, Long> counts() {
        var all = new LinkedHashMap<String, Long>();
        parts.forEach(part -> all.putAll(part.counts()));
        return all;
    }

    @Override
    public List<HypercallLog.Entry> hypercalls() {
        return parts.stream().flatMap(part -> part.hypercalls().stream()).sorted(Comparator.comparingLong(HypercallLog.Entry::instructions)).toList();
    }

    @Override
    public List<String> notices() {
        return parts.stream().flatMap(part -> part.notices().stream()).toList();
    }

    @Override
    public List<String> hints() {
        var all = new ArrayList<String>();
        parts.forEach(part -> all.addAll(part.hints()));
        return all;
    }

    @Override
    public void inspect(Inspector out) {
        parts.forEach(part -> out.child(part.name(), part));
    }
}
