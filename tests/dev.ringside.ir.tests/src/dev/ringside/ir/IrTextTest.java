package dev.ringside.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.testkit.RandomBlocks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IrTextTest {
    private final IrParser parser = new IrParser(RandomBlocks.LAYOUT,
            name -> RandomBlocks.HELPERS.stream().filter(h -> h.name().equals(name)).findFirst().orElse(null));

    @Test
    void printedBlocksParseToThemselves() throws IrSyntaxException {
        for (long seed = 0; seed < 3_000; seed++) {
            IrBlock block = RandomBlocks.block(seed);

            String text = IrPrinter.print(block);

            assertThat(parser.parse(text)).as(text).isEqualTo(block);
        }
    }

    @Test
    void commentsAndBlankLinesAreAllowed() throws IrSyntaxException {
        IrBlock block = parser.parse("""
                # a no-operation
                block 0x10 {

                  insn +0 1   # nop
                  %0 = pc +1
                  jump next %0
                }
                """);

        assertThat(block.guestInstructions()).isEqualTo(1);
        assertThat(block.lengthBytes()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "%0 = frob.i64 %1 | no operation is called 'frob'",
        "%0 = get.i7 r0 | 'i7' is no type",
        "%0 = get.i64 rx | no state field is called 'rx'",
        "%0 = add.i64 %1, %2 | %1 is used before it is assigned",
        "%0 = call t.none() | no helper is called 't.none'",
        "put.i64 r0 %0 | ',' belongs here",
        "jump up %0 | 'up' is no kind of jump",
        "%0 = pc +1 +2 | nothing more belongs on this line"})
    void errorsNameLineAndReason(String text, String reason) {
        assertThatThrownBy(() -> parser.parse("block 0x0 {\n  insn +0 1\n  " + text + "\n  leave_at_pc\n}\n"))
                .isInstanceOf(IrSyntaxException.class).hasMessageStartingWith("3:").hasMessageContaining(reason);
    }

    @Test
    void errorPointsAtTheColumn() {
        assertThatThrownBy(() -> parser.parse("block 0x0 {\n  insn +0 1\n  leave %7\n}\n")).hasMessage("3:9: %7 is used before it is assigned");
    }

    @Test
    void unclosedAndEmptyTextsAreNoBlocks() {
        assertThatThrownBy(() -> parser.parse("")).hasMessageContaining("empty");
        assertThatThrownBy(() -> parser.parse("block 0x0 {\n insn +0 1\n leave_at_pc\n")).hasMessageContaining("not closed");
        assertThatThrownBy(() -> parser.parse("block 0x0 {\n leave_at_pc\n}")).hasMessageContaining("starts with insn");
    }
}
