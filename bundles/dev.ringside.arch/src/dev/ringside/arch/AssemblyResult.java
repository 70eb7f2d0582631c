package dev.ringside.arch;

import java.util.List;
import java.util.SortedMap;

/**
 * What an assembler made of a text.
 *
 * @param origin address of the first byte
 * @param bytes the program from {@code origin} on; empty when there are errors
 * @param symbols labels and their addresses, by name
 * @param lines which source line each address range came from, by address
 * @param errors in source order
 */
public record AssemblyResult(long origin, byte[] bytes, SortedMap<String, Long> symbols, List<LineRange> lines, List<AssemblyError> errors) {

    public boolean hasErrors() {
        return !errors.isEmpty();
    }

    /** The bytes {@code [start, end)} came from {@code line} (from 1) of the source; {@code code} tells instructions from data. */
    public record LineRange(long start, long end, int line, boolean code) {
    }

    /** Line and column count from 1; prints as {@code file:line:column: message}. */
    public record AssemblyError(String file, int line, int column, String message) {
        @Override
        public String toString() {
            return file + ":" + line + ":" + column + ": " + message;
        }
    }
}
