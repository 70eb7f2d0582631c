package dev.ringside.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lists that the build keeps by hand name everything there is. What they leave out would be noticed only by its absence. */
class ReactorTest {
    private static final String ENGINE = feature("dev.ringside.engine.feature");
    private static final String IDE = feature("dev.ringside.ide.feature");
    private static final String HEADLESS = Tree.text(Tree.ROOT.resolve("releng/dev.ringside.headless/pom.xml"));
    private static final String TESTS = Tree.text(Tree.ROOT.resolve("tests/pom.xml"));

    private final AllowedDependencies table = AllowedDependencies.read(Tree.ROOT.resolve("releng/allowed-dependencies.txt"));
    private final List<Bundle> bundles = Tree.bundles();

    @Test
    void everyBundleBelowTheLineIsInTheEngineFeatureAndOnTheHeadlessClassPath() {
        List<Bundle> below = bundles.stream().filter(table::isBelowTheLine).toList();

        assertThat(below).filteredOn(bundle -> !ENGINE.contains("<plugin id=\"" + bundle + "\"")).as("not in the feature").isEmpty();
        assertThat(below).filteredOn(bundle -> !HEADLESS.contains("<artifactId>" + bundle + "</artifactId>")).as("not on the class path").isEmpty();
    }

    @Test
    void everyBundleAboveTheLineIsInTheIdeFeature() {
        List<Bundle> above = bundles.stream().filter(bundle -> !table.isBelowTheLine(bundle)).toList();

        assertThat(above).isNotEmpty();
        assertThat(above).filteredOn(bundle -> !IDE.contains("<plugin id=\"" + bundle + "\"")).as("not in the feature").isEmpty();
    }

    @Test
    void everyFolderWithTestsIsAModule() {
        List<Path> folders = Tree.list(Tree.ROOT.resolve("tests")).stream()
            .filter(folder -> folder.getFileName().toString().startsWith(Bundle.OURS) && Files.isDirectory(folder.resolve("src"))).toList();

        assertThat(folders).isNotEmpty();
        assertThat(folders).filteredOn(folder -> !TESTS.contains("<module>" + folder.getFileName() + "</module>")).as("not in tests/pom.xml").isEmpty();
    }

    private static String feature(String name) {
        return Tree.text(Tree.ROOT.resolve("features").resolve(name).resolve("feature.xml"));
    }
}
