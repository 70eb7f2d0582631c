package dev.ringside.pv.hyperv;

import static dev.ringside.pv.hyperv.HypercallTest.MESSAGES;
import static dev.ringside.pv.hyperv.HypercallTest.enableSynic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pv.PvFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a VMBus driver says when it loads, and what it hears (Linux, include/linux/hyperv.h). */
class VmbusTest {
    private static final int POST_MESSAGE = 0x5c;
    private static final long SLOT = MESSAGES + 2 * 256, PAYLOAD = SLOT + 16;

    private static long post(HypervFixture hv, int connection, int bytes, long... payload) {
        var words = new long[2 + payload.length];
        words[0] = connection;
        words[1] = (long) bytes << 32 | 1;
        System.arraycopy(payload, 0, words, 2, payload.length);
        return hv.input(words).call(POST_MESSAGE);
    }

    private static long contact(HypervFixture hv, int major, int minor, int sint) {
        return post(hv, major >= 5 ? 4 : 1, 40, 14, major << 16 | minor, sint, 0x10000, 0x11000);
    }

    @ParameterizedTest
    @CsvSource({"5, 3, 1, 4", "4, 1, 1, 1", "0, 13, 1, 1", "5, 9, 0, 4", "6, 0, 0, 4"})
    void versionIsAgreedOn(int major, int minor, int supported, int connection) {
        try (var hv = new HypervFixture("hyperv", 1)) {
            enableSynic(hv, 2, 0xf3);

            assertThat(contact(hv, major, minor, 2)).isZero();

            assertThat(hv.machine.read(SLOT, 4)).as("message type").isEqualTo(1);
            assertThat(hv.machine.read(SLOT + 4, 1)).as("bytes").isEqualTo(16);
            assertThat(hv.machine.read(PAYLOAD, 4)).as("VERSION_RESPONSE").isEqualTo(15);
            assertThat(hv.machine.read(PAYLOAD + 8, 1)).as("supported").isEqualTo(supported);
            assertThat(hv.machine.read(PAYLOAD + 12, 4)).as("connection").isEqualTo(connection);
            assertThat(hv.machine.apic(0).requests).containsExactly(0xf3);
        }
    }

    @Test
    void answersComeOneByOneWhenTheirSlotIsFree() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            enableSynic(hv, 2, 0xf3);
            contact(hv, 5, 3, 2);
            assertThat(post(hv, 4, 8, 3)).as("REQUESTOFFERS").isZero();
            assertThat(hv.machine.read(PAYLOAD, 4)).isEqualTo(15);
            assertThat(hv.machine.read(SLOT + 5, 1)).as("message pending").isEqualTo(1);

            hv.machine.write(SLOT, 4, 0);
            hv.machine.wrmsr(0x40000084, 0);

            assertThat(hv.machine.read(PAYLOAD, 4)).as("ALLOFFERS_DELIVERED").isEqualTo(4);
            hv.machine.write(SLOT, 4, 0);
            assertThat(post(hv, 4, 8, 16)).as("UNLOAD").isZero();
            assertThat(hv.machine.read(PAYLOAD, 4)).as("UNLOAD_RESPONSE").isEqualTo(17);
            assertThat(hv.machine.iface.counts()).containsEntry("VMBus messages", 3L);
        }
    }

    @Test
    void guestThatNeverListensIsRefusedAtLast() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            int taken = 0;
            while (taken < 1000 && post(hv, 1, 8, 3) == 0) {
                taken++;
            }

            assertThat(taken).isEqualTo(16);
            assertThat(post(hv, 1, 8, 3)).as("HV_STATUS_INSUFFICIENT_BUFFERS").isEqualTo(19);
        }
    }

    @Test
    void shortMessagesAreInvalidAndOthersAreNobodys() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            assertThat(post(hv, 1, 4, 3)).isEqualTo(5);
            assertThat(post(hv, 1, 16, 14, 5 << 16)).isEqualTo(5);
            assertThat(post(hv, 1, 8, 5)).as("OPENCHANNEL: no channel was offered").isZero();
            assertThat(post(hv, 2, 8, 3)).as("no such connection").isEqualTo(18);
        }
        try (var hv = new HypervFixture("hyperv,-vmbus", 1)) {
            assertThat(post(hv, 1, 8, 3)).isEqualTo(18);
        }
    }

    @Test
    void stateSurvivesSaving() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            enableSynic(hv, 2, 0xf3);
            contact(hv, 5, 3, 2);
            post(hv, 4, 8, 3);

            var saved = new PvFixture.SavedState();
            hv.machine.iface.save(saved);
            hv.machine.iface.reset();
            hv.machine.iface.restore(saved);

            assertThat(hv.machine.tree().toString()).contains("version 5.3, messages to vp 0, SINT2");
            hv.machine.write(SLOT, 4, 0);
            hv.machine.wrmsr(0x40000084, 0);
            assertThat(hv.machine.read(PAYLOAD, 4)).isEqualTo(4);
        }
    }
}
