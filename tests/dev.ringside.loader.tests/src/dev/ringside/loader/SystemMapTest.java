package dev.ringside.loader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemMapTest {
    private static final String MAP = """
        0000000000000000 D __per_cpu_start
        ffffffff81000000 T _text
        ffffffff81000000 T startup_64
        ffffffff81000040 t next
        ffffffff82000000 D data
        """;

    @TempDir
    Path folder;

    @Test
    void symbolsReachToTheNextAddress() {
        assertThat(SystemMap.parse(MAP)).containsExactly(new SymbolTable.Symbol("_text", 0xffff_ffff_8100_0000L, 0x40),
            new SymbolTable.Symbol("startup_64", 0xffff_ffff_8100_0000L, 0x40), new SymbolTable.Symbol("next", 0xffff_ffff_8100_0040L, 0xffffc0),
            new SymbolTable.Symbol("data", 0xffff_ffff_8200_0000L, 0));
    }

    @Test
    void noteOfDebiansPackageIsNoMap() {
        assertThat(SystemMap.parse("ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package\n")).isEmpty();
    }

    @Test
    void kernelThatCannotBeUnpackedHereHasTheSymbolsOfTheFileBesideIt() throws Exception {
        Files.writeString(folder.resolve("System.map"), MAP);
        var image = new ImageBytes(folder.resolve("vmlinuz").toString(), Images.bzImage().toBytes());

        SymbolTable symbols = new BzImageFormat().load(image).orElseThrow().symbols();

        assertThat(symbols.nameOf(0xffff_ffff_8100_0050L)).isEqualTo("next+0x10");
    }

    @Test
    void missingFileMeansNoSymbols() throws IOException {
        assertThat(SystemMap.beside(folder.resolve("vmlinuz").toString(), "6.1.0")).isEmpty();
    }
}
