package dev.ringside.arch.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.isa.X86Instruction;
import dev.ringside.arch.x86.text.Corpora;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Undefined is what a real processor calls undefined, apart from the extensions that it has and ours has not. */
class UndefinedCorpusTest {
    /** Opcodes of the captured processor's extensions: SVM, SHA, AES, PCLMUL, GFNI, SSE4a, XSAVEC, RDPID, CLWB and others. */
    private static final Pattern BEYOND = Pattern.compile(
            "0f38c[89abcd]|0f3acc|660f38(cf|d[b-f])|660f3a(44|c[ef]|df)|(66|f2)0f7[89]|f[23]0f2b|(66|f[23])?0f01|0fc7|f30fc7|660fae");
    /** Undefined in user mode, which is where it was captured. */
    private static final Set<String> PRIVILEGED = Set.of("rsm", "stac", "clac", "monitor", "mwait");

    @Test
    void undefinedEncodingsAreThoseOfARealProcessor() throws IOException {
        List<String> differences = new ArrayList<>();
        int undefined = 0;
        int defined = 0;
        for (String line : Files.readAllLines(Corpora.folder().resolve("x86-undefined-64.txt"))) {
            if (line.startsWith("#")) {
                continue;
            }
            String opcode = line.substring(0, line.indexOf(' '));
            String answers = line.substring(opcode.length()).replace(" ", "");
            if (answers.length() == 1) {
                answers = answers.repeat(72);
            }
            for (int i = 0; i < answers.length(); i++) {
                if (answers.charAt(i) == '-') {
                    continue;
                }
                X86Instruction ours = UndefinedCorpus.decode(UndefinedCorpus.encoding(opcode, i));
                boolean theirs = answers.charAt(i) == 'u';
                undefined += theirs ? 1 : 0;
                defined += theirs ? 0 : 1;
                boolean excused = !theirs && BEYOND.matcher(opcode).matches() || theirs && ours.form() != null && PRIVILEGED.contains(ours.means());
                if (theirs != (ours == Decoder.UNDEFINED) && !excused) {
                    differences.add(opcode + " /" + i / 9 + (i % 9 == 8 ? " mem" : " reg " + i % 9) + ": " + (theirs ? "undefined" : "defined"));
                }
            }
        }

        assertThat(undefined).isGreaterThan(50_000);
        assertThat(defined).isGreaterThan(50_000);
        assertThat(differences.stream().limit(100)).as("%d encodings differ", differences.size()).isEmpty();
    }
}
