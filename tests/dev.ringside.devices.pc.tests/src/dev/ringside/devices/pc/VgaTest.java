package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.device.TextScreen;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VgaTest {
    private final FakeContext context = new FakeContext();
    private Vga vga;

    @BeforeEach
    void plugIn() {
        vga = new Vga("vga", context);
    }

    private void crtc(int index, int value) {
        context.out(0x3d4, index);
        context.out(0x3d5, value);
    }

    private void print(int row, String text) {
        for (int i = 0; i < text.length(); i++) {
            context.store(0xb8000 + (row * 80 + i) * 2, 2, 0x0700 | text.charAt(i));
        }
    }

    @Test
    void textThatIsWrittenTo0xB8000IsShown() {
        print(0, "hello");
        context.store(0xb8000 + 2 * 80 * 24, 8, 0x1f44_1f43_1f42_1f41L);

        TextScreen screen = vga.screen();

        assertThat(screen.columns()).isEqualTo(80);
        assertThat(screen.rows()).isEqualTo(25);
        assertThat(screen.lines().getFirst()).isEqualTo("hello");
        assertThat(screen.lines().getLast()).isEqualTo("ABCD");
        assertThat(screen.attributes()[24 * 80]).isEqualTo((byte) 0x1f);
    }

    @Test
    void memoryReadsBack() {
        context.store(0xb8010, 4, 0x12345678L);

        assertThat(context.load(0xb8010, 4)).isEqualTo(0x12345678L);
        assertThat(context.load(0xb8011, 1)).isEqualTo(0x56);
        assertThat(context.load(0xa0000, 1)).as("outside of the mapped window").isEqualTo(0xff);
    }

    @Test
    void cursorFollowsItsLocation() {
        crtc(0x0e, (3 * 80 + 7) >> 8);
        crtc(0x0f, 3 * 80 + 7 & 0xff);

        TextScreen screen = vga.screen();

        assertThat(screen.cursorRow()).isEqualTo(3);
        assertThat(screen.cursorColumn()).isEqualTo(7);
        assertThat(screen.cursorVisible()).isTrue();
        crtc(0x0a, 0x20);
        assertThat(vga.screen().cursorVisible()).isFalse();
    }

    @Test
    void startAddressScrolls() {
        print(0, "first");
        print(1, "second");

        crtc(0x0d, 80);

        assertThat(vga.screen().lines().getFirst()).isEqualTo("second");
    }

    @Test
    void fiftyLinesComeFromEightLineCharacters() {
        crtc(0x09, 0x07);

        assertThat(vga.screen().rows()).isEqualTo(50);
    }

    @Test
    void crtcAnswersAtTheAddressThatMiscOutputChooses() {
        context.out(0x3d4, 0x0f);
        assertThat(context.in(0x3b4)).isEqualTo(0xff);

        context.out(0x3c2, 0x66);

        assertThat(context.in(0x3d4)).isEqualTo(0xff);
        assertThat(context.in(0x3b4)).isEqualTo(0x0f);
    }

    @Test
    void protectedCrtcRegistersKeepTheirValues() {
        crtc(0x01, 0x27);
        assertThat(vga.screen().columns()).as("register 11h protects in mode 3").isEqualTo(80);

        crtc(0x11, 0x0e);
        crtc(0x01, 0x27);

        assertThat(vga.screen().columns()).isEqualTo(40);
    }

    @Test
    void inputStatusTogglesRetraceAndTheAttributeFlipFlop() {
        context.out(0x3c0, 0x10);
        context.in(0x3da);
        context.out(0x3c0, 0x13);
        assertThat(context.in(0x3c0)).as("data of register 13h comes next").isEqualTo(0x08);

        boolean low = false;
        boolean high = false;
        for (int i = 0; i < 1000; i++) {
            context.advance(20_000);
            boolean retrace = (context.in(0x3da) & 8) != 0;
            low |= !retrace;
            high |= retrace;
        }
        assertThat(low && high).isTrue();
    }

    @Test
    void dacTakesThreeBytesForEachColour() {
        context.out(0x3c8, 5);
        for (int value : new int[] {1, 2, 3, 4, 5, 6}) {
            context.out(0x3c9, value);
        }

        context.out(0x3c7, 6);

        assertThat(new int[] {context.in(0x3c9), context.in(0x3c9), context.in(0x3c9)}).containsExactly(4, 5, 6);
    }

    @Test
    void planarModeWritesThroughMapMaskAndBitMask() {
        context.out(0x3ce, 2, 0x0005); // write mode 0, no odd/even
        context.out(0x3ce, 2, 0x0506); // graphics, A0000 64 KiB
        context.out(0x3c4, 2, 0x0604);
        context.out(0x3c4, 2, 0x0402); // plane 2
        context.store(0xa0010, 1, 0xff);
        context.load(0xa0010, 1);
        context.out(0x3ce, 2, 0x0f08); // only the low four bits

        context.store(0xa0010, 1, 0x00);
        context.out(0x3ce, 2, 0x0204); // read plane 2

        assertThat(context.load(0xa0010, 1)).isEqualTo(0xf0);
    }

    @Test
    void fontLoadLeavesTheTextAlone() {
        print(0, "kept");
        context.out(0x3ce, 2, 0x0005);
        context.out(0x3ce, 2, 0x0406);
        context.out(0x3c4, 2, 0x0704);
        context.out(0x3c4, 2, 0x0402);
        for (int i = 0; i < 0x2000; i++) {
            context.store(0xa0000 + i, 1, 0x5a);
        }
        context.out(0x3c4, 2, 0x0302);
        context.out(0x3c4, 2, 0x0204);
        context.out(0x3ce, 2, 0x1005);
        context.out(0x3ce, 2, 0x0e06);

        assertThat(vga.screen().lines().getFirst()).isEqualTo("kept");
        assertThat(context.load(0xb8000, 1)).isEqualTo('k');
    }

    @Test
    void lookingDoesNotDisturb() {
        SavedState before = SavedState.of(vga);

        vga.screen();

        assertThat(SavedState.of(vga).text()).isEqualTo(before.text());
    }
}
