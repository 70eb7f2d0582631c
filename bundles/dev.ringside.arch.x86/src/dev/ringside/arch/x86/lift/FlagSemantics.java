package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.Rflags.*;
import static dev.ringside.arch.x86.X86State.RAX;

import dev.ringside.arch.x86.X86State;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.function.BiConsumer;

/** Instructions on flags by name, except CLI, STI, CLAC and STAC. */
final class FlagSemantics {
    private FlagSemantics() {
    }

    static void register(BiConsumer<String, Semantics> table) {
        table.accept("clc", x -> x.flags().carry(x.b().constant(Type.I1, 0)));
        table.accept("stc", x -> x.flags().carry(x.b().constant(Type.I1, 1)));
        table.accept("cmc", x -> x.flags().carry(x.b().not(x.flags().carry())));
        table.accept("cld", x -> x.b().put(X86State.RFLAGS_REST, x.b().and(x.b().get(X86State.RFLAGS_REST), x.b().constant(Type.I64, ~DF))));
        table.accept("std", x -> x.b().put(X86State.RFLAGS_REST, x.b().or(x.b().get(X86State.RFLAGS_REST), x.b().constant(Type.I64, DF))));
        table.accept("lahf", FlagSemantics::lahf);
        table.accept("sahf", FlagSemantics::sahf);
        table.accept("salc", x -> x.gpr(RAX, x.b().neg(x.b().zext(x.flags().carry(), Type.I8))));
    }

    private static void lahf(Lift x) {
        IrBuilder b = x.b();
        Value flags = b.or(b.trunc(x.flags().arithmetic(), Type.I8), b.constant(Type.I8, 2));
        b.put(X86State.GPR[RAX], b.deposit(b.get(X86State.GPR[RAX]), flags, 8));
    }

    private static void sahf(Lift x) {
        IrBuilder b = x.b();
        long mask = SF | ZF | AF | PF | CF;
        Value ah = b.shr(b.get(X86State.GPR[RAX]), 8);
        x.flags().replace(mask, b.and(ah, b.constant(Type.I64, mask)));
    }
}
