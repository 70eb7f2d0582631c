package dev.ringside.arch.x86.asm;

import dev.ringside.arch.Assembler;
import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.AssemblyResult.AssemblyError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Intel syntax much as NASM has it, into a flat binary. Read here as well: the disassembler's own text.
 *
 * <ul>
 * <li>Labels, local labels ({@code .name}), {@code equ}, {@code %define}, {@code org}, {@code bits}, {@code db dw dd dq}, {@code resb resw resd resq},
 * {@code times}, {@code align}, {@code default rel}; {@code global}, {@code section} and {@code cpu} are read over.
 * <li>Numbers {@code 42 0x2a 2ah 0b101010 52o}, characters, {@code $ $$}, operators {@code + - * / % << >> & | ^ ~ ( )}; arithmetic has 64 bits.
 * <li>Every instruction gets its shortest encoding; {@code short}, {@code near}, a size before an operand and {@code o16 o32 a16 a32} choose.
 * <li>A displacement that is written is encoded, even when it is zero. MOV to a segment register never gets a size prefix.
 * </ul>
 *
 * <p>Absent: macros with parameters, conditional assembly, includes, sections, floating-point constants.
 */
public final class X86Assembler implements Assembler {
    private static final int MAX_ERRORS = 100;

    private final int codeBits;

    /** Code is 64 bits wide until the source says otherwise. */
    public X86Assembler() {
        this(64);
    }

    /** @param codeBits 16, 32 or 64: until the source's first {@code bits} */
    public X86Assembler(int codeBits) {
        this.codeBits = codeBits;
    }

    @Override
    public AssemblyResult assemble(String fileName, String source) {
        List<AssemblyError> errors = new ArrayList<>();
        Layout.ErrorSink sink = (line, column, message) -> errors.add(new AssemblyError(fileName, line, column, message));
        LineParser parser = new LineParser(codeBits);
        String[] lines = source.split("\r?\n", -1);
        for (int i = 0; i < lines.length && errors.size() < MAX_ERRORS; i++) {
            try {
                parser.parse(i + 1, lines[i]);
            } catch (SourceError e) {
                sink.error(i + 1, e.column, e.getMessage());
            }
        }
        Layout layout = new Layout(parser.lines(), parser.names(), sink);
        // Lines that could not be read hide no errors in the others.
        boolean good = errors.isEmpty() ? layout.run() : layout.check();
        if (!good || !errors.isEmpty()) {
            errors.sort(Comparator.comparingInt(AssemblyError::line).thenComparingInt(AssemblyError::column));
            List<AssemblyError> distinct = errors.stream().distinct().limit(MAX_ERRORS).toList();
            return new AssemblyResult(0, new byte[0], Collections.unmodifiableSortedMap(new TreeMap<>()), List.of(), distinct);
        }
        return new AssemblyResult(layout.origin(), layout.bytes(), Collections.unmodifiableSortedMap(layout.symbols()), List.copyOf(layout.ranges()),
                List.of());
    }
}
