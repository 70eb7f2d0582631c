package dev.ringside.arch.x86.cpu;

import dev.ringside.arch.Access;
import dev.ringside.arch.Translation;
import dev.ringside.arch.WalkStep;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86State;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear to physical addresses (SDM 3A chapter 4): no paging, 32-bit with PSE and PSE-36, PAE, 4-level. What a walk learns goes into an engine's
 * TLB; nothing is remembered here except the four PAE page-directory-pointer entries, which the processor loads with CR3.
 */
final class Paging {
    private static final int P = 1, RW = 1 << 1, US = 1 << 2, A = 1 << 5, D = 1 << 6, PS = 1 << 7, G = 1 << 8;
    private static final long NX = 1L << 63;

    /** Error code bits of #PF (SDM 3A 4.7). */
    static final int PF_P = 1, PF_W = 1 << 1, PF_U = 1 << 2, PF_RSVD = 1 << 3, PF_I = 1 << 4;

    /** {@link X86Cpu#mmuIndex()}: what supervisor code may reach while SMAP is in force, what CPL 3 may reach, and supervisor with AC set. */
    static final int SUPERVISOR = 0, USER = 1, SUPERVISOR_WITH_ACCESS = 2;

    private static final long ADDRESS = (1L << X86Cpu.PHYSICAL_ADDRESS_BITS) - 1 & ~0xfffL;
    /** Bits between MAXPHYADDR and 51: reserved in every 64-bit entry. */
    private static final long ABOVE_PHYSICAL = (1L << 52) - (1L << X86Cpu.PHYSICAL_ADDRESS_BITS);
    /** Bits 62:52 are ignored with 4-level paging and reserved with PAE paging. */
    private static final long PAE_RESERVED = 0x7ffL << 52;
    private static final long PDPTE_RESERVED = ABOVE_PHYSICAL | PAE_RESERVED | NX | 0x1e6;

    private final X86Cpu cpu;
    private final long[] pdpte = new long[4];

    Paging(X86Cpu cpu) {
        this.cpu = cpu;
    }

    static boolean isCanonical(long address) {
        return address << 16 >> 16 == address;
    }

    /** @see dev.ringside.arch.Cpu#translate */
    boolean translate(long gva, Access access, int mmuIndex, int space, Translation out) {
        if (!cpu.isLongMode()) {
            gva &= 0xffffffffL;
        } else if (!isCanonical(gva)) {
            if (access.isLooking()) {
                return false;
            }
            throw space == X86State.SS ? cpu.ss(0) : cpu.gp(0);
        }
        if ((cpu.cr0 & Cr0.PG) == 0) {
            out.gpa = gva & cpu.a20Mask;
            out.writable = true;
            out.executable = true;
            out.global = false;
            out.pageShift = 12;
            return true;
        }
        return walk(gva, access, mmuIndex, out);
    }

    private boolean walk(long linear, Access access, int mmuIndex, Translation out) {
        boolean looking = access.isLooking();
        boolean wide = (cpu.cr4 & Cr4.PAE) != 0;
        boolean user = mmuIndex == USER;
        boolean write = access == Access.WRITE;
        boolean fetch = access == Access.FETCH;
        int entryBytes = wide ? 8 : 4;
        int level = topLevel();
        long rights = RW | US;
        long noExecute = 0;
        long table = rootTable(linear);
        if (table < 0) {
            return fails(linear, access, user, 0);
        }
        long entry;
        long entryGpa;
        int shift;
        while (true) {
            shift = shift(level, wide);
            entryGpa = entryAddress(table, linear, shift, wide);
            entry = cpu.memory.loadPhysical(entryGpa, entryBytes);
            if ((entry & P) == 0) {
                return fails(linear, access, user, 0);
            }
            boolean leaf = isLeaf(entry, level);
            if ((entry & reserved(level, leaf)) != 0) {
                return fails(linear, access, user, PF_P | PF_RSVD);
            }
            rights &= entry;
            noExecute |= entry & NX;
            if (leaf) {
                break;
            }
            if ((entry & A) == 0 && !looking) {
                cpu.memory.storePhysical(entryGpa, entryBytes, entry | A);
            }
            table = entry & ADDRESS;
            level--;
        }
        boolean mayWrite = (rights & RW) != 0 || !user && (cpu.cr0 & Cr0.WP) == 0;
        boolean mayFetch = noExecute == 0;
        boolean mayRead = true;
        if (user) {
            mayRead = (rights & US) != 0;
        } else if ((rights & US) != 0) {
            mayFetch &= (cpu.cr4 & Cr4.SMEP) == 0;
            mayRead = mmuIndex == SUPERVISOR_WITH_ACCESS || (cpu.cr4 & Cr4.SMAP) == 0;
        }
        mayWrite &= mayRead;
        mayFetch &= !user || mayRead;
        if (!looking) {
            if (!(write ? mayWrite : fetch ? mayFetch : mayRead)) {
                return fails(linear, access, user, PF_P);
            }
            long marks = write ? A | D : A;
            if ((entry & marks) != marks) {
                entry |= marks;
                cpu.memory.storePhysical(entryGpa, entryBytes, entry);
            }
        }
        long offset = (1L << shift) - 1;
        out.gpa = (frame(entry, level, wide) & ~offset | linear & offset) & cpu.a20Mask;
        out.writable = mayWrite && (entry & D) != 0;
        out.executable = mayFetch;
        out.global = (entry & G) != 0 && (cpu.cr4 & Cr4.PGE) != 0;
        out.pageShift = shift;
        return true;
    }

    private boolean fails(long linear, Access access, boolean user, int why) {
        if (access.isLooking()) {
            return false;
        }
        int code = why | (access == Access.WRITE ? PF_W : 0) | (user ? PF_U : 0);
        if (access == Access.FETCH && ((cpu.cr4 & Cr4.SMEP) != 0 || (cpu.cr4 & Cr4.PAE) != 0 && (cpu.efer & Efer.NXE) != 0)) {
            code |= PF_I;
        }
        throw cpu.fault.set(Vector.PF, code, linear);
    }

    private int topLevel() {
        return cpu.isLongMode() ? 4 : 2;
    }

    /** The table that the top level indexes; −1 when a PAE pointer entry is not present. */
    private long rootTable(long linear) {
        if (cpu.isLongMode()) {
            return cpu.cr3 & ADDRESS;
        }
        if ((cpu.cr4 & Cr4.PAE) == 0) {
            return cpu.cr3 & 0xfffff000L;
        }
        long pointer = pdpte[(int) (linear >>> 30)];
        return (pointer & P) == 0 ? -1 : pointer & ADDRESS;
    }

    private static int shift(int level, boolean wide) {
        return 12 + (level - 1) * (wide ? 9 : 10);
    }

    private long entryAddress(long table, long linear, int shift, boolean wide) {
        long index = linear >>> shift;
        return (wide ? table + (index & 0x1ff) * 8 : table + (index & 0x3ff) * 4) & cpu.a20Mask;
    }

    private boolean isLeaf(long entry, int level) {
        if (level == 1) {
            return true;
        }
        if ((entry & PS) == 0 || level == 4) {
            return false;
        }
        return (cpu.cr4 & (Cr4.PAE | Cr4.PSE)) != 0;
    }

    /** Bits that must be 0 in a present entry (SDM 3A 4.3, tables 4-5 to 4-20). */
    private long reserved(int level, boolean leaf) {
        if ((cpu.cr4 & Cr4.PAE) == 0) {
            return leaf && level == 2 ? 1 << 21 : 0;
        }
        long bits = ABOVE_PHYSICAL;
        if ((cpu.efer & Efer.NXE) == 0) {
            bits |= NX;
        }
        if (!cpu.isLongMode()) {
            bits |= PAE_RESERVED;
        }
        if (level == 4) {
            bits |= PS;
        } else if (leaf && level > 1) {
            bits |= (1L << shift(level, true)) - 1 & ~0x1fffL;
        }
        return bits;
    }

    /** The physical address that a leaf maps; its offset bits are to be ignored. */
    private static long frame(long entry, int level, boolean wide) {
        if (!wide && level == 2) {
            return entry & 0xffc00000L | (entry >>> 13 & 0xff) << 32;
        }
        return entry & ADDRESS;
    }

    /**
     * Loads the four PAE pointer entries that {@code cr3} points to (SDM 3A 4.4.1).
     *
     * @return false, and nothing changed, when a present one has a reserved bit set: the instruction is then #GP(0)
     */
    boolean loadPointers(long cr3) {
        long table = cr3 & 0xffffffe0L;
        long[] loaded = new long[4];
        for (int i = 0; i < 4; i++) {
            loaded[i] = cpu.memory.loadPhysical(table + i * 8L & cpu.a20Mask, 8);
            if ((loaded[i] & P) != 0 && (loaded[i] & PDPTE_RESERVED) != 0) {
                return false;
            }
        }
        System.arraycopy(loaded, 0, pdpte, 0, 4);
        return true;
    }

    /** The PAE pointer entries as the processor holds them; a copy. */
    long[] pointers() {
        return pdpte.clone();
    }

    void pointers(long[] values) {
        System.arraycopy(values, 0, pdpte, 0, 4);
    }

    /** The name of the paging mode in words. */
    String modeName() {
        if ((cpu.cr0 & Cr0.PG) == 0) {
            return "no paging";
        }
        return cpu.isLongMode() ? "4-level paging" : (cpu.cr4 & Cr4.PAE) != 0 ? "PAE paging" : "32-bit paging";
    }

    /** @see dev.ringside.arch.Cpu#explainTranslation */
    List<WalkStep> explain(long gva) {
        var steps = new ArrayList<WalkStep>();
        long linear = cpu.isLongMode() ? gva : gva & 0xffffffffL;
        if (!isCanonical(linear)) {
            steps.add(new WalkStep("linear address", 0, linear, "", "not canonical: bits 63:47 differ, #GP(0), or #SS(0) through SS"));
            return steps;
        }
        if ((cpu.cr0 & Cr0.PG) == 0) {
            steps.add(new WalkStep("no paging", 0, linear, "", "the linear address is the physical address %#x".formatted(linear & cpu.a20Mask)));
            return steps;
        }
        boolean wide = (cpu.cr4 & Cr4.PAE) != 0;
        if (wide && !cpu.isLongMode() && !explainPointer(linear, steps)) {
            return steps;
        }
        explainTables(linear, wide, steps);
        return steps;
    }

    private boolean explainPointer(long linear, List<WalkStep> steps) {
        int index = (int) (linear >>> 30);
        boolean present = (pdpte[index] & P) != 0;
        steps.add(new WalkStep("PDPTE", (cpu.cr3 & 0xffffffe0L) + index * 8L, pdpte[index], present ? "P" : "",
            present ? "next table %#x (as loaded with CR3)".formatted(pdpte[index] & ADDRESS) : "not present: #PF"));
        return present;
    }

    private void explainTables(long linear, boolean wide, List<WalkStep> steps) {
        long table = rootTable(linear);
        long rights = RW | US;
        long noExecute = 0;
        for (int level = topLevel(); ; level--) {
            int shift = shift(level, wide);
            long at = entryAddress(table, linear, shift, wide);
            long entry = cpu.memory.loadPhysical(at, wide ? 8 : 4);
            boolean leaf = isLeaf(entry, level);
            rights &= entry;
            noExecute |= wide ? entry & NX : 0;
            String verdict;
            boolean ends = true;
            if ((entry & P) == 0) {
                verdict = "not present: #PF";
            } else if ((entry & reserved(level, leaf)) != 0) {
                verdict = "reserved bits %#x are set: #PF with RSVD".formatted(entry & reserved(level, leaf));
            } else if (leaf) {
                long offset = (1L << shift) - 1;
                verdict = "maps %s at %#x: %s; %#x is physical %#x".formatted(size(shift), frame(entry, level, wide) & ~offset,
                    rightsInWords(rights, noExecute != 0), linear, (frame(entry, level, wide) & ~offset | linear & offset) & cpu.a20Mask);
            } else {
                verdict = "next table %#x".formatted(entry & ADDRESS);
                ends = false;
            }
            steps.add(new WalkStep(level == 4 ? "PML4E" : level == 3 ? "PDPTE" : level == 2 ? "PDE" : "PTE", at, entry, bits(entry, leaf, level), verdict));
            if (ends) {
                return;
            }
            table = entry & ADDRESS;
        }
    }

    private String rightsInWords(long rights, boolean noExecute) {
        boolean user = (rights & US) != 0;
        var words = new StringBuilder(user ? "user" : "supervisor");
        words.append((rights & RW) != 0 ? ", writable" : (cpu.cr0 & Cr0.WP) != 0 || user ? ", read-only" : ", read-only (CR0.WP clear: the supervisor writes)");
        words.append(noExecute ? ", not executable" : ", executable");
        if (user && (cpu.cr4 & Cr4.SMEP) != 0) {
            words.append(", not by the supervisor (SMEP)");
        }
        if (user && (cpu.cr4 & Cr4.SMAP) != 0) {
            words.append(cpu.flag(Rflags.AC) ? ", open to the supervisor while AC is set (SMAP)" : ", closed to the supervisor (SMAP)");
        }
        return words.toString();
    }

    private static String size(int shift) {
        return shift == 30 ? "1 GiB" : shift == 22 ? "4 MiB" : shift == 21 ? "2 MiB" : "4 KiB";
    }

    private static String bits(long entry, boolean leaf, int level) {
        var names = new StringBuilder();
        name(names, entry, P, "P");
        name(names, entry, RW, "W");
        name(names, entry, US, "U");
        name(names, entry, 1 << 3, "PWT");
        name(names, entry, 1 << 4, "PCD");
        name(names, entry, A, "A");
        if (leaf) {
            name(names, entry, D, "D");
            name(names, entry, PS, level == 1 ? "PAT" : "PS");
            name(names, entry, G, "G");
        }
        name(names, entry, NX, "NX");
        return names.toString();
    }

    private static void name(StringBuilder out, long entry, long bit, String name) {
        if ((entry & bit) != 0) {
            out.append(out.isEmpty() ? "" : " ").append(name);
        }
    }
}
