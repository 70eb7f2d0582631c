package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.asm.core.AsmLine;
import dev.ringside.asm.core.AsmLine.Kind;
import dev.ringside.asm.core.AsmLine.Word;
import dev.ringside.asm.core.AsmSource;
import dev.ringside.samples.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What an editor knows of a source without assembling it. */
class AsmSourceTest {
    private static final String SOURCE = """
            COUNT   equ 5
            first:  mov ecx, COUNT
            .next:  loop .next
            second: jmp first.next
            .next:  dec eax
            text    db "a;b", 0     ; not a comment inside
            """;

    private final AsmSource source = new AsmSource(SOURCE);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            start:  mov eax, [rbx + 4] ; load | DECLARATION:start SYMBOL:: MNEMONIC:mov REGISTER:eax SYMBOL:, SYMBOL:[ REGISTER:rbx SYMBOL:+ NUMBER:4 SYMBOL:] COMMENT:;load
            rep movsb                         | MNEMONIC:rep MNEMONIC:movsb
            times 3 db 0x55                   | DIRECTIVE:times NUMBER:3 DIRECTIVE:db NUMBER:0x55
            jmp short .loop                   | MNEMONIC:jmp DIRECTIVE:short NAME:.loop
            PORT equ 3f8h                     | DECLARATION:PORT DIRECTIVE:equ NUMBER:3f8h
            %define ROWS 25                   | DIRECTIVE:%define DECLARATION:ROWS NUMBER:25
            mvo eax, 1                        | NAME:mvo REGISTER:eax SYMBOL:, NUMBER:1
            db "half a str                    | DIRECTIVE:db STRING:"halfastr
            """)
    void everyWordOfALineIsToldApart(String line, String expected) {
        String words = AsmLine.words(line).stream().map(word -> word.kind() + ":" + word.text().replace(" ", "")).collect(Collectors.joining(" "));

        assertEquals(expected, words);
    }

    @Test
    void localLabelsBelongToTheLabelBeforeThem() {
        List<String> names = source.symbols().stream().map(AsmSource.Symbol::name).toList();

        assertEquals(List.of("COUNT", "first", "first.next", "second", "second.next", "text"), names);
        assertEquals(3, source.symbol(".next", 3).orElseThrow().line());
        assertEquals(5, source.symbol(".next", 5).orElseThrow().line());
        assertEquals(3, source.symbol("first.next", 4).orElseThrow().line());
        assertTrue(source.symbol("COUNT", 1).orElseThrow().isConstant());
    }

    @Test
    void anErrorIsMarkedAtItsWordAlsoAtTheEndOfALine() {
        AsmSource errors = new AsmSource("  mov eax, [ebx\n  mvo eax, 1\n");

        assertArrayEquals(new int[] {18, 21}, errors.wordRange(2, 3));
        assertArrayEquals(new int[] {14, 15}, errors.wordRange(1, 16));
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void everyNameThatASampleUsesIsFound(Sample sample) {
        AsmSource text = new AsmSource(sample.source());
        List<String> unknown = new ArrayList<>();
        for (int line = 1; line <= text.lineCount(); line++) {
            for (Word word : AsmLine.words(text.line(line))) {
                if (word.kind() == Kind.NAME && text.symbol(word.text(), line).isEmpty()) {
                    unknown.add(line + ": " + word.text());
                }
            }
        }

        assertEquals(List.of(), unknown);
    }
}
