package dev.ringside.arch.x86.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.DisassembledInstruction;
import dev.ringside.arch.DisassembledInstruction.FlowKind;
import dev.ringside.arch.Symbolizer;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the corpora cannot show: symbols, targets, flow, bad bytes. */
class X86DisassemblerTest {
    private static final Symbolizer SYMBOLS = new Symbolizer() {
        private final Map<String, Long> all = Map.of("start_kernel", 0xffffffff81000000L, "jiffies", 0xffffffff82000000L);

        @Override
        public String nameOf(long address) {
            for (Map.Entry<String, Long> symbol : all.entrySet()) {
                long offset = address - symbol.getValue();
                if (offset >= 0 && offset < 0x100) {
                    return offset == 0 ? symbol.getKey() : symbol.getKey() + "+0x" + Long.toHexString(offset);
                }
            }
            return null;
        }

        @Override
        public Long addressOf(String name) {
            return all.get(name);
        }
    };

    private static DisassembledInstruction disassemble(int bits, long pc, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return new X86Disassembler().disassemble(CodeSource.of(bytes, 0, bytes.length), bits, pc, SYMBOLS);
    }

    @Test
    void branchTargetsGetTheirSymbol() {
        DisassembledInstruction call = disassemble(64, 0xffffffff81000010L, "e8ebffffff");

        assertThat(call.text()).isEqualTo("call 0xffffffff81000000 <start_kernel>");
        assertThat(call.target()).isEqualTo(0xffffffff81000000L);
        assertThat(disassemble(64, 0xffffffff81000000L, "eb0e").text()).isEqualTo("jmp 0xffffffff81000010 <start_kernel+0x10>");
    }

    @Test
    void addressesRelativeToRipAreToldWithTheirSymbol() {
        assertThat(disassemble(64, 0xffffffff81000000L, "488b05f9ffff00").text())
                .isEqualTo("mov rax,QWORD PTR [rip+0xfffff9]        # 0xffffffff82000000 <jiffies>");
    }

    @Test
    void targetsOfSixteenBitCodeStayInTheirSixtyFourKibibytes() {
        assertThat(disassemble(16, 0xffff0, "e90e00").target()).isEqualTo(0xf0001);
        assertThat(disassemble(16, 0x7c10, "ebee").target()).isEqualTo(0x7c00);
    }

    @ParameterizedTest
    @CsvSource({"90, NEXT", "eb00, JUMP", "ffe0, JUMP", "7400, CONDITIONAL", "e2fe, CONDITIONAL", "e800000000, CALL", "0f05, CALL", "c3, RETURN",
        "48cf, RETURN", "cd80, INTERRUPT", "0f0b, INTERRUPT", "f3a4, REPEAT", "a4, NEXT", "f4, HALT"})
    void flowSaysHowControlGoesOn(String hex, FlowKind kind) {
        assertThat(disassemble(64, 0, hex).kind()).isEqualTo(kind);
    }

    @Test
    void undefinedAndIncompleteBytesAreBadAndOneByteLong() {
        assertThat(disassemble(64, 0, "0f04")).isEqualTo(new DisassembledInstruction(0, 1, "(bad)", "", FlowKind.NEXT, -1, false));
        assertThat(disassemble(64, 0, "48b8").text()).isEqualTo("(bad)");
        assertThat(disassemble(64, 0, "06").valid()).isFalse();
        assertThat(disassemble(32, 0, "06").text()).isEqualTo("push es");
    }

    @Test
    void randomBytesGiveText() {
        Random random = new Random(11);
        byte[] bytes = new byte[20];
        for (int i = 0; i < 200_000; i++) {
            random.nextBytes(bytes);
            int bits = 16 << i % 3;
            DisassembledInstruction insn = new X86Disassembler().disassemble(CodeSource.of(bytes, 0, bytes.length), bits, i, SYMBOLS);
            assertThat(insn.text()).isNotBlank().doesNotContain("null");
            assertThat(insn.lengthBytes()).isBetween(1, 15);
        }
    }
}
