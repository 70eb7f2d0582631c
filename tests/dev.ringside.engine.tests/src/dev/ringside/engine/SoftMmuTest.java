package dev.ringside.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.arch.Access;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.Translation;
import dev.ringside.ir.MemFlags;
import dev.ringside.memory.CodeListener;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.memory.RawMemory;
import dev.ringside.memory.Writes;
import dev.ringside.testkit.BareCpu;
import dev.ringside.testkit.RecordingBus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SoftMmuTest {
    private static final int SUPERVISOR = Cpu.MMU_SUPERVISOR;
    private static final int USER = Cpu.MMU_USER;

    private final PhysicalMemory memory = new PhysicalMemory();
    private final Breakpoints breakpoints = new Breakpoints();
    private final PagedCpu cpu = new PagedCpu();
    private final RecordingBus bus = new RecordingBus();
    private SoftMmu mmu;

    @BeforeEach
    void createMemory() {
        memory.addRam("ram", 0, 1 << 20);
        mmu = new SoftMmu(cpu, memory, breakpoints);
        cpu.bus = bus;
    }

    @AfterEach
    void free() {
        memory.close();
    }

    @Test
    void translatesOnceAndThenHits() {
        memory.write(0x5008, 8, 0x1122334455667788L);

        assertThat(mmu.load(0x5008, 8, 0)).isEqualTo(0x1122334455667788L);
        assertThat(mmu.load(0x500c, 2, 0)).isEqualTo(0x3344);
        mmu.store(0x5000, 4, 0xffff_ffff_aabb_ccddL, 0);
        mmu.store(0x5004, 1, 0x7e, 0);

        assertThat(memory.read(0x5000, 8)).isEqualTo(0x7eaabbccddL);
        assertThat(cpu.walks).as("one for reading, one for writing").isEqualTo(2);
    }

    @Test
    void bothCopiesOfATableAgree() {
        mmu.store(0x5008, 8, 1, 0);
        mmu.load(0x7008, 8, 0);
        mmu.forgetWrites(memory.hostAddress(0x5000));

        for (long page : new long[] {0x5000, 0x7000, 0x9000}) {
            int at = (int) (page >>> SoftMmu.LONGS_SHIFT) & SoftMmu.LONGS_MASK;
            long entry = mmu.table(0) + (page >>> SoftMmu.INDEX_SHIFT & SoftMmu.INDEX_MASK);
            for (int i = 0; i < 4; i++) {
                assertThat(RawMemory.getLong(entry + 8 * i)).isEqualTo(mmu.longs(0)[at + i]);
            }
        }
        assertThat(mmu.longs(0)[(0x5000 >>> SoftMmu.LONGS_SHIFT & SoftMmu.LONGS_MASK) + 1]).isEqualTo(-1);
    }

    @Test
    void pagesWithTheSameIndexTakeTurns() {
        long other = 0x5000 + SoftMmu.ENTRIES * 4096L;
        cpu.pages.put(other, 0x6000L);
        memory.write(0x5000, 1, 5);
        memory.write(0x6000, 1, 6);

        assertThat(mmu.load(0x5000, 1, 0)).isEqualTo(5);
        assertThat(mmu.load(other, 1, 0)).isEqualTo(6);
        mmu.store(other, 1, 7, 0);

        assertThat(mmu.load(0x5000, 1, 0)).isEqualTo(5);
        assertThat(memory.read(0x6000, 1)).isEqualTo(7);
    }

    @Test
    void rightsHaveTablesOfTheirOwn() {
        cpu.supervisorOnly.add(0x5000L);
        mmu.load(0x5000, 1, 0);

        cpu.index = Cpu.MMU_USER;

        assertThatThrownBy(() -> mmu.load(0x5000, 1, 0)).isInstanceOf(GuestFault.class);
        assertThat(mmu.load(0x5000, 1, MemFlags.SUPERVISOR)).isZero();
        cpu.index = Cpu.MMU_SUPERVISOR;
        assertThatThrownBy(() -> mmu.load(0x5000, 1, MemFlags.USER)).isInstanceOf(GuestFault.class);
    }

    @Test
    void intendedWriteFaultsAsAWrite() {
        cpu.readOnly.add(0x5000L);
        mmu.load(0x5000, 4, 0);

        assertThatThrownBy(() -> mmu.load(0x5000, 4, MemFlags.WRITE_INTENT)).isInstanceOf(GuestFault.class);
        assertThat(cpu.lastAccess).isEqualTo(Access.WRITE);
    }

    @Test
    void storeAcrossPagesFaultsBeforeItsFirstByte() {
        cpu.readOnly.add(0x6000L);

        assertThatThrownBy(() -> mmu.store(0x5ffe, 4, -1, 0)).isInstanceOf(GuestFault.class);

        assertThat(memory.read(0x5ffe, 2)).isZero();
        assertThat(cpu.fault.address).isEqualTo(0x6000);
    }

    @Test
    void accessAcrossPagesJoinsBothSides() {
        cpu.pages.put(0x6000L, 0x9000L);
        mmu.store(0x5ffd, 8, 0x1122334455667788L, 0);

        assertThat(memory.read(0x5ffd, 2)).isEqualTo(0x7788);
        assertThat(memory.read(0x9000, 4)).isEqualTo(0x22334455L);
        assertThat(mmu.load(0x5ffd, 8, 0)).isEqualTo(0x1122334455667788L);
    }

    @Test
    void globalTranslationsSurviveAnAddressSpaceSwitch() {
        cpu.global.add(0x5000L);
        mmu.load(0x5000, 1, 0);
        mmu.load(0x6000, 1, 0);

        mmu.flushTlb(false);
        mmu.load(0x5000, 1, 0);
        mmu.load(0x6000, 1, 0);
        assertThat(cpu.walks).isEqualTo(3);

        mmu.flushTlb(true);
        mmu.load(0x5000, 1, 0);
        assertThat(cpu.walks).isEqualTo(4);
    }

    @Test
    void flushOfOneAddressForgetsEveryPieceOfALargePage() {
        cpu.shift = 21;
        mmu.load(0x5000, 1, 0);
        mmu.load(0x6000, 1, 0);

        mmu.flushTlbPage(0x7000);
        mmu.load(0x5000, 1, 0);
        mmu.load(0x6000, 1, 0);

        assertThat(cpu.walks).isEqualTo(4);
    }

    @Test
    void whatWasFetchedBeginsANewEpochThatNoOtherHas() {
        var other = new SoftMmu(new PagedCpu(), memory, breakpoints);
        mmu.fetch(0x5000, SUPERVISOR);
        long before = mmu.epoch(SUPERVISOR);

        mmu.flushTlbPage(0x5000);

        assertThat(mmu.epoch(SUPERVISOR)).isNotEqualTo(before).isNotEqualTo(other.epoch(SUPERVISOR)).isNotEqualTo(mmu.epoch(USER));
    }

    @Test
    void codeInGlobalPagesNeedNotBeFoundAgainAfterAnAddressSpaceSwitch() {
        cpu.global.add(0x5000L);
        mmu.fetch(0x5000, SUPERVISOR);
        mmu.fetch(0x6000, USER);
        long supervisor = mmu.epoch(SUPERVISOR);
        long user = mmu.epoch(USER);

        mmu.flushTlb(false);
        mmu.fetch(0x5000, SUPERVISOR);
        mmu.fetch(0x6000, USER);

        assertThat(mmu.epoch(SUPERVISOR)).isEqualTo(supervisor);
        assertThat(mmu.epoch(USER)).isNotEqualTo(user);
        assertThat(cpu.walks).as("the global page once, the other one twice").isEqualTo(3);

        mmu.fetch(0x7000, SUPERVISOR);
        mmu.flushTlb(false);
        assertThat(mmu.epoch(SUPERVISOR)).as("with one page that is not global").isNotEqualTo(supervisor);

        long global = mmu.epoch(SUPERVISOR);
        mmu.flushTlb(true);
        assertThat(mmu.epoch(SUPERVISOR)).isNotEqualTo(global);
    }

    @Test
    void flushOfOneAddressBeginsAnEpochWhereCodeMayHaveBeenFetchedThroughItsMapping() {
        for (int shift : new int[] {12, 21, 22}) {
            cpu.shift = shift;
            mmu.fetch(0x5000, SUPERVISOR);
            long before = mmu.epoch(SUPERVISOR);

            mmu.flushTlbPage(1L << 30);
            assertThat(mmu.epoch(SUPERVISOR)).as("far away, 2^%d", shift).isEqualTo(before);
            mmu.flushTlbPage((1L << shift) - 1);
            assertThat(mmu.epoch(SUPERVISOR) != before).as("in the same mapping, 2^%d", shift).isEqualTo(true);
        }
        cpu.shift = 30;
        mmu.fetch(0x5000, SUPERVISOR);
        long before = mmu.epoch(SUPERVISOR);

        mmu.flushTlbPage((1L << 30) - 1);

        assertThat(mmu.epoch(SUPERVISOR)).isNotEqualTo(before);
    }

    @Test
    void codeKeepsItsPageFromFastStores() {
        memory.addCodeListener(new CodeListener() {
            @Override
            public void codeWritten(long hostAddress, int lengthBytes) {
                bus.accesses.add("code written");
            }

            @Override
            public void codeAppeared(long hostPage) {
                mmu.forgetWrites(hostPage);
            }
        });
        mmu.store(0x5000, 1, 1, 0);

        memory.markCode(0x5040, 1);
        mmu.store(0x5040, 1, 2, 0);
        mmu.store(0x5100, 1, 2, 0);

        assertThat(bus.accesses).containsExactly("code written");
    }

    @Test
    void effectsWaitUntilTheInstructionStandsAlone() {
        mmu.effectsAllowed = false;
        memory.markCode(0x7000, 64);

        assertThatThrownBy(() -> mmu.load(0x200000, 4, 0)).isSameAs(Abandoned.INSTANCE);
        assertThatThrownBy(() -> mmu.store(0x200000, 4, 1, 0)).isSameAs(Abandoned.INSTANCE);
        assertThatThrownBy(() -> mmu.store(0x7010, 4, 1, 0)).isSameAs(Abandoned.INSTANCE);
        mmu.store(0x7050, 4, 1, 0);

        assertThat(bus.accesses).isEmpty();
    }

    @Test
    void devicesSeeTheSizeOfTheAccess() {
        assertThat(mmu.load(0x200000, 4, 0)).isEqualTo(0x5a5a5a5aL);
        mmu.store(0x200008, 2, 0xfff1234, 0);

        assertThat(bus.accesses).containsExactly("read4 200000", "write2 200008 1234");
    }

    @Test
    void romIsReadFastAndIgnoresStores() {
        memory.addRom("rom", 0x300000, new byte[] {9}, Writes.IGNORED);
        mmu.effectsAllowed = false;

        mmu.store(0x300000, 1, 5, 0);

        assertThat(mmu.load(0x300000, 1, 0)).isEqualTo(9);
        assertThat(bus.accesses).isEmpty();
    }

    @Test
    void watchedPageHasNoTranslation() {
        breakpoints.addWatch(0x5ff0, 4, true, true);

        mmu.load(0x5000, 1, 0);
        mmu.load(0x5000, 1, 0);
        assertThat(cpu.walks).isEqualTo(2);
        assertThat(mmu.hit).isNull();
        mmu.store(0x5fee, 8, 1, 0);

        assertThat(mmu.hit).isNotNull();
        assertThat(mmu.hitWrite).isTrue();
    }

    @Test
    void alignedAccessFaultsWhereTheArchitectureSaysSo() {
        assertThatThrownBy(() -> mmu.load(0x5001, 4, MemFlags.ALIGNED)).isInstanceOf(GuestFault.class);
        assertThat(mmu.load(0x5004, 4, MemFlags.ALIGNED)).isZero();
    }

    @Test
    void copyStaysWithinPagesOfPlainMemory() {
        memory.write(0x5000, 8, 0x1122334455667788L);

        assertThat(mmu.copyWithinPages(0x5000, 0x6010, 4, 2, 0, 0)).isTrue();
        assertThat(memory.read(0x6010, 8)).isEqualTo(0x1122334455667788L);
        assertThat(mmu.copyWithinPages(0x5ffc, 0x6010, 4, 2, 0, 0)).as("leaves its page").isFalse();
        assertThat(mmu.copyWithinPages(0x5000, 0x200000, 4, 2, 0, 0)).as("a device").isFalse();
        assertThat(mmu.copyWithinPages(0x5000, 0x5001, 1, 8, 0, 0)).as("repeats its own bytes").isFalse();
    }

    @Test
    void copyBetweenPagesWithTheSameIndexUsesBothPlaces() {
        long other = 0x5000 + SoftMmu.ENTRIES * 4096L;
        cpu.pages.put(other, 0x6000L);
        memory.write(0x5000, 8, 42);

        assertThat(mmu.copyWithinPages(0x5000, other, 8, 1, 0, 0)).isTrue();

        assertThat(memory.read(0x6000, 8)).isEqualTo(42);
    }

    @Test
    void fillWritesElementsOfEverySize() {
        assertThat(mmu.fillWithinPage(0x5000, 1, 16, 0xabL, 0)).isTrue();
        assertThat(mmu.fillWithinPage(0x5004, 4, 2, 0x1234_5678L, 0)).isTrue();

        assertThat(memory.read(0x5000, 8)).isEqualTo(0x12345678_ababababL);
        assertThat(memory.read(0x5008, 8)).isEqualTo(0xabababab_12345678L);
        assertThat(mmu.fillWithinPage(0x5ff8, 8, 2, 0, 0)).isFalse();
    }

    @Test
    void lookingKeepsNothingAndReachesReadOnlyPages() {
        cpu.readOnly.add(0x5000L);
        byte[] seen = new byte[16];

        assertThat(mmu.look(0x5000, seen, 0, 16)).isEqualTo(16);
        assertThat(mmu.poke(0x5000, new byte[] {7}, 0, 1)).isEqualTo(1);

        assertThat(memory.read(0x5000, 1)).isEqualTo(7);
        assertThat(cpu.walks).isZero();
    }

    /** Pages map to themselves unless {@link #pages} says otherwise. */
    private static final class PagedCpu extends BareCpu {
        final Map<Long, Long> pages = new HashMap<>();
        final Set<Long> readOnly = new HashSet<>();
        final Set<Long> supervisorOnly = new HashSet<>();
        final Set<Long> global = new HashSet<>();
        int index = MMU_SUPERVISOR;
        int shift = 12;
        int walks;
        Access lastAccess;

        PagedCpu() {
            super(0, 1);
        }

        @Override
        public int mmuIndex() {
            return index;
        }

        @Override
        public boolean translate(long gva, Access access, int mmuIndex, int space, Translation out) {
            long page = gva & -4096;
            if (!access.isLooking()) {
                walks++;
                lastAccess = access;
                if (access == Access.WRITE && readOnly.contains(page) || mmuIndex == MMU_USER && supervisorOnly.contains(page)) {
                    throw fault.set(14, 0, gva);
                }
            }
            out.gpa = pages.getOrDefault(page, page) | gva & 4095;
            out.writable = access == Access.WRITE;
            out.global = global.contains(page);
            out.pageShift = shift;
            return true;
        }

        @Override
        public GuestFault misaligned(long gva, int space) {
            return fault.set(13, 0);
        }
    }
}
