package dev.ringside.asm.ui.editor;

import dev.ringside.asm.core.AsmSource.Symbol;
import java.util.OptionalLong;
import org.eclipse.jface.viewers.DelegatingStyledCellLabelProvider.IStyledLabelProvider;
import org.eclipse.jface.viewers.LabelProvider;
import org.eclipse.jface.viewers.StyledString;
import org.eclipse.swt.graphics.Image;

/** A name and its value. */
final class SymbolLabels extends LabelProvider implements IStyledLabelProvider {
    private final AsmModel model;

    SymbolLabels(AsmModel model) {
        this.model = model;
    }

    @Override
    public StyledString getStyledText(Object element) {
        Symbol symbol = (Symbol) element;
        return new StyledString(symbol.text()).append(value(symbol), StyledString.QUALIFIER_STYLER);
    }

    @Override
    public String getText(Object element) {
        Symbol symbol = (Symbol) element;
        return symbol.name() + value(symbol);
    }

    private String value(Symbol symbol) {
        OptionalLong value = model.value(symbol.name());
        return value.isEmpty() ? "" : "  0x" + Long.toHexString(value.getAsLong());
    }

    @Override
    public Image getImage(Object element) {
        return AsmImages.of((Symbol) element);
    }
}
