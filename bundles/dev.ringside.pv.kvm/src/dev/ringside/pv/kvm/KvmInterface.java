package dev.ringside.pv.kvm;

import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.device.InterruptAssist;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.CpuidLeaves;
import dev.ringside.pv.FeatureTable;
import dev.ringside.pv.FeatureTable.Selection;
import dev.ringside.pv.HypercallLog;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.ParavirtInterface;
import dev.ringside.pv.ParavirtInterfaces;
import dev.ringside.pv.PvVcpu;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** CPUID and MSRs of KVM, and what is told to its parts. */
final class KvmInterface implements ParavirtInterface {
    private static final int HYPERVISOR_PRESENT = 1 << 31;
    /** A counter that a migration may change is not invariant. */
    private static final int POWER_MANAGEMENT = 0x80000007, INVARIANT_TSC = 1 << 8;
    private static final int LEAVES = 0x100;
    private static final int SIGNATURE = 0, FEATURES = 1, TIMING = 0x10;
    /** "KVMKVMKVM\0\0\0" in EBX, ECX, EDX. */
    private static final int[] KVM = {0x4b4d564b, 0x564b4d56, 0x0000004d};
    private static final int KILOHERTZ = 1_000_000;
    private static final long TSC_JUMP_TICKS = 1_000_000_000, STEAL_BURST_NANOS = 100_000_000, SLOW_HYPERCALL_NANOS = 10_000_000;
    private static final int STORM_PAGES = 4096;

    private final Selection features;
    private final int base;
    private final ParavirtContext context;
    private final Kvmclock clock;
    private final StealTime steal;
    private final List<PvEoi> eoi = new ArrayList<>();
    private final List<AsyncPageFaults> apf = new ArrayList<>();
    private final KvmHypercalls hypercalls;
    private final SwapPolicy swap;
    private final long[] pollControl;
    private long migrationControl;
    private boolean jumping;

    KvmInterface(Selection features, int cpuidBase, ParavirtContext context) {
        this.features = features;
        this.context = context;
        base = cpuidBase;
        var shared = new Shared(context.memory());
        int vcpus = context.vcpus().size();
        clock = new Kvmclock(context, shared, features.has("kvmclock-stable-bit"));
        steal = new StealTime(shared, vcpus, features.has("kvm-pv-tlb-flush"));
        hypercalls = new KvmHypercalls(context, features, shared);
        swap = new SwapPolicy(context, features.values().get("swap"));
        pollControl = new long[vcpus];
        for (PvVcpu vcpu : context.vcpus()) {
            eoi.add(new PvEoi(shared, vcpu));
            apf.add(new AsyncPageFaults(shared, vcpu));
        }
        reset();
    }

    @Override
    public String name() {
        return "kvm";
    }

    @Override
    public void cpuid(PvVcpu vcpu, int leaf, int subleaf, int[] registers) {
        if (leaf == 1) {
            registers[2] |= HYPERVISOR_PRESENT;
        } else if (leaf == POWER_MANAGEMENT && !features.has("invtsc")) {
            registers[3] &= ~INVARIANT_TSC;
        } else if (leaf - base >= 0 && leaf - base < LEAVES) {
            Arrays.fill(registers, 0);
            switch (leaf - base) {
                case SIGNATURE -> {
                    registers[0] = base + (hasTiming() ? TIMING : FEATURES);
                    System.arraycopy(KVM, 0, registers, 1, KVM.length);
                }
                case FEATURES -> features.addBits(FEATURES, registers);
                case TIMING -> registers[0] = registers[1] = hasTiming() ? KILOHERTZ : 0;
                default -> {
                    // All zeros.
                }
            }
        }
    }

    /** The leaf has a fixed number, so it is KVM's only when KVM has the first place. */
    private boolean hasTiming() {
        return features.has("vmware-cpuid-freq") && base == ParavirtInterfaces.FIRST_LEAF;
    }

    @Override
    public boolean hasMsr(int index) {
        return index == KvmMsr.MSR_KVM_WALL_CLOCK || index == KvmMsr.MSR_KVM_SYSTEM_TIME || (index & ~0xff) == KvmMsr.MSR_KVM_WALL_CLOCK_NEW;
    }

    @Override
    public long readMsr(PvVcpu vcpu, int index) {
        permitted(vcpu, index);
        int i = vcpu.index();
        return switch (index) {
            case KvmMsr.MSR_KVM_WALL_CLOCK, KvmMsr.MSR_KVM_WALL_CLOCK_NEW -> clock.wallClock();
            case KvmMsr.MSR_KVM_SYSTEM_TIME, KvmMsr.MSR_KVM_SYSTEM_TIME_NEW -> clock.systemTime(vcpu);
            case KvmMsr.MSR_KVM_ASYNC_PF_EN -> apf.get(i).msr();
            case KvmMsr.MSR_KVM_ASYNC_PF_INT -> apf.get(i).vector();
            case KvmMsr.MSR_KVM_ASYNC_PF_ACK -> 0;
            case KvmMsr.MSR_KVM_STEAL_TIME -> steal.msr(vcpu);
            case KvmMsr.MSR_KVM_PV_EOI_EN -> eoi.get(i).msr();
            case KvmMsr.MSR_KVM_POLL_CONTROL -> pollControl[i];
            case KvmMsr.MSR_KVM_MIGRATION_CONTROL -> migrationControl;
            default -> throw vcpu.gp();
        };
    }

    private KvmMsr permitted(PvVcpu vcpu, int index) {
        KvmMsr msr = KvmMsr.TABLE.get(index);
        if (msr == null || !features.has(msr.feature())) {
            throw vcpu.gp();
        }
        return msr;
    }

    @Override
    public void writeMsr(PvVcpu vcpu, int index, long value) {
        if (permitted(vcpu, index).forbids(value)) {
            throw vcpu.gp();
        }
        int i = vcpu.index();
        boolean valid = true;
        switch (index) {
            case KvmMsr.MSR_KVM_WALL_CLOCK, KvmMsr.MSR_KVM_WALL_CLOCK_NEW -> clock.wallClock(value);
            case KvmMsr.MSR_KVM_SYSTEM_TIME, KvmMsr.MSR_KVM_SYSTEM_TIME_NEW -> clock.systemTime(vcpu, value);
            case KvmMsr.MSR_KVM_ASYNC_PF_EN -> valid = enableAsyncPageFaults(i, value);
            case KvmMsr.MSR_KVM_ASYNC_PF_INT -> apf.get(i).vector(value);
            case KvmMsr.MSR_KVM_ASYNC_PF_ACK -> {
                if ((value & 1) != 0) {
                    apf.get(i).tellNext();
                }
            }
            case KvmMsr.MSR_KVM_STEAL_TIME -> steal.msr(vcpu, value);
            case KvmMsr.MSR_KVM_PV_EOI_EN -> valid = eoi.get(i).msr(value);
            case KvmMsr.MSR_KVM_POLL_CONTROL -> pollControl[i] = value;
            case KvmMsr.MSR_KVM_MIGRATION_CONTROL -> migrationControl = value;
            default -> valid = false;
        }
        if (!valid) {
            throw vcpu.gp();
        }
    }

    /** Bit 2 (faults of nested guests as exits) and bit 3 (ready pages by interrupt) have features of their own. */
    private boolean enableAsyncPageFaults(int vcpu, long value) {
        boolean offered = ((value & 4) == 0 || features.has("kvm-asyncpf-vmexit")) && ((value & 8) == 0 || features.has("kvm-asyncpf-int"));
        if (!offered || !apf.get(vcpu).msr(value)) {
            return false;
        }
        if ((value & 1) != 0) {
            swap.start();
        }
        return true;
    }

    @Override
    public boolean hypercall(PvVcpu vcpu) {
        hypercalls.call(vcpu);
        return true;
    }

    @Override
    public InterruptAssist interruptAssist(PvVcpu vcpu) {
        return eoi.get(vcpu.index());
    }

    @Override
    public boolean extendsDestinations() {
        return features.has("kvm-msi-ext-dest-id");
    }

    @Override
    public void scheduled(PvVcpu vcpu, boolean in, long waitedNanos) {
        steal.scheduled(vcpu, in);
        if (in && apf.get(vcpu.index()).hasReady()) {
            apf.get(vcpu.index()).tellNext();
        }
    }

    @Override
    public void tscMoved(PvVcpu vcpu) {
        if (!jumping) {
            clock.updateAll();
        }
    }

    @Override
    public boolean pageAbsent(PvVcpu vcpu, long gpa) {
        return apf.get(vcpu.index()).pageAbsent(gpa);
    }

    @Override
    public void pagePresent(long gpa) {
        apf.forEach(one -> one.pagePresent(gpa));
    }

    // Faults

    static final Map<String, String> FAULTS = new LinkedHashMap<>();

    static {
        FAULTS.put("tsc-jump", "the time-stamp counter jumps a second ahead, and the clock page does not know");
        FAULTS.put("guest-stopped", "the clock page says that the machine was paused for long");
        FAULTS.put("steal-burst", "100 ms of stolen time at once");
        FAULTS.put("apf-storm", "the host takes " + STORM_PAGES + " pages away at once");
        FAULTS.put("slow-hypercall", "the next hypercall of the processor takes 10 ms");
    }

    private static final Set<String> MACHINE_WIDE = Set.of("guest-stopped", "apf-storm");

    @Override
    public Map<String, String> injectable() {
        return FAULTS;
    }

    @Override
    public Set<String> machineWide() {
        return MACHINE_WIDE;
    }

    @Override
    public void inject(PvVcpu vcpu, String event) {
        switch (event) {
            case "tsc-jump" -> {
                jumping = true;
                ((X86Cpu) vcpu.cpu()).moveTsc(TSC_JUMP_TICKS);
                jumping = false;
            }
            case "guest-stopped" -> clock.tellStopped();
            case "steal-burst" -> steal.steal(vcpu, STEAL_BURST_NANOS);
            case "apf-storm" -> swap.takeAway(STORM_PAGES);
            case "slow-hypercall" -> hypercalls.slowDown(vcpu, SLOW_HYPERCALL_NANOS);
            default -> throw new IllegalArgumentException("kvm has no fault '" + event + "'");
        }
    }

    // Life

    @Override
    public void reset() {
        clock.reset();
        steal.reset();
        eoi.forEach(PvEoi::reset);
        apf.forEach(AsyncPageFaults::reset);
        hypercalls.reset();
        swap.reset();
        Arrays.fill(pollControl, 1);
        migrationControl = 0;
    }

    @Override
    public void save(StateWriter out) {
        clock.save(out);
        steal.save(out);
        eoi.forEach(one -> one.save(out));
        apf.forEach(one -> one.save(out));
        swap.save(out);
        hypercalls.save(out);
        for (int i = 0; i < pollControl.length; i++) {
            out.putLong("poll control[" + i + "]", pollControl[i]);
        }
        out.putLong("migration control", migrationControl);
    }

    @Override
    public void restore(StateReader in) {
        clock.restore(in);
        steal.restore(in);
        eoi.forEach(one -> one.restore(in));
        apf.forEach(one -> one.restore(in));
        swap.restore(in);
        hypercalls.restore(in);
        for (int i = 0; i < pollControl.length; i++) {
            pollControl[i] = in.getLong("poll control[" + i + "]");
        }
        migrationControl = in.getLong("migration control");
    }

    // For people

    @Override
    public Map<String, Long> counts() {
        var counts = new LinkedHashMap<>(hypercalls.log().counts());
        counts.put("PV EOI", eoi.stream().mapToLong(PvEoi::used).sum());
        counts.put("KVM_VCPU_FLUSH_TLB", steal.flushed());
        counts.put("asynchronous page faults", apf.stream().mapToLong(AsyncPageFaults::told).sum());
        return counts;
    }

    @Override
    public List<HypercallLog.Entry> hypercalls() {
        return hypercalls.log().entries();
    }

    @Override
    public List<String> hints() {
        var hints = new ArrayList<String>();
        hint(hints, "kvmclock", context.vcpus().stream().noneMatch(v -> (clock.systemTime(v) & 1) != 0));
        hint(hints, "kvm-steal-time", context.vcpus().stream().noneMatch(v -> (steal.msr(v) & 1) != 0));
        hint(hints, "kvm-pv-eoi", eoi.stream().noneMatch(e -> (e.msr() & 1) != 0));
        hint(hints, "kvm-asyncpf", apf.stream().noneMatch(a -> (a.msr() & 1) != 0));
        var used = hypercalls.log().counts();
        hint(hints, "kvm-pv-ipi", context.vcpus().size() > 1 && !used.containsKey("KVM_HC_SEND_IPI"));
        hint(hints, "kvm-pv-sched-yield", context.vcpus().size() > 1 && !used.containsKey("KVM_HC_SCHED_YIELD"));
        hint(hints, "kvm-pv-unhalt", context.vcpus().size() > 1 && !used.containsKey("KVM_HC_KICK_CPU"));
        return hints;
    }

    private void hint(List<String> hints, String feature, boolean unused) {
        if (features.has(feature) && unused) {
            FeatureTable.Feature row = features.table().feature(feature);
            hints.add(row.constant() + " is offered and not used: a guest that uses it " + row.text());
        }
    }

    @Override
    public void inspect(Inspector out) {
        out.child("CPUID", this::inspectLeaves).child("features", this::inspectFeatures).child("MSRs", this::inspectMsrs).child("wall clock", clock::inspectWallClock);
        for (PvVcpu vcpu : context.vcpus()) {
            out.child("vcpu" + vcpu.index(), (Inspectable) one -> inspectVcpu(vcpu, one));
        }
        hypercalls.inspect(out);
        out.child("hints", hints -> hints().forEach(hint -> hints.text("hint", hint)));
    }

    private void inspectLeaves(Inspector out) {
        List<CpuidLeaves.Bit> bits = features.table().features().stream()
            .flatMap(feature -> feature.bits().stream().map(bit -> new CpuidLeaves.Bit(bit.register(), bit.bit(), feature.constant(), feature.text()))).toList();
        var leaves = new ArrayList<>(List.of(new CpuidLeaves.Leaf(SIGNATURE, "KVM_CPUID_SIGNATURE", List.of()),
            new CpuidLeaves.Leaf(FEATURES, "KVM_CPUID_FEATURES", bits)));
        if (hasTiming()) {
            leaves.add(new CpuidLeaves.Leaf(TIMING, "frequencies of TSC and APIC timer (kHz)", List.of()));
        }
        CpuidLeaves.inspect(this, context.vcpus().getFirst(), base, leaves, out);
    }

    private void inspectFeatures(Inspector out) {
        out.hex("leaf", base + FEATURES, 32);
        for (FeatureTable.Feature feature : features.table().features()) {
            if (!feature.isValue()) {
                out.text(feature.constant(), (features.has(feature.name()) ? "1: " : "0: ") + feature.text());
            }
        }
    }

    private void inspectMsrs(Inspector out) {
        for (KvmMsr msr : KvmMsr.TABLE.values()) {
            for (PvVcpu vcpu : context.vcpus()) {
                if (features.has(msr.feature())) {
                    out.hex(msr.name() + " of vcpu" + vcpu.index(), readMsr(vcpu, msr.index()), 64);
                } else if (vcpu.index() == 0) {
                    out.text(msr.name(), "#GP: " + msr.feature() + " is off");
                }
            }
        }
    }

    private void inspectVcpu(PvVcpu vcpu, Inspector out) {
        out.child("pvclock", c -> clock.inspect(vcpu, c)).child("steal time", s -> steal.inspect(vcpu, s)).child("PV EOI", eoi.get(vcpu.index())::inspect)
            .child("asynchronous page faults", apf.get(vcpu.index())::inspect).hex("MSR_KVM_POLL_CONTROL", pollControl[vcpu.index()], 64);
    }
}
