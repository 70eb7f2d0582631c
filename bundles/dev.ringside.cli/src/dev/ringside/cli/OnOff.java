package dev.ringside.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code on} or {@code off}; {@code true} and {@code false}, which picocli itself says, mean the same. */
final class OnOff implements ITypeConverter<Boolean> {
    @Override
    public Boolean convert(String text) {
        return switch (text) {
            case "on", "true" -> true;
            case "off", "false" -> false;
            default -> throw new TypeConversionException("'" + text + "'; on or off is needed");
        };
    }
}
