package dev.ringside.arch.x86.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringside.arch.Access;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.Translation;
import dev.ringside.arch.WalkStep;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86State;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PagingTest {
    private static final int P = 1, W = 2, U = 4, A = 0x20, D = 0x40, PS = 0x80, G = 0x100;
    private static final long NX = 1L << 63;
    private static final long PAGE = 0x100000;
    private static final int GP = 13, PF = 14, SS = 12;

    private final SystemMachine m = SystemMachine.longMode();
    private final Translation out = new Translation();

    private GuestFault faultOf(long linear, Access access, int mmuIndex) {
        return catchThrowableOfType(GuestFault.class, () -> m.cpu.translate(linear, access, mmuIndex, X86State.DS, out));
    }

    /** SDM 3A 4.7. The columns: entry bits, access, user, then the error code. */
    @ParameterizedTest
    @CsvSource({
        // not present
        "0,   READ,  false, 0x00", "0,   WRITE, false, 0x02", "0,   READ,  true, 0x04", "0,   WRITE, true, 0x06", "0, FETCH, false, 0x10", "0, FETCH, true, 0x14",
        // supervisor page, user access
        "1,   READ,  true,  0x05", "3,   WRITE, true,  0x07", "3,   FETCH, true, 0x15",
        // read-only page, user and (with WP) supervisor
        "5,   WRITE, true,  0x07", "1,   WRITE, false, 0x03",
        // no-execute page
        "0x8000000000000007, FETCH, true, 0x15", "0x8000000000000003, FETCH, false, 0x11",
        // reserved bit 51 set: RSVD, whatever the access
        "0x8000000000007, READ, false, 0x09", "0x8000000000007, WRITE, true, 0x0f", "0x8000000000007, FETCH, true, 0x1d",
        // reserved wins over rights, not over absence
        "0x8000000000001, WRITE, true, 0x0f", "0x8000000000006, READ, false, 0x00"})
    void pageFaultTellsWhatWasWrong(String entry, Access access, boolean user, String code) {
        m.pte(PAGE, Long.parseUnsignedLong(entry.replace("0x", ""), entry.startsWith("0x") ? 16 : 10));

        GuestFault fault = faultOf(PAGE + 0x123, access, user ? Cpu.MMU_USER : Cpu.MMU_SUPERVISOR);

        assertThat(fault.vector).isEqualTo(PF);
        assertThat(fault.errorCode).isEqualTo(Integer.decode(code));
        assertThat(fault.address).isEqualTo(PAGE + 0x123);
    }

    @Test
    void executeDisableBitIsReservedWhileNxeIsClear() {
        m.cpu.efer &= ~Efer.NXE;
        m.pte(PAGE, PAGE | NX | P | W | U);

        GuestFault fault = faultOf(PAGE, Access.READ, Cpu.MMU_SUPERVISOR);

        assertThat(fault.errorCode).isEqualTo(0x9);
    }

    @Test
    void instructionFetchBitNeedsNxeOrSmep() {
        m.cpu.efer &= ~Efer.NXE;
        m.pte(PAGE, 0);
        assertThat(faultOf(PAGE, Access.FETCH, Cpu.MMU_USER).errorCode).isEqualTo(0x4);

        m.cpu.cr4 |= Cr4.SMEP;
        assertThat(faultOf(PAGE, Access.FETCH, Cpu.MMU_USER).errorCode).isEqualTo(0x14);
    }

    @Test
    void pageSizeBitInPml4eIsReserved() {
        m.ram.putLong(SystemMachine.PML4, SystemMachine.PDPT | PS | 7);

        assertThat(faultOf(PAGE, Access.READ, Cpu.MMU_SUPERVISOR).errorCode).isEqualTo(0x9);
    }

    @Test
    void offsetBitsOfALargePageAreReserved() {
        m.ram.putLong(SystemMachine.PD, 0x2000 | PS | 7);

        assertThat(faultOf(PAGE, Access.READ, Cpu.MMU_SUPERVISOR).errorCode).isEqualTo(0x9);
    }

    @Test
    void rightsOfAllLevelsCount() {
        m.ram.putLong(SystemMachine.PDPT, SystemMachine.PD | P | W);

        assertThat(faultOf(PAGE, Access.READ, Cpu.MMU_USER).errorCode).isEqualTo(0x5);
    }

    @Test
    void supervisorWritesReadOnlyPagesWhileWpIsClear() {
        m.pte(PAGE, PAGE | P);
        m.cpu.cr0 &= ~Cr0.WP;

        assertThat(m.cpu.translate(PAGE, Access.WRITE, Cpu.MMU_SUPERVISOR, X86State.DS, out)).isTrue();
        assertThat(out.gpa).isEqualTo(PAGE);
    }

    @Test
    void smepForbidsSupervisorFetchesFromUserPages() {
        m.cpu.cr4 |= Cr4.SMEP;

        assertThat(faultOf(PAGE, Access.FETCH, Cpu.MMU_SUPERVISOR).errorCode).isEqualTo(0x11);
        assertThat(m.cpu.translate(PAGE, Access.READ, Cpu.MMU_SUPERVISOR, X86State.DS, out)).isTrue();
        assertThat(out.executable).isFalse();
    }

    @Test
    void smapForbidsSupervisorDataInUserPagesUnlessAcIsSet() {
        m.cpu.cr4 |= Cr4.SMAP;
        assertThat(m.cpu.mmuIndex()).isEqualTo(Cpu.MMU_SUPERVISOR);
        assertThat(faultOf(PAGE, Access.READ, Cpu.MMU_SUPERVISOR).errorCode).isEqualTo(0x1);
        assertThat(faultOf(PAGE, Access.WRITE, Cpu.MMU_SUPERVISOR).errorCode).isEqualTo(0x3);

        m.cpu.rflags(m.cpu.rflags() | Rflags.AC);

        assertThat(m.cpu.mmuIndex()).isEqualTo(Cpu.MMU_SUPERVISOR_ANY);
        assertThat(m.cpu.translate(PAGE, Access.WRITE, Cpu.MMU_SUPERVISOR_ANY, X86State.DS, out)).isTrue();
    }

    @Test
    void walkMarksAccessedAndDirty() {
        m.cpu.translate(PAGE, Access.READ, Cpu.MMU_SUPERVISOR, X86State.DS, out);
        assertThat(m.ram.getLong(SystemMachine.PML4) & A).isNotZero();
        assertThat(m.ram.getLong(SystemMachine.PD) & (A | D)).isEqualTo(A);
        assertThat(m.pte(PAGE) & (A | D)).isEqualTo(A);
        assertThat(out.writable).as("a later write must walk again and set D").isFalse();

        m.cpu.translate(PAGE, Access.WRITE, Cpu.MMU_SUPERVISOR, X86State.DS, out);

        assertThat(m.pte(PAGE) & (A | D)).isEqualTo(A | D);
        assertThat(out.writable).isTrue();
    }

    @Test
    void faultingAccessLeavesTheLeafUnmarked() {
        m.pte(PAGE, PAGE | P);

        faultOf(PAGE, Access.WRITE, Cpu.MMU_USER);

        assertThat(m.pte(PAGE) & (A | D)).isZero();
    }

    @Test
    void lookingDisturbsNothingAndIgnoresRights() {
        m.pte(PAGE, PAGE | P);
        byte[] before = m.ram.array().clone();

        assertThat(m.cpu.translate(PAGE + 5, Access.LOOK, Cpu.MMU_USER, X86State.DS, out)).isTrue();

        assertThat(out.gpa).isEqualTo(PAGE + 5);
        m.pte(PAGE, PAGE | P);
        assertThat(m.ram.array()).isEqualTo(before);
        m.pte(PAGE, 0);
        assertThat(m.cpu.translate(PAGE, Access.LOOK, Cpu.MMU_USER, X86State.DS, out)).isFalse();
        assertThat(m.cpu.translate(1L << 62, Access.LOOK, Cpu.MMU_USER, X86State.DS, out)).isFalse();
    }

    @Test
    void twoMebibyteAndOneGibibytePagesMapWhatTheManualSays() {
        m.ram.putLong(SystemMachine.PD, 0x40000000L | PS | 7);
        m.cpu.translate(0x123456, Access.READ, Cpu.MMU_SUPERVISOR, X86State.DS, out);
        assertThat(out.gpa).isEqualTo(0x40123456L);
        assertThat(out.pageShift).isEqualTo(21);

        m.ram.putLong(SystemMachine.PDPT, 0x80000000L | PS | 7);
        m.cpu.translate(0x123456, Access.READ, Cpu.MMU_SUPERVISOR, X86State.DS, out);
        assertThat(out.gpa).isEqualTo(0x80123456L);
        assertThat(out.pageShift).isEqualTo(30);
    }

    @Test
    void globalBitCountsOnlyWithPge() {
        m.pte(PAGE, PAGE | G | 7);
        m.cpu.translate(PAGE, Access.READ, Cpu.MMU_SUPERVISOR, X86State.DS, out);
        assertThat(out.global).isFalse();

        m.cpu.cr4 |= Cr4.PGE;
        m.cpu.translate(PAGE, Access.READ, Cpu.MMU_SUPERVISOR, X86State.DS, out);
        assertThat(out.global).isTrue();
    }

    @Test
    void nonCanonicalAddressIsStackFaultThroughSsAndGeneralProtectionElse() {
        GuestFault stack = catchThrowableOfType(GuestFault.class, () -> m.cpu.translate(1L << 47, Access.READ, 0, X86State.SS, out));
        assertThat(stack.vector).isEqualTo(SS);
        assertThat(stack.errorCode).isZero();

        GuestFault data = faultOf(1L << 47, Access.READ, 0);
        assertThat(data.vector).isEqualTo(GP);
        assertThat(data.errorCode).isZero();
    }

    @Test
    void closedA20GateClearsBit20OfEveryPhysicalAddress() {
        m.cpu.a20(false);

        m.cpu.translate(PAGE + 0x77, Access.READ, Cpu.MMU_SUPERVISOR, X86State.DS, out);

        assertThat(out.gpa).isEqualTo(0x77);
        assertThat(m.flushes).contains("all");
        m.cpu.a20(true);
        m.cpu.translate(PAGE + 0x77, Access.READ, Cpu.MMU_SUPERVISOR, X86State.DS, out);
        assertThat(out.gpa).isEqualTo(PAGE + 0x77);
    }

    // 32-bit and PAE paging

    private static SystemMachine legacy() {
        var m = SystemMachine.protectedMode();
        m.cpu.cr3 = 0x20000;
        return m;
    }

    @Test
    void fourMebibytePagesReachBeyondFourGibibytesWithPse36() {
        var legacy = legacy();
        legacy.cpu.control.cr4(Cr4.PSE);
        // PDE 0: bits 20:13 are physical address bits 39:32
        legacy.ram.putInt(0x20000, 0x00c00000 | 0x12 << 13 | PS | 7);
        legacy.cpu.control.cr0(legacy.cpu.cr0 | Cr0.PG);

        legacy.cpu.translate(0x12345, Access.READ, Cpu.MMU_SUPERVISOR, X86State.DS, out);

        assertThat(out.gpa).isEqualTo(0x1200c12345L);
        assertThat(out.pageShift).isEqualTo(22);
        legacy.ram.putInt(0x20000, 1 << 21 | PS | 7);
        GuestFault fault = catchThrowableOfType(GuestFault.class, () -> legacy.cpu.translate(0, Access.READ, 0, X86State.DS, out));
        assertThat(fault.errorCode).isEqualTo(0x9);
    }

    @Test
    void pageSizeBitMeansNothingWithoutPse() {
        var legacy = legacy();
        legacy.ram.putInt(0x20000, 0x21000 | PS | 7);
        legacy.ram.putInt(0x21000 + 5 * 4, 0x7000 | 7);
        legacy.cpu.control.cr0(legacy.cpu.cr0 | Cr0.PG);

        legacy.cpu.translate(0x5123, Access.READ, Cpu.MMU_SUPERVISOR, X86State.DS, out);

        assertThat(out.gpa).isEqualTo(0x7123);
    }

    @Test
    void paePointersAreLoadedWithCr3AndNotReadLater() {
        var pae = legacy();
        pae.cpu.control.cr4(Cr4.PAE);
        pae.ram.putLong(0x20000, 0x21000 | P);
        pae.ram.putLong(0x21000, 0x600000 | PS | 7);
        pae.cpu.control.cr0(pae.cpu.cr0 | Cr0.PG);

        pae.ram.putLong(0x20000, 0);
        pae.cpu.translate(0x1234, Access.READ, Cpu.MMU_SUPERVISOR, X86State.DS, out);
        assertThat(out.gpa).isEqualTo(0x601234);

        pae.cpu.control.write(3, 0x20000);
        GuestFault fault = catchThrowableOfType(GuestFault.class, () -> pae.cpu.translate(0x1234, Access.READ, 0, X86State.DS, out));
        assertThat(fault.errorCode).isZero();
    }

    @Test
    void reservedBitInPaePointerRefusesCr3() {
        var pae = legacy();
        pae.cpu.control.cr4(Cr4.PAE);
        pae.ram.putLong(0x20000, 0x21000 | P | W);

        GuestFault fault = catchThrowableOfType(GuestFault.class, () -> pae.cpu.control.cr0(pae.cpu.cr0 | Cr0.PG));

        assertThat(fault.vector).isEqualTo(GP);
        assertThat(pae.cpu.cr0 & Cr0.PG).isZero();
    }

    // Explanations

    @Test
    void explanationNamesLevelsBitsAndVerdict() {
        m.pte(PAGE, PAGE | NX | P | W | A | D);

        List<WalkStep> steps = m.cpu.explainTranslation(PAGE + 0x10);

        assertThat(steps).extracting(WalkStep::table).containsExactly("PML4E", "PDPTE", "PDE", "PTE");
        assertThat(steps.get(0).verdict()).isEqualTo("next table 0x9000");
        assertThat(steps.get(3).bits()).isEqualTo("P W A D NX");
        assertThat(steps.get(3).entryGpa()).isEqualTo(SystemMachine.PT + 0x100 * 8);
        assertThat(steps.get(3).verdict())
            .isEqualTo("maps 4 KiB at 0x100000: supervisor, writable, not executable; 0x100010 is physical 0x100010");
    }

    @Test
    void explanationStopsWhereTheWalkDoes() {
        m.ram.putLong(SystemMachine.PD, 0);
        assertThat(m.cpu.explainTranslation(PAGE)).last().extracting(WalkStep::verdict).isEqualTo("not present: #PF");

        m.ram.putLong(SystemMachine.PD, 0x2000 | PS | 7);
        assertThat(m.cpu.explainTranslation(PAGE)).last().extracting(WalkStep::verdict).isEqualTo("reserved bits 0x2000 are set: #PF with RSVD");

        assertThat(m.cpu.explainTranslation(1L << 50)).singleElement().extracting(WalkStep::verdict).asString().startsWith("not canonical");
        assertThat(SystemMachine.protectedMode().cpu.explainTranslation(0x1234)).singleElement().extracting(WalkStep::verdict)
            .isEqualTo("the linear address is the physical address 0x1234");
    }

    // What forgets translations

    @Test
    void eachChangeForgetsWhatItMust() {
        m.flushes.clear();

        m.cpu.control.write(3, SystemMachine.PML4);
        m.cpu.control.invlpg(0x5000);
        m.cpu.control.invlpg(1L << 50);
        m.cpu.control.write(0, m.cpu.cr0 & ~Cr0.WP);
        m.cpu.control.write(0, m.cpu.cr0 | Cr0.TS);
        m.cpu.control.write(4, m.cpu.cr4 | Cr4.PGE);
        m.cpu.control.write(4, m.cpu.cr4 | Cr4.OSFXSR);
        m.cpu.control.write(4, m.cpu.cr4 | Cr4.SMAP);

        assertThat(m.flushes).containsExactly("all but global", "page 0x5000", "all", "all", "all");
    }

    @Test
    void invpcidChecksItsDescriptor() {
        m.ram.putLong(0x2000, 0x1000);
        GuestFault reserved = catchThrowableOfType(GuestFault.class, () -> m.cpu.control.invpcid(1, 0x2000, X86State.DS));
        assertThat(reserved.vector).isEqualTo(GP);
        m.ram.putLong(0x2000, 1);
        assertThat(catchThrowableOfType(GuestFault.class, () -> m.cpu.control.invpcid(1, 0x2000, X86State.DS))).as("PCIDE is clear").isNotNull();
        assertThat(catchThrowableOfType(GuestFault.class, () -> m.cpu.control.invpcid(4, 0x2000, X86State.DS))).isNotNull();

        m.flushes.clear();
        m.ram.putLong(0x2000, 0);
        m.ram.putLong(0x2008, 0x7000);
        m.cpu.control.invpcid(0, 0x2000, X86State.DS);
        m.cpu.control.invpcid(2, 0x2000, X86State.DS);
        m.cpu.control.invpcid(3, 0x2000, X86State.DS);
        assertThat(m.flushes).containsExactly("page 0x7000", "all", "all but global");
    }
}
