package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.Rflags.AF;
import static dev.ringside.arch.x86.Rflags.CF;
import static dev.ringside.arch.x86.Rflags.PF;
import static dev.ringside.arch.x86.Rflags.SF;
import static dev.ringside.arch.x86.Rflags.ZF;
import static dev.ringside.arch.x86.X86State.RAX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.Vector;
import dev.ringside.testkit.X86TestMachine;
import org.junit.jupiter.api.Test;

/** Every input of the BCD adjustments against the operation sections of SDM 2A, written down here once more. */
class DecimalSemanticsTest {
    private static final int ALL = CF | AF | ZF | SF | PF;

    @FunctionalInterface
    private interface Manual {
        /** Takes AX and flags; gives AX in the low half and flags in the high half. */
        int adjust(int ax, int flags);
    }

    @Test
    void daaIsWhatTheManualSays() {
        compare("27", 0x100, ALL, (ax, flags) -> {
            int al = ax & 0xff;
            int oldAl = al;
            boolean oldCf = (flags & CF) != 0;
            boolean cf = false;
            boolean af = false;
            if ((al & 0xf) > 9 || (flags & AF) != 0) {
                cf = oldCf || al + 6 > 0xff;
                al = al + 6 & 0xff;
                af = true;
            }
            if (oldAl > 0x99 || oldCf) {
                al = al + 0x60 & 0xff;
                cf = true;
            } else {
                cf = false;
            }
            return result(ax & 0xff00 | al, cf, af, al);
        });
    }

    @Test
    void dasIsWhatTheManualSays() {
        compare("2f", 0x100, ALL, (ax, flags) -> {
            int al = ax & 0xff;
            int oldAl = al;
            boolean oldCf = (flags & CF) != 0;
            boolean cf = false;
            boolean af = false;
            if ((al & 0xf) > 9 || (flags & AF) != 0) {
                cf = oldCf || al < 6;
                al = al - 6 & 0xff;
                af = true;
            }
            if (oldAl > 0x99 || oldCf) {
                al = al - 0x60 & 0xff;
                cf = true;
            }
            return result(ax & 0xff00 | al, cf, af, al);
        });
    }

    @Test
    void aaaIsWhatTheManualSays() {
        compare("37", 0x10000, CF | AF, (ax, flags) -> {
            boolean adjust = (ax & 0xf) > 9 || (flags & AF) != 0;
            int adjusted = (adjust ? ax + 0x106 : ax) & 0xff0f;
            return result(adjusted, adjust, adjust, adjusted & 0xff);
        });
    }

    @Test
    void aasIsWhatTheManualSays() {
        compare("3f", 0x10000, CF | AF, (ax, flags) -> {
            boolean adjust = (ax & 0xf) > 9 || (flags & AF) != 0;
            int adjusted = ax;
            if (adjust) {
                adjusted = ax - 6 & 0xffff;
                adjusted = adjusted - 0x100 & 0xffff;
            }
            return result(adjusted & 0xff0f, adjust, adjust, adjusted & 0xf);
        });
    }

    @Test
    void aamDividesByItsImmediate() {
        compare("d40a", 0x100, ZF | SF | PF, (ax, flags) -> result((ax & 0xff) / 10 << 8 | (ax & 0xff) % 10, false, false, (ax & 0xff) % 10));
        compare("d410", 0x100, ZF | SF | PF, (ax, flags) -> result((ax & 0xff) / 16 << 8 | (ax & 0xff) % 16, false, false, (ax & 0xff) % 16));
    }

    @Test
    void aamByZeroIsADivideError() {
        assertThat(X86TestMachine.protectedMode().code(0x1000, "d400").run().vector).isEqualTo(Vector.DE);
    }

    @Test
    void aadMultipliesByItsImmediate() {
        compare("d50a", 0x10000, ZF | SF | PF, (ax, flags) -> {
            int al = (ax & 0xff) + (ax >> 8) * 10 & 0xff;
            return result(al, false, false, al);
        });
    }

    /** For AX from 0 to {@code inputs} − 1 and every CF and AF. */
    private static void compare(String code, int inputs, int compared, Manual manual) {
        X86TestMachine machine = X86TestMachine.protectedMode();
        for (int ax = 0; ax < inputs; ax++) {
            for (int flags : new int[] {0, CF, AF, CF | AF}) {
                machine.code(0x1000, code).gpr(RAX, 0xabcd_0000L | ax).rflags(flags);

                assertThat(machine.run()).isNull();

                int expected = manual.adjust(ax, flags);
                assertThat(machine.gpr(RAX)).as("ax %x flags %x", ax, flags).isEqualTo(0xabcd_0000L | expected & 0xffff);
                assertThat(machine.rflags() & compared).as("flags of ax %x flags %x", ax, flags).isEqualTo(expected >>> 16 & compared);
            }
        }
    }

    private static int result(int ax, boolean cf, boolean af, int flagged) {
        int flags = (cf ? CF : 0) | (af ? AF : 0) | ((flagged & 0xff) == 0 ? ZF : 0) | ((flagged & 0x80) != 0 ? SF : 0)
            | (Integer.bitCount(flagged & 0xff) % 2 == 0 ? PF : 0);
        return flags << 16 | ax & 0xffff;
    }
}
