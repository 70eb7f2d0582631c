package dev.ringside.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.machine.MachineProviders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of a plug-in: from a folder into the product, through a guest's hands, and out again. */
class SamplePluginTest {
    private static final String FEATURE = "dev.ringside.sample.feature.feature.group";
    private static final String PLUGIN = "dev.ringside.sample.plugin";
    private static final String PROBE = "dev.ringside.sample.probe";

    @TempDir
    private Path scratch;

    @Test
    void aPluginIsInstalledFromAFolderDrivenByAGuestSeenAndUninstalled() throws Exception {
        if (System.getenv("DISPLAY") == null) {
            Assumptions.abort("there is no display; ./ringside test starts one");
        }
        Product product = Product.copiedTo(scratch);
        String site = Product.root().resolve("tests/dev.ringside.sample.site/target/repository").toUri().toString();
        Path guest = guest();

        director(product, "-repository", site, "-installIU", FEATURE + "," + PROBE);
        assertThat(product.hasPlugin(PLUGIN)).isTrue();

        assertThat(look(product, guest, "installed"))
            .contains("ebx 0000000000005555", "view registered", "view shows ADDEND = 0x00004321 SUM = 0x00005555", "machine view shows adder||sum 21845")
            .endsWith("done");

        director(product, "-uninstallIU", FEATURE);
        assertThat(product.hasPlugin(PLUGIN)).isFalse();

        assertThat(look(product, guest, "uninstalled")).contains("ebx 00000000ffffffff", "view absent", "machine view shows ").endsWith("done");
    }

    private static void director(Product product, String... arguments) throws Exception {
        var all = new java.util.ArrayList<>(List.of("-application", "org.eclipse.equinox.p2.director"));
        all.addAll(List.of(arguments));
        product.run(List.of(), all.toArray(String[]::new));
    }

    /** Starts the workbench; the probe in it boots the guest, reports what there is to see, and closes it. */
    private List<String> look(Product product, Path guest, String when) throws Exception {
        Path report = scratch.resolve(when + ".txt");
        String said = product.run(List.of("-Dringside.probe.image=" + guest, "-Dringside.probe.report=" + report), "-clean", "-noSample");
        assertThat(report).as(said).exists();
        return Files.readAllLines(report);
    }

    /** The guest of the tutorial, assembled with our own assembler. */
    private Path guest() throws Exception {
        String source = Files.readString(Product.root().resolve("tests/dev.ringside.sample.plugin/guest/adder.asm"));
        AssemblyResult program = MachineProviders.onClassPath().architectures().getFirst().assembler().assemble("adder.asm", source);
        assertThat(program.errors()).isEmpty();
        return Files.write(scratch.resolve("adder.bin"), program.bytes());
    }
}
