package dev.ringside.arch.x86.lift;

import static dev.ringside.ir.Type.I1;
import static dev.ringside.ir.Type.I32;
import static dev.ringside.ir.Type.I64;

import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.Cr0;
import dev.ringside.arch.x86.cpu.Cr4;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.ir.Helper;
import dev.ringside.ir.Helper.Effect;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Checks that come before an instruction's operation. */
final class CheckHelpers {
    /** {@code (segment, offset, sizeBytes, write)} → linear address, or #SS(0), or #GP(0). */
    static final Helper SEGMENT = new Helper("x86.segment_check", I64, List.of(I32, I64, I32, I1), Set.of(Effect.READS_STATE, Effect.MAY_RAISE),
        (state, segment, offset, size, write) -> ((X86Cpu) state).segmentCheck((int) segment, offset, (int) size, write != 0));

    /** {@code (offset)} of an instruction's last byte → #GP(0) when it lies beyond the limit of CS. */
    static final Helper CODE_LIMIT = new Helper("x86.code_limit", null, List.of(I64), Set.of(Effect.MAY_RAISE),
        (state, last, x, y, z) -> {
            X86Cpu cpu = (X86Cpu) state;
            if (Long.compareUnsigned(last, cpu.segment(X86State.CS).limit() & 0xffff_ffffL) > 0) {
                throw cpu.gp(0);
            }
            return 0;
        });

    /** #NM when CR0.EM or CR0.TS is set. */
    static final Helper X87 = available("x86.x87_available", cpu -> {
        if ((cpu.cr0() & (Cr0.EM | Cr0.TS)) != 0) {
            throw cpu.nm();
        }
    });

    /** #UD when CR0.EM is set, else #NM when CR0.TS is. */
    static final Helper MMX = available("x86.mmx_available", CheckHelpers::requireNoEmulation);

    /** #UD when CR0.EM is set or CR4.OSFXSR clear, else #NM when CR0.TS is set. */
    static final Helper SSE = available("x86.sse_available", cpu -> {
        if ((cpu.cr4() & Cr4.OSFXSR) == 0) {
            throw cpu.ud();
        }
        requireNoEmulation(cpu);
    });

    private static Helper available(String name, Consumer<X86Cpu> check) {
        return new Helper(name, null, List.of(), Set.of(Effect.MAY_RAISE), (state, x, y, z, u) -> {
            check.accept((X86Cpu) state);
            return 0;
        });
    }

    private static void requireNoEmulation(X86Cpu cpu) {
        if ((cpu.cr0() & Cr0.EM) != 0) {
            throw cpu.ud();
        }
        if ((cpu.cr0() & Cr0.TS) != 0) {
            throw cpu.nm();
        }
    }

    private CheckHelpers() {
    }

    static void collect(Collection<Helper> to) {
        to.addAll(List.of(SEGMENT, CODE_LIMIT, X87, MMX, SSE));
    }
}
