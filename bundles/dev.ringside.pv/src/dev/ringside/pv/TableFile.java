package dev.ringside.pv;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A manual's table as a text file: rows of columns that two or more blanks separate; {@code #} starts a comment line. */
public final class TableFile {
    private TableFile() {
    }

    /** The rows of resource {@code path} of the bundle of {@code owner}. @param columns how many a row has; missing ones are empty */
    public static List<String[]> rows(Class<?> owner, String path, int columns) {
        try (InputStream in = owner.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("no " + path + " beside " + owner.getName());
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), path, columns);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    private static List<String[]> parse(String text, String path, int columns) {
        var rows = new ArrayList<String[]>();
        for (String line : text.split("\n")) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] cells = line.strip().split(" {2,}", columns);
            String[] row = new String[columns];
            for (int i = 0; i < columns; i++) {
                row[i] = i < cells.length ? cells[i].strip() : "";
            }
            rows.add(row);
        }
        if (rows.isEmpty()) {
            throw new IllegalStateException(path + " has no rows");
        }
        return rows;
    }
}
