package dev.ringside.asm.ui.editor;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.jface.text.DefaultInformationControl.IInformationPresenter;
import org.eclipse.jface.text.DefaultInformationControl.IInformationPresenterExtension;
import org.eclipse.jface.text.TextPresentation;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyleRange;
import org.eclipse.swt.graphics.Drawable;
import org.eclipse.swt.widgets.Display;

/** Presents a hover's text as it is, its first line bold. */
final class HoverText implements IInformationPresenter, IInformationPresenterExtension {
    @Override
    public String updatePresentation(Display display, String text, TextPresentation presentation, int maxWidth, int maxHeight) {
        return updatePresentation((Drawable) null, text, presentation, maxWidth, maxHeight);
    }

    @Override
    public String updatePresentation(Drawable drawable, String text, TextPresentation presentation, int maxWidth, int maxHeight) {
        int end = text.indexOf('\n');
        presentation.addStyleRange(new StyleRange(0, end < 0 ? text.length() : end, null, null, SWT.BOLD));
        return text;
    }

    /** Lines without those that are null. */
    static String of(String... lines) {
        List<String> there = new ArrayList<>();
        for (String line : lines) {
            if (line != null) {
                there.add(line);
            }
        }
        return String.join("\n", there);
    }
}
