package dev.ringside.loader;

import dev.ringside.loader.SymbolTable.Symbol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The list of a kernel's symbols that is installed beside it ({@code System.map-6.1.0} beside {@code vmlinuz-6.1.0}): address, type and name on each
 * line, as nm prints them.
 */
final class SystemMap {
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{8}|[0-9a-f]{16}) ([A-Za-z?]) (\\S+)");
    private static final long MAX_BYTES = 64 << 20;

    private SystemMap() {
    }

    /**
     * @param image the kernel's file
     * @param version {@code 6.1.0}, or empty
     * @return empty when there is no such list, or it is one in name only
     */
    static List<Symbol> beside(String image, String version) {
        try {
            Path folder = Path.of(image).toAbsolutePath().getParent();
            for (String name : version.isEmpty() ? List.of("System.map") : List.of("System.map-" + version, "System.map")) {
                Path file = folder.resolve(name);
                if (Files.isRegularFile(file) && Files.size(file) <= MAX_BYTES) {
                    return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
            return List.of();
        } catch (IOException | InvalidPathException e) {
            return List.of();
        }
    }

    /** Debian's package has a file of one line, which says where the real one is. */
    static List<Symbol> parse(String text) {
        var found = new ArrayList<Symbol>();
        var addresses = new TreeSet<Long>(Long::compareUnsigned);
        boolean hasStart = false;
        for (Matcher line = LINE.matcher(text); line.find();) {
            long address = Long.parseUnsignedLong(line.group(1), 16);
            boolean isAbsolute = line.group(2).equalsIgnoreCase("A") || Long.compareUnsigned(address, 1 << 24) < 0;
            if (!isAbsolute) {
                found.add(new Symbol(line.group(3), address, 0));
                addresses.add(address);
            }
            hasStart |= line.group(3).equals("_text") || line.group(3).equals("_stext");
        }
        return hasStart ? found.stream().map(s -> sized(s, addresses.higher(s.address()))).toList() : List.of();
    }

    private static Symbol sized(Symbol s, Long next) {
        return new Symbol(s.name(), s.address(), next == null ? 0 : next - s.address());
    }
}
