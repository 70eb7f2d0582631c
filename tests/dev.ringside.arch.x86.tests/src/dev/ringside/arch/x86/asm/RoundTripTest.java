package dev.ringside.arch.x86.asm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.CodeSource;
import dev.ringside.arch.Symbolizer;
import dev.ringside.arch.x86.isa.EncodingSamples;
import dev.ringside.arch.x86.isa.EncodingSamples.Sample;
import dev.ringside.arch.x86.text.Corpora;
import dev.ringside.arch.x86.text.X86Disassembler;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form goes from bytes to text and back: to bytes that give the same text and are no longer, and to the same bytes where the text has one encoding. */
class RoundTripTest {
    private static final int SHOWN = 60;
    private static final X86Disassembler DISASSEMBLER = new X86Disassembler();

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void textOfEveryFormAssemblesToBytesOfTheSameText(int bits) {
        List<String> failures = new ArrayList<>();
        int same = 0;
        List<Sample> samples = EncodingSamples.all(bits, 3);
        for (Sample sample : samples) {
            if (sample.form().is("noasm") || losesItsPrefix(sample)) {
                continue;
            }
            String text = text(sample.bytes(), bits);
            AssemblyResult result = new X86Assembler(bits).assemble("sample", "org 0x1000\n" + text);
            if (result.hasErrors()) {
                failures.add(HexFormat.of().formatHex(sample.bytes()) + "  " + text + ": " + result.errors().get(0).message());
            } else if (!comparable(text(result.bytes(), bits)).equals(comparable(text))) {
                failures.add(HexFormat.of().formatHex(sample.bytes()) + "  " + text + ": " + HexFormat.of().formatHex(result.bytes()) + "  "
                        + text(result.bytes(), bits));
            } else if (java.util.Arrays.equals(result.bytes(), sample.bytes())) {
                same++;
            }
        }

        assertThat(failures.stream().limit(SHOWN)).as("%d of %d samples fail", failures.size(), samples.size()).isEmpty();
        assertThat(same).as("samples whose bytes come back").isGreaterThan(samples.size() / 2);
    }

    /** MOV to a segment register never gets a size prefix, and the text of Jcc does not tell that there was one. */
    private static boolean losesItsPrefix(Sample sample) {
        return sample.form().insn().means().equals("mov_to_segment")
                || sample.form().insn().means().equals("jcc") && sample.form().map() == 1 && sample.codeBits() == 16 && sample.bytes()[0] == 0x66;
    }

    private static String text(byte[] bytes, int bits) {
        String text = DISASSEMBLER.disassemble(CodeSource.of(bytes, 0, bytes.length), bits, 0x1000, Symbolizer.NONE).text();
        int comment = text.indexOf('#');
        return comment < 0 ? text : text.substring(0, comment).strip();
    }

    /** Without what the assembler's shorter choice shows: D1 /4 for C1 /4 with a count of 1, A1 for 8B /r, 93 for 87 /r. */
    private static String comparable(String text) {
        String ordered = text.startsWith("xchg ") ? "xchg " + Stream.of(text.substring(5).split(",")).sorted().collect(Collectors.joining(",")) : text;
        return ordered.replaceFirst("^((?:ro|rc|sh|sa)[lr] .*),0x1$", "$1,1").replaceFirst("^mov (.*)[A-Z]+WORD PTR ds:|^mov (.*)(?:BYTE|WORD) PTR ds:", "mov $1$2ds:");
    }

    /** Text by objdump of code that GNU as made: an oracle that knows nothing of our tables. */
    @Test
    void compilerMadeCodeComesBackFromTheTextOfObjdump() throws IOException {
        List<String> failures = new ArrayList<>();
        int same = 0;
        int all = 0;
        for (String line : Files.readAllLines(Corpora.folder().resolve("x86-disasm-code64-objdump-2.40.txt"))) {
            String[] columns = line.split("\t", -1);
            if (line.startsWith("#") || columns[2].contains("(bad)")) {
                continue;
            }
            all++;
            String text = columns[2].replaceFirst("\\s*#.*", "");
            AssemblyResult result = new X86Assembler(64).assemble("code", "org 0x" + columns[0] + "\n" + text);
            String bytes = HexFormat.of().formatHex(result.bytes());
            if (result.hasErrors() || bytes.length() > columns[1].length()) {
                failures.add(columns[1] + "  " + text + ": " + bytes + result.errors());
            }
            same += bytes.equals(columns[1]) ? 1 : 0;
        }

        assertThat(failures.stream().limit(SHOWN)).as("%d of %d lines fail", failures.size(), all).isEmpty();
        assertThat(same).as("instructions of %d whose bytes are those of GNU as", all).isGreaterThan(all * 95 / 100);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void anyTextIsAssembledOrRefusedWithAPlaceAndNeverThrows(int bits) {
        Random random = new Random(5);
        String[] words = {"mov", "add", "eax", "rbx", "[", "]", ",", "+", "*", "4", "0x", "'", "\"a\"", "byte", "ptr", "ds", ":", "$", "(", ")", "-", "equ", "x",
            "x:", ".l", "times", "-1", "db", "dq", "99999999999999999999", "lock", "rep", "jmp", "short", "call", "far", "st", "st(", "xmm1", "cr0",
            "align", "org", "resb", "%define", "bits", "16", "/", "0", "%", "movsd", "in", "al", "dx", "bp", "si", "lea", "<<", "~", "rel", "r9", "ah"};
        for (int i = 0; i < 40_000; i++) {
            StringBuilder line = new StringBuilder();
            int count = 1 + random.nextInt(9);
            for (int w = 0; w < count; w++) {
                line.append(words[random.nextInt(words.length)]).append(random.nextInt(3) == 0 ? "" : " ");
            }
            AssemblyResult result = new X86Assembler(bits).assemble("random", line.toString());
            for (AssemblyResult.AssemblyError error : result.errors()) {
                assertThat(error.line()).isEqualTo(1);
                assertThat(error.column()).as(line + " " + error).isBetween(1, line.length() + 1);
                assertThat(error.message()).isNotBlank();
            }
        }
    }
}
