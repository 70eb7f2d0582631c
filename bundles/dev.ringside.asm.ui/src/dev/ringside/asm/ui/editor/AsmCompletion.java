package dev.ringside.asm.ui.editor;

import dev.ringside.arch.x86.asm.Vocabulary;
import dev.ringside.arch.x86.isa.Form;
import dev.ringside.asm.core.AsmLine;
import dev.ringside.asm.core.AsmLine.Kind;
import dev.ringside.asm.core.AsmLine.Word;
import dev.ringside.asm.core.AsmSource;
import dev.ringside.asm.core.AsmSource.Symbol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.eclipse.jface.text.ITextViewer;
import org.eclipse.jface.text.contentassist.CompletionProposal;
import org.eclipse.jface.text.contentassist.ICompletionProposal;
import org.eclipse.jface.text.contentassist.IContentAssistProcessor;
import org.eclipse.jface.text.contentassist.IContextInformation;
import org.eclipse.jface.text.contentassist.IContextInformationValidator;
import org.eclipse.swt.graphics.Image;

/** Mnemonics and directives where a statement begins; registers, names and sizes behind it. */
final class AsmCompletion implements IContentAssistProcessor {
    private final AsmEditor editor;

    AsmCompletion(AsmEditor editor) {
        this.editor = editor;
    }

    @Override
    public ICompletionProposal[] computeCompletionProposals(ITextViewer viewer, int offset) {
        AsmSource source = new AsmSource(viewer.getDocument().get());
        int line = source.lineOf(offset);
        int lineStart = source.offset(line, 1);
        String before = source.line(line).substring(0, Math.min(offset - lineStart, source.line(line).length()));
        int start = wordStart(before);
        List<Word> words = AsmLine.words(before.substring(0, start));
        if (words.stream().anyMatch(word -> word.kind() == Kind.COMMENT) || inString(AsmLine.words(before), before)) {
            return new ICompletionProposal[0];
        }
        Offer offer = new Offer(before.substring(start), lineStart + start);
        if (isStatementStart(words)) {
            offerStatements(offer);
        } else {
            offerOperands(offer, source, line);
        }
        return offer.proposals.toArray(ICompletionProposal[]::new);
    }

    private static int wordStart(String before) {
        int start = before.length();
        while (start > 0 && (Character.isLetterOrDigit(before.charAt(start - 1)) || "_.?@$#~%".indexOf(before.charAt(start - 1)) >= 0)) {
            start--;
        }
        return start;
    }

    private static boolean inString(List<Word> words, String before) {
        Word last = words.isEmpty() ? null : words.getLast();
        return last != null && (last.kind() == Kind.COMMENT || last.kind() == Kind.STRING && (last.text().length() == 1 || last.text().charAt(0) != before.charAt(before.length() - 1)));
    }

    /** Only a label, prefixes or nothing stand before. */
    private static boolean isStatementStart(List<Word> words) {
        return words.stream().allMatch(word -> word.kind() == Kind.DECLARATION || word.text().equals(":") || word.kind() == Kind.MNEMONIC && Vocabulary.isPrefix(word.text()));
    }

    private static void offerStatements(Offer offer) {
        for (String mnemonic : sorted(Vocabulary.mnemonics())) {
            if (offer.fits(mnemonic)) {
                List<Form> forms = Vocabulary.forms(mnemonic);
                offer.add(mnemonic, forms.getFirst().insn().title(), HoverText.of(ManualText.title(forms.getFirst().insn()), ManualText.flags(forms.getFirst().insn())), null);
            }
        }
        for (String directive : sorted(Vocabulary.directives())) {
            offer.add(directive, "directive", null, null);
        }
    }

    private void offerOperands(Offer offer, AsmSource source, int line) {
        for (Symbol symbol : source.symbols()) {
            String text = symbol.isLocal() && source.symbol(symbol.text(), line).filter(symbol::equals).isPresent() ? symbol.text() : symbol.name();
            String kind = symbol.isConstant() ? "constant" : "label";
            String value = editor.model().value(symbol.name()).isPresent() ? "0x" + Long.toHexString(editor.model().value(symbol.name()).getAsLong()) : kind;
            offer.add(text, value, HoverText.of(symbol.name() + " \u2014 " + kind, "Declared in line " + symbol.line()), AsmImages.of(symbol));
        }
        sorted(Vocabulary.registers()).forEach(register -> offer.add(register, "register", null, null));
        sorted(Vocabulary.operandWords()).forEach(word -> offer.add(word, "operand", null, null));
    }

    private static Collection<String> sorted(Collection<String> words) {
        return new TreeSet<>(words);
    }

    @Override
    public char[] getCompletionProposalAutoActivationCharacters() {
        return null;
    }

    @Override
    public IContextInformation[] computeContextInformation(ITextViewer viewer, int offset) {
        return null;
    }

    @Override
    public char[] getContextInformationAutoActivationCharacters() {
        return null;
    }

    @Override
    public IContextInformationValidator getContextInformationValidator() {
        return null;
    }

    @Override
    public String getErrorMessage() {
        return null;
    }

    private static final class Offer {
        final List<ICompletionProposal> proposals = new ArrayList<>();
        private final String typed;
        private final String prefix;
        private final int offset;

        Offer(String typed, int offset) {
            this.typed = typed;
            this.prefix = typed.toLowerCase(Locale.ROOT);
            this.offset = offset;
        }

        boolean fits(String word) {
            return word.toLowerCase(Locale.ROOT).startsWith(prefix);
        }

        void add(String word, String explanation, String details, Image image) {
            if (fits(word)) {
                proposals.add(new CompletionProposal(word, offset, typed.length(), word.length(), image, word + " \u2014 " + explanation, null, details));
            }
        }
    }
}
