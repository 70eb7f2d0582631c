package dev.ringside.pv.minimal;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.CpuidLeaves;
import dev.ringside.pv.ParavirtInterface;
import dev.ringside.pv.PvVcpu;
import java.util.List;

/**
 * CPUID.1:ECX[31], and leaf 0x40000010 with the frequencies of TSC (EAX) and local APIC timer (EBX) in kHz: the timing leaf that VMware defined and XNU and Linux
 * read. Leaf 0x40000000 names it as the last and carries no signature. No MSR, no hypercall.
 */
final class MinimalInterface implements ParavirtInterface {
    private static final int HYPERVISOR_PRESENT = 1 << 31;
    private static final int TIMING = 0x10;
    private static final int LEAVES = 0x100;
    /** One tick a nanosecond, both. */
    private static final int KILOHERTZ = 1_000_000;

    private final int base;

    MinimalInterface(int cpuidBase) {
        base = cpuidBase;
    }

    @Override
    public String name() {
        return "minimal";
    }

    @Override
    public void cpuid(PvVcpu vcpu, int leaf, int subleaf, int[] registers) {
        if (leaf == 1) {
            registers[2] |= HYPERVISOR_PRESENT;
        } else if (leaf - base >= 0 && leaf - base < LEAVES) {
            java.util.Arrays.fill(registers, 0);
            switch (leaf - base) {
                case 0 -> registers[0] = base + TIMING;
                case TIMING -> registers[0] = registers[1] = KILOHERTZ;
                default -> {
                    // All zeros.
                }
            }
        }
    }

    @Override
    public boolean hasMsr(int index) {
        return false;
    }

    @Override
    public long readMsr(PvVcpu vcpu, int index) {
        throw vcpu.gp();
    }

    @Override
    public void writeMsr(PvVcpu vcpu, int index, long value) {
        throw vcpu.gp();
    }

    @Override
    public boolean hypercall(PvVcpu vcpu) {
        return false;
    }

    @Override
    public void reset() {
        // No state.
    }

    @Override
    public void save(StateWriter out) {
        // No state.
    }

    @Override
    public void restore(StateReader in) {
        // No state.
    }

    @Override
    public void inspect(Inspector out) {
        // These leaves are the same for every processor, so none is asked.
        out.child("CPUID", leaves -> CpuidLeaves.inspect(this, null, base, List.of(new CpuidLeaves.Leaf(0, "last leaf, no signature", List.of()),
            new CpuidLeaves.Leaf(TIMING, "frequencies of TSC and APIC timer (kHz)", List.of())), leaves));
        out.decimal("TSC (kHz)", KILOHERTZ).decimal("APIC timer (kHz)", KILOHERTZ);
    }
}
