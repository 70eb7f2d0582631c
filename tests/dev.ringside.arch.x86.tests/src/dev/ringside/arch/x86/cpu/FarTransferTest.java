package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.cpu.SystemMachine.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FarTransferTest {
    private static final int NP = 11, SS = 12, GP = 13;
    private static final int GATE = 0x38, OTHER = 0x48;
    private static final long CODE32 = 0x00cf9b000000ffffL, CODE16 = 0x00009b000000ffffL, CODE64 = 0x00af9b000000ffffL, DATA = 0x00cf93000000ffffL;
    private static final long DPL_3 = 3L << 45, CONFORMING = 1L << 42, NOT_PRESENT = ~(1L << 47);

    private static String jump(int selector, int offset) {
        return "jmp %#x:%#x".formatted(selector, offset);
    }

    private static String call(int selector, int offset) {
        return "call %#x:%#x".formatted(selector, offset);
    }

    // Direct

    @Test
    void jumpLoadsCodeSegmentAndSetsItsAccessedBit() {
        var m = protectedMode().code(jump(OTHER, 0x1800));
        m.gdt(OTHER, CODE16 & ~(1L << 40));

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(0x1800);
        assertThat(m.cpu.segment(X86State.CS).selector()).isEqualTo(OTHER);
        assertThat(m.cpu.segment(X86State.CS).isBig()).isFalse();
        assertThat(m.ram.getLong(GDT + OTHER) >>> 40 & 1).isEqualTo(1);
    }

    /** Selector, GDT entry 0x48, vector, error code. */
    @ParameterizedTest
    @CsvSource({
        "0x00, 0x00cf9b000000ffff, 13, 0x00",   // null
        "0x148, 0x00cf9b000000ffff, 13, 0x148", // beyond the limit
        "0x48, 0x00cf93000000ffff, 13, 0x48",   // data
        "0x48, 0x00cffb000000ffff, 13, 0x48",   // level 3 code, not conforming
        "0x4b, 0x00cf9b000000ffff, 13, 0x48",   // RPL 3
        "0x48, 0x00cf1b000000ffff, 11, 0x48",   // not present
        "0x48, 0x00409b0000000fff, 13, 0x00",   // target beyond the segment's limit
        "0x4c, 0x00cf9b000000ffff, 13, 0x4c"})  // LDT, of which there is none
    void jumpChecksItsTarget(String selector, String descriptor, int vector, String code) {
        var m = protectedMode().code(jump(Integer.decode(selector), 0x1800));
        m.cpu.ldtr.set(0, 0, 0, SegmentRegister.UNUSABLE);
        m.gdt(OTHER, Long.decode(descriptor));

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(vector));
        assertThat(m.stack32(0)).isEqualTo(Integer.decode(code));
        assertThat(m.stack32(1)).as("EIP of the jump").isEqualTo(CODE);
        assertThat(m.stack32(2)).as("CS unchanged").isEqualTo(CODE_0);
    }

    @Test
    void conformingCodeKeepsThePrivilegeLevel() {
        var m = protectedMode().atCpl3().code(jump(OTHER, 0x1800));
        m.gdt(OTHER, CODE32 | CONFORMING);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(0x1800);
        assertThat(m.cpu.cpl()).isEqualTo(3);
        assertThat(m.cpu.segment(X86State.CS).selector()).isEqualTo(OTHER | 3);
    }

    @Test
    void farCallAndReturnGoThereAndBack() {
        var m = protectedMode().code(call(OTHER, 0x1800)).code(0x1800, "retf 0x8");
        m.gdt(OTHER, CODE32);
        m.cpu.pc(CODE);

        m.step();
        assertThat(m.stack32(0)).isEqualTo(CODE + 7);
        assertThat(m.stack32(1)).isEqualTo(CODE_0);
        m.step();

        assertThat(m.cpu.pc()).isEqualTo(CODE + 7);
        assertThat(m.rsp()).isEqualTo(STACK + 8);
    }

    @Test
    void callWhoseStackHasNoRoomChangesNothing() {
        var m = protectedMode().code(call(CODE_0, 0x1800));
        m.cpu.segments[X86State.SS].set(DATA_0, 0, 0xfff, 0x4093);
        m.cpu.slots[X86State.RSP] = 0x1004;
        m.gdt(OTHER, DATA);
        m.gate(SS, Descriptor.TASK_GATE, 0, 0, 0);

        m.step();

        assertThat(m.cpu.interrupts.chain().getFirst()).startsWith("#SS(0x0) at RIP 0x1000");
        assertThat(m.cpu.slots[X86State.RSP]).isEqualTo(0x1004);
    }

    // Call gates

    @Test
    void callGateToInnerLevelCopiesParametersToTheNewStack() {
        var m = protectedMode().atCpl3().code(call(GATE | 3, 0));
        m.gdt(GATE, gateDescriptor(Descriptor.CALL32, CODE_0, 0x1800, 3) | 2L << 32);
        m.cpu.slots[X86State.RSP] = 0x60000;
        m.ram.putInt(0x60000, 0x11111111).putInt(0x60004, 0x22222222);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(0x1800);
        assertThat(m.cpu.cpl()).isZero();
        assertThat(m.rsp()).isEqualTo(STACK_0 - 6 * 4);
        assertThat(new int[] {m.stack32(0), m.stack32(1), m.stack32(2), m.stack32(3), m.stack32(4), m.stack32(5)})
            .containsExactly(CODE + 7, CODE32_3, 0x11111111, 0x22222222, 0x60000, DATA_3);
    }

    @Test
    void returnToOuterLevelReleasesParametersOnBothStacksAndDropsInnerSegments() {
        var m = protectedMode().atCpl3().code(call(GATE | 3, 0)).code(0x1800, "retf 0x8");
        m.cpu.pc(CODE);
        m.gdt(GATE, gateDescriptor(Descriptor.CALL32, CODE_0, 0x1800, 3) | 2L << 32);
        m.cpu.slots[X86State.RSP] = 0x60000;
        m.step();
        m.cpu.segmentation.load(X86State.ES, DATA_0);
        m.cpu.segmentation.load(X86State.FS, DATA_3);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(CODE + 7);
        assertThat(m.cpu.cpl()).isEqualTo(3);
        assertThat(m.rsp()).isEqualTo(0x60008);
        assertThat(m.cpu.segment(X86State.ES).isUnusable()).as("level 0 data").isTrue();
        assertThat(m.cpu.segment(X86State.FS).selector()).isEqualTo(DATA_3);
    }

    @Test
    void sixteenBitCallGatePushesWordsAndCutsTheOffset() {
        var m = protectedMode().code(call(GATE, 0));
        m.gdt(GATE, gateDescriptor(Descriptor.CALL16, CODE_0, 0x55551800, 0));

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(0x1800);
        assertThat(m.rsp()).isEqualTo(STACK - 4);
    }

    @Test
    void callGateChecksPrivilegeAndPresence() {
        var privilege = protectedMode().atCpl3().code(call(GATE | 3, 0));
        privilege.gdt(GATE, gateDescriptor(Descriptor.CALL32, CODE_0, 0x1800, 0));
        privilege.step();
        assertThat(privilege.cpu.pc()).isEqualTo(handler(GP));
        assertThat(privilege.stack32(0)).isEqualTo(GATE);

        var presence = protectedMode().code(call(GATE, 0));
        presence.gdt(GATE, gateDescriptor(Descriptor.CALL32, CODE_0, 0x1800, 0) & NOT_PRESENT);
        presence.step();
        assertThat(presence.cpu.pc()).isEqualTo(handler(NP));
    }

    @Test
    void longModeCallGateSwitchesToTheTssStackWithANullSs() {
        var m = longMode().atCpl3().code("call far [0x17ff]");
        m.ram.putInt(0x17ff, 0).putShort(0x1803, (short) (GATE | 3));
        m.cpu.gdtLimit = 0xff;
        m.gdt(GATE, gateDescriptor(Descriptor.CALL32, CODE_0, 0x1800, 3));
        m.gdt(GATE + 8, 0);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(0x1800);
        assertThat(m.rsp()).isEqualTo(STACK_0 - 4 * 8);
        assertThat(m.stack(0)).isEqualTo(CODE + 7);
        assertThat(m.stack(3)).isEqualTo(DATA_3);
        assertThat(m.cpu.segment(X86State.SS).selector()).isZero();
    }

    @Test
    void longModeCallGateMustLeadTo64BitCode() {
        var m = longMode().code("call far [0x17ff]");
        m.ram.putInt(0x17ff, 0).putShort(0x1803, (short) GATE);
        m.cpu.gdtLimit = 0xff;
        m.gdt(OTHER, CODE32);
        m.gdt(GATE, gateDescriptor(Descriptor.CALL32, OTHER, 0x1800, 0));
        m.gdt(GATE + 8, 0);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(GP));
        assertThat(m.stack(0)).isEqualTo(OTHER);
    }

    @Test
    void taskStateSegmentsAreNoTargetsInLongMode() {
        var m = longMode().code("call far [0x17ff]");
        m.ram.putInt(0x17ff, 0).putShort(0x1803, (short) TSS_SELECTOR);

        m.step();

        assertThat(m.cpu.pc()).isEqualTo(handler(GP));
        assertThat(m.stack(0)).isEqualTo(TSS_SELECTOR);
    }

    // IRET

    private static SystemMachine iretq(long rip, int cs, long rflags, long rsp, int ss) {
        var m = longMode().code("iretq");
        m.cpu.slots[X86State.RSP] = STACK - 40;
        m.ram.putLong(STACK - 40, rip).putLong(STACK - 32, cs).putLong(STACK - 24, rflags).putLong(STACK - 16, rsp).putLong(STACK - 8, ss);
        m.step();
        return m;
    }

    @Test
    void iretqLoadsStackEvenWithoutPrivilegeChange() {
        var m = iretq(0x1800, CODE_0, Rflags.IF | Rflags.ID, 0x60000, 0);

        assertThat(m.cpu.pc()).isEqualTo(0x1800);
        assertThat(m.rsp()).isEqualTo(0x60000);
        assertThat(m.cpu.segment(X86State.SS).isUnusable()).as("a null SS is fine below level 3").isTrue();
        assertThat(m.cpu.rflags()).isEqualTo(Rflags.IF | Rflags.ID | 2);
    }

    @Test
    void iretqToUserAndCompatibilityMode() {
        var user = iretq(0x1800, CODE_3, 2, 0x60000, DATA_3);
        assertThat(user.cpu.cpl()).isEqualTo(3);
        assertThat(user.cpu.is64BitCode()).isTrue();

        var compatibility = iretq(0x1800, CODE32_3, 2, 0x1_00060000L, DATA_3);
        assertThat(compatibility.cpu.is64BitCode()).isFalse();
        assertThat(compatibility.cpu.isLongMode()).isTrue();
        assertThat(compatibility.rsp()).isEqualTo(0x60000);
    }

    @Test
    void segmentThatBecomesNullOnTheWayOutKeepsItsBase() {
        var m = longMode();
        m.cpu.segmentation.load(X86State.GS, DATA_0);
        m.cpu.msrs.write(Msrs.IA32_GS_BASE, 0x400000);
        m.code("iretq");
        m.cpu.slots[X86State.RSP] = STACK - 40;
        m.ram.putLong(STACK - 40, 0x1800).putLong(STACK - 32, CODE_3).putLong(STACK - 24, 2).putLong(STACK - 16, 0x60000).putLong(STACK - 8, DATA_3);

        m.step();

        assertThat(m.cpu.segment(X86State.GS).selector()).isZero();
        assertThat(m.cpu.segment(X86State.GS).base()).isEqualTo(0x400000);
    }

    /** RIP, CS, SS, expected error code. */
    @ParameterizedTest
    @CsvSource({"0x800000000000, 0x08, 0x10, 0", "0x1800, 0x00, 0x10, 0", "0x1800, 0x10, 0x10, 0x10", "0x1800, 0x2b, 0x00, 0", "0x1800, 0x2b, 0x10, 0x10",
        "0x1800, 0x1b, 0x03, 0", "0x1800, 0x28, 0x23, 0x28"})
    void iretqChecks(String rip, String cs, String ss, String code) {
        var m = iretq(Long.decode(rip), Integer.decode(cs), 2, 0x60000, Integer.decode(ss));

        assertThat(m.cpu.pc()).isEqualTo(handler(GP));
        assertThat(m.stack(0)).isEqualTo(Integer.decode(code).longValue());
        assertThat(m.stack(1)).isEqualTo(CODE);
        assertThat(m.stack(4)).as("RSP as before").isEqualTo(STACK - 40);
    }

    @Test
    void iretWithNestedTaskFlagIsGeneralProtectionInLongMode() {
        var m = longMode().code("iretq");
        m.cpu.rflags(Rflags.NT);
        m.step();
        assertThat(m.cpu.pc()).isEqualTo(handler(GP));
    }

    @Test
    void iretOfUserCodeCannotChangeIoplAndIf() {
        var m = longMode().atCpl3().code("iretq");
        m.cpu.rflags(Rflags.IF);
        m.cpu.slots[X86State.RSP] = STACK - 40;
        m.ram.putLong(STACK - 40, 0x1800).putLong(STACK - 32, CODE_3).putLong(STACK - 24, Rflags.IOPL | Rflags.CF).putLong(STACK - 16, 0x60000)
            .putLong(STACK - 8, DATA_3);

        m.step();

        assertThat(m.cpu.rflags()).isEqualTo(Rflags.IF | Rflags.CF | 2);
    }

    @Test
    void iretEntersVirtual8086Mode() {
        var m = protectedMode().code("iretd");
        m.cpu.slots[X86State.RSP] = STACK - 36;
        int[] image = {0x123, 0x2000, Rflags.VM | Rflags.IF | 2, 0x8000, 0x3000, 0x4000, 0x5000, 0x6000, 0x7000};
        for (int i = 0; i < image.length; i++) {
            m.ram.putInt(STACK - 36 + i * 4, image[i]);
        }

        m.step();

        assertThat(m.cpu.isVm86()).isTrue();
        assertThat(m.cpu.cpl()).isEqualTo(3);
        assertThat(m.cpu.fetchAddress(m.cpu.pc())).isEqualTo(0x20123);
        assertThat(m.cpu.segment(X86State.SS).base()).isEqualTo(0x30000);
        assertThat(m.cpu.segment(X86State.GS).base()).isEqualTo(0x70000);
        assertThat(m.rsp()).isEqualTo(0x8000);
    }

    // Real-address mode and back

    @Test
    void realModeTransfersUseParagraphs() {
        var m = realMode().code("jmp 0x100:0x1234");
        m.step();
        assertThat(m.cpu.segment(X86State.CS).base()).isEqualTo(0x1000);
        assertThat(m.cpu.pc()).isEqualTo(0x1234);

        var call = realMode().code("call 0x100:0x1234");
        call.step();
        assertThat(call.ram.getShort(0x7000 - 4)).isEqualTo((short) (CODE + 5));
        assertThat(call.rsp()).isEqualTo(0x7000 - 4);
    }

    @Test
    void segmentLimitsOfProtectedModeSurviveInRealMode() {
        var m = protectedMode().code("mov eax, cr0\n and al, 0xfe\n mov cr0, eax");
        m.steps(3);
        m.cpu.segments[X86State.CS].set(0, 0, 0xffff, X86Cpu.REAL_DATA);
        m.cpu.modeChanged();
        m.code("mov ds, ax\n a32 mov ax, [0x100000]");
        m.cpu.slots[X86State.RAX] = 0;
        m.ram.putShort(0x100000, (short) 0x4711);

        m.steps(2);

        assertThat(m.cpu.isProtected()).isFalse();
        assertThat(m.cpu.slots[X86State.RAX]).as("big real mode").isEqualTo(0x4711);
    }

    @Test
    void bootCodeReachesLongMode() {
        var m = realMode();
        m.ram.putShort(0x2000, (short) 0xff).putInt(0x2002, GDT);
        m.gdt(CODE_0, CODE32);
        m.gdt(OTHER + 8, CODE64);
        m.pageTables();
        m.code(0x1900, "bits 64\n inc rax");
        m.code(0x1800, """
            bits 32
            mov eax, cr4
            or eax, 0x20
            mov cr4, eax
            mov eax, %d
            mov cr3, eax
            mov ecx, 0xc0000080
            rdmsr
            or eax, 0x100
            wrmsr
            mov eax, cr0
            or eax, 0x80000000
            mov cr0, eax
            jmp 0x50:0x1900
            """.formatted(PML4));
        m.code("""
            lgdt [0x2000]
            mov eax, cr0
            or al, 1
            mov cr0, eax
            jmp 0x8:0x1800
            """);

        m.steps(5 + 13);

        assertThat(m.cpu.is64BitCode()).isTrue();
        assertThat(m.cpu.pc()).isEqualTo(0x1900);
        assertThat(m.cpu.efer() & Efer.LMA).isNotZero();
    }
}
