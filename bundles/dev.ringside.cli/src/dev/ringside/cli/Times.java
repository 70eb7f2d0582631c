package dev.ringside.cli;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 2026-01-01T00:00:00Z} as seconds from 1970 UTC. */
final class Times implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return OffsetDateTime.parse(text).toEpochSecond();
        } catch (DateTimeException e) {
            throw new TypeConversionException("'" + text + "' is not a time; a date and time such as 2026-01-01T00:00:00Z is needed");
        }
    }
}
