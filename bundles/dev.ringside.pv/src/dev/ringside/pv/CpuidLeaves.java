package dev.ringside.pv;

import dev.ringside.inspect.Inspector;
import java.util.Comparator;
import java.util.List;

/** Hypervisor CPUID leaves as a tree by the names of the manual: each register with its value, and each bit that the manual names with what it means. */
public final class CpuidLeaves {
    private static final String[] REGISTERS = {"EAX", "EBX", "ECX", "EDX"};

    /** @param register 0 to 3: EAX, EBX, ECX, EDX @param name the manual's @param text what it means */
    public record Bit(int register, int bit, String name, String text) {
    }

    /** @param number counts from the interface's first leaf */
    public record Leaf(int number, String name, List<Bit> bits) {
    }

    private CpuidLeaves() {
    }

    /** The leaves as {@code vcpu} would read them. @param base the interface's first leaf */
    public static void inspect(ParavirtInterface of, PvVcpu vcpu, int base, List<Leaf> leaves, Inspector out) {
        for (Leaf leaf : leaves) {
            out.child("0x%08x %s".formatted(base + leaf.number, leaf.name), registers -> inspect(of, vcpu, base + leaf.number, leaf, registers));
        }
    }

    private static void inspect(ParavirtInterface of, PvVcpu vcpu, int number, Leaf leaf, Inspector out) {
        int[] values = new int[REGISTERS.length];
        of.cpuid(vcpu, number, 0, values);
        for (int i = 0; i < REGISTERS.length; i++) {
            out.hex(REGISTERS[i], values[i] & 0xffffffffL, 32);
        }
        leaf.bits.stream().sorted(Comparator.comparingInt((Bit bit) -> bit.register).thenComparingInt(bit -> bit.bit))
            .forEach(bit -> out.text("%s[%d] %s".formatted(REGISTERS[bit.register], bit.bit, bit.name), (values[bit.register] >>> bit.bit & 1) + ": " + bit.text));
    }
}
