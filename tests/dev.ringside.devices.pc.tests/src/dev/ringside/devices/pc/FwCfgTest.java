package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.device.BoardConfig;
import dev.ringside.device.VcpuPins;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FwCfgTest {
    private final FakeContext context = new FakeContext();
    private PcBoard board;

    @BeforeEach
    void plugIn() {
        board = new PcBoard(BoardConfig.of(2, 64 << 20, 0), context, List.<VcpuPins>of(new FakePins(), new FakePins()));
    }

    private long item(int key, int sizeBytes) {
        context.out(0x510, 2, key);
        long value = 0;
        for (int i = 0; i < sizeBytes; i++) {
            value |= (long) context.in(0x511) << 8 * i;
        }
        return value;
    }

    private String text(int length) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) context.in(0x511));
        }
        return text.toString();
    }

    private long bigEndian(int sizeBytes) {
        long value = 0;
        for (int i = 0; i < sizeBytes; i++) {
            value = value << 8 | context.in(0x511);
        }
        return value;
    }

    @Test
    void signatureAndNumbersAreThere() {
        context.out(0x510, 2, 0);

        assertThat(text(4)).isEqualTo("QEMU");
        assertThat(item(1, 4)).isEqualTo(3);
        assertThat(item(3, 8)).isEqualTo(64 << 20);
        assertThat(item(5, 2)).isEqualTo(2);
        assertThat(item(0x0f, 2)).isEqualTo(2);
        assertThat(item(0x7777, 2)).as("unknown items read zeros").isZero();
    }

    @Test
    void directoryListsFilesSortedWithTheirKeys() {
        board.addFwCfgFile("opt/hello", "world".getBytes(StandardCharsets.US_ASCII));
        context.out(0x510, 2, 0x19);
        int count = (int) bigEndian(4);
        var names = new ArrayList<String>();
        int helloKey = 0;
        for (int i = 0; i < count; i++) {
            long size = bigEndian(4);
            int key = (int) bigEndian(2);
            bigEndian(2);
            String name = text(56).replace("\0", "");
            names.add(name);
            if (name.equals("opt/hello")) {
                assertThat(size).isEqualTo(5);
                helloKey = key;
            }
        }

        assertThat(names).contains("etc/e820", "etc/acpi/tables", "etc/acpi/rsdp", "etc/table-loader").isSorted();
        context.out(0x510, 2, helloKey);
        assertThat(text(6)).isEqualTo("world\0");
    }

    @Test
    void badFileNamesAreRefused() {
        assertThatThrownBy(() -> board.addFwCfgFile("etc/e820", new byte[1])).hasMessage("fw_cfg file 'etc/e820' is there already");
        assertThatThrownBy(() -> board.addFwCfgFile("x".repeat(56), new byte[1])).hasMessageContaining("55 is the most");
    }

    @Test
    void dmaCopiesAnItemIntoMemory() {
        board.addFwCfgItem(0x15, "console=ttyS0".getBytes(StandardCharsets.US_ASCII));
        long command = 0x1000;
        context.write(command, 4, Integer.reverseBytes(0x15 << 16 | 8 | 2) & 0xffffffffL);
        context.write(command + 4, 4, Integer.reverseBytes(20) & 0xffffffffL);
        context.write(command + 8, 8, Long.reverseBytes(0x2000));
        context.ram[0x2000 + 19] = 55;

        context.out(0x514, 4, 0);
        context.out(0x518, 4, Integer.reverseBytes((int) command) & 0xffffffffL);

        assertThat(new String(context.ram, 0x2000, 13, StandardCharsets.US_ASCII)).isEqualTo("console=ttyS0");
        assertThat(context.ram[0x2000 + 19]).as("zeros beyond the end").isZero();
        assertThat(context.read(command, 4)).as("done").isZero();
    }

    @Test
    void dmaWriteIsAnError() {
        context.write(0x1000, 4, Integer.reverseBytes(0x15 << 16 | 8 | 16) & 0xffffffffL);

        context.out(0x518, 4, Integer.reverseBytes(0x1000) & 0xffffffffL);

        assertThat(context.read(0x1000, 4)).isEqualTo(Integer.reverseBytes(1) & 0xffffffffL);
    }

    @Test
    void dmaInterfaceTellsThatItIsThere() {
        assertThat(context.in(0x514, 4)).isEqualTo(0x554d4551L);
        assertThat(context.in(0x518, 4)).isEqualTo(0x47464320L);
    }

    /** Does what firmware does with the script, and looks at the result as an operating system would. */
    @Test
    void loaderScriptPlacesTablesThatCheckOut() {
        var acpi = new AcpiTables(2, 0x80000000L, List.of());
        byte[] tables = acpi.unplaced();
        byte[] rsdp = acpi.rsdp();
        byte[] script = acpi.loaderScript();
        long base = 0x123000;
        assertThat(script.length % 128).isZero();

        for (int at = 0; at < script.length; at += 128) {
            String file = name(script, at + 4);
            byte[] target = file.equals("etc/acpi/rsdp") ? rsdp : tables;
            switch ((int) number(script, at, 4)) {
                case 1 -> assertThat(number(script, at + 60, 4)).isIn(16L, 64L);
                case 2 -> {
                    assertThat(name(script, at + 60)).isEqualTo("etc/acpi/tables");
                    int offset = (int) number(script, at + 116, 4);
                    int size = (int) number(script, at + 120, 1);
                    long value = number(target, offset, size) + base;
                    for (int i = 0; i < size; i++) {
                        target[offset + i] = (byte) (value >>> 8 * i);
                    }
                }
                case 3 -> {
                    int sum = 0;
                    int from = (int) number(script, at + 64, 4);
                    for (int i = 0; i < number(script, at + 68, 4); i++) {
                        sum += target[from + i];
                    }
                    target[(int) number(script, at + 60, 4)] -= (byte) sum;
                }
                default -> throw new AssertionError("command " + number(script, at, 4));
            }
        }

        var placed = new FakeContext();
        acpi.place(placed, base, 0xf0000);
        assertThat(tables).isEqualTo(java.util.Arrays.copyOfRange(placed.ram, (int) base, (int) base + tables.length));
        assertThat(rsdp).isEqualTo(java.util.Arrays.copyOfRange(placed.ram, 0xf0000, 0xf0000 + rsdp.length));
    }

    private static long number(byte[] bytes, int at, int sizeBytes) {
        long value = 0;
        for (int i = 0; i < sizeBytes; i++) {
            value |= (bytes[at + i] & 0xffL) << 8 * i;
        }
        return value;
    }

    private static String name(byte[] bytes, int at) {
        return new String(bytes, at, 56, StandardCharsets.US_ASCII).replace("\0", "");
    }
}
