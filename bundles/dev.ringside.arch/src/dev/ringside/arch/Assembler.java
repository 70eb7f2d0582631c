package dev.ringside.arch;

/** Text to bytes. Thread-safe. */
public interface Assembler {
    /**
     * Assembles a source text.
     *
     * @param fileName for messages only
     * @param source the text
     * @return the program, or its errors: never throws for what the text says
     */
    AssemblyResult assemble(String fileName, String source);
}
