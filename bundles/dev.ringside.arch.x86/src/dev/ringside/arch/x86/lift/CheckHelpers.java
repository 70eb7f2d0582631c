package dev.ringside.arch.x86.lift;

import static dev.ringside.ir.Type.I1;
import static dev.ringside.ir.Type.I32;
import static dev.ringside.ir.Type.I64;

import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.SegmentRegister;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.ir.Helper;
import dev.ringside.ir.Helper.Effect;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Checks that come before an instruction's operation. */
final class CheckHelpers {
    /** {@code (segment, offset, sizeBytes, write)} → linear address, or #SS(0), or #GP(0). */
    static final Helper SEGMENT = new Helper("x86.segment_check", I64, List.of(I32, I64, I32, I1), Set.of(Effect.READS_STATE, Effect.MAY_RAISE),
        (state, segment, offset, size, write) -> segmented((X86Cpu) state, (int) segment, offset, (int) size, write != 0));

    /** {@code (offset)} of an instruction's last byte → #GP(0) when it lies beyond the limit of CS. */
    static final Helper CODE_LIMIT = new Helper("x86.code_limit", null, List.of(I64), Set.of(Effect.MAY_RAISE),
        (state, last, x, y, z) -> {
            X86Cpu cpu = (X86Cpu) state;
            if (Long.compareUnsigned(last, cpu.segment(X86State.CS).limit() & 0xffff_ffffL) > 0) {
                throw cpu.gp(0);
            }
            return 0;
        });

    private static long segmented(X86Cpu cpu, int number, long offset, int sizeBytes, boolean write) {
        SegmentRegister segment = cpu.segment(number);
        int attributes = segment.attributes();
        boolean code = (attributes & SegmentRegister.CODE) != 0;
        boolean expandsDown = !code && (attributes & SegmentRegister.EXPAND_DOWN) != 0;
        long limit = segment.limit() & 0xffff_ffffL;
        long last = offset + sizeBytes - 1;
        boolean inside = expandsDown ? offset > limit && last <= (segment.isBig() ? 0xffff_ffffL : 0xffff) : last <= limit;
        boolean allowed = write ? !code && (attributes & SegmentRegister.WRITABLE) != 0
            : !code || (attributes & SegmentRegister.READABLE) != 0 || !cpu.isProtected() || cpu.isVm86();
        if (!inside || segment.isUnusable() || !allowed) {
            throw number == X86State.SS ? cpu.ss(0) : cpu.gp(0);
        }
        return segment.base() + offset & 0xffff_ffffL;
    }

    private CheckHelpers() {
    }

    static void collect(Collection<Helper> to) {
        to.add(SEGMENT);
        to.add(CODE_LIMIT);
    }
}
