package dev.ringside.arch.x86.isa;

import java.util.List;
import java.util.Set;

/**
 * An instruction of the manual with all its encodings.
 *
 * @param mnemonic upper case, as the manual's heading has it; forms may print another one
 * @param title the manual's words for it
 * @param sdm manual volume and heading: {@code 2A:ADD}
 * @param flagsRead arithmetic flags read: a subset of the letters {@code oszapcd}
 * @param flagsWritten flags given a defined value
 * @param flagsUndefined flags left undefined by the manual
 * @param reads implicit register operands read, in lower case
 * @param writes implicit register operands written
 * @param kind words such as {@code branch call return ends-block alone privileged system serializing}; {@code alone} stands by itself in a block
 *     because it needs the exact instruction count, {@code leave} ends the block because modes or events may change
 * @param feature CPUID feature name that guards every form ({@code sse2}), or empty
 * @param means name of the semantics
 * @param test how it is tested: a class of test vectors, or {@code none "reason"}
 */
public record Insn(String mnemonic, String title, String sdm, String flagsRead, String flagsWritten, String flagsUndefined, Set<String> reads,
        Set<String> writes, Set<String> kind, String feature, String means, String test, List<Form> forms) {

    public boolean is(String kindWord) {
        return kind.contains(kindWord);
    }
}
