package dev.ringside.asm.ui.editor;

import dev.ringside.asm.core.AsmLine;
import dev.ringside.asm.core.AsmLine.Word;
import java.util.List;
import org.eclipse.jface.text.BadLocationException;
import org.eclipse.jface.text.IDocument;
import org.eclipse.jface.text.IRegion;
import org.eclipse.jface.text.TextAttribute;
import org.eclipse.jface.text.rules.IToken;
import org.eclipse.jface.text.rules.ITokenScanner;
import org.eclipse.jface.text.rules.Token;

/**
 * Hands the words of each line to the presentation reconciler, in their colours. A word never goes over the end of a line. Tokens lie end to end: the
 * reconciler joins neighbours of one colour by adding their lengths.
 */
final class AsmTokens implements ITokenScanner {
    private AsmColours colours;

    private IDocument document;
    private int end;
    private int nextLine;
    private int lineStart;
    private List<Word> words = List.of();
    private int at;
    private int tokenOffset;
    private int tokenLength;

    AsmTokens(AsmColours colours) {
        this.colours = colours;
    }

    void use(AsmColours other) {
        colours = other;
    }

    @Override
    public void setRange(IDocument text, int offset, int length) {
        document = text;
        end = offset + length;
        words = List.of();
        at = 0;
        tokenOffset = offset;
        tokenLength = 0;
        try {
            nextLine = text.getLineOfOffset(offset);
        } catch (BadLocationException changedMeanwhile) {
            nextLine = Integer.MAX_VALUE; // another range follows
        }
    }

    @Override
    public IToken nextToken() {
        while (at == words.size()) {
            if (!nextLine()) {
                return Token.EOF;
            }
        }
        Word word = words.get(at);
        tokenOffset += tokenLength;
        int gap = lineStart + word.start() - tokenOffset;
        if (gap > 0) {
            tokenLength = gap;
            return Token.WHITESPACE;
        }
        at++;
        tokenOffset = lineStart + word.start();
        tokenLength = word.end() - word.start();
        TextAttribute colour = colours.of(word.kind());
        return colour == null ? Token.UNDEFINED : new Token(colour);
    }

    private boolean nextLine() {
        try {
            if (nextLine >= document.getNumberOfLines()) {
                return false;
            }
            IRegion line = document.getLineInformation(nextLine++);
            lineStart = line.getOffset();
            if (lineStart > end) {
                return false;
            }
            words = AsmLine.words(document.get(lineStart, line.getLength()));
            at = 0;
            return true;
        } catch (BadLocationException changedMeanwhile) {
            return false;
        }
    }

    @Override
    public int getTokenOffset() {
        return tokenOffset;
    }

    @Override
    public int getTokenLength() {
        return tokenLength;
    }
}
