package dev.ringside.asm.ui.editor;

import dev.ringside.asm.core.AsmSource;
import dev.ringside.asm.core.AsmSource.Symbol;
import org.eclipse.jface.text.IRegion;
import org.eclipse.jface.text.ITextViewer;
import org.eclipse.jface.text.Region;
import org.eclipse.jface.text.hyperlink.IHyperlink;
import org.eclipse.jface.text.hyperlink.IHyperlinkDetector;

/** With Ctrl pressed, names lead to where they are declared. */
final class AsmLinks implements IHyperlinkDetector {
    private final AsmEditor editor;

    AsmLinks(AsmEditor editor) {
        this.editor = editor;
    }

    @Override
    public IHyperlink[] detectHyperlinks(ITextViewer viewer, IRegion region, boolean several) {
        AsmSource source = new AsmSource(viewer.getDocument().get());
        int line = source.lineOf(region.getOffset());
        return source.wordAt(region.getOffset()).flatMap(word -> source.symbol(word.text(), line)
                .map(symbol -> new IHyperlink[] {link(new Region(source.offset(line, 1) + word.start(), word.end() - word.start()), symbol)})).orElse(null);
    }

    private IHyperlink link(IRegion region, Symbol symbol) {
        return new IHyperlink() {
            @Override
            public IRegion getHyperlinkRegion() {
                return region;
            }

            @Override
            public String getTypeLabel() {
                return null;
            }

            @Override
            public String getHyperlinkText() {
                return "Go to " + symbol.name();
            }

            @Override
            public void open() {
                editor.goTo(symbol);
            }
        };
    }
}
