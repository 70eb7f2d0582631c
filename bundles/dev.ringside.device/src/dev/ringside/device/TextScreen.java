package dev.ringside.device;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

/**
 * What a text display shows at one moment.
 *
 * @param characters code page 437, row after row
 * @param attributes VGA attribute bytes: background in bits 6:4, foreground in 3:0
 * @param cursorVisible false when the cursor is switched off or outside
 */
public record TextScreen(int columns, int rows, byte[] characters, byte[] attributes, int cursorColumn, int cursorRow, boolean cursorVisible) {

    private static final Charset CP437 = Charset.isSupported("IBM437") ? Charset.forName("IBM437") : java.nio.charset.StandardCharsets.ISO_8859_1;

    /** Every row as text, without trailing blanks. */
    public List<String> lines() {
        var lines = new ArrayList<String>(rows);
        for (int row = 0; row < rows; row++) {
            lines.add(new String(characters, row * columns, columns, CP437).replace('\0', ' ').stripTrailing());
        }
        return lines;
    }

    /** All rows, joined by line feeds, without trailing empty rows. */
    public String text() {
        return String.join("\n", lines()).stripTrailing();
    }
}
