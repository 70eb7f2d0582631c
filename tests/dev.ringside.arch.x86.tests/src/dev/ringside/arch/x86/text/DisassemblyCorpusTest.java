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
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Instructions of extensions that our processor has not: they must be undefined. */
    private static final Pattern BEYOND = Pattern.compile("[vk{].*|(aes|sha|xsha|gf2p8|pf|pi2|wrss|wruss|rdss|incss|xcrypt|xresldtrk|xsusldtrk|movdir|enq|bnd|sk|tp|um).*"
            + "|aadd|aand|aor|axor|clac|clgi|clrssbsy|clui|clwb|clzero|encl.|enclu|extrq|femms|getsec|insertq|invept|invlpga|invvpid|invlpgb|montmul|monitorx"
            + "|mwaitx|movnts[sd]|pclmulqdq|pconfig|pmulhrw|pswapd|pavgusb|psmash|ptwrite|pvalidate|rdpid|rdpkru|rdpru|rmp.*|rstorssp|saveprevssp|seam.*"
            + "|serialize|setssbsy|stgi|stui|tdcall|testui|uiret|senduipi|wrpkru|wrmsrns|x(begin|end|test|abort|savec|saves|rstors|store.*)(64)?|setssbsy|tlbsync");
    /** Later extensions gave these meanings to bytes that are NOPs, or plainly ignored prefixes, on our processor. */
    private static final Pattern NOP_HERE = Pattern.compile("(bnd.*|cldemote|rdssp.|prefetchit.|wbnoinvd|endbr..|nop|ud[01]|prefetchwt1|prefetch.*)");
    /** Encodings that processors take and objdump does not. */
    private static final Pattern TOLERATED = Pattern.compile("(?:(?:repn?z|lock|[c-gs]s|es|data\\d\\d|addr\\d\\d) )*(salc|fcomp?|fstp|fxch|nop|[lms]fence|wbinvd|bs[fr]|fwait|ud[01]|prefetchw.*|mov)");

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void randomBytesAreDefinedWhereObjdumpSaysSoAndReadAlike(int bits) throws IOException {
        List<String> differences = new ArrayList<>();
        int defined = 0;
        int undefined = 0;
        for (String line : Files.readAllLines(Corpora.folder().resolve("x86-disasm-random" + bits + "-objdump-2.40.txt"))) {
            if (line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split("\t", -1);
            byte[] bytes = HexFormat.of().parseHex(columns[1]);
            DisassembledInstruction ours = new X86Disassembler().disassemble(CodeSource.of(bytes, 0, bytes.length), bits,
                    Long.parseUnsignedLong(columns[0], 16), Symbolizer.NONE);
            String text = ours.valid() ? ours.lengthBytes() + " " + DisassemblyCorpus.text(ours.text()) : "(bad)";
            defined += ours.valid() ? 1 : 0;
            undefined += ours.valid() ? 0 : 1;
            if (!agree(columns[2], text, ours.mnemonic())) {
                differences.add(columns[0] + ": " + columns[1] + "  objdump: " + columns[2] + "  ours: " + text);
            }
        }

        assertThat(defined).isGreaterThan(700);
        assertThat(undefined).isGreaterThan(200);
        assertThat(differences.stream().limit(SHOWN)).as("%d lines differ", differences.size()).isEmpty();
    }

    private static boolean agree(String theirs, String ours, String ourMnemonic) {
        // A segment prefix that does not count: objdump does not show it before strings.
        if (theirs.equals(ours) || theirs.equals(ours.replaceFirst("^(\\d+) [c-es]s ", "$1 "))) {
            return true;
        }
        String mnemonic = theirs.equals("(bad)") ? "" : theirs.split(" ")[1];
        for (String word : theirs.split(" ")) {
            if (!word.matches("\\d+|rep.*|lock|.s|data..|addr..")) {
                mnemonic = word;
                break;
            }
        }
        if (theirs.equals("(bad)")) {
            return TOLERATED.matcher(ourMnemonic).matches();
        }
        if (ours.equals("(bad)")) {
            // A prefix where the manual allows none: processors raise #UD, objdump shows it.
            boolean prefixed = mnemonic.matches("f?x(save|rstor).*|xgetbv|xsetbv") && !theirs.matches("\\d+ " + mnemonic + ".*");
            return prefixed || BEYOND.matcher(mnemonic).matches() || theirs.matches(".*mov .*([ct]r\\d|\\?).*");
        }
        return NOP_HERE.matcher(mnemonic).matches() && ourMnemonic.matches(".*(nop|wbinvd|ud[01]|prefetch.*)");
    }
}
