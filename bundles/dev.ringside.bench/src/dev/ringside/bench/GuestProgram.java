package dev.ringside.bench;

import dev.ringside.arch.Assembler;
import dev.ringside.arch.AssemblyResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Our own guests, under {@code guests/} in this bundle: {@link #name} in its frame, for a number of passes. Same name and number, same bytes. */
record GuestProgram(String name, int passes) {
    /** Where the benchmark itself begins, in both frames. */
    static final int BODY_OFFSET = 0x1000;

    /** A Multiboot image. */
    byte[] image(Assembler assembler) {
        return assemble(assembler, "frame-guest.asm");
    }

    /** A program for Linux on x86-64. */
    byte[] nativeProgram(Assembler assembler) {
        return NativeElf.of(assemble(assembler, "frame-native.asm"));
    }

    byte[] assemble(Assembler assembler, String frame) {
        AssemblyResult result = assembler.assemble(name + ".asm", "PASSES equ " + passes + "\n" + source(frame) + source(name + ".asm"));
        if (result.hasErrors()) {
            throw new IllegalStateException(result.errors().getFirst().toString());
        }
        return result.bytes();
    }

    private static String source(String file) {
        try (InputStream in = GuestProgram.class.getResourceAsStream("/guests/" + file)) {
            if (in == null) {
                throw new IllegalStateException("the bundle lacks guests/" + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
