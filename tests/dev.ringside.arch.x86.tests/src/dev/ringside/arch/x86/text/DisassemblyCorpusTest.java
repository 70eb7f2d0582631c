package dev.ringside.arch.x86.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.DisassembledInstruction;
import dev.ringside.arch.Symbolizer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our text against that of GNU objdump, captured in {@code tests/corpora}. */
class DisassemblyCorpusTest {
    private static final int SHOWN = 200;

    @ParameterizedTest
    @CsvSource({"16, x86-disasm-16-objdump-2.40.txt", "32, x86-disasm-32-objdump-2.40.txt", "64, x86-disasm-64-objdump-2.40.txt",
        "64, x86-disasm-code64-objdump-2.40.txt"})
    void textIsThatOfObjdump(int bits, String corpus) throws IOException {
        List<String> differences = new ArrayList<>();
        int compared = 0;
        for (String line : Files.readAllLines(Corpora.folder().resolve(corpus))) {
            if (line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split("\t", -1);
            byte[] bytes = HexFormat.of().parseHex(columns[1]);
            DisassembledInstruction ours = new X86Disassembler().disassemble(CodeSource.of(bytes, 0, bytes.length), bits,
                    Long.parseUnsignedLong(columns[0], 16), Symbolizer.NONE);
            String text = DisassemblyCorpus.text(ours.text());
            compared++;
            if (!text.equals(columns[2]) || ours.valid() && ours.lengthBytes() != bytes.length) {
                differences.add(columns[0] + ": " + columns[1] + "  objdump: " + columns[2] + "  ours: " + text);
            }
        }

        assertThat(compared).isGreaterThan(1000);
        assertThat(differences.stream().limit(SHOWN)).as("%d of %d lines differ", differences.size(), compared).isEmpty();
    }
}
