package dev.ringside.engine.translator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the translator keeps has an end. */
@Timeout(600)
class CodeCacheTest {
    @Test
    void moreHotLoopsThanThereIsRoomForTakeTurns() {
        // 9,000 functions, each with a loop, called in three passes: the translator keeps 8,000 regions at most.
        try (var twins = Twins.longMode(1, """
            mov rax, 0xc3f975c9ff01c383
            mov edi, 0x100000
            .write:
            mov [rdi], rax
            add edi, 16
            cmp edi, 0x100000 + 9000 * 16
            jne .write
            mov r8d, 3
            .pass:
            mov edi, 0x100000
            .call:
            mov ecx, 20
            call rdi
            add edi, 16
            cmp edi, 0x100000 + 9000 * 16
            jne .call
            dec r8d
            jnz .pass
            hlt""")) {
            assertThat(twins.runToHalt()).isEqualTo(-1);

            assertThat(twins.interpreter.gpr(3)).isEqualTo(3 * 9000 * 20);
            assertThat(twins.translator.counter("hot")).isGreaterThan(9000);
            assertThat(twins.translator.counter("regions")).isBetween(5000L, 8000L);
            assertThat(twins.translated()).isGreaterThan(1_000_000);
        }
    }
}
