package dev.ringside.samples;

import dev.ringside.arch.Assembler;
import dev.ringside.arch.AssemblyResult;
import dev.ringside.loader.SymbolTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A sample guest. Each is a folder below {@code samples/} in this bundle. */
public enum Sample {
    /** The small 64-bit kernel: paging, IDT, timer interrupt, serial output, a page fault handled. Its output is a Multiboot image. */
    KERNEL_64("sample64/kernel.asm"),
    /** Finds its hypervisor and uses what KVM, Hyper-V or the minimal interface offer, a line for each step. Its output is a Multiboot image. */
    PARAVIRT("paravirt/paravirt.asm"),
    /** 512 bytes for the BIOS path. */
    BOOT_SECTOR("bootsector/boot.asm");

    private final String path;

    Sample(String path) {
        this.path = path;
    }

    /** File name of the source, without folders. */
    public String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    public String source() {
        try (InputStream in = Sample.class.getResourceAsStream("/samples/" + path)) {
            if (in == null) {
                throw new IllegalStateException("the samples bundle lacks " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Assembles the source; the samples have no errors, which a test sees to. */
    public AssemblyResult assemble(Assembler assembler) {
        AssemblyResult result = assembler.assemble(fileName(), source());
        if (result.hasErrors()) {
            throw new IllegalStateException(result.errors().getFirst().toString());
        }
        return result;
    }

    /** The labels of an assembled program, of code and of data, as symbols; constants are left out. */
    public static SymbolTable symbols(AssemblyResult result) {
        List<SymbolTable.Symbol> symbols = result.lines().stream().map(AssemblyResult.LineRange::start).distinct()
            .flatMap(address -> result.symbols().entrySet().stream().filter(e -> e.getValue().equals(address)))
            .map(e -> new SymbolTable.Symbol(e.getKey(), e.getValue(), 0)).toList();
        return new SymbolTable(symbols);
    }
}
