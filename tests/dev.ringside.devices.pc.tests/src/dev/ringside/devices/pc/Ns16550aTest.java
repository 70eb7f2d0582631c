package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Ns16550aTest {
    private static final int RBR = 0x3f8;
    private static final int IER = 0x3f9;
    private static final int IIR = 0x3fa;
    private static final int FCR = 0x3fa;
    private static final int LCR = 0x3fb;
    private static final int MCR = 0x3fc;
    private static final int LSR = 0x3fd;
    private static final int MSR = 0x3fe;
    private static final int SCR = 0x3ff;
    private static final int LOOP = 0x10;
    private static final int OUT2 = 0x08;

    private final FakeContext context = new FakeContext();
    private final StringBuilder sent = new StringBuilder();
    private Ns16550a serial;

    @BeforeEach
    void plugIn() {
        serial = new Ns16550a("com1", context, 0x3f8, context.gsi(4));
        serial.connect(octet -> sent.append((char) octet));
        context.out(LCR, 0x03);
    }

    private void write(String text) {
        text.chars().forEach(c -> context.out(RBR, c));
    }

    @Test
    void transmitsAtOnceAndStaysReady() {
        write("Hi");

        assertThat(sent).hasToString("Hi");
        assertThat(context.in(LSR) & 0x60).isEqualTo(0x60);
    }

    @Test
    void divisorLatchHidesDataAndInterruptEnable() {
        context.out(LCR, 0x83);
        context.out(RBR, 0x0c);
        context.out(IER, 0x01);

        assertThat(context.in(RBR)).isEqualTo(0x0c);
        assertThat(context.in(IER)).isEqualTo(0x01);
        context.out(LCR, 0x03);
        assertThat(context.in(IER)).isZero();
        assertThat(sent).isEmpty();
    }

    @Test
    void wordLengthCutsCharacters() {
        context.out(LCR, 0x02); // seven bits

        context.out(RBR, 0xc1);

        assertThat(sent).hasToString("A");
    }

    @Test
    void interruptNeedsOut2() {
        context.out(IER, 0x02);
        assertThat(context.gsi[4]).isFalse();

        context.out(MCR, OUT2);

        assertThat(context.gsi[4]).isTrue();
    }

    @Test
    void readingIirClearsOnlyTheTransmitterInterrupt() {
        context.out(MCR, OUT2);
        context.out(IER, 0x02);

        assertThat(context.in(IIR)).isEqualTo(0x02);

        assertThat(context.in(IIR)).isEqualTo(0x01);
        assertThat(context.gsi[4]).isFalse();
        context.out(RBR, 'x');
        assertThat(context.in(IIR)).isEqualTo(0x02);
    }

    @Test
    void enablingTheTransmitterInterruptAgainRaisesItAgain() {
        context.out(IER, 0x02);
        context.in(IIR);

        context.out(IER, 0x00);
        context.out(IER, 0x02);

        assertThat(context.in(IIR)).isEqualTo(0x02);
    }

    @Test
    void identifiesA16550aByItsFifos() {
        context.out(FCR, 0x01);
        assertThat(context.in(IIR) & 0xc0).isEqualTo(0xc0);

        context.out(FCR, 0x00);

        assertThat(context.in(IIR) & 0xc0).isZero();
    }

    @Test
    void loopbackTurnsModemControlIntoModemStatus() {
        context.out(MCR, LOOP | 0x0a); // RTS and OUT2
        assertThat(context.in(MSR) & 0xf0).isEqualTo(0x90);

        context.out(MCR, LOOP | 0x05); // DTR and OUT1

        assertThat(context.in(MSR) & 0xf0).isEqualTo(0x60);
    }

    @Test
    void ringIndicatorDeltaIsTheTrailingEdgeOnly() {
        context.out(MCR, LOOP);
        context.in(MSR);

        context.out(MCR, LOOP | 0x04);
        assertThat(context.in(MSR) & 0x0f).isZero();
        context.out(MCR, LOOP);

        assertThat(context.in(MSR) & 0x0f).isEqualTo(0x04);
        assertThat(context.in(MSR) & 0x0f).isZero();
    }

    @Test
    void loopbackDeliversToTheReceiverAndNotToTheWire() {
        context.out(MCR, LOOP);

        context.out(RBR, 'z');

        assertThat(sent).isEmpty();
        assertThat(context.in(LSR) & 1).isEqualTo(1);
        assertThat(context.in(RBR)).isEqualTo('z');
        assertThat(context.in(LSR) & 1).isZero();
    }

    @Test
    void overrunWithoutFifosLosesTheOldCharacter() {
        context.out(MCR, LOOP);

        write("ab");

        assertThat(context.in(LSR) & 0x03).isEqualTo(0x03);
        assertThat(context.in(LSR) & 0x02).isZero();
        assertThat(context.in(RBR)).isEqualTo('b');
    }

    @Test
    void overrunWithFifosLosesTheNewCharacter() {
        context.out(FCR, 0x01);
        context.out(MCR, LOOP);

        write("0123456789abcdefX");

        assertThat(context.in(LSR) & 0x02).isEqualTo(0x02);
        StringBuilder received = new StringBuilder();
        while ((context.in(LSR) & 1) != 0) {
            received.append((char) context.in(RBR));
        }
        assertThat(received).hasToString("0123456789abcdef");
    }

    @Test
    void triggerLevelDecidesWhenDataInterrupts() {
        context.out(FCR, 0x81); // eight characters
        context.out(MCR, LOOP | OUT2);
        context.out(IER, 0x01);

        write("1234567");
        assertThat(context.in(IIR) & 0x0f).isEqualTo(0x01);
        write("8");

        assertThat(context.in(IIR) & 0x0f).isEqualTo(0x04);
        context.in(RBR);
        assertThat(context.in(IIR) & 0x0f).isEqualTo(0x01);
    }

    @Test
    void charactersBelowTheTriggerLevelTimeOutAfterFourCharacterTimes() {
        context.out(LCR, 0x83);
        context.out(RBR, 1); // 115200 baud, 8N1: 86.8 microseconds a character
        context.out(LCR, 0x03);
        context.out(FCR, 0xc1);
        context.out(MCR, LOOP | OUT2);
        context.out(IER, 0x01);
        write("x");

        context.advance(347_000);
        assertThat(context.gsi[4]).isFalse();
        context.advance(300);

        assertThat(context.gsi[4]).isTrue();
        assertThat(context.in(IIR) & 0x0f).isEqualTo(0x0c);
        context.in(RBR);
        assertThat(context.in(IIR) & 0x0f).isEqualTo(0x01);
    }

    @Test
    void lineStatusInterruptGoesBeforeDataAndThatBeforeTheTransmitter() {
        context.out(MCR, LOOP | OUT2);
        write("ab"); // overrun
        context.out(IER, 0x07);

        assertThat(context.in(IIR)).isEqualTo(0x06);
        context.in(LSR);
        assertThat(context.in(IIR)).isEqualTo(0x04);
        context.in(RBR);
        assertThat(context.in(IIR)).isEqualTo(0x02);
        assertThat(context.in(IIR)).isEqualTo(0x01);
    }

    @Test
    void breakInLoopbackIsReceivedAsABreak() {
        context.out(FCR, 0x01);
        context.out(MCR, LOOP);

        context.out(LCR, 0x43);

        assertThat(context.in(LSR) & 0x91).isEqualTo(0x91);
        assertThat(context.in(LSR) & 0x90).isZero();
        assertThat(context.in(RBR)).isZero();
    }

    @Test
    void inputWaitsUntilTheGuestListens() {
        serial.receive('a');
        serial.receive('b');
        context.out(FCR, 0x07); // a driver that starts clears the FIFOs
        context.in(RBR);
        context.advance(10_000_000);

        context.out(FCR, 0x01);
        context.out(MCR, OUT2);
        context.out(IER, 0x01);
        context.advance(10_000_000);

        assertThat(context.gsi[4]).isTrue();
        assertThat(context.in(RBR)).isEqualTo('a');
        context.advance(10_000_000);
        assertThat(context.in(RBR)).isEqualTo('b');
    }

    @Test
    void aGuestThatPollsGetsItsInput() {
        serial.receive('q');

        int polls = 0;
        while ((context.in(LSR) & 1) == 0) {
            assertThat(++polls).isLessThan(100);
        }

        assertThat(context.in(RBR)).isEqualTo('q');
    }

    @Test
    void inputNeverOverrunsTheFifo() {
        context.out(FCR, 0x01);
        context.out(IER, 0x01);
        for (int i = 0; i < 100; i++) {
            serial.receive('A' + i % 26);
        }

        StringBuilder received = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            context.advance(20_000_000);
            assertThat(context.in(LSR) & 0x02).isZero();
            received.append((char) context.in(RBR));
        }

        assertThat(received).startsWith("ABCDEF").hasSize(100).endsWith("" + (char) ('A' + 99 % 26));
    }

    @Test
    void scratchRegisterKeepsWhatIsWritten() {
        context.out(SCR, 0x5a);

        assertThat(context.in(SCR)).isEqualTo(0x5a);
    }
}
