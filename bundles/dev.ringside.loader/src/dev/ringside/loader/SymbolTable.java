package dev.ringside.loader;

import dev.ringside.arch.Symbolizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The symbols of an image. Immutable. */
public final class SymbolTable implements Symbolizer {
    /** Farther behind a symbol without a size, an address does not belong to it. */
    private static final long REACH = 1 << 20;

    private final NavigableMap<Long, Symbol> byAddress = new TreeMap<>(Long::compareUnsigned);
    private final Map<String, Long> byName = new HashMap<>();

    /** @param sizeBytes 0 when unknown */
    public record Symbol(String name, long address, long sizeBytes) {
    }

    public SymbolTable(List<Symbol> symbols) {
        for (Symbol s : symbols) {
            byAddress.merge(s.address(), s, (old, fresh) -> fresh.sizeBytes() > old.sizeBytes() ? fresh : old);
            byName.putIfAbsent(s.name(), s.address());
        }
    }

    public static SymbolTable empty() {
        return new SymbolTable(List.of());
    }

    @Override
    public String nameOf(long address) {
        var entry = byAddress.floorEntry(address);
        if (entry == null) {
            return null;
        }
        long distance = address - entry.getKey();
        long size = entry.getValue().sizeBytes();
        if (distance != 0 && Long.compareUnsigned(distance, size == 0 ? REACH : size) >= 0) {
            return null;
        }
        return distance == 0 ? entry.getValue().name() : entry.getValue().name() + "+0x" + Long.toHexString(distance);
    }

    @Override
    public Long addressOf(String name) {
        return byName.get(name);
    }

    /** All symbols by address. */
    public List<Symbol> all() {
        return List.copyOf(byAddress.values());
    }

    public int size() {
        return byAddress.size();
    }
}
