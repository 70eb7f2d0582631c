package dev.ringside.cli;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads decimal and {@code 0x} numbers of up to 64 bits, unsigned. */
final class Addresses implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            String t = text.replace("_", "");
            return t.startsWith("0x") || t.startsWith("0X") ? Long.parseUnsignedLong(t.substring(2), 16) : Long.parseUnsignedLong(t);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not an address; a number such as 0x100000 is needed");
        }
    }

    /** An option's value that is no symbol of {@code file}. */
    static long of(String option, String text, Path file) throws HostError {
        try {
            return new Addresses().convert(text);
        } catch (TypeConversionException e) {
            throw new HostError(option + " '" + text + "' is neither a symbol of '" + file + "' nor an address such as 0x100000");
        }
    }
}
