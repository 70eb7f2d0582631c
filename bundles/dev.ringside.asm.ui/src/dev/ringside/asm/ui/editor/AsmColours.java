package dev.ringside.asm.ui.editor;

import dev.ringside.asm.core.AsmLine.Kind;
import dev.ringside.ui.Palette;
import org.eclipse.jface.text.TextAttribute;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.RGB;

/** Colours of the words of a source, readable on the editor's background. What is not coloured has the editor's own colour. */
record AsmColours(TextAttribute declaration, TextAttribute mnemonic, TextAttribute register, TextAttribute directive, TextAttribute number,
        TextAttribute string, TextAttribute comment) {

    static AsmColours on(RGB background) {
        return Palette.isDark(background)
                ? new AsmColours(bold(220, 220, 170), plain(110, 170, 240), plain(120, 205, 190), plain(205, 145, 215), plain(181, 206, 140), plain(225, 160, 125),
                        plain(130, 160, 120))
                : new AsmColours(bold(110, 80, 0), plain(0, 60, 180), plain(0, 105, 100), plain(130, 30, 140), plain(30, 110, 20), plain(165, 50, 20),
                        plain(85, 115, 90));
    }

    TextAttribute of(Kind kind) {
        return switch (kind) {
            case DECLARATION -> declaration;
            case MNEMONIC -> mnemonic;
            case REGISTER -> register;
            case DIRECTIVE -> directive;
            case NUMBER -> number;
            case STRING -> string;
            case COMMENT -> comment;
            case NAME, SYMBOL -> null;
        };
    }

    private static TextAttribute plain(int red, int green, int blue) {
        return new TextAttribute(new Color(red, green, blue));
    }

    private static TextAttribute bold(int red, int green, int blue) {
        return new TextAttribute(new Color(red, green, blue), null, SWT.BOLD);
    }
}
