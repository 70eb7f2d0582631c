package dev.ringside.arch.x86.asm;

import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.Operand.Reg;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The words that mean something in a source, for editors: what they colour, offer and explain. Case does not matter in questions; answers are in lower case. */
public final class Vocabulary {
    private static final Set<String> OPERAND_WORDS = Set.of("byte", "word", "dword", "fword", "qword", "tword", "tbyte", "oword", "dqword", "xmmword", "ptr",
            "short", "near", "far", "strict", "rel", "abs");

    private static final Set<String> MNEMONICS = Mnemonics.names();
    private static final Set<String> REGISTERS = RegisterWords.names();

    private Vocabulary() {
    }

    /** Every mnemonic that the assembler takes, aliases included. */
    public static Set<String> mnemonics() {
        return MNEMONICS;
    }

    /** The encodings that a mnemonic may mean, in table order; empty when there is no such instruction. */
    public static List<Form> forms(String mnemonic) {
        return Mnemonics.find(lower(mnemonic)).stream().map(Mnemonics.Entry::form).distinct().toList();
    }

    public static Set<String> registers() {
        return REGISTERS;
    }

    public static Optional<Reg> register(String word) {
        return Optional.ofNullable(RegisterWords.find(word));
    }

    /** Words that stand in place of an instruction: {@code db}, {@code bits}, {@code times}. */
    public static Set<String> directives() {
        return LineParser.directives();
    }

    /** Words before an operand: {@code dword}, {@code short}. */
    public static Set<String> operandWords() {
        return OPERAND_WORDS;
    }

    /** Words before a mnemonic: {@code lock}, {@code rep}, {@code o16}. */
    public static boolean isPrefix(String word) {
        return Prefixes.isPrefix(lower(word));
    }

    private static String lower(String word) {
        return word.toLowerCase(Locale.ROOT);
    }
}
