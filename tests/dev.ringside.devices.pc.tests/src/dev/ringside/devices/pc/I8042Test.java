package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.device.DeviceContext.EndRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class I8042Test {
    private final FakeContext context = new FakeContext();
    private I8042 controller;

    @BeforeEach
    void plugIn() {
        controller = new I8042("i8042", context, context.gsi(1), context.gsi(12), new A20Gate(context));
    }

    /** Everything that comes within a millisecond a byte. */
    private List<Integer> drain() {
        var bytes = new ArrayList<Integer>();
        context.advance(1_000_000);
        while ((context.in(0x64) & 1) != 0) {
            bytes.add(context.in(0x60));
            context.advance(1_000_000);
        }
        return bytes;
    }

    private void command(int code, int... data) {
        context.out(0x64, code);
        for (int octet : data) {
            context.out(0x60, octet);
        }
    }

    @Test
    void selfTestsPass() {
        command(0xaa);
        assertThat(context.in(0x60)).isEqualTo(0x55);
        assertThat(context.in(0x64) & 0x04).as("system flag").isEqualTo(0x04);

        command(0xab);
        assertThat(context.in(0x60)).isZero();
        command(0xa9);
        assertThat(context.in(0x60)).isZero();
    }

    @Test
    void commandByteReadsBack() {
        command(0x60, 0x65);
        command(0x20);

        assertThat(context.in(0x60)).isEqualTo(0x65);
    }

    @Test
    void statusTellsCommandFromData() {
        command(0x60);
        assertThat(context.in(0x64) & 0x08).isEqualTo(0x08);

        context.out(0x60, 0x45);

        assertThat(context.in(0x64) & 0x08).isZero();
    }

    @Test
    void keyIsTranslatedToSet1() {
        controller.keyboard().press("a");
        controller.keyboard().release("a");
        controller.keyboard().press("Up");
        controller.keyboard().release("Up");

        assertThat(drain()).containsExactly(0x1e, 0x9e, 0xe0, 0x48, 0xe0, 0xc8);
    }

    @Test
    void withoutTranslationTheKeyboardSpeaksSet2() {
        command(0x60, 0x05);

        controller.keyboard().press("Enter");
        controller.keyboard().release("Enter");

        assertThat(drain()).containsExactly(0x5a, 0xf0, 0x5a);
    }

    @Test
    void keyInterruptsUntilItIsRead() {
        controller.keyboard().press("a");
        context.advance(1_000_000);
        assertThat(context.gsi[1]).isTrue();
        assertThat(context.in(0x64) & 0x21).isEqualTo(0x01);

        context.in(0x60);

        assertThat(context.gsi[1]).isFalse();
    }

    @Test
    void secondReadSeesTheSameByte() {
        controller.keyboard().press("a");
        controller.keyboard().press("b");
        context.advance(1_000_000);

        assertThat(context.in(0x60)).isEqualTo(0x1e);
        assertThat(context.in(0x60)).isEqualTo(0x1e);
    }

    @Test
    void typingPressesShiftWhereNeeded() {
        controller.keyboard().type("A1\n");

        assertThat(drain()).containsExactly(0x2a, 0x1e, 0x9e, 0xaa, 0x02, 0x82, 0x1c, 0x9c);
    }

    @Test
    void unknownKeysAreRefusedByName() {
        assertThatThrownBy(() -> controller.keyboard().press("Any")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'Any'");
        assertThatThrownBy(() -> controller.keyboard().type("aé")).hasMessageContaining("U+00E9");
        assertThat(drain()).as("nothing was typed").isEmpty();
    }

    @Test
    void keyboardIdentifiesItselfAndResets() {
        context.out(0x60, 0xf2);
        assertThat(drain()).containsExactly(0xfa, 0xab, 0x41); // 0x83, translated

        context.out(0x60, 0xff);

        assertThat(drain()).containsExactly(0xfa, 0xaa);
    }

    @Test
    void ledsAndTypematicTakeOneArgument() {
        context.out(0x60, 0xed);
        assertThat(drain()).containsExactly(0xfa);
        context.out(0x60, 0x07);
        assertThat(drain()).containsExactly(0xfa);

        context.out(0x60, 0xf3);
        context.out(0x60, 0x20);

        assertThat(drain()).containsExactly(0xfa, 0xfa);
    }

    @Test
    void unknownKeyboardCommandIsAskedForAgain() {
        context.out(0x60, 0xf1);

        assertThat(drain()).containsExactly(0xfe);
    }

    @Test
    void disabledKeyboardIsSilent() {
        command(0xad);
        controller.keyboard().press("a");
        assertThat(drain()).isEmpty();

        command(0xae);

        assertThat(drain()).containsExactly(0x1e);
    }

    @Test
    void scanningCanBeSwitchedOff() {
        context.out(0x60, 0xf5);
        drain();

        controller.keyboard().press("a");
        assertThat(drain()).isEmpty();
        context.out(0x60, 0xf4);
        drain();
        controller.keyboard().press("b");

        assertThat(drain()).containsExactly(0x30);
    }

    @Test
    void mouseAnswersThroughTheAuxiliaryPort() {
        command(0x60, 0x47);
        command(0xa8);
        command(0xd4, 0xff);
        context.advance(1_000_000);

        assertThat(context.in(0x64) & 0x21).isEqualTo(0x21);
        assertThat(context.gsi[12]).isTrue();
        assertThat(context.gsi[1]).isFalse();
        assertThat(drain()).containsExactly(0xfa, 0xaa, 0x00);
    }

    @Test
    void mouseReportsMovementOnlyWhenStreaming() {
        command(0xd4, 0xf6);
        controller.moveMouse(5, -3, 1);
        assertThat(drain()).containsExactly(0xfa);
        command(0xd4, 0xf4);
        drain();

        controller.moveMouse(1, -1, 1);

        assertThat(drain()).containsExactly(0x29, 6, 0xfc);
    }

    @Test
    void bytesCanBePlantedInTheOutputBuffer() {
        command(0xd2, 0x42);
        assertThat(context.in(0x64) & 0x21).isEqualTo(0x01);
        assertThat(context.in(0x60)).isEqualTo(0x42);

        command(0xd3, 0x43);

        assertThat(context.in(0x64) & 0x21).isEqualTo(0x21);
    }

    @Test
    void outputPortHoldsA20AndReset() {
        command(0xd1, 0xdd);
        assertThat(context.a20).isFalse();
        command(0xd0);
        assertThat(context.in(0x60) & 3).isEqualTo(1);

        command(0xd1, 0xdf);
        assertThat(context.a20).isTrue();
        command(0xd1, 0xde);

        assertThat(context.ends).containsExactly(new EndRequest.Reset("i8042"));
    }

    @Test
    void pulsingBit0Resets() {
        command(0xff);
        assertThat(context.ends).isEmpty();

        command(0xfe);

        assertThat(context.ends).containsExactly(new EndRequest.Reset("i8042"));
    }

    @Test
    void stateComesBackWhole() {
        controller.keyboard().type("hello");
        context.out(0x60, 0xed);
        context.advance(25_000);
        SavedState saved = SavedState.of(controller);
        List<Integer> expected = drain();

        saved.into(controller);

        assertThat(drain()).isEqualTo(expected).hasSize(11);
    }
}
