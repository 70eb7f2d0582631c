package dev.ringside.pv.hyperv;

import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.device.InterruptAssist;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.Claiming;
import dev.ringside.pv.CpuidLeaves;
import dev.ringside.pv.FeatureTable;
import dev.ringside.pv.HypercallLog;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.ParavirtInterface;
import dev.ringside.pv.PvVcpu;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** CPUID and MSRs of Hyper-V, and what is told to its parts. */
final class HypervInterface implements ParavirtInterface, Claiming, VpRegisters.Synthetic {
    private static final int HYPERVISOR_PRESENT = 1 << 31;
    private static final int LEAVES = 0x100;
    static final int VENDOR = 0, INTERFACE = 1, VERSION = 2, FEATURES = 3, RECOMMENDATIONS = 4, LIMITS = 5, HARDWARE = 6;
    /** "Hv#1". */
    private static final int HV1 = 0x31237648;
    private static final int MAX_PROCESSORS = 64;
    private static final int POWER_MANAGEMENT = 0x80000007, INVARIANT_TSC = 1 << 8;
    private static final long HERTZ = 1_000_000_000;
    private static final int ENABLE = 1, LOCKED = 2;
    /** VMCALL, RET. */
    private static final long HYPERCALL_CODE = 0xc3c1010fL;
    private static final long REENLIGHTENMENT_ENABLED = 1 << 16;
    private static final long TSC_JUMP_TICKS = 1_000_000_000, SLOW_HYPERCALL_NANOS = 10_000_000;

    private final Identity identity;
    private final Privileges privileges;
    private final int base;
    private final ParavirtContext context;
    private final ReferenceTime time;
    private final SharedPage hypercallPage;
    private final List<Vp> vps = new ArrayList<>();
    private final Ports ports;
    /** Null when there is none. */
    private final Vmbus vmbus;
    private final Crash crash;
    private final HvHypercalls hypercalls;
    private long guestOsId;
    private long reenlightenment;
    private long tscEmulation;
    private long tscEmulationStatus;
    private long tscInvariant;
    private long idled;
    private boolean jumping;

    HypervInterface(Identity identity, Privileges privileges, int cpuidBase, ParavirtContext context, boolean testDevice, boolean hasVmbus) {
        this.identity = identity;
        this.privileges = privileges;
        this.context = context;
        base = cpuidBase;
        time = new ReferenceTime(context);
        hypercallPage = new SharedPage(context.overlay("hypercall page"), "HV_X64_MSR_HYPERCALL", false);
        for (PvVcpu vcpu : context.vcpus()) {
            vps.add(new Vp(context, vcpu, time, privileges.has("DirectSyntheticTimers")));
        }
        vmbus = hasVmbus ? new Vmbus(vps) : null;
        ports = new Ports(context, vps, testDevice, vmbus);
        crash = new Crash(context.memory());
        hypercalls = new HvHypercalls(context, vps, privileges, identity, ports, new VpRegisters(this));
    }

    @Override
    public String name() {
        return "hyperv";
    }

    // CPUID (TLFS 2.4)

    @Override
    public void cpuid(PvVcpu vcpu, int leaf, int subleaf, int[] registers) {
        if (leaf == 1) {
            registers[2] |= HYPERVISOR_PRESENT;
        } else if (leaf == POWER_MANAGEMENT && privileges.has("AccessTscInvariantControls") && tscInvariant == 0) {
            registers[3] &= ~INVARIANT_TSC;
        } else if (leaf - base >= 0 && leaf - base < LEAVES) {
            Arrays.fill(registers, 0);
            switch (leaf - base) {
                case VENDOR -> {
                    registers[0] = base + HARDWARE;
                    identity.vendor(registers);
                }
                case INTERFACE -> registers[0] = HV1;
                case VERSION -> identity.version(registers);
                case FEATURES -> privileges.addBits(FEATURES, registers);
                case RECOMMENDATIONS -> {
                    privileges.addBits(RECOMMENDATIONS, registers);
                    registers[1] = identity.spinlockRetries();
                }
                case LIMITS -> registers[0] = registers[1] = MAX_PROCESSORS;
                default -> {
                    // Hardware features: none of the host's are used.
                }
            }
        }
    }

    @Override
    public void cpuidLeaf(Vp vp, int leaf, int[] registers) {
        cpuid(vp.vcpu(), base + leaf, 0, registers);
    }

    // MSRs

    @Override
    public boolean hasMsr(int index) {
        return index >= HvMsr.SPACE_FIRST && index <= HvMsr.SPACE_LAST;
    }

    @Override
    public long readMsr(PvVcpu vcpu, int index) {
        return read(vps.get(vcpu.index()), index);
    }

    @Override
    public void writeMsr(PvVcpu vcpu, int index, long value) {
        write(vps.get(vcpu.index()), index, value);
    }

    private HvMsr permitted(Vp vp, int index) {
        HvMsr row = HvMsr.find(index);
        if (row == null || !privileges.has(row.privilege())) {
            throw vp.vcpu().gp();
        }
        return row;
    }

    @Override
    public long read(Vp vp, int index) {
        HvMsr row = permitted(vp, index);
        if (!row.canRead()) {
            throw vp.vcpu().gp();
        }
        int at = index - row.first();
        return switch (row.first()) {
            case HvMsr.GUEST_OS_ID -> guestOsId;
            case HvMsr.HYPERCALL -> hypercallPage.msr();
            case HvMsr.VP_INDEX -> vp.vcpu().index();
            case HvMsr.VP_RUNTIME -> vp.runtime();
            case HvMsr.TIME_REF_COUNT -> time.now();
            case HvMsr.REFERENCE_TSC -> time.msr();
            case HvMsr.TSC_FREQUENCY, HvMsr.APIC_FREQUENCY -> HERTZ;
            case HvMsr.ICR -> vp.assist().icr();
            case HvMsr.TPR -> vp.assist().tpr();
            case HvMsr.VP_ASSIST_PAGE -> vp.assist().page().msr();
            case HvMsr.SCONTROL -> vp.synic().control();
            case HvMsr.SVERSION -> 1;
            case HvMsr.SIEFP -> vp.synic().events().msr();
            case HvMsr.SIMP -> vp.synic().messages().msr();
            case HvMsr.SINT0 -> vp.synic().sint(at);
            case HvMsr.STIMER0_CONFIG -> (at & 1) == 0 ? vp.stimer(at / 2).config() : vp.stimer(at / 2).count();
            case HvMsr.GUEST_IDLE -> {
                idled++;
                vp.vcpu().idle();
                yield 0;
            }
            case HvMsr.CRASH_P0 -> crash.parameter(at);
            case HvMsr.CRASH_CTL -> Crash.NOTIFY | Crash.MESSAGE;
            case HvMsr.REENLIGHTENMENT_CONTROL -> reenlightenment;
            case HvMsr.TSC_EMULATION_CONTROL -> tscEmulation;
            case HvMsr.TSC_EMULATION_STATUS -> tscEmulationStatus;
            case HvMsr.TSC_INVARIANT_CONTROL -> tscInvariant;
            default -> 0; // RESET and EOM read 0, the debugger's registers have nothing behind them
        };
    }

    @Override
    public void write(Vp vp, int index, long value) {
        HvMsr row = permitted(vp, index);
        boolean valid = row.canWrite(value);
        int at = index - row.first();
        if (valid) {
            switch (row.first()) {
                case HvMsr.GUEST_OS_ID -> guestOsId(value);
                case HvMsr.HYPERCALL -> valid = hypercallPage(value);
                case HvMsr.RESET -> {
                    if ((value & 1) != 0) {
                        context.end(new EndRequest.Reset("HV_X64_MSR_RESET"));
                    }
                }
                case HvMsr.REFERENCE_TSC -> valid = time.msr(value);
                case HvMsr.EOI -> vp.vcpu().apic().endOfInterrupt();
                case HvMsr.ICR -> valid = vp.assist().icr(value);
                case HvMsr.TPR -> valid = vp.assist().tpr(value);
                case HvMsr.VP_ASSIST_PAGE -> valid = vp.assist().pageMsr(value);
                case HvMsr.SCONTROL -> vp.synic().control(value);
                case HvMsr.SIEFP -> valid = vp.synic().events().msr(value);
                case HvMsr.SIMP -> valid = vp.synic().messages().msr(value);
                case HvMsr.EOM -> vp.endOfMessage();
                case HvMsr.SINT0 -> valid = vp.synic().sint(at, value);
                case HvMsr.STIMER0_CONFIG -> valid = timer(vp.stimer(at / 2), (at & 1) == 0, value);
                case HvMsr.CRASH_P0 -> crash.parameter(at, value);
                case HvMsr.CRASH_CTL -> crash.control(value);
                case HvMsr.REENLIGHTENMENT_CONTROL -> reenlightenment = value;
                case HvMsr.TSC_EMULATION_CONTROL -> tscEmulation = value;
                case HvMsr.TSC_EMULATION_STATUS -> tscEmulationStatus = value;
                case HvMsr.TSC_INVARIANT_CONTROL -> tscInvariant = value;
                default -> {
                    // Nothing behind it.
                }
            }
        }
        if (!valid) {
            throw vp.vcpu().gp();
        }
    }

    private static boolean timer(Stimer timer, boolean config, long value) {
        if (config) {
            return timer.config(value);
        }
        timer.count(value);
        return true;
    }

    /** TLFS 3.13: a guest without a name has no hypercalls. */
    private void guestOsId(long value) {
        guestOsId = value;
        if (value == 0) {
            hypercallPage.msr(hypercallPage.msr() & ~ENABLE);
        }
    }

    private boolean hypercallPage(long value) {
        if ((hypercallPage.msr() & LOCKED) != 0 || guestOsId == 0) {
            return true; // ignored
        }
        long kept = privileges.has("HypercallMsrLockAvailable") ? value : value & ~LOCKED;
        if (!hypercallPage.msr(kept)) {
            return false;
        }
        hypercallPage.write(0, 8, HYPERCALL_CODE);
        return true;
    }

    // Hypercalls

    @Override
    public boolean claimsHypercalls() {
        return guestOsId != 0;
    }

    @Override
    public boolean hypercall(PvVcpu vcpu) {
        return hypercallPage.isEnabled() && hypercalls.call(vcpu);
    }

    // What happens outside

    @Override
    public InterruptAssist interruptAssist(PvVcpu vcpu) {
        return vps.get(vcpu.index()).assist();
    }

    @Override
    public void tscMoved(PvVcpu vcpu) {
        if (!jumping) {
            time.update();
        }
    }

    static final Map<String, String> FAULTS = new LinkedHashMap<>();

    static {
        FAULTS.put("tsc-jump", "the time-stamp counter jumps a second ahead, and the reference page does not know");
        FAULTS.put("reenlighten", "the time-stamp counter changes as by a migration: the page follows, and the guest is told if it asked for that");
        FAULTS.put("message-slots-full", "every empty message slot of the processor gets a message that nobody takes");
        FAULTS.put("lost-event", "the next message or event of the processor vanishes");
        FAULTS.put("slow-hypercall", "the next hypercall of the processor takes 10 ms");
    }

    private static final Set<String> MACHINE_WIDE = Set.of("reenlighten");

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
        Vp vp = vps.get(vcpu.index());
        switch (event) {
            case "tsc-jump" -> {
                jumping = true;
                ((X86Cpu) vcpu.cpu()).moveTsc(TSC_JUMP_TICKS);
                jumping = false;
            }
            case "reenlighten" -> reenlighten();
            case "message-slots-full" -> vp.synic().fillSlots();
            case "lost-event" -> vp.synic().loseNext();
            case "slow-hypercall" -> hypercalls.slowDown(vcpu, SLOW_HYPERCALL_NANOS);
            default -> throw new IllegalArgumentException("hyperv has no fault '" + event + "'");
        }
    }

    private void reenlighten() {
        vps.forEach(vp -> ((X86Cpu) vp.vcpu().cpu()).moveTsc(TSC_JUMP_TICKS));
        int target = (int) (reenlightenment >>> 32);
        if ((reenlightenment & REENLIGHTENMENT_ENABLED) != 0 && target >= 0 && target < vps.size()) {
            tscEmulationStatus = tscEmulation & 1;
            vps.get(target).vcpu().apic().request((int) reenlightenment & 0xff);
        }
    }

    // Life

    @Override
    public void reset() {
        guestOsId = reenlightenment = tscEmulation = tscEmulationStatus = tscInvariant = idled = 0;
        hypercallPage.reset();
        time.reset();
        vps.forEach(Vp::reset);
        ports.reset();
        if (vmbus != null) {
            vmbus.reset();
        }
        crash.reset();
        hypercalls.reset();
    }

    @Override
    public void save(StateWriter out) {
        out.putLong("GUEST_OS_ID", guestOsId);
        out.putLong("REENLIGHTENMENT_CONTROL", reenlightenment);
        out.putLong("TSC_EMULATION_CONTROL", tscEmulation);
        out.putLong("TSC_EMULATION_STATUS", tscEmulationStatus);
        out.putLong("TSC_INVARIANT_CONTROL", tscInvariant);
        out.putLong("idled", idled);
        hypercallPage.save(out);
        time.save(out);
        vps.forEach(vp -> vp.save(out));
        ports.save(out);
        if (vmbus != null) {
            vmbus.save(out);
        }
        crash.save(out);
        hypercalls.save(out);
    }

    @Override
    public void restore(StateReader in) {
        guestOsId = in.getLong("GUEST_OS_ID");
        reenlightenment = in.getLong("REENLIGHTENMENT_CONTROL");
        tscEmulation = in.getLong("TSC_EMULATION_CONTROL");
        tscEmulationStatus = in.getLong("TSC_EMULATION_STATUS");
        tscInvariant = in.getLong("TSC_INVARIANT_CONTROL");
        idled = in.getLong("idled");
        hypercallPage.restore(in);
        time.restore(in);
        vps.forEach(vp -> vp.restore(in));
        ports.restore(in);
        if (vmbus != null) {
            vmbus.restore(in);
        }
        crash.restore(in);
        hypercalls.restore(in);
    }

    // For people

    @Override
    public Map<String, Long> counts() {
        var counts = new LinkedHashMap<>(hypercalls.log().counts());
        counts.put("VP assist page EOI", vps.stream().mapToLong(vp -> vp.assist().used()).sum());
        counts.put("messages and events", vps.stream().mapToLong(vp -> vp.synic().delivered()).sum());
        counts.put("messages refused", vps.stream().mapToLong(vp -> vp.synic().refused()).sum());
        long expiries = 0;
        for (Vp vp : vps) {
            for (int i = 0; i < Vp.STIMERS; i++) {
                expiries += vp.stimer(i).expiries();
            }
        }
        counts.put("synthetic timer expiries", expiries);
        if (vmbus != null) {
            counts.put("VMBus messages", vmbus.received());
        }
        counts.put("guest idle", idled);
        counts.put("crash notices", crash.notices());
        return counts;
    }

    @Override
    public List<HypercallLog.Entry> hypercalls() {
        return hypercalls.log().entries();
    }

    @Override
    public List<String> notices() {
        return crash.lines();
    }

    @Override
    public List<String> hints() {
        var hints = new ArrayList<String>();
        Map<String, Long> counts = counts();
        hint(hints, "hypercall", guestOsId == 0 && hypercalls.log().counts().isEmpty());
        hint(hints, "time", (time.msr() & ENABLE) == 0);
        hint(hints, "vapic", vps.stream().noneMatch(vp -> vp.assist().page().isEnabled()));
        hint(hints, "stimer", counts.get("synthetic timer expiries") == 0);
        hint(hints, "synic", vps.stream().noneMatch(vp -> vp.synic().messages().isEnabled()));
        hint(hints, "reenlightenment", reenlightenment == 0);
        boolean several = vps.size() > 1;
        hint(hints, "ipi", several && counts.keySet().stream().noneMatch(name -> name.startsWith("HvCallSendSyntheticClusterIpi")));
        hint(hints, "tlbflush", several && counts.keySet().stream().noneMatch(name -> name.startsWith("HvCallFlushVirtualAddress")));
        return hints;
    }

    private void hint(List<String> hints, String feature, boolean unused) {
        FeatureTable.Feature row = HypervProvider.FEATURES.feature(feature);
        if (unused && privileges.has(row.constant())) {
            hints.add(row.constant() + " is offered and not used: a guest that uses it " + row.text());
        }
    }

    @Override
    public void inspect(Inspector out) {
        out.child("CPUID", this::inspectLeaves).child("privileges and recommendations", this::inspectPrivileges).hex("HV_X64_MSR_GUEST_OS_ID", guestOsId, 64)
            .hex("HV_X64_MSR_HYPERCALL", hypercallPage.msr(), 64).child("reference time", time)
            .hex("HV_X64_MSR_REENLIGHTENMENT_CONTROL", reenlightenment, 64).hex("HV_X64_MSR_TSC_INVARIANT_CONTROL", tscInvariant, 64).child("ports", ports)
            .child("crash", crash);
        if (vmbus != null) {
            out.child("VMBus", vmbus);
        }
        vps.forEach(vp -> out.child("vp" + vp.vcpu().index(), vp).child("MSRs of vp" + vp.vcpu().index(), msrs -> inspectMsrs(vp, msrs)));
        out.child("hypercall log", hypercalls.log());
        out.child("hints", hints -> hints().forEach(hint -> hints.text("hint", hint)));
    }

    /** Those whose reading has no effect. */
    private void inspectMsrs(Vp vp, Inspector out) {
        for (HvMsr row : HvMsr.TABLE) {
            boolean looks = row.canRead() && row.first() != HvMsr.GUEST_IDLE && row.first() != HvMsr.ICR && row.first() != HvMsr.TPR;
            for (int index = row.first(); looks && index <= row.last(); index++) {
                String name = row.first() == row.last() ? row.name() : row.name() + "[" + (index - row.first()) + "]";
                if (privileges.has(row.privilege())) {
                    out.hex(name, read(vp, index), 64);
                } else {
                    out.text(name, "#GP: no " + row.privilege());
                }
            }
        }
    }

    private void inspectLeaves(Inspector out) {
        CpuidLeaves.inspect(this, context.vcpus().getFirst(), base, List.of(leaf(VENDOR, "HvCpuIdFunctionHvVendorAndMaxFunction"),
            leaf(INTERFACE, "HvCpuIdFunctionHvInterface"), leaf(VERSION, "HvCpuIdFunctionMsHvVersion"), leaf(FEATURES, "HvCpuIdFunctionMsHvFeatures"),
            leaf(RECOMMENDATIONS, "HvCpuIdFunctionMsHvEnlightenmentInformation"), leaf(LIMITS, "HvCpuIdFunctionMsHvImplementationLimits"),
            leaf(HARDWARE, "HvCpuIdFunctionMsHvHardwareFeatures")), out);
    }

    private static CpuidLeaves.Leaf leaf(int number, String name) {
        return new CpuidLeaves.Leaf(number, name, Privileges.TABLE.values().stream().filter(row -> row.bit().leaf() == number)
            .map(row -> new CpuidLeaves.Bit(row.bit().register(), row.bit().bit(), row.name(), row.text())).toList());
    }

    private void inspectPrivileges(Inspector out) {
        for (Privileges.Row row : Privileges.TABLE.values()) {
            out.text(row.name(), (privileges.has(row.name()) ? "1: " : "0: ") + row.text());
        }
    }
}
