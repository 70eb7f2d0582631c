package dev.ringside.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.X86Architecture;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What makes two columns of the table comparable: the same bytes. */
class GuestProgramTest {
    private final X86Architecture x86 = new X86Architecture();

    @ParameterizedTest
    @EnumSource
    void guestAndNativeProgramRunTheSameBytes(GuestName guest) {
        var program = new GuestProgram(guest.word(), 3);
        byte[] inGuest = body(program.assemble(x86.assembler(), "frame-guest.asm"));

        assertThat(inGuest).hasSizeGreaterThan(10);
        if (guest.whyNotNative().isEmpty()) {
            assertThat(body(program.assemble(x86.assembler(), "frame-native.asm"))).isEqualTo(inGuest);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNumberOfPassesChangesOneNumberAndNothingElse(GuestName guest) {
        byte[] three = new GuestProgram(guest.word(), 3).image(x86.assembler());
        byte[] four = new GuestProgram(guest.word(), 4).image(x86.assembler());

        assertThat(four).hasSameSizeAs(three);
        int different = Arrays.mismatch(three, four);
        assertThat(three[different]).isEqualTo((byte) 3);
        assertThat(Arrays.copyOfRange(four, different + 1, four.length)).isEqualTo(Arrays.copyOfRange(three, different + 1, three.length));
    }

    private static byte[] body(byte[] image) {
        return Arrays.copyOfRange(image, GuestProgram.BODY_OFFSET, image.length);
    }
}
