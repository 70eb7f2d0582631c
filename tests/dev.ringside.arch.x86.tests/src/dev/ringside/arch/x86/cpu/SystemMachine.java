package dev.ringside.arch.x86.cpu;

import dev.ringside.arch.Access;
import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.CodeSource;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.EntryState;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.Translation;
import dev.ringside.arch.VcpuBus;
import dev.ringside.arch.VirtualMemory;
import dev.ringside.arch.x86.X86Mode;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.asm.X86Assembler;
import dev.ringside.arch.x86.lift.X86Lifter;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.MemFlags;
import dev.ringside.testkit.IrEvaluator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A processor with paging, descriptor tables and a bus that records, stepped one instruction at a time as an engine steps it.
 *
 * <pre>
 *  0x1000  code                         0x6000 + 16 × vector  handlers: HLT
 *  0x3000  GDT                          0x8000                PML4, PDPT, PD, PT: the first 2 MiB, identity, present, writable, user
 *  0x4000  TSS                          0x70000               stack of level 0 in the TSS;  0x78000  IST1
 *  0x5000  IDT                          0x80000               stack at the start
 * </pre>
 */
final class SystemMachine {
    static final int CODE = 0x1000, GDT = 0x3000, TSS = 0x4000, IDT = 0x5000, HANDLERS = 0x6000, PML4 = 0x8000, PDPT = 0x9000, PD = 0xa000, PT = 0xb000;
    static final int STACK_0 = 0x70000, IST_1 = 0x78000, STACK = 0x80000;
    /** Selectors of the GDT. */
    static final int CODE_0 = 0x08, DATA_0 = 0x10, CODE32_3 = 0x18 | 3, DATA_3 = 0x20 | 3, CODE_3 = 0x28 | 3, TSS_SELECTOR = 0x30;

    private static final long CODE64 = 0x00af9b000000ffffL, CODE32 = 0x00cf9b000000ffffL, DATA = 0x00cf93000000ffffL;
    private static final long DPL_3 = 3L << 45;

    final X86Cpu cpu = new X86Cpu(0);
    final ByteBuffer ram = ByteBuffer.allocate(1 << 21).order(ByteOrder.LITTLE_ENDIAN);
    final Bus bus = new Bus();
    final List<String> flushes = new ArrayList<>();
    private final X86Lifter lifter = new X86Lifter();

    private SystemMachine(EntryState entry) {
        cpu.memory = new Memory();
        cpu.bus = bus;
        cpu.enter(entry);
        for (int vector = 0; vector < 256; vector++) {
            ram.put(handler(vector), (byte) 0xf4);
        }
    }

    /** 64-bit mode at CPL 0 with 4-level paging, NX enabled. */
    static SystemMachine longMode() {
        var m = new SystemMachine(new EntryState(EntryState.Mode.LONG_64, CODE, Map.of("rsp", (long) STACK), PML4, GDT, 0x3f, CODE_0, DATA_0));
        m.pageTables();
        m.cpu.efer |= Efer.NXE | Efer.SCE;
        m.cpu.cr0 |= Cr0.WP;
        m.gdt(CODE_0, CODE64);
        m.gdt(DATA_0, DATA);
        m.gdt(CODE32_3, CODE32 | DPL_3);
        m.gdt(DATA_3, DATA | DPL_3);
        m.gdt(CODE_3, CODE64 | DPL_3);
        m.gdt(TSS_SELECTOR, descriptor(TSS, 0x67, 0x8b));
        m.ram.putLong(TSS + 4, STACK_0);
        m.ram.putLong(TSS + 0x24, IST_1);
        m.cpu.tr.set(TSS_SELECTOR, TSS, 0x67, 0x8b);
        m.cpu.idtBase = IDT;
        m.cpu.idtLimit = 0xfff;
        for (int vector = 0; vector < 256; vector++) {
            m.gate64(vector, Descriptor.INTERRUPT32, 0, 0);
        }
        m.cpu.modeChanged();
        return m;
    }

    /** 32-bit protected mode at CPL 0 without paging. */
    static SystemMachine protectedMode() {
        var m = new SystemMachine(new EntryState(EntryState.Mode.PROTECTED_32, CODE, Map.of("rsp", (long) STACK), 0, GDT, 0xff, CODE_0, DATA_0));
        m.gdt(CODE_0, CODE32);
        m.gdt(DATA_0, DATA);
        m.gdt(CODE32_3, CODE32 | DPL_3);
        m.gdt(DATA_3, DATA | DPL_3);
        m.gdt(TSS_SELECTOR, descriptor(TSS, 0x67, 0x8b));
        m.ram.putInt(TSS + 4, STACK_0);
        m.ram.putShort(TSS + 8, (short) DATA_0);
        m.cpu.tr.set(TSS_SELECTOR, TSS, 0x67, 0x8b);
        m.cpu.idtBase = IDT;
        m.cpu.idtLimit = 0x7ff;
        for (int vector = 0; vector < 256; vector++) {
            m.gate(vector, Descriptor.INTERRUPT32, CODE_0, handler(vector), 0);
        }
        m.cpu.modeChanged();
        return m;
    }

    /** Real-address mode, CS 0; the interrupt vector table at 0. */
    static SystemMachine realMode() {
        var m = new SystemMachine(new EntryState(EntryState.Mode.REAL_16, CODE, Map.of("rsp", 0x7000L), 0, 0, 0, 0, 0));
        for (int vector = 0; vector < 256; vector++) {
            m.ram.putShort(vector * 4, (short) handler(vector));
        }
        return m;
    }

    static int handler(int vector) {
        return HANDLERS + vector * 16;
    }

    // Tables

    static long descriptor(long base, long limit, long access) {
        return limit & 0xffff | (base & 0xffffff) << 16 | access << 40 | (limit & 0xf0000) << 32 | (base & 0xff000000L) << 32;
    }

    void gdt(int selector, long descriptor) {
        ram.putLong(GDT + (selector & 0xfff8), descriptor);
    }

    void gate(int vector, int type, int selector, int offset, int dpl) {
        ram.putLong(IDT + vector * 8, gateDescriptor(type, selector, offset, dpl));
    }

    static long gateDescriptor(int type, int selector, int offset, int dpl) {
        return offset & 0xffffL | (long) selector << 16 | (0x80L | dpl << 5 | type) << 40 | (offset & 0xffff0000L) << 32;
    }

    void gate64(int vector, int type, int dpl, int ist) {
        ram.putLong(IDT + vector * 16, gateDescriptor(type, CODE_0, handler(vector), dpl) | (long) ist << 32);
        ram.putLong(IDT + vector * 16 + 8, 0);
    }

    void pageTables() {
        ram.putLong(PML4, PDPT | 7);
        ram.putLong(PDPT, PD | 7);
        ram.putLong(PD, PT | 7);
        for (int i = 0; i < 512; i++) {
            ram.putLong(PT + i * 8, (long) i << 12 | 7);
        }
    }

    void pte(long linear, long value) {
        ram.putLong(PT + (int) (linear >> 12 & 0x1ff) * 8, value);
    }

    long pte(long linear) {
        return ram.getLong(PT + (int) (linear >> 12 & 0x1ff) * 8);
    }

    // Running

    /** Assembles at {@code address}, in the code size of the moment; the program counter goes there. */
    SystemMachine code(int address, String assembly) {
        AssemblyResult program = new X86Assembler(X86Mode.codeBits(cpu.modeKey())).assemble("test", "org %d\n %s".formatted(address, assembly));
        if (program.hasErrors()) {
            throw new AssertionError(program.errors().toString());
        }
        return bytes(address, program.bytes());
    }

    SystemMachine code(String assembly) {
        return code(CODE, assembly);
    }

    /** Instructions that have no text. @param hex bytes, spaces allowed */
    SystemMachine hex(String hex) {
        return bytes(CODE, HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private SystemMachine bytes(int address, byte[] code) {
        ram.put(address, code);
        cpu.pc(address);
        return this;
    }

    /** The processor at CPL 3 in the same mode, with flat segments. */
    SystemMachine atCpl3() {
        boolean is64 = cpu.isLongMode();
        cpu.segments[X86State.CS].set(is64 ? CODE_3 : CODE32_3, 0, -1, is64 ? 0xa0fb : 0xc0fb);
        for (int s : new int[] {X86State.SS, X86State.DS, X86State.ES}) {
            cpu.segments[s].set(DATA_3, 0, -1, 0xc0f3);
        }
        cpu.cpl = 3;
        cpu.modeChanged();
        return this;
    }

    /** What an engine does for one instruction: events, the instruction, and what follows from it. */
    void step() {
        if (cpu.hasEvents()) {
            cpu.serviceEvents();
        }
        if (cpu.isHalted() || cpu.isShutdown()) {
            return;
        }
        boolean single = cpu.wantsSingleStep();
        try {
            IrBlock block = lifter.lift(source(), cpu.modeKey(), cpu.pc(), 1);
            IrEvaluator.run(cpu, block);
            cpu.instructions++;
            if (single) {
                cpu.afterSingleStep();
            }
        } catch (GuestFault fault) {
            cpu.raise(fault);
        }
    }

    void steps(int count) {
        for (int i = 0; i < count; i++) {
            step();
        }
    }

    /** Delivers what is due at this boundary, without running an instruction. */
    void boundary() {
        if (cpu.hasEvents()) {
            cpu.serviceEvents();
        }
    }

    private CodeSource source() {
        long from = cpu.fetchAddress(cpu.pc());
        var page = new Translation();
        return at -> {
            cpu.translate(from + at, Access.FETCH, cpu.mmuIndex(), X86State.CS, page);
            return isBacked(page.gpa) ? ram.get((int) page.gpa) & 0xff : 0xff;
        };
    }

    private boolean isBacked(long gpa) {
        return gpa >= 0 && gpa < ram.capacity();
    }

    long rsp() {
        return cpu.slots[X86State.RSP];
    }

    /** Quadword {@code index} of the stack. */
    long stack(int index) {
        return ram.getLong((int) rsp() + index * 8);
    }

    /** Doubleword {@code index} of the stack. */
    int stack32(int index) {
        return ram.getInt((int) rsp() + index * 4);
    }

    /** Records ports; answers 0xA0 + port; one interrupt vector after the other. */
    static final class Bus implements VcpuBus {
        final List<String> accesses = new ArrayList<>();
        final Deque<Integer> vectors = new ArrayDeque<>();
        long nanos;
        int taskPriority;
        long tscOffset;
        boolean hypercalls;

        @Override
        public long portRead(int port, int sizeBytes) {
            accesses.add("in %#x %d".formatted(port, sizeBytes));
            return 0xa0 + port;
        }

        @Override
        public void portWrite(int port, int sizeBytes, long value) {
            accesses.add("out %#x %d %#x".formatted(port, sizeBytes, value));
        }

        @Override
        public long mmioRead(long gpa, int sizeBytes) {
            return -1;
        }

        @Override
        public void mmioWrite(long gpa, int sizeBytes, long value) {
            accesses.add("mmio %#x".formatted(gpa));
        }

        @Override
        public long readMsr(int msrIndex) {
            throw machine.cpu.gp(0);
        }

        @Override
        public void writeMsr(int msrIndex, long value) {
            throw machine.cpu.gp(0);
        }

        @Override
        public void cpuid(int leaf, int subleaf, int[] registers) {
            accesses.add("cpuid %#x".formatted(leaf));
        }

        @Override
        public boolean hypercall() {
            return hypercalls;
        }

        @Override
        public int acknowledgeInterrupt() {
            return vectors.isEmpty() ? -1 : vectors.poll();
        }

        @Override
        public int taskPriority() {
            return taskPriority;
        }

        @Override
        public void taskPriority(int priorityClass) {
            taskPriority = priorityClass;
        }

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public void tscOffset(long ticks) {
            tscOffset = ticks;
        }

        SystemMachine machine;
    }

    /** No TLB: every access walks. */
    private final class Memory implements VirtualMemory {
        private final Translation at = new Translation();

        private long address(long gva, Access access, int flags) {
            int index = (flags & MemFlags.SUPERVISOR) != 0 ? Cpu.MMU_SUPERVISOR : (flags & MemFlags.USER) != 0 ? Cpu.MMU_USER : cpu.mmuIndex();
            cpu.translate(gva, access, index, MemFlags.space(flags), at);
            return at.gpa;
        }

        @Override
        public long load(long gva, int sizeBytes, int flags) {
            Access access = (flags & MemFlags.WRITE_INTENT) != 0 ? Access.WRITE : Access.READ;
            long value = 0;
            for (int i = sizeBytes - 1; i >= 0; i--) {
                long gpa = address(gva + i, access, flags);
                value = value << 8 | (isBacked(gpa) ? ram.get((int) gpa) & 0xff : 0xff);
            }
            watched(gva, sizeBytes, false);
            return value;
        }

        @Override
        public void store(long gva, int sizeBytes, long value, int flags) {
            probeWrite(gva, sizeBytes, flags);
            for (int i = 0; i < sizeBytes; i++) {
                long gpa = address(gva + i, Access.WRITE, flags);
                if (isBacked(gpa)) {
                    ram.put((int) gpa, (byte) (value >>> i * 8));
                }
            }
            watched(gva, sizeBytes, true);
        }

        private void watched(long gva, int sizeBytes, boolean write) {
            if (cpu.watchesData()) {
                cpu.dataAccessed(gva, sizeBytes, write);
            }
        }

        @Override
        public void probeWrite(long gva, int sizeBytes, int flags) {
            address(gva, Access.WRITE, flags);
            address(gva + sizeBytes - 1, Access.WRITE, flags);
        }

        @Override
        public long loadPhysical(long gpa, int sizeBytes) {
            if (gpa < 0 || gpa + sizeBytes > ram.capacity()) {
                return -1;
            }
            return switch (sizeBytes) {
                case 4 -> ram.getInt((int) gpa) & 0xffffffffL;
                default -> ram.getLong((int) gpa);
            };
        }

        @Override
        public void storePhysical(long gpa, int sizeBytes, long value) {
            if (!isBacked(gpa)) {
                return;
            }
            if (sizeBytes == 4) {
                ram.putInt((int) gpa, (int) value);
            } else {
                ram.putLong((int) gpa, value);
            }
        }

        @Override
        public void flushTlb(boolean alsoGlobal) {
            flushes.add(alsoGlobal ? "all" : "all but global");
        }

        @Override
        public void flushTlbPage(long gva) {
            flushes.add("page %#x".formatted(gva));
        }

        @Override
        public boolean copyWithinPages(long fromGva, long toGva, int sizeBytes, int count, int fromFlags, int toFlags) {
            return false;
        }

        @Override
        public boolean fillWithinPage(long gva, int sizeBytes, int count, long value, int flags) {
            return false;
        }
    }

    {
        bus.machine = this;
    }
}
