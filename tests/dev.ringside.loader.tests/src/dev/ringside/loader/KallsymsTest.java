package dev.ringside.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.loader.SymbolTable.Symbol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KallsymsTest {
    private static final int COUNT = 700;
    private static final int PER_CPU = 5;
    private static final int TABLE_AT = 0x340;

    /** Where a kernel's addresses are and how they are told. */
    private enum Layout {
        /** Linux 4.6 to 6.1. */
        OFFSETS_FIRST(8, true),
        /** Linux 6.2 and 6.3: the order of names is between markers and tokens. */
        OFFSETS_FIRST_WITH_ORDER(8, true),
        /** From Linux 6.4 on. */
        OFFSETS_LAST(8, true),
        /** From Linux 6.15 on, per-CPU variables are where all others are. */
        OFFSETS_LAST_PLAIN(8, false),
        /** Without CONFIG_KALLSYMS_BASE_RELATIVE. */
        ADDRESSES_FIRST(8, false),
        THIRTY_TWO_BITS(4, false);

        final int pointerBytes;
        final boolean hasPerCpu;

        Layout(int pointerBytes, boolean hasPerCpu) {
            this.pointerBytes = pointerBytes;
            this.hasPerCpu = hasPerCpu;
        }

        long base() {
            return pointerBytes == 8 ? 0xffff_ffff_8100_0000L : 0xc100_0000L;
        }
    }

    @ParameterizedTest
    @EnumSource
    void everySymbolHasItsAddressAndReachesToTheNext(Layout layout) {
        List<Symbol> found = Kallsyms.read(List.of(part(layout, kernel(layout))), layout.pointerBytes);

        assertThat(found).hasSize(COUNT - (layout.hasPerCpu ? PER_CPU : 0));
        assertThat(found).contains(new Symbol("_text", address(layout, PER_CPU), 16), new Symbol(name(600), address(layout, 600), 16));
        assertThat(found.getLast()).isEqualTo(new Symbol(name(COUNT - 1), address(layout, COUNT - 1), 0));
    }

    @ParameterizedTest
    @EnumSource
    void tableThatIsNotWholeIsNone(Layout layout) {
        byte[] whole = kernel(layout);
        var random = new Random(1);

        for (int i = 0; i < 200; i++) {
            byte[] damaged = whole.clone();
            int from = random.nextInt(TABLE_AT, whole.length - 8);
            for (int k = from; k < from + 8; k++) {
                damaged[k] = (byte) random.nextInt();
            }
            List<Symbol> found = Kallsyms.read(List.of(part(layout, damaged)), layout.pointerBytes);
            assertThat(found.size()).as("damaged at %#x", from).isIn(0, COUNT, COUNT - 1, COUNT - 2, COUNT - PER_CPU, COUNT - PER_CPU - 1, COUNT - PER_CPU - 2);
        }
    }

    @Test
    void namesLongerThanAByteCanTellAreRead() {
        List<Symbol> found = Kallsyms.read(List.of(part(Layout.OFFSETS_LAST, kernel(Layout.OFFSETS_LAST))), 8);

        assertThat(found).extracting(Symbol::name).contains(name(300)).anyMatch(n -> n.length() == 400);
    }

    @Test
    void otherTablesOfDigitsAreNotMistakenForTokens() {
        byte[] utf16 = new byte[1 << 16];
        for (int i = 0; i < utf16.length / 2; i++) {
            utf16[2 * i] = (byte) i;
        }

        assertThat(Kallsyms.read(List.of(new Kallsyms.Part(0xffff_ffff_8100_0000L, new ImageBytes("kernel", utf16), utf16.length)), 8)).isEmpty();
    }

    private static String name(int i) {
        return i == PER_CPU ? "_text" : i == 300 ? "n".repeat(397) + "300" : "symbol_" + i;
    }

    private static long address(Layout layout, int i) {
        return layout.base() + 16L * (i - PER_CPU);
    }

    private static Kallsyms.Part part(Layout layout, byte[] bytes) {
        return new Kallsyms.Part(layout.base() - (layout.hasPerCpu ? 0 : 16 * PER_CPU), new ImageBytes("kernel", bytes), 1 << 20);
    }

    private static byte[] kernel(Layout layout) {
        var out = new LittleEndian(TABLE_AT);
        int order = layout == Layout.OFFSETS_FIRST_WITH_ORDER || layout.name().startsWith("OFFSETS_LAST") ? 3 * COUNT : 0;
        if (!layout.name().startsWith("OFFSETS_LAST")) {
            addresses(layout, out);
        }
        out.u32(out.length(), COUNT);
        align(layout, out);
        List<Integer> markers = names(out);
        align(layout, out);
        markers.forEach(m -> out.u32(out.length(), m));
        align(layout, out);
        if (layout == Layout.OFFSETS_FIRST_WITH_ORDER) {
            out.put(out.length(), new byte[order]);
            align(layout, out);
        }
        tokens(layout, out);
        if (layout.name().startsWith("OFFSETS_LAST")) {
            addresses(layout, out);
            out.put(out.length(), new byte[order]);
        }
        return out.put(out.length(), new byte[64]).toBytes();
    }

    private static void addresses(Layout layout, LittleEndian out) {
        for (int i = 0; i < COUNT; i++) {
            long address = layout.hasPerCpu && i < PER_CPU ? 0x1000 + 8L * i : address(layout, i);
            if (layout == Layout.ADDRESSES_FIRST) {
                out.u64(out.length(), address);
            } else if (layout.hasPerCpu) {
                out.u32(out.length(), i < PER_CPU ? address : layout.base() - 1 - address);
            } else {
                out.u32(out.length(), address - address(layout, 0));
            }
        }
        align(layout, out);
        if (layout != Layout.ADDRESSES_FIRST) {
            long base = layout.hasPerCpu ? layout.base() : address(layout, 0);
            if (layout.pointerBytes == 8) {
                out.u64(out.length(), base);
            } else {
                out.u32(out.length(), base);
            }
        }
    }

    /** Names letter by letter, but for "symbol_", which is token 1. */
    private static List<Integer> names(LittleEndian out) {
        var markers = new ArrayList<Integer>();
        int start = out.length();
        for (int i = 0; i < COUNT; i++) {
            if (i % 256 == 0) {
                markers.add(out.length() - start);
            }
            byte[] letters = ("T" + name(i)).replace("symbol_", "\1").getBytes(StandardCharsets.ISO_8859_1);
            if (letters.length < 128) {
                out.u8(out.length(), letters.length);
            } else {
                out.u8(out.length(), letters.length & 0x7f | 0x80).u8(out.length(), letters.length >> 7);
            }
            out.put(out.length(), letters);
        }
        return markers;
    }

    private static void tokens(Layout layout, LittleEndian out) {
        int start = out.length();
        var index = new ArrayList<Integer>();
        for (int i = 0; i < 256; i++) {
            index.add(out.length() - start);
            String token = i == 1 ? "symbol_" : i == '0' - 1 ? "ate" : i > 32 && i < 127 ? String.valueOf((char) i) : "";
            out.string(out.length(), token);
        }
        align(layout, out);
        index.forEach(i -> out.u16(out.length(), i));
        align(layout, out);
    }

    private static void align(Layout layout, LittleEndian out) {
        out.put(out.length(), new byte[-out.length() & layout.pointerBytes - 1]);
    }
}
