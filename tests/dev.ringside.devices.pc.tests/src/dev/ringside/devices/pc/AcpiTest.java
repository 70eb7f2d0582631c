package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.device.BoardConfig;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.device.VcpuPins;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcpiTest {
    private final FakeContext context = new FakeContext();
    private PcBoard board;
    private long rsdp;

    @BeforeEach
    void install() {
        board = new PcBoard(BoardConfig.of(3, 64 << 20, 0), context, List.<VcpuPins>of(new FakePins(), new FakePins(), new FakePins()));
        rsdp = board.installFirmwareTables(context);
    }

    private String text(long gpa, int length) {
        return new String(context.ram, (int) gpa, length, StandardCharsets.US_ASCII);
    }

    private int sum(long gpa, long length) {
        int sum = 0;
        for (long i = 0; i < length; i++) {
            sum += context.ram[(int) (gpa + i)];
        }
        return sum & 0xff;
    }

    private Map<String, Long> tables() {
        var tables = new TreeMap<String, Long>();
        long xsdt = context.read(rsdp + 24, 8);
        long length = context.read(xsdt + 4, 4);
        for (long at = xsdt + 36; at < xsdt + length; at += 8) {
            long table = context.read(at, 8);
            tables.put(text(table, 4), table);
        }
        return tables;
    }

    @Test
    void rootPointerIsWhereScannersLook() {
        assertThat(rsdp % 16).isZero();
        assertThat(rsdp).isBetween(0xe0000L, 0xfffffL);
        assertThat(text(rsdp, 8)).isEqualTo("RSD PTR ");
        assertThat(sum(rsdp, 20)).isZero();
        assertThat(sum(rsdp, 36)).isZero();
        assertThat(text(context.read(rsdp + 16, 4), 4)).isEqualTo("RSDT");
        assertThat(text(context.read(rsdp + 24, 8), 4)).isEqualTo("XSDT");
    }

    @Test
    void everyChecksumIsRight() {
        var all = tables();
        all.put("RSDT", context.read(rsdp + 16, 4));
        all.put("XSDT", context.read(rsdp + 24, 8));
        all.put("DSDT", context.read(all.get("FACP") + 40, 4));

        assertThat(all.keySet()).containsExactlyInAnyOrder("APIC", "DSDT", "FACP", "HPET", "RSDT", "XSDT");
        all.forEach((name, gpa) -> assertThat(sum(gpa, context.read(gpa + 4, 4))).as(name).isZero());
    }

    @Test
    void tablesEndBeforeTheRootPointer() {
        assertThat(tables().values()).allSatisfy(gpa -> assertThat(gpa + context.read(gpa + 4, 4)).isLessThan(rsdp));
    }

    @Test
    void fadtNamesTheFixedHardware() {
        long fadt = tables().get("FACP");

        assertThat(context.read(fadt + 4, 4)).as("length of revision 3").isEqualTo(244);
        assertThat(context.read(fadt + 46, 2)).as("SCI_INT").isEqualTo(9);
        assertThat(context.read(fadt + 48, 4)).as("SMI_CMD").isEqualTo(0xb2);
        assertThat(context.read(fadt + 56, 4)).as("PM1a_EVT_BLK").isEqualTo(0x600);
        assertThat(context.read(fadt + 64, 4)).as("PM1a_CNT_BLK").isEqualTo(0x604);
        assertThat(context.read(fadt + 76, 4)).as("PM_TMR_BLK").isEqualTo(0x608);
        assertThat(context.read(fadt + 108, 1)).as("CENTURY").isEqualTo(0x32);
        assertThat(context.read(fadt + 120, 8)).as("RESET_REG address").isEqualTo(0xcf9);
        assertThat(context.read(fadt + 128, 1)).as("RESET_VALUE").isEqualTo(6);
        assertThat(text(context.read(fadt + 36, 4), 4)).isEqualTo("FACS");
        assertThat(context.read(fadt + 132, 8)).isEqualTo(context.read(fadt + 36, 4));
        assertThat(context.read(fadt + 140, 8)).isEqualTo(context.read(fadt + 40, 4));
        assertThat(context.read(fadt + 152, 8)).as("X_PM1a_EVT_BLK").isEqualTo(0x600);
        assertThat(context.read(fadt + 212, 8)).as("X_PM_TMR_BLK").isEqualTo(0x608);
        assertThat(context.read(fadt + 36, 4) % 64).isZero();
    }

    @Test
    void madtListsProcessorsIoApicAndOverrides() {
        long madt = tables().get("APIC");
        int processors = 0;
        boolean timerOverride = false;
        for (long at = madt + 44; at < madt + context.read(madt + 4, 4); at += context.read(at + 1, 1)) {
            switch ((int) context.read(at, 1)) {
                case 0 -> assertThat(context.read(at + 3, 1)).isEqualTo(processors++);
                case 1 -> assertThat(context.read(at + 4, 4)).isEqualTo(0xfec00000L);
                case 2 -> timerOverride |= context.read(at + 3, 1) == 0 && context.read(at + 4, 4) == 2;
                default -> assertThat(context.read(at, 1)).isEqualTo(4);
            }
        }

        assertThat(processors).isEqualTo(3);
        assertThat(timerOverride).isTrue();
    }

    @Test
    void mpTableIsFoundAndChecksOut() {
        long floating = 0xf0000;
        while (!text(floating, 4).equals("_MP_")) {
            floating += 16;
            assertThat(floating).isLessThan(0x100000L);
        }
        long table = context.read(floating + 4, 4);

        assertThat(sum(floating, 16)).isZero();
        assertThat(text(table, 4)).isEqualTo("PCMP");
        assertThat(sum(table, context.read(table + 4, 2))).isZero();
        int entries = 0;
        long at = table + 44;
        while (at < table + context.read(table + 4, 2)) {
            at += context.read(at, 1) == 0 ? 20 : 8;
            entries++;
        }
        assertThat(entries).isEqualTo((int) context.read(table + 34, 2));
    }

    @Test
    void pmTimerCountsAt3579545Hz() {
        context.advance(1_000_000_000L);
        assertThat(context.in(0x608, 4)).isEqualTo(3_579_545);

        context.advance(1_200_000_000_000L);

        assertThat(context.in(0x608, 4)).isEqualTo(3_579_545L * 1201 & 0xffffffffL);
    }

    @Test
    void smiCommandPortSwitchesAcpiModeOnAndOff() {
        assertThat(context.in(0x604, 2) & 1).isZero();
        context.out(0xb2, 0xf1);
        assertThat(context.in(0x604, 2) & 1).isEqualTo(1);

        context.out(0xb2, 0xf0);

        assertThat(context.in(0x604, 2) & 1).isZero();
    }

    @Test
    void timerCarryRaisesTheSci() {
        context.store(0xfee000f0L, 4, 0x1ff);
        context.store(0xfec00000L, 4, 0x10 + 18);
        context.store(0xfec00010L, 4, 0x8059);
        context.out(0xb2, 0xf1);
        context.out(0x602, 2, 1);

        context.advance(PcClocks.nanos(1L << 31, PcClocks.PM_TIMER_HZ) - 1);
        assertThat(board.local(0).requested()).isFalse();
        context.advance(1);

        assertThat(board.local(0).acknowledge()).isEqualTo(0x59);
        assertThat(context.in(0x600, 2) & 1).isEqualTo(1);
        context.out(0x600, 2, 1);
        board.local(0).endOfInterrupt();
        assertThat(board.local(0).requested()).isFalse();
    }

    @Test
    void softOffPowersOff() {
        context.out(0x604, 2, AcpiPm.SLEEP_TYPE_S5 << 10 | 1 << 13);

        assertThat(context.ends).containsExactly(new EndRequest.PowerOff());
    }

    @Test
    void otherSleepStatesAreNotOffered() {
        context.out(0x604, 2, 3 << 10 | 1 << 13);

        assertThat(context.ends).isEmpty();
        assertThat(context.unimplemented).containsExactly("ACPI sleep type 3");
    }

    @Test
    void amlLengthsCountThemselves() {
        assertThat(Aml.scope("A", new byte[10])).startsWith(0x10, 15);
        byte[] longer = Aml.scope("A", new byte[200]);
        assertThat(longer[1] & 0xff).isEqualTo(1 << 6 | (200 + 4 + 2 & 0xf));
        assertThat(longer[2] & 0xff).isEqualTo(200 + 4 + 2 >> 4);
    }

    @Test
    void eisaIdsAreCompressed() {
        assertThat(Aml.eisaId("PNP0A03")).containsExactly(0x0c, 0x41, 0xd0, 0x0a, 0x03);
    }
}
