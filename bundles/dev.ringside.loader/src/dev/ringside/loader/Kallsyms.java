package dev.ringside.loader;

import dev.ringside.loader.SymbolTable.Symbol;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The symbol table that Linux carries in its read-only data for its own messages (kernel/kallsyms.c, written by scripts/kallsyms.c). Nothing points to
 * it, so it is searched for, and believed only when all its parts agree. In memory, each part aligned to a pointer:
 *
 * <pre>
 * to 6.3    offsets[] relative_base   (or addresses[])
 *           num_syms                  32 bits
 *           names                     num_syms times: length, then that many token numbers; the first character is the type
 *           markers[]                 32 bits: where every 256th name begins
 * 6.2, 6.3  seqs_of_names             24 bits each
 *           token_table               256 zero-terminated strings
 *           token_index[]             16 bits: where each token begins
 * from 6.4  offsets[] relative_base seqs_of_names
 * </pre>
 */
final class Kallsyms {
    private static final int TOKENS = 256;
    private static final int NAMES_PER_MARKER = 256;
    private static final int FEWEST = 200;
    private static final int MOST = 2_000_000;
    private static final int LONGEST_TOKEN = 64;
    /** How far before the tokens the names may begin. */
    private static final int WINDOW = 32 << 20;
    /** Every digit is in some name, so each stands for itself. */
    private static final byte[] DIGITS = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009\000".getBytes(StandardCharsets.ISO_8859_1);

    /** Steps that a search may take: a hundred times what a real kernel needs. */
    private static final long PATIENCE = 400_000_000L;

    private final ImageBytes content;
    private final ByteBuffer bytes;
    private final int pointerBytes;
    private final List<Part> text;
    private final String[] tokens = new String[TOKENS];
    private long steps;

    /** A loaded piece of the kernel. */
    record Part(long vaddr, ImageBytes content, long memoryBytes) {
        boolean holds(long address) {
            return Long.compareUnsigned(address - vaddr, memoryBytes) < 0;
        }
    }

    private Kallsyms(Part part, List<Part> all, int pointerBytes) {
        content = part.content();
        bytes = content.to((from, offset, length) -> ByteBuffer.wrap(from, offset, length).slice()).order(ByteOrder.LITTLE_ENDIAN);
        this.text = all;
        this.pointerBytes = pointerBytes;
    }

    /**
     * @param parts the kernel as it is in memory
     * @param pointerBytes 4 or 8
     * @return empty when there is no table, or one that is not whole
     */
    static List<Symbol> read(List<Part> parts, int pointerBytes) {
        for (Part part : parts) {
            List<Symbol> found = new Kallsyms(part, parts, pointerBytes).search();
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    private List<Symbol> search() {
        for (int at = find(content, DIGITS, 0); at >= 0 && steps < PATIENCE; at = find(content, DIGITS, at + 1)) {
            for (int table = at - '0' & -pointerBytes; table >= Math.max(0, at - '0' * LONGEST_TOKEN); table -= pointerBytes) {
                int index = readTokens(table, at);
                if (index >= 0) {
                    List<Symbol> found = names(table, index + 2 * TOKENS);
                    if (!found.isEmpty()) {
                        return found;
                    }
                }
            }
        }
        return List.of();
    }

    /** @return where the index of the tokens at {@code table} is, when its numbers are right and token '0' is at {@code zero}; else −1 */
    private int readTokens(int table, int zero) {
        steps += TOKENS;
        int[] starts = new int[TOKENS];
        int at = table;
        for (int i = 0; i < TOKENS; i++) {
            if (i == '0' && at != zero) {
                return -1;
            }
            starts[i] = at - table;
            int start = at;
            while (at < bytes.limit() && bytes.get(at) != 0 && at - start <= LONGEST_TOKEN) {
                at++;
            }
            if (at == bytes.limit() || bytes.get(at) != 0) {
                return -1;
            }
            tokens[i] = new String(bytes.array(), bytes.arrayOffset() + start, at - start, StandardCharsets.ISO_8859_1);
            at++;
        }
        int index = aligned(at);
        if (index + 2 * TOKENS > bytes.limit()) {
            return -1;
        }
        for (int i = 0; i < TOKENS; i++) {
            if ((bytes.getShort(index + 2 * i) & 0xffff) != starts[i]) {
                return -1;
            }
        }
        return index;
    }

    /** The names before the tokens: a count that fits the names behind it and the markers behind those. */
    private List<Symbol> names(int table, int behindTokens) {
        for (int at = (table & -pointerBytes) - pointerBytes; at >= Math.max(0, table - WINDOW); at -= pointerBytes) {
            int count = bytes.getInt(at);
            if (count < FEWEST || count > MOST || count > table - at || pointerBytes == 8 && bytes.getInt(at + 4) != 0) {
                continue;
            }
            if (steps > PATIENCE) {
                return List.of();
            }
            int names = at + pointerBytes;
            if (markersFit(names, count, table)) {
                long[] addresses = places(at, behindTokens, count);
                return addresses == null ? List.of() : decoded(names, count, addresses);
            }
        }
        return List.of();
    }

    private boolean markersFit(int names, int count, int limit) {
        if ((bytes.get(names) & 0xff) == 0) {
            return false;
        }
        int end = names;
        for (int i = 0; i < count; i++) {
            int length = end < limit ? lengthAt(end) : 0;
            steps++;
            if (length == 0) {
                return false;
            }
            end += lengthBytes(end) + length;
        }
        int markers = aligned(end);
        if (end > limit || markers + (count + NAMES_PER_MARKER - 1) / NAMES_PER_MARKER * 4 > limit) {
            return false;
        }
        int at = names;
        for (int i = 0; i < count; i++) {
            if (i % NAMES_PER_MARKER == 0 && bytes.getInt(markers + i / NAMES_PER_MARKER * 4) != at - names) {
                return false;
            }
            at += lengthBytes(at) + lengthAt(at);
        }
        return true;
    }

    /** From 6.1 on, a length above 127 takes a second byte. */
    private int lengthAt(int at) {
        int low = bytes.get(at) & 0xff;
        return low < 0x80 || at + 1 >= bytes.limit() ? low : low & 0x7f | (bytes.get(at + 1) & 0xff) << 7;
    }

    private int lengthBytes(int at) {
        return bytes.get(at) < 0 ? 2 : 1;
    }

    /** The addresses, wherever they are. */
    private long[] places(int countAt, int behindTokens, int count) {
        int offsetBytes = aligned(4 * count);
        long[] found = relative(aligned(behindTokens), aligned(behindTokens) + offsetBytes, count);
        if (found == null) {
            found = relative(countAt - pointerBytes - offsetBytes, countAt - pointerBytes, count);
        }
        if (found == null) {
            found = absolute(aligned(behindTokens), count);
        }
        return found != null ? found : absolute(countAt - aligned(pointerBytes * count), count);
    }

    private long[] relative(int offsets, int base, int count) {
        if (offsets < 0 || base + pointerBytes > bytes.limit()) {
            return null;
        }
        long from = pointer(base);
        if (text.stream().noneMatch(p -> p.holds(from))) {
            return null;
        }
        long[] plain = new long[count];
        long[] percpu = new long[count];
        for (int i = 0; i < count; i++) {
            int offset = bytes.getInt(offsets + 4 * i);
            plain[i] = wrapped(from + (offset & 0xffffffffL));
            percpu[i] = offset >= 0 ? offset : wrapped(from - 1 - offset);
        }
        long[] found = checked(percpu);
        return found != null ? found : checked(plain);
    }

    private long[] absolute(int at, int count) {
        if (at < 0 || at + (long) pointerBytes * count > bytes.limit()) {
            return null;
        }
        long[] addresses = new long[count];
        for (int i = 0; i < count; i++) {
            addresses[i] = pointer(at + pointerBytes * i);
        }
        return checked(addresses);
    }

    /** Ascending, and most of them inside the kernel: what is outside is per-CPU or absolute. */
    private long[] checked(long[] addresses) {
        int inside = 0;
        for (int i = 0; i < addresses.length; i++) {
            if (i > 0 && Long.compareUnsigned(addresses[i - 1], addresses[i]) > 0) {
                return null;
            }
            inside += isInside(addresses[i]) ? 1 : 0;
        }
        return inside > addresses.length / 2 ? addresses : null;
    }

    private boolean isInside(long address) {
        for (Part part : text) {
            if (part.vaddr() != 0 && part.holds(address)) {
                return true;
            }
        }
        return false;
    }

    private List<Symbol> decoded(int names, int count, long[] addresses) {
        var result = new ArrayList<Symbol>(count);
        var name = new StringBuilder();
        long[] sizes = distances(addresses);
        int at = names;
        for (int i = 0; i < count; i++) {
            int length = lengthAt(at);
            at += lengthBytes(at);
            name.setLength(0);
            for (int k = 0; k < length; k++) {
                name.append(tokens[bytes.get(at++) & 0xff]);
            }
            if (name.length() < 2 || !isType(name.charAt(0))) {
                return List.of();
            }
            long address = addresses[i];
            if (isInside(address)) {
                result.add(new Symbol(name.substring(1), address, sizes[i]));
            }
        }
        return result.stream().anyMatch(s -> s.name().equals("_text") || s.name().equals("_stext")) ? result : List.of();
    }

    /** As nm says it. */
    private static boolean isType(char type) {
        return type >= 'a' && type <= 'z' || type >= 'A' && type <= 'Z' || type == '?' || type == '-';
    }

    /** To the next symbol elsewhere: the table has no sizes. 0 for the last. */
    private static long[] distances(long[] addresses) {
        long[] result = new long[addresses.length];
        for (int i = addresses.length - 2; i >= 0; i--) {
            result[i] = addresses[i + 1] == addresses[i] ? result[i + 1] : addresses[i + 1] - addresses[i];
        }
        return result;
    }

    private long pointer(int at) {
        return pointerBytes == 8 ? bytes.getLong(at) : bytes.getInt(at) & 0xffffffffL;
    }

    private long wrapped(long address) {
        return pointerBytes == 8 ? address : address & 0xffffffffL;
    }

    private int aligned(int at) {
        return at + pointerBytes - 1 & -pointerBytes;
    }

    /** Where {@code what} is in {@code in} next, or −1. */
    static int find(ImageBytes in, byte[] what, int from) {
        return in.to((bytes, offset, length) -> {
            int at = find(bytes, offset + from, offset + length, what);
            return at < 0 ? -1 : at - offset;
        });
    }

    private static int find(byte[] in, int from, int end, byte[] what) {
        for (int i = from; i + what.length <= end; i++) {
            if (in[i] == what[0] && Arrays.equals(in, i, i + what.length, what, 0, what.length)) {
                return i;
            }
        }
        return -1;
    }
}
