package dev.ringside.pv;

import dev.ringside.arch.Cpu;
import dev.ringside.arch.GuestFault;
import dev.ringside.device.LocalInterrupts;

/** A virtual processor as a paravirtual interface sees it. */
public interface PvVcpu {
    /** From 0; also the index of its virtual APIC. */
    int index();

    Cpu cpu();

    /** Its local APIC. */
    LocalInterrupts apic();

    /** The guest's time-stamp counter now; one tick a nanosecond. */
    long tsc();

    /** {@link #tsc()} minus virtual time. */
    long tscOffset();

    /** Ends its HLT; when it does not halt now, the next HLT ends at once. */
    void kick();

    /** Waits as HLT does, but an interrupt ends it whether it is masked by RFLAGS.IF or not. */
    void idle();

    void nmi();

    /** Forgets its cached translations, global ones too. */
    void flushTlb();

    /** Virtual time during which it ran or was halted by its own will is not in here: how long it could have run and did not, in all. */
    long stolenNanos();

    /** Virtual time during which it ran. */
    long ranNanos();

    /** #GP(0), to be thrown. */
    default GuestFault gp() {
        return cpu().fault.set(13, 0);
    }

    /** #UD, to be thrown. */
    default GuestFault ud() {
        return cpu().fault.set(6);
    }
}
