package dev.ringside.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.machine.MachineProviders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of a plug-in: from a folder into the product, through a guest's hands, and out again. */
class SamplePluginTest {
    private static final String FEATURE = "dev.ringside.sample.feature.feature.group";
    private static final String PLUGIN = "dev.ringside.sample.plugin";
    private static final String PROBE = "dev.ringside.sample.probe";

    @TempDir
    private static Path scratch;
    private static Product product;

    @BeforeAll
    static void copyTheProduct() throws Exception {
        product = Product.copiedTo(scratch);
    }

    @Test
    void aPluginIsInstalledFromAFolderDrivenByAGuestSeenAndUninstalled() throws Exception {
        if (System.getenv("DISPLAY") == null) {
            Assumptions.abort("there is no display; ./ringside test starts one");
        }
        Path guest = guest();

        director("-repository", repository().toUri().toString(), "-installIU", FEATURE);
        director("-repository", "jar:" + archive().toUri() + "!/", "-installIU", PROBE);
        assertThat(product.hasPlugin(PLUGIN)).as("installed from a folder").isTrue();
        assertThat(product.hasPlugin(PROBE)).as("installed from an archive").isTrue();

        assertThat(look(guest, "installed"))
            .contains("ebx 0000000000005555", "view registered", "view shows ADDEND = 0x00004321 SUM = 0x00005555", "machine view shows adder||sum 21845")
            .endsWith("done");

        director("-uninstallIU", FEATURE);
        assertThat(product.hasPlugin(PLUGIN)).isFalse();

        assertThat(look(guest, "uninstalled")).contains("ebx 00000000ffffffff", "view absent", "machine view shows ").endsWith("done");
    }

    @Test
    void theDialogOfTheHelpMenuInstallsFromAFolder(@TempDir Path own) throws Exception {
        installByDialog(repository().toUri().toString(), own);
    }

    @Test
    void theDialogOfTheHelpMenuInstallsFromAnArchive(@TempDir Path own) throws Exception {
        installByDialog("jar:" + archive().toUri() + "!/", own);
    }

    /** Into a product of its own: another would have the licence accepted, and the files. */
    private static void installByDialog(String site, Path own) throws Exception {
        if (System.getenv("DISPLAY") == null) {
            Assumptions.abort("there is no display; ./ringside test starts one");
        }
        Product fresh = Product.copiedTo(own);
        fresh.run(List.of(), withDirector("-repository", repository().toUri().toString(), "-installIU", PROBE));

        assertThat(install(fresh, site, own.resolve("dialog.txt"))).endsWith("installed", "done");

        assertThat(fresh.hasPlugin(PLUGIN)).isTrue();
    }

    private static Path repository() {
        return Product.root().resolve("tests/dev.ringside.sample.site/target/repository");
    }

    private static Path archive() {
        return Product.root().resolve("tests/dev.ringside.sample.site/target/dev.ringside.sample.site-1.0.0-SNAPSHOT.zip");
    }

    /** What the probe reports, whose hands use the dialog. */
    private static List<String> install(Product into, String site, Path report) throws Exception {
        String said = into.run(List.of("-Dringside.probe.site=" + site, "-Dringside.probe.category=Ringside samples", "-Dringside.probe.report=" + report), "-clean", "-noSample");
        assertThat(report).as(said).exists();
        return Files.readAllLines(report);
    }

    @Test
    void aPluginForANewerRingsideIsRefusedWithWhatIsMissing() throws Exception {
        Path site = Files.createDirectories(scratch.resolve("newer"));
        Files.writeString(site.resolve("content.xml"), """
            <?xml version='1.0' encoding='UTF-8'?>
            <?metadataRepository version='1.1.0'?>
            <repository name='newer' type='org.eclipse.equinox.internal.p2.metadata.repository.LocalMetadataRepository' version='1'>
              <units size='1'>
                <unit id='org.example.newer' version='1.0.0' singleton='false'>
                  <provides size='1'><provided namespace='org.eclipse.equinox.p2.iu' name='org.example.newer' version='1.0.0'/></provides>
                  <requires size='1'><required namespace='osgi.bundle' name='dev.ringside.ui' range='[99.0.0,100.0.0)'/></requires>
                  <touchpoint id='null' version='0.0.0'/>
                </unit>
              </units>
            </repository>
            """);
        String before = product.plugins();

        Product.Outcome outcome = product.start(List.of(), withDirector("-repository", site.toUri().toString(), "-installIU", "org.example.newer"));

        assertThat(outcome.status()).isNotZero();
        assertThat(outcome.said()).contains("org.example.newer 1.0.0").contains("dev.ringside.ui [99.0.0,100.0.0)");
        assertThat(product.plugins()).isEqualTo(before);
    }

    @Test
    void theHelpShowsTheSourcesAsTheyAre() throws Exception {
        Path sample = Product.root().resolve("tests/dev.ringside.sample.plugin");
        String page = Files.readString(Product.root().resolve("bundles/dev.ringside.ide/help/writing-plugins.html"));

        for (String file : List.of("plugin.xml", "OSGI-INF/adder.xml", "guest/adder.asm", "src/dev/ringside/sample/plugin/Adder.java",
            "src/dev/ringside/sample/plugin/AdderProvider.java", "src/dev/ringside/sample/plugin/AdderView.java", "src/dev/ringside/sample/plugin/AdderRenderer.java")) {
            String source = Files.readString(sample.resolve(file));
            assertThat(page).as(file).contains(source.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
        }
    }

    private static void director(String... arguments) throws Exception {
        product.run(List.of(), withDirector(arguments));
    }

    private static String[] withDirector(String... arguments) {
        return Stream.concat(Stream.of("-application", "org.eclipse.equinox.p2.director"), Stream.of(arguments)).toArray(String[]::new);
    }

    /** Starts the workbench; the probe in it boots the guest, reports what there is to see, and closes it. */
    private List<String> look(Path guest, String when) throws Exception {
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
