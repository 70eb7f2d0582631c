package dev.ringside.cli;

import dev.ringside.machine.MemorySize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads sizes of options. */
final class Sizes implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return MemorySize.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
