package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.cpu.SystemMachine.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86Architecture;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.isa.Insn;
import dev.ringside.arch.x86.isa.IsaTable;
import dev.ringside.arch.x86.lift.SemanticsTable;
import dev.ringside.ir.Helper;
import dev.ringside.trace.TraceKind;
import dev.ringside.trace.TraceSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SystemInstructionTest {
    private static final int RAX = X86State.RAX, RCX = X86State.RCX, RDX = X86State.RDX, RBX = X86State.RBX, R11 = 11;
    private static final int UD = 6, NP = 11, GP = 13;
    private static final long NOT_CANONICAL = 1L << 47;

    private static SystemMachine wrmsr(int index, long value) {
        var m = longMode().code("wrmsr");
        m.cpu.slots[RCX] = index & 0xffffffffL;
        m.cpu.slots[RAX] = value & 0xffffffffL;
        m.cpu.slots[RDX] = value >>> 32;
        m.step();
        return m;
    }

    private static boolean faulted(SystemMachine m, int vector) {
        return m.cpu.pc() == handler(vector);
    }

    // MSRs

    @ParameterizedTest
    @ValueSource(ints = {Msrs.IA32_LSTAR, Msrs.IA32_CSTAR, Msrs.IA32_FS_BASE, Msrs.IA32_GS_BASE, Msrs.IA32_KERNEL_GS_BASE, Msrs.IA32_SYSENTER_ESP,
        Msrs.IA32_SYSENTER_EIP})
    void basesMustBeCanonical(int index) {
        assertThat(faulted(wrmsr(index, NOT_CANONICAL), GP)).isTrue();

        var m = wrmsr(index, 0xffff_8000_0000_0000L);
        assertThat(faulted(m, GP)).isFalse();
        m.code("rdmsr");
        m.step();
        assertThat(m.cpu.slots[RDX]).isEqualTo(0xffff8000L);
    }

    /** Index, value, whether the write is refused. */
    @ParameterizedTest
    @CsvSource({"0xc0000080, 0x4000, true", "0xc0000080, 0x0, true", "0xc0000080, 0xd01, false", "0xc0000084, 0x100000000, true", "0xc0000103, 0x100000000, true",
        "0x277, 0x0207040600070406, true", "0x277, 0x0107040600070406, false", "0xfe, 0x508, true", "0x10a, 0x0, true", "0x8b, 0x0, false",
        "0x2ff, 0xc06, false", "0x2ff, 0x10000, true", "0x200, 0xf0000000000, true", "0x12345, 0x0, true", "0x1d9, 0x4, true"})
    void reservedBitsAndUnknownRegistersAreRefused(String index, String value, boolean refused) {
        var m = wrmsr((int) Long.decode(index).longValue(), Long.decode(value));

        assertThat(faulted(m, GP)).isEqualTo(refused);
    }

    @Test
    void longModeEnableCannotChangeWhilePagingIsOn() {
        var m = wrmsr(Msrs.IA32_EFER, Efer.SCE | Efer.NXE);
        assertThat(faulted(m, GP)).isTrue();
    }

    @Test
    void msrsNeedPrivilegeLevelZero() {
        var m = longMode().atCpl3().code("rdmsr");
        m.step();
        assertThat(faulted(m, GP)).isTrue();
    }

    @Test
    void timeStampCounterCountsNanosecondsAndAdjustFollowsIt() {
        var m = longMode().code("rdtsc");
        m.bus.nanos = 0x5_0000_0007L;
        m.step();
        assertThat(m.cpu.slots[RDX] << 32 | m.cpu.slots[RAX]).isEqualTo(0x5_0000_0007L);

        m.cpu.msrs.write(Msrs.IA32_TIME_STAMP_COUNTER, 1000);
        assertThat(m.cpu.msrs.read(Msrs.IA32_TSC_ADJUST)).isEqualTo(1000 - 0x5_0000_0007L);
        assertThat(m.bus.tscOffset).as("the APIC timer's deadline follows").isEqualTo(1000 - 0x5_0000_0007L);

        m.cpu.msrs.write(Msrs.IA32_TSC_ADJUST, 0);
        assertThat(m.cpu.msrs.tsc()).isEqualTo(0x5_0000_0007L);
    }

    @Test
    void timeIsDeniedToUsersByTsdAndRdtscpTellsTheProcessor() {
        var user = longMode().atCpl3().code("rdtsc");
        user.cpu.control.write(4, user.cpu.cr4() | Cr4.TSD);
        user.step();
        assertThat(faulted(user, GP)).isTrue();

        var m = longMode().code("rdtscp");
        m.cpu.msrs.write(Msrs.IA32_TSC_AUX, 0x42);
        m.cpu.slots[RCX] = -1;
        m.step();
        assertThat(m.cpu.slots[RCX]).isEqualTo(0x42);
    }

    // Control registers

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 11, 12, 13, 14, 15, 19, 22, 23, 24, 25, 63})
    void bitsOfCr4WithoutAFeatureCannotBeSet(int bit) {
        var m = longMode().code("mov cr4, rax");
        m.cpu.slots[RAX] = m.cpu.cr4() | 1L << bit;
        m.step();
        assertThat(faulted(m, GP)).isTrue();
    }

    @Test
    void everyAllowedBitOfCr4CanBeSetInLongMode() {
        var m = longMode().code("mov cr4, rax");
        m.cpu.slots[RAX] = Cr4.ALLOWED;
        m.step();
        assertThat(m.cpu.cr4()).isEqualTo(Cr4.ALLOWED);
    }

    /** CR0 values refused in 64-bit mode. */
    @ParameterizedTest
    @ValueSource(longs = {0x11, 0x80000010L, 0xa0000011L, 0x1_80000011L})
    void cr0ChecksItsCombinations(long value) {
        var m = longMode().code("mov cr0, rax");
        m.cpu.slots[RAX] = value;
        m.step();
        assertThat(faulted(m, GP)).isTrue();
    }

    @Test
    void pagingWithLmeNeedsPae() {
        var m = protectedMode();
        m.cpu.control.efer(Efer.LME);
        m.code("mov cr0, eax");
        m.cpu.slots[RAX] = Cr0.PG | Cr0.PE;
        m.step();
        assertThat(faulted(m, GP)).isTrue();
    }

    @Test
    void leavingLongModeClearsLma() {
        var m = protectedMode();
        m.pageTables();
        m.cpu.control.cr4(Cr4.PAE);
        m.cpu.control.write(3, PML4);
        m.cpu.control.efer(Efer.LME);
        m.cpu.control.write(0, m.cpu.cr0() | Cr0.PG);
        assertThat(m.cpu.isLongMode()).isTrue();
        assertThat(m.cpu.is64BitCode()).as("compatibility mode until a far jump").isFalse();

        m.cpu.control.write(0, m.cpu.cr0() & ~Cr0.PG);

        assertThat(m.cpu.efer()).isEqualTo(Efer.LME);
    }

    @Test
    void pcidNeedsLongModeAndAClearPcidAndThenItsBit63IsAccepted() {
        var m = longMode();
        m.cpu.control.write(3, PML4 | 5);
        m.code("mov cr4, rax");
        m.cpu.slots[RAX] = m.cpu.cr4() | Cr4.PCIDE;
        m.step();
        assertThat(faulted(m, GP)).isTrue();

        var ok = longMode();
        ok.cpu.control.write(4, ok.cpu.cr4() | Cr4.PCIDE);
        ok.cpu.control.write(3, PML4 | 5 | 1L << 63);
        assertThat(ok.cpu.cr3()).isEqualTo(PML4 | 5);
    }

    @Test
    void reservedBitsOfCr3AreRefused() {
        var m = longMode().code("mov cr3, rax");
        m.cpu.slots[RAX] = 1L << 40;
        m.step();
        assertThat(faulted(m, GP)).isTrue();
    }

    @Test
    void cr8IsTheTaskPriority() {
        var m = longMode().code("mov cr8, rax\n mov rbx, cr8");
        m.cpu.slots[RAX] = 9;
        m.steps(2);
        assertThat(m.bus.taskPriority).isEqualTo(9);
        assertThat(m.cpu.slots[RBX]).isEqualTo(9);

        m.code("mov cr8, rax");
        m.cpu.slots[RAX] = 16;
        m.step();
        assertThat(faulted(m, GP)).isTrue();
    }

    @Test
    void lmswSetsButNeverClearsPe() {
        var m = protectedMode().code("lmsw ax");
        m.cpu.slots[RAX] = Cr0.TS;
        m.step();
        assertThat(m.cpu.cr0() & 0xf).isEqualTo(Cr0.PE | Cr0.TS);
    }

    @Test
    void xsetbvTakesX87WithOrWithoutSse() {
        var m = longMode();
        m.cpu.slots[RCX] = 0;
        m.cpu.slots[RAX] = 3;
        m.code("xsetbv").step();
        assertThat(faulted(m, UD)).as("OSXSAVE is clear").isTrue();

        m.cpu.control.write(4, m.cpu.cr4() | Cr4.OSXSAVE);
        m.code("xsetbv").step();
        assertThat(m.cpu.xcr0()).isEqualTo(3);
        m.cpu.slots[RAX] = 2;
        m.code("xsetbv").step();
        assertThat(faulted(m, GP)).isTrue();
        m.cpu.slots[RAX] = 7;
        m.code("xsetbv").step();
        assertThat(faulted(m, GP)).isTrue();
    }

    // Descriptor tables

    @Test
    void descriptorTableBasesMustBeCanonical() {
        for (String load : List.of("lgdt [0x2000]", "lidt [0x2000]")) {
            var m = longMode().code(load);
            m.ram.putShort(0x2000, (short) 0xfff).putLong(0x2002, NOT_CANONICAL);
            m.step();
            assertThat(faulted(m, GP)).isTrue();
            assertThat(m.cpu.idtBase()).isEqualTo(IDT);
        }
    }

    @Test
    void sixteenBitLgdtLoads24BitsAndSgdtStoresThem() {
        var m = realMode().code("lgdt [0x2000]\n sgdt [0x2008]");
        m.ram.putShort(0x2000, (short) 0x1234).putInt(0x2002, 0x99123456);
        m.steps(2);
        assertThat(m.cpu.gdtBase()).isEqualTo(0x123456);
        assertThat(m.cpu.gdtLimit()).isEqualTo(0x1234);
        assertThat(m.ram.getInt(0x200a)).isEqualTo(0x123456);
    }

    @Test
    void ltrTakesAnAvailableTssAndMarksItBusy() {
        var m = longMode().code("ltr ax");
        m.gdt(TSS_SELECTOR, descriptor(TSS, 0x67, 0x89));
        m.ram.putLong(GDT + TSS_SELECTOR + 8, 0xffff8000L);
        m.cpu.slots[RAX] = TSS_SELECTOR;
        m.step();
        assertThat(m.cpu.tr().base()).isEqualTo(0xffff8000_00000000L | TSS);
        assertThat(m.ram.get(GDT + TSS_SELECTOR + 5)).isEqualTo((byte) 0x8b);

        m.code("ltr ax").step();
        assertThat(m.cpu.interrupts.chain().getFirst()).as("busy now").isEqualTo("#GP(0x30) at RIP 0x1000");
    }

    @Test
    void lldtTakesNullAndChecksItsDescriptor() {
        var m = protectedMode().code("lldt ax");
        m.step();
        assertThat(m.cpu.ldtr().isUnusable()).isTrue();

        m.cpu.slots[RAX] = DATA_0;
        m.code("lldt ax").step();
        assertThat(faulted(m, GP)).isTrue();
        m.gdt(0x48, descriptor(0x2000, 0xff, 0x02));
        m.cpu.slots[RAX] = 0x48;
        m.code("lldt ax").step();
        assertThat(faulted(m, NP)).isTrue();
        m.gdt(0x48, descriptor(0x2000, 0xff, 0x82));
        m.code("lldt ax").step();
        assertThat(m.cpu.ldtr().base()).isEqualTo(0x2000);
    }

    // Segment registers

    /** Selector, GDT entry 0x48, vector and error code of loading DS, at CPL 3. */
    @ParameterizedTest
    @CsvSource({"0x4b, 0x00cf93000000ffff, 13, 0x48", "0x4b, 0x00cff3000000ffff, -1, 0", "0x4b, 0x00cf73000000ffff, 11, 0x48",
        "0x4b, 0x00cff9000000ffff, 13, 0x48", "0x4b, 0x00cffb000000ffff, -1, 0", "0x4b, 0x00cf9f000000ffff, -1, 0", "0x14b, 0, 13, 0x148", "0x03, 0, -1, 0"})
    void dataSegmentLoadChecks(String selector, String descriptor, int vector, String code) {
        var m = protectedMode().atCpl3().code("mov ds, eax");
        m.gdt(0x48, Long.decode(descriptor));
        m.cpu.slots[RAX] = Integer.decode(selector);

        m.step();

        if (vector < 0) {
            assertThat(m.cpu.segment(X86State.DS).selector()).isEqualTo(Integer.decode(selector));
        } else {
            assertThat(m.cpu.pc()).isEqualTo(handler(vector));
            assertThat(m.stack32(0)).isEqualTo(Integer.decode(code));
        }
    }

    @Test
    void selectorThatAsksForLessPrivilegeThanItsSegmentIsRefused() {
        var m = protectedMode().code("mov ds, eax");
        m.cpu.slots[RAX] = DATA_0 | 3;
        m.step();
        assertThat(faulted(m, GP)).isTrue();
        assertThat(m.stack32(0)).isEqualTo(DATA_0);
    }

    @Test
    void realModeWritesCodeSegmentsAndRevivesNullOnes() {
        var m = realMode().code("mov word [cs:0x2000], cx\n mov fs, ax\n mov word [fs:0x0], cx");
        m.cpu.segments[X86State.CS].set(0, 0, 0xffff, 0x9b);
        m.cpu.segments[X86State.FS].set(0, 0, 0, SegmentRegister.UNUSABLE);
        m.cpu.slots[RAX] = 0x300;
        m.cpu.slots[RCX] = 0x4711;
        m.steps(3);
        assertThat(m.ram.getShort(0x2000)).isEqualTo((short) 0x4711);
        assertThat(m.ram.getShort(0x3000)).isEqualTo((short) 0x4711);
    }

    /** Stack segments: #GP for a wrong kind or level, #SS when not present. */
    @ParameterizedTest
    @CsvSource({"0x00, 0, 13, 0", "0x48, 0x00cf91000000ffff, 13, 0x48", "0x48, 0x00cff3000000ffff, 13, 0x48", "0x4b, 0x00cf93000000ffff, 13, 0x48",
        "0x48, 0x00cf13000000ffff, 12, 0x48"})
    void stackSegmentLoadChecks(String selector, String descriptor, int vector, String code) {
        var m = protectedMode().code("mov ss, eax");
        m.gdt(0x48, Long.decode(descriptor));
        m.cpu.slots[RAX] = Integer.decode(selector);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(vector));
        assertThat(m.stack32(0)).isEqualTo(Integer.decode(code));
    }

    @Test
    void useOfANullSegmentIsGeneralProtection() {
        var m = protectedMode().code("mov ds, eax\n mov eax, [0x2000]");
        m.step();
        assertThat(m.cpu.pc()).isEqualTo(CODE + 2);
        m.step();
        assertThat(faulted(m, GP)).isTrue();
        assertThat(m.stack32(0)).isZero();
    }

    @Test
    void expandDownSegmentsAreValidAboveTheirLimit() {
        var m = protectedMode().code("mov ds, eax\n mov eax, [0x1000]\n mov eax, [0xfff]");
        m.gdt(0x48, 0x0040970000000fffL);  // data, expand-down, limit 0xfff
        m.cpu.slots[RAX] = 0x48;
        m.steps(2);
        assertThat(m.cpu.pc()).as("0x1000 is inside").isEqualTo(CODE + 7);
        m.step();
        assertThat(faulted(m, GP)).as("0xfff is not").isTrue();
    }

    @Test
    void movToCsIsUndefined() {
        var m = protectedMode().hex("8ec8");
        m.step();
        assertThat(faulted(m, UD)).isTrue();
    }

    @Test
    void larLslVerrVerwAndArplLookWithoutFaulting() {
        var m = protectedMode().atCpl3().code("lar eax, ebx\n lsl edx, ebx\n verr bx\n verw bx\n lar eax, ecx");
        m.cpu.slots[RBX] = DATA_3;
        m.cpu.slots[RCX] = DATA_0 | 3;
        m.steps(2);
        assertThat(m.cpu.slots[RAX] & 0xf0ff00).isEqualTo(0xc0f300);
        assertThat(m.cpu.slots[RDX]).isEqualTo(0xffffffffL);
        m.steps(2);
        assertThat(m.cpu.rflags() & Rflags.ZF).isNotZero();
        m.step();
        assertThat(m.cpu.rflags() & Rflags.ZF).as("level 0 data is invisible").isZero();

        var arpl = protectedMode().code("arpl ax, bx");
        arpl.cpu.slots[RAX] = 0x48;
        arpl.cpu.slots[RBX] = 3;
        arpl.step();
        assertThat(arpl.cpu.slots[RAX]).isEqualTo(0x4b);
        assertThat(arpl.cpu.rflags() & Rflags.ZF).isNotZero();
    }

    @Test
    void fsAndGsBaseInstructionsFollowCr4() {
        var m = longMode().code("wrfsbase rax");
        m.step();
        assertThat(faulted(m, UD)).isTrue();

        m.cpu.control.write(4, m.cpu.cr4() | Cr4.FSGSBASE);
        m.cpu.slots[RAX] = 0x7fff_1234_5678L;
        m.code("wrfsbase rax\n rdfsbase ebx").steps(2);
        assertThat(m.cpu.segment(X86State.FS).base()).isEqualTo(0x7fff_1234_5678L);
        assertThat(m.cpu.slots[RBX]).isEqualTo(0x1234_5678L);
        m.cpu.slots[RAX] = NOT_CANONICAL;
        m.code("wrfsbase rax").step();
        assertThat(faulted(m, GP)).isTrue();
    }

    // Fast system calls

    @Test
    void syscallAndSysretChangeCodeStackAndFlagsWithoutTables() {
        var m = longMode().atCpl3().code("syscall");
        m.cpu.msrs.write(Msrs.IA32_STAR, 0x0018_0008L << 32);
        m.cpu.msrs.write(Msrs.IA32_LSTAR, 0x1800);
        m.cpu.msrs.write(Msrs.IA32_FMASK, Rflags.IF | Rflags.TF);
        m.cpu.rflags(Rflags.IF | Rflags.CF);
        m.step();
        assertThat(m.cpu.pc()).isEqualTo(0x1800);
        assertThat(m.cpu.cpl()).isZero();
        assertThat(m.cpu.slots[RCX]).isEqualTo(CODE + 2);
        assertThat(m.cpu.slots[R11]).isEqualTo(Rflags.IF | Rflags.CF | 2);
        assertThat(m.cpu.rflags()).isEqualTo(Rflags.CF | 2);
        assertThat(m.cpu.segment(X86State.SS).selector()).isEqualTo(0x10);

        m.code(0x1800, "sysretq").step();
        assertThat(m.cpu.pc()).isEqualTo(CODE + 2);
        assertThat(m.cpu.cpl()).isEqualTo(3);
        assertThat(m.cpu.segment(X86State.CS).selector()).isEqualTo(0x2b);
        assertThat(m.cpu.segment(X86State.SS).selector()).isEqualTo(0x23);
        assertThat(m.cpu.rflags()).isEqualTo(Rflags.IF | Rflags.CF | 2);
    }

    @Test
    void sysretToNonCanonicalAddressFaultsAtLevelZero() {
        var m = longMode().code("sysretq");
        m.cpu.slots[RCX] = NOT_CANONICAL;
        m.step();
        assertThat(faulted(m, GP)).isTrue();
        assertThat(m.stack(2)).as("CS").isEqualTo(CODE_0);
    }

    @Test
    void syscallIsUndefinedOutside64BitModeAndWithoutSce() {
        var legacy = protectedMode().code("syscall");
        legacy.step();
        assertThat(faulted(legacy, UD)).isTrue();

        var disabled = longMode().code("syscall");
        disabled.cpu.efer &= ~Efer.SCE;
        disabled.step();
        assertThat(faulted(disabled, UD)).isTrue();
    }

    @Test
    void sysenterAndSysexitGoThereAndBack() {
        var m = protectedMode().atCpl3().code("sysenter");
        m.step();
        assertThat(faulted(m, GP)).as("SYSENTER_CS is 0").isTrue();

        m.cpu.msrs.write(Msrs.IA32_SYSENTER_CS, 0x08);
        m.cpu.msrs.write(Msrs.IA32_SYSENTER_EIP, 0x1800);
        m.cpu.msrs.write(Msrs.IA32_SYSENTER_ESP, 0x60000);
        m.atCpl3().code("sysenter").step();
        assertThat(m.cpu.pc()).isEqualTo(0x1800);
        assertThat(m.rsp()).isEqualTo(0x60000);
        assertThat(m.cpu.cpl()).isZero();

        m.cpu.slots[RDX] = 0x1900;
        m.cpu.slots[RCX] = 0x50000;
        m.code(0x1800, "sysexitd").step();
        assertThat(m.cpu.pc()).isEqualTo(0x1900);
        assertThat(m.rsp()).isEqualTo(0x50000);
        assertThat(m.cpu.segment(X86State.CS).selector()).isEqualTo(0x1b);
    }

    @Test
    void swapgsExchangesTheBases() {
        var m = longMode().code("swapgs");
        m.cpu.msrs.write(Msrs.IA32_GS_BASE, 0x1111);
        m.cpu.msrs.write(Msrs.IA32_KERNEL_GS_BASE, 0x2222);
        m.step();
        assertThat(m.cpu.segment(X86State.GS).base()).isEqualTo(0x2222);
        assertThat(m.cpu.msrs.read(Msrs.IA32_KERNEL_GS_BASE)).isEqualTo(0x1111);
    }

    // Ports

    @Test
    void permissionMapDecidesWhereIoplDoesNot() {
        var m = protectedMode().atCpl3().code("in al, 0x60");
        m.cpu.tr.set(TSS_SELECTOR, TSS, 0xff, 0x8b);
        m.ram.putShort(TSS + 0x66, (short) 0x68);
        m.step();
        assertThat(m.cpu.slots[RAX] & 0xff).as("bit clear").isEqualTo(0xa0 + 0x60 & 0xff);

        m.ram.put(TSS + 0x68 + 0x60 / 8, (byte) 0x2);
        m.code("in eax, 0x60").step();  // the bit of port 0x61 counts
        assertThat(faulted(m, GP)).isTrue();
        assertThat(m.bus.accesses).hasSize(1);
    }

    @Test
    void permissionMapEndsWithTheTss() {
        var m = protectedMode().atCpl3().code("in eax, dx");
        m.cpu.slots[RDX] = 0x3f8;
        m.ram.putShort(TSS + 0x66, (short) 0x68);
        m.step();
        assertThat(faulted(m, GP)).isTrue();

        var iopl = protectedMode().atCpl3().code("in eax, dx");
        iopl.cpu.rflags(Rflags.IOPL);
        iopl.cpu.slots[RDX] = 0x3f8;
        iopl.step();
        assertThat(iopl.bus.accesses).containsExactly("in 0x3f8 4");
    }

    @Test
    void inputStringReadsNoPortWhenItsStoreWouldFault() {
        var m = longMode().code("insb");
        m.cpu.slots[X86State.RDI] = 0x150000;
        m.pte(0x150000, 0);
        m.step();
        assertThat(faulted(m, 14)).isTrue();
        assertThat(m.bus.accesses).isEmpty();
    }

    @Test
    void outputStringUsesItsSegmentAndDirection() {
        var m = realMode().code("std\n es outsb");
        m.cpu.segments[X86State.ES].set(0x200, 0x2000, 0xffff, X86Cpu.REAL_DATA);
        m.cpu.slots[X86State.RSI] = 0x10;
        m.cpu.slots[RDX] = 0xe9;
        m.ram.put(0x2010, (byte) 0x41);
        m.steps(2);
        assertThat(m.bus.accesses).containsExactly("out 0xe9 1 0x41");
        assertThat(m.cpu.slots[X86State.RSI]).isEqualTo(0xf);
    }

    @Test
    void cliAndStiNeedIopl() {
        for (String code : List.of("cli", "sti")) {
            var m = protectedMode().atCpl3().code(code);
            m.step();
            assertThat(faulted(m, GP)).isTrue();
            var allowed = protectedMode().atCpl3().code(code);
            allowed.cpu.rflags(Rflags.IOPL);
            allowed.step();
            assertThat(allowed.cpu.pc()).isEqualTo(CODE + 1);
        }
    }

    // What does not exist, and what is random

    @ParameterizedTest
    @ValueSource(strings = {"monitor", "mwait", "rsm", "vmcall", "vmmcall"})
    void monitorMwaitRsmAndUnansweredHypercallsAreUndefined(String code) {
        var m = longMode().code(code);
        m.step();
        assertThat(faulted(m, UD)).isTrue();
    }

    @Test
    void clacAndStacAreUndefinedForUsers() {
        var m = longMode().atCpl3().code("stac");
        m.step();
        assertThat(faulted(m, UD)).isTrue();

        var kernel = longMode().code("stac");
        kernel.step();
        assertThat(kernel.cpu.rflags() & Rflags.AC).isNotZero();
    }

    @Test
    void randomNumbersRepeatWithTheSeed() {
        long first = random(1);
        assertThat(random(1)).isEqualTo(first);
        assertThat(random(2)).isNotEqualTo(first);
    }

    private static long random(long seed) {
        var m = longMode().code("rdrand rax");
        m.cpu.seed(seed);
        m.cpu.rflags(Rflags.ZF);
        m.step();
        assertThat(m.cpu.rflags()).isEqualTo(Rflags.CF | 2);
        return m.cpu.slots[RAX];
    }

    // CPUID

    private static int[] cpuid(int leaf, int subleaf) {
        var m = longMode().code("cpuid");
        m.cpu.slots[RAX] = leaf & 0xffffffffL;
        m.cpu.slots[RCX] = subleaf;
        m.step();
        return new int[] {(int) m.cpu.slots[RAX], (int) m.cpu.slots[RBX], (int) m.cpu.slots[RCX], (int) m.cpu.slots[RDX]};
    }

    @Test
    void advertisedFeaturesAreThoseThatTheInstructionTablesKnow() {
        Set<String> missing = new TreeSet<>();
        for (Insn insn : IsaTable.load().insns()) {
            boolean lifted = SemanticsTable.of(insn.means()) != null;
            boolean undefined = Set.of("monitor", "mwait").contains(insn.means());
            if (!insn.feature().isEmpty() && lifted && !undefined && !Cpuid.has(insn.feature())) {
                missing.add(insn.feature());
            }
        }
        assertThat(missing).as("implemented, in no CPUID leaf").isEmpty();
    }

    @Test
    void osxsaveFollowsCr4() {
        var m = longMode();
        assertThat(m.cpu.cpuid.leaf(1, 0)[2] >>> 27 & 1).isZero();
        m.cpu.control.write(4, m.cpu.cr4() | Cr4.OSXSAVE);
        assertThat(m.cpu.cpuid.leaf(1, 0)[2] >>> 27 & 1).isEqualTo(1);
    }

    @Test
    void leavesThatKernelsCalibrateByAreExact() {
        assertThat(cpuid(0x15, 0)).containsExactly(1, 1, 1_000_000_000, 0);
        assertThat(cpuid(0x16, 0)).containsExactly(1000, 1000, 100, 0);
        assertThat(cpuid(0x80000008, 0)[0]).isEqualTo(48 << 8 | 40);
        assertThat(cpuid(0xd, 0)).containsExactly(3, 576, 576, 0);
        assertThat(cpuid(0xd, 1)).as("XSAVEOPT").containsExactly(1, 0, 0, 0);
        assertThat(cpuid(7, 1)).containsExactly(0, 0, 0, 0);
        assertThat(cpuid(0x12345678, 0)).as("beyond the last leaf").containsExactly(cpuid(0x16, 0));
    }

    @Test
    void vendorAndBrandAreText() {
        int[] r = cpuid(0, 0);
        assertThat(ascii(r[1], r[3], r[2])).isEqualTo("GenuineIntel");
        var brand = new StringBuilder();
        for (int leaf = 0x80000002; leaf <= 0x80000004; leaf++) {
            brand.append(ascii(cpuid(leaf, 0)));
        }
        assertThat(brand.toString().replace("\0", "")).isEqualTo("Ringside virtual x86-64-v2 processor");
    }

    private static String ascii(int... words) {
        var text = new StringBuilder();
        for (int word : words) {
            for (int i = 0; i < 32; i += 8) {
                text.append((char) (word >>> i & 0xff));
            }
        }
        return text.toString();
    }

    // The whole

    @Test
    void everySystemInstructionHasAMeaning() {
        Set<String> missing = new TreeSet<>();
        for (Insn insn : IsaTable.load().insns()) {
            if (insn.is("system") && SemanticsTable.of(insn.means()) == null) {
                missing.add(insn.means());
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void helpersHaveNamesOfTheirOwn() {
        List<String> names = new X86Architecture().helpers().stream().map(Helper::name).toList();
        assertThat(names).doesNotHaveDuplicates().contains("x86.cpuid", "x86.iret", "x86.segment_check");
    }

    @Test
    void eventsAreTraced() {
        var m = longMode().code("cpuid\n mov rax, cr3\n rdmsr\n hlt");
        var kinds = new ArrayList<String>();
        m.cpu.trace = new TraceSink() {
            @Override
            public boolean wants(TraceKind kind) {
                return true;
            }

            @Override
            public void emit(TraceKind kind, long instructions, int vcpu, long a, long b, long c, long d) {
                kinds.add("%s %x %x".formatted(kind.label(), a, b));
            }
        };
        m.cpu.slots[RCX] = 0;
        m.steps(2);
        m.cpu.slots[RCX] = Msrs.IA32_EFER & 0xffffffffL;
        m.steps(2);

        assertThat(kinds).containsExactly("cpuid 0 0", "cr 0 3", "msr 0 c0000080", "halt 1008 0");
    }
}
