package dev.ringside.engine.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.Cpu;
import dev.ringside.engine.SoftMmu;
import dev.ringside.engine.VmExit;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.memory.Writes;
import dev.ringside.testkit.X86EngineMachine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A guest reaches the host's memory through entries of the TLB only, and those are made for whole pages of guest memory only: after every program
 * here each entry is looked at. That no access leaves the page of its entry is tried at all borders that there are, in hot code, against a model of
 * the address space that knows neither TLB nor page tables: a byte is RAM, ROM, nothing, or a fault.
 */
@Timeout(600)
class OutsideGuestMemoryTest {
    private static final int HOT_AFTER = 4;
    private static final int ADDRESSES = 0x100000, RESULTS = 0x110000, RESULT_BYTES = 32, BUFFER = 0x180000;
    private static final long RAM_END = 4 << 20;
    private static final long ROM = 0xffff_f000L;
    private static final long HIGH = 1L << 32, HIGH_BYTES = 0x3000;
    private static final long TOP = (1L << 40) - 4096;
    private static final int[] DISTANCES = {-25, -24, -17, -16, -15, -9, -8, -7, -5, -4, -3, -2, -1, 0, 1};
    /** Bytes where nothing is written, so that what is read there shows where it was read. */
    private static final byte[] PATTERN = new byte[4096];

    static {
        for (int i = 0; i < PATTERN.length; i++) {
            PATTERN[i] = (byte) (i * 7 + 1);
        }
    }

    /** Where linear addresses lead: {@code count} bytes from {@code gva} to {@code gpa}. */
    private record Mapped(long gva, long gpa, long sizeBytes) {
    }

    /**
     * <pre>
     *  0                      the first gigabyte: RAM up to 4 MB, then nothing
     *  0x4000_0000            2 MB each: 0 · below 2^32 with ROM at its end · from 2^32 on with three pages of RAM · below 2^40 with RAM at its end · reserved bits
     *  0x7fff_ffe0_0000       2 MB up to the end of the lower half: RAM from 2 MB on
     *  0xffff_8000_0000_0000  as 0
     *  0xffff_ffff_ffe0_0000  2 MB up to 2^64: RAM from 2 MB on
     * </pre>
     */
    private static final List<Mapped> MAP = List.of(new Mapped(0, 0, 1 << 30), new Mapped(0x4000_0000, 0, 2 << 20), new Mapped(0x4020_0000, HIGH - (2 << 20), 2 << 20),
        new Mapped(0x4040_0000, HIGH, 2 << 20), new Mapped(0x4060_0000, (1L << 40) - (2 << 20), 2 << 20), new Mapped(0x7fff_ffe0_0000L, 2 << 20, 2 << 20),
        new Mapped(0xffff_8000_0000_0000L, 0, 1 << 30), new Mapped(-(2 << 20), 2 << 20, 2 << 20));

    private static final long[] BORDERS = {0x201000, RAM_END, 0x90_0000, 0x4000_0000, 0x4020_0000, 0x4040_0000 - 4096, 0x4040_0000, 0x4040_0000 + HIGH_BYTES, 0x4080_0000 - 4096,
        0x4080_0000, 0x8000_0000L, 1L << 47, 0xffff_8000_0000_0000L, 0xffff_ffff_ffff_f000L, 0};

    private static void map(X86EngineMachine machine) {
        PhysicalMemory memory = machine.memory();
        memory.addRom("rom", ROM, PATTERN, Writes.IGNORED);
        memory.addRam("high", HIGH, HIGH_BYTES);
        memory.addRam("top", TOP, 4096);
        for (long page : new long[] {0x200000, 0x201000, RAM_END - 4096, HIGH, HIGH + 4096, HIGH + 8192, TOP}) {
            memory.write(page, PATTERN, 0, PATTERN.length);
        }
        int pml4 = 0x70000, pdpt = 0x71000, directory = 0x74000, upperPdpt = 0x76000, upperDirectory = 0x77000;
        memory.write(pdpt + 8, 8, directory | 7);
        long[] large = {0, HIGH - (2 << 20), HIGH, (1L << 40) - (2 << 20), 0x20_0000 | 1 << 13};
        for (int i = 0; i < large.length; i++) {
            memory.write(directory + 8 * i, 8, large[i] | 0x87);
        }
        memory.write(pml4 + 8 * 255, 8, upperPdpt | 7);
        memory.write(pml4 + 8 * 256, 8, pdpt | 7);
        memory.write(pml4 + 8 * 511, 8, upperPdpt | 7);
        memory.write(upperPdpt + 8 * 511, 8, upperDirectory | 7);
        memory.write(upperDirectory + 8 * 511, 8, 2 << 20 | 0x87);
    }

    /** What a program does at an address in RSI: {@code count} elements of {@code sizeBytes}; loads give their bytes to the result, stores take RAX's. */
    private enum Kind {
        LOAD8("movzx eax, byte [rsi]\nmov [rdi], al", 1, 1, true, false),
        LOAD16("mov ax, [rsi]\nmov [rdi], ax", 2, 1, true, false),
        LOAD32("mov eax, [rsi]\nmov [rdi], eax", 4, 1, true, false),
        LOAD64("mov rax, [rsi]\nmov [rdi], rax", 8, 1, true, false),
        LOAD128("movdqu xmm0, [rsi]\nmovdqu [rdi], xmm0", 16, 1, true, false),
        LOAD80("fld tword [rsi]\nfstp tword [rdi]", 10, 1, true, false),
        COPY8("mov ecx, 20\nrep movsb", 1, 20, true, false),
        COPY64("mov ecx, 4\nrep movsq", 8, 4, true, false),
        STORE8("mov [rsi], al", 1, 1, false, true),
        STORE16("mov [rsi], ax", 2, 1, false, true),
        STORE32("mov [rsi], eax", 4, 1, false, true),
        STORE64("mov [rsi], rax", 8, 1, false, true),
        STORE128("movq xmm0, rax\npunpcklqdq xmm0, xmm0\nmovdqu [rsi], xmm0", 16, 1, false, true),
        FILL8("mov rdi, rsi\nmov ecx, 20\nrep stosb", 1, 20, false, true),
        FILL64("mov rdi, rsi\nmov ecx, 4\nrep stosq", 8, 4, false, true),
        EXCHANGE32("xchg [rsi], eax\nmov [rdi], eax", 4, 1, true, true),
        EXCHANGE64("xchg [rsi], rax\nmov [rdi], rax", 8, 1, true, true);

        final String source;
        final int sizeBytes;
        final int count;
        final boolean loads;
        final boolean stores;

        Kind(String source, int sizeBytes, int count, boolean loads, boolean stores) {
            this.source = source;
            this.sizeBytes = sizeBytes;
            this.count = count;
            this.loads = loads;
            this.stores = stores;
        }

        /** Before each a value in RAX that tells its index, and RDI at its result. */
        String program(int addresses) {
            return """
                mov rax, cr4
                or eax, 0x600
                mov cr4, rax
                fninit
                xor ebx, ebx
                again:
                mov rsi, [0x%x + rbx*8]
                lea edi, [ebx*2]
                shl edi, 4
                add edi, 0x%x
                mov rdx, 0x9e3779b97f4a7c15
                mov eax, ebx
                imul rax, rdx
                %s
                next:
                inc ebx
                cmp ebx, %d
                jne again
                hlt
                handler:
                add rsp, 8
                mov qword [rsp], next
                iretq""".formatted(ADDRESSES, RESULTS, source, addresses);
        }
    }

    /** The address space as it should be, byte by byte. */
    private static final class Model {
        final byte[] ram;
        final byte[] high;
        final byte[] top;
        final byte[] rom;

        Model(X86EngineMachine machine) {
            ram = read(machine, 0, (int) RAM_END);
            high = read(machine, HIGH, (int) HIGH_BYTES);
            top = read(machine, TOP, 4096);
            rom = read(machine, ROM, 4096);
        }

        private static byte[] read(X86EngineMachine machine, long gpa, int length) {
            byte[] bytes = new byte[length];
            machine.memory().read(gpa, bytes, 0, length);
            return bytes;
        }

        /** −1 when an access to it faults. */
        static long gpa(long gva) {
            for (Mapped mapped : MAP) {
                if (Long.compareUnsigned(gva - mapped.gva, mapped.sizeBytes) < 0) {
                    return mapped.gpa + (gva - mapped.gva);
                }
            }
            return -1;
        }

        private static byte[] in(long gpa, long from, byte[] bytes) {
            return gpa >= from && gpa < from + bytes.length ? bytes : null;
        }

        byte load(long gpa) {
            byte[] in = gpa < RAM_END ? ram : in(gpa, HIGH, high) != null ? high : in(gpa, TOP, top) != null ? top : in(gpa, ROM, rom);
            return in == null ? -1 : in[offset(gpa)];
        }

        void store(long gpa, byte value) {
            byte[] in = gpa < RAM_END ? ram : in(gpa, HIGH, high) != null ? high : in(gpa, TOP, top);
            if (in != null) {
                in[offset(gpa)] = value;
            }
        }

        private static int offset(long gpa) {
            return (int) (gpa < RAM_END ? gpa : gpa >= TOP ? gpa - TOP : gpa >= HIGH ? gpa - HIGH : gpa - ROM);
        }

        /** One element; @return false when it faults */
        private boolean access(Kind kind, long gva, byte[] value, byte[] result) {
            for (int i = 0; i < kind.sizeBytes; i++) {
                if (gpa(gva + i) < 0) {
                    return false;
                }
            }
            for (int i = 0; i < kind.sizeBytes; i++) {
                result[i] = load(gpa(gva + i));
            }
            for (int i = 0; kind.stores && i < kind.sizeBytes; i++) {
                store(gpa(gva + i), value[i % 8]);
            }
            return true;
        }

        void run(Kind kind, long[] addresses) {
            for (int index = 0; index < addresses.length; index++) {
                byte[] value = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(index * 0x9e3779b97f4a7c15L).array();
                byte[] result = new byte[kind.sizeBytes];
                for (int element = 0; element < kind.count && access(kind, addresses[index] + (long) element * kind.sizeBytes, value, result); element++) {
                    if (kind.loads) {
                        System.arraycopy(result, 0, ram, RESULTS + RESULT_BYTES * index + kind.sizeBytes * element, kind.sizeBytes);
                    }
                }
            }
        }
    }

    /** Every border at every distance, and in front of each a place in RAM, so that the loop is hot and its page in the TLB. */
    private static long[] addresses() {
        var addresses = new ArrayList<Long>();
        for (long border : BORDERS) {
            for (int distance : DISTANCES) {
                addresses.add((long) BUFFER + 64 * addresses.size());
                addresses.add(border + distance);
            }
        }
        return addresses.stream().mapToLong(Long::longValue).toArray();
    }

    @ParameterizedTest
    @EnumSource
    void everyBorderIsWhereItShouldBe(Kind kind) {
        long[] addresses = addresses();
        try (var twins = Twins.longMode(HOT_AFTER, kind.program(addresses.length))) {
            twins.both(m -> {
                map(m);
                for (int i = 0; i < addresses.length; i++) {
                    m.memory().write(ADDRESSES + 8 * i, 8, addresses[i]);
                }
                for (int vector = 12; vector <= 14; vector++) {
                    m.memory().write(0x4000 + 16 * vector, 2, twins.at("handler"));
                }
            });
            var expected = new Model(twins.interpreter);
            expected.run(kind, addresses);

            assertThat(twins.runToHalt()).isEqualTo(-1);

            twins.both(m -> {
                var actual = new Model(m);
                assertThat(firstDifference(expected, actual, addresses)).isNull();
                everyTlbEntryLeadsToGuestMemory(m);
            });
            assertThat(twins.translated()).as("instructions in translated code").isGreaterThan(addresses.length * 2L);
        }
    }

    /** The processor's own accesses set A and D bits in the page tables; those are not the program's. */
    private static String firstDifference(Model expected, Model actual, long[] addresses) {
        Arrays.fill(expected.ram, 0x70000, 0x80000, (byte) 0);
        Arrays.fill(actual.ram, 0x70000, 0x80000, (byte) 0);
        int at = Arrays.mismatch(expected.ram, actual.ram);
        if (at >= RESULTS && at < RESULTS + RESULT_BYTES * addresses.length) {
            int index = (at - RESULTS) / RESULT_BYTES;
            return "what was loaded from 0x%x: %s instead of %s".formatted(addresses[index], result(actual, index), result(expected, index));
        }
        if (at >= 0) {
            return "RAM at 0x%x".formatted(at);
        }
        return !Arrays.equals(expected.high, actual.high) ? "RAM at 4 GB"
            : !Arrays.equals(expected.top, actual.top) ? "RAM at the end of addresses" : !Arrays.equals(expected.rom, actual.rom) ? "ROM" : null;
    }

    private static String result(Model model, int index) {
        return Arrays.toString(Arrays.copyOfRange(model.ram, RESULTS + RESULT_BYTES * index, RESULTS + RESULT_BYTES * (index + 1)));
    }

    private static void everyTlbEntryLeadsToGuestMemory(X86EngineMachine machine) {
        var mmu = (SoftMmu) machine.cpu().memory;
        int used = 0;
        for (int index = 0; index < Cpu.MMU_INDEXES; index++) {
            long[] table = mmu.longs(index);
            for (int entry = 0; entry < table.length; entry += table.length / SoftMmu.ENTRIES) {
                long read = table[entry];
                long write = table[entry + 1];
                for (long tag : LongStream.of(read, write).filter(t -> t != -1).toArray()) {
                    long host = tag + table[entry + 2];
                    assertThat(tag & 4095).isZero();
                    assertThat(machine.memory().gpaAtHost(host)).as("guest memory at TLB entry for 0x%x", tag).isNotNegative();
                    assertThat(machine.memory().gpaAtHost(host + 4095)).isNotNegative();
                    if (tag == write) {
                        assertThat(machine.memory().isRam(machine.memory().gpaAtHost(host))).isTrue();
                    }
                    used++;
                }
            }
        }
        assertThat(used).isPositive();
    }

    @Test
    void pageTablesStacksAndDescriptorsOutsideOfMemoryEndInAShutdown() {
        var sources = List.of(
            // Page tables where nothing is, and at the end of addresses, and through an entry that leads there.
            "mov rax, 0xff00000000\nmov cr3, rax\njmp start",
            "mov rax, 0xfffffff000\nmov cr3, rax\nint3",
            "mov rbx, cr3\nmov rax, 0x3fffff007\nmov [0x70000], rax\nmov cr3, rbx\nint3",
            // A stack that is not mapped; an IDT that is not mapped, and one that is not memory.
            "mov rsp, 0x3fffff0000\nint3",
            "lidt [rel idt]\nint3\nidt: dw 0xfff\ndq 0xffffffffffff0000",
            "lidt [rel idt]\nint3\nidt: dw 0xfff\ndq 0x800000");
        for (String source : sources) {
            try (var twins = Twins.longMode(HOT_AFTER, source)) {
                assertThat(twins.run(10_000)).as(source).isEqualTo(VmExit.TRIPLE_FAULT);
                twins.sameMemory();
            }
        }
    }

    @Test
    void flatSegmentsEndAtFourGigabytes() {
        String loop = """
            fninit
            xor ebx, ebx
            again:
            mov esi, [0x100000 + ebx*4]
            mov eax, [esi]
            mov [0x110000 + ebx*8], eax
            mov ecx, 5
            mov edi, esi
            rep stosb
            add [esi], bx
            xchg [esi], eax
            next:
            inc ebx
            cmp ebx, %d
            jne again
            hlt
            handler:
            add esp, 4
            mov dword [esp], next
            iretd""";
        long[] borders = {0, 0x201000, RAM_END, 0x8000_0000L, 0xffff_f000L};
        var addresses = new ArrayList<Long>();
        for (long border : borders) {
            for (int distance : DISTANCES) {
                addresses.add((long) BUFFER + 64 * addresses.size());
                addresses.add(border + distance & 0xffff_ffffL);
            }
        }
        try (var twins = Twins.protectedMode(HOT_AFTER, loop.formatted(addresses.size()))) {
            twins.both(m -> {
                m.memory().addRom("rom", ROM, PATTERN, Writes.TO_BUS);
                for (int i = 0; i < addresses.size(); i++) {
                    m.memory().write(ADDRESSES + 4 * i, 4, addresses.get(i));
                }
                for (int vector = 12; vector <= 14; vector++) {
                    m.memory().write(0x4000 + 8 * vector, 2, twins.at("handler"));
                }
            });

            assertThat(twins.runToHalt()).isEqualTo(-1);

            twins.both(OutsideGuestMemoryTest::everyTlbEntryLeadsToGuestMemory);
            assertThat(twins.translated()).isGreaterThan(addresses.size());
        }
    }
}
