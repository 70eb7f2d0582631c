package dev.ringside.arch.x86.cpu;

import dev.ringside.trace.TraceKind;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * CPUID (SDM 2A:CPUID). Feature bits come from {@code cpuid.table}; the machine has the last word on every leaf (hypervisor bit and leaves).
 *
 * <p>The processor calls itself GenuineIntel family 6 model 1Ch. That model executes in order and does not speculate, and so does Ringside:
 * Linux knows it and leaves out every mitigation against speculation, which would only cost guest instructions here. Each processor is a
 * package of its own. TSC, APIC timer and crystal run at 1 GHz (leaf 15h), so kernels have nothing to calibrate.
 */
final class Cpuid {
    private static final int MAX_BASIC = 0x16, MAX_EXTENDED = 0x80000008;
    private static final int EAX = 0, EBX = 1, ECX = 2, EDX = 3;
    private static final int OSXSAVE = 1 << 27;
    private static final int CRYSTAL_HERTZ = 1_000_000_000, MEGAHERTZ = 1000, BUS_MEGAHERTZ = 100;
    private static final String VENDOR = "GenuineIntel";
    private static final String BRAND = "Ringside virtual x86-64-v2 processor";

    /** Feature bits by leaf and, in the low half, subleaf: EAX, EBX, ECX, EDX. */
    private static final Map<Long, int[]> FEATURES = new HashMap<>();
    private static final Set<String> NAMES = new HashSet<>();

    static {
        for (String[] row : TableFile.rows("/tables/cpuid.table")) {
            int[] registers = FEATURES.computeIfAbsent(key(row[0]), leaf -> new int[4]);
            int register = switch (row[1]) {
                case "eax" -> EAX;
                case "ebx" -> EBX;
                case "ecx" -> ECX;
                case "edx" -> EDX;
                default -> throw new IllegalStateException("cpuid.table: no register " + row[1]);
            };
            registers[register] |= 1 << Integer.parseInt(row[2]);
            NAMES.add(row[3]);
        }
    }

    private static long key(String leafAndSubleaf) {
        String[] parts = leafAndSubleaf.split("\\.");
        return key(Integer.parseUnsignedInt(parts[0], 16), parts.length > 1 ? Integer.parseInt(parts[1]) : 0);
    }

    private static long key(int leaf, int subleaf) {
        return (long) leaf << 32 | subleaf & 0xffffffffL;
    }

    private final X86Cpu cpu;
    private final int[] registers = new int[4];

    Cpuid(X86Cpu cpu) {
        this.cpu = cpu;
    }

    /** Whether the processor advertises {@code feature}, by its name in {@code cpuid.table}. */
    static boolean has(String feature) {
        return NAMES.contains(feature);
    }

    /** Fills and returns EAX, EBX, ECX, EDX; the array is reused. */
    int[] leaf(int leaf, int subleaf) {
        int[] r = registers;
        own(leaf, subleaf, r);
        cpu.bus.cpuid(leaf, subleaf, r);
        if (cpu.trace.wants(TraceKind.CPUID)) {
            cpu.trace.emit(TraceKind.CPUID, cpu.instructions, cpu.index(), leaf & 0xffffffffL, subleaf & 0xffffffffL, r[EAX] & 0xffffffffL,
                r[EBX] & 0xffffffffL);
        }
        return r;
    }

    private void own(int leaf, int subleaf, int[] r) {
        boolean known = Integer.compareUnsigned(leaf, MAX_BASIC) <= 0
            || leaf < 0 && Integer.compareUnsigned(leaf, MAX_EXTENDED) <= 0;
        if (!known) {
            // Out of range: the data of the highest basic leaf.
            leaf = MAX_BASIC;
            subleaf = 0;
        }
        int[] features = FEATURES.get(key(leaf, hasSubleaves(leaf) ? subleaf : 0));
        for (int i = 0; i < 4; i++) {
            r[i] = features == null ? 0 : features[i];
        }
        switch (leaf) {
            case 0 -> {
                r[EAX] = MAX_BASIC;
                vendor(r);
            }
            case 1 -> {
                r[EAX] = X86Cpu.SIGNATURE;
                r[EBX] = 64 / 8 << 8 | 1 << 16 | cpu.index() << 24;
                r[ECX] |= (cpu.cr4 & Cr4.OSXSAVE) != 0 ? OSXSAVE : 0;
            }
            case 2 -> r[EAX] = 0x0000ff01;
            case 4 -> cache(subleaf, r);
            case 0xb -> topology(subleaf, r);
            case 0xd -> extendedState(subleaf, r);
            case 0x15 -> {
                r[EAX] = r[EBX] = 1;
                r[ECX] = CRYSTAL_HERTZ;
            }
            case 0x16 -> {
                r[EAX] = r[EBX] = MEGAHERTZ;
                r[ECX] = BUS_MEGAHERTZ;
            }
            case 0x80000000 -> {
                r[EAX] = MAX_EXTENDED;
                vendor(r);
            }
            case 0x80000002, 0x80000003, 0x80000004 -> brand(leaf - 0x80000002, r);
            case 0x80000006 -> r[ECX] = L2_KILOBYTES << 16 | 8 << 12 | 64;
            case 0x80000008 -> r[EAX] = 48 << 8 | X86Cpu.PHYSICAL_ADDRESS_BITS;
            default -> {
                // Feature bits only, or a leaf that is all zeros.
            }
        }
    }

    private static boolean hasSubleaves(int leaf) {
        return leaf == 4 || leaf == 7 || leaf == 0xb || leaf == 0xd;
    }

    private static void vendor(int[] r) {
        r[EBX] = text(VENDOR, 0);
        r[EDX] = text(VENDOR, 4);
        r[ECX] = text(VENDOR, 8);
    }

    private static void brand(int part, int[] r) {
        for (int i = 0; i < 4; i++) {
            r[i] = text(BRAND, part * 16 + i * 4);
        }
    }

    private static int text(String s, int at) {
        byte[] bytes = s.getBytes(StandardCharsets.US_ASCII);
        int value = 0;
        for (int i = 3; i >= 0; i--) {
            value = value << 8 | (at + i < bytes.length ? bytes[at + i] : 0);
        }
        return value;
    }

    private static final int L2_KILOBYTES = 1024;

    /** L1 data, L1 code and L2: nothing is cached, but software sizes its buffers by them. */
    private static void cache(int subleaf, int[] r) {
        switch (subleaf) {
            case 0 -> cache(1, 1, 8, 64, r);
            case 1 -> cache(2, 1, 8, 64, r);
            case 2 -> cache(3, 2, 16, L2_KILOBYTES, r);
            default -> {
                // No more caches.
            }
        }
    }

    private static void cache(int type, int level, int ways, int sets, int[] r) {
        r[EAX] = type | level << 5 | 1 << 8;
        r[EBX] = ways - 1 << 22 | 64 - 1;
        r[ECX] = sets - 1;
    }

    private void topology(int subleaf, int[] r) {
        if (subleaf < 2) {
            r[EBX] = 1;
            r[ECX] = subleaf + 1 << 8;
        }
        r[ECX] |= subleaf & 0xff;
        r[EDX] = cpu.index();
    }

    /** Legacy area of 512 bytes and a header of 64: x87 and SSE need no more. */
    private static void extendedState(int subleaf, int[] r) {
        if (subleaf == 0) {
            r[EAX] = 3;
            r[EBX] = r[ECX] = 512 + 64;
        }
    }
}
