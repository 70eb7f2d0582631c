package dev.ringside.loader;

import dev.ringside.arch.Symbolizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The symbols of an image. What they are is found out when somebody asks first. Thread-safe; does not change. */
public final class SymbolTable implements Symbolizer {
    /** Farther behind a symbol without a size, an address does not belong to it. */
    private static final long REACH = 1 << 20;

    private final Supplier<List<Symbol>> source;
    private volatile Index index;

    /** @param sizeBytes 0 when unknown */
    public record Symbol(String name, long address, long sizeBytes) {
    }

    private record Index(List<Symbol> all, NavigableMap<Long, Symbol> byAddress, Map<String, Long> byName) {
        static Index of(List<Symbol> symbols) {
            var index = new Index(symbols.stream().sorted((a, b) -> Long.compareUnsigned(a.address(), b.address())).toList(), new TreeMap<>(Long::compareUnsigned),
                new HashMap<>());
            for (Symbol s : symbols) {
                index.byAddress.merge(s.address(), s, (old, fresh) -> fresh.sizeBytes() > old.sizeBytes() ? fresh : old);
                index.byName.putIfAbsent(s.name(), s.address());
            }
            return index;
        }
    }

    public SymbolTable(List<Symbol> symbols) {
        this(() -> symbols);
    }

    private SymbolTable(Supplier<List<Symbol>> source) {
        this.source = source;
    }

    /** @param source asked once, by the thread that needs a symbol first */
    public static SymbolTable lazily(Supplier<List<Symbol>> source) {
        return new SymbolTable(source);
    }

    public static SymbolTable empty() {
        return new SymbolTable(List.of());
    }

    private Index index() {
        if (index == null) {
            synchronized (this) {
                if (index == null) {
                    index = Index.of(source.get());
                }
            }
        }
        return index;
    }

    @Override
    public String nameOf(long address) {
        var entry = index().byAddress.floorEntry(address);
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
        return index().byName.get(name);
    }

    /** All symbols, by address; those at one address in the order of their source. */
    public List<Symbol> all() {
        return index().all;
    }

    public int size() {
        return index().all.size();
    }
}
