package dev.ringside.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The two lists of providers agree: {@code META-INF/services} for the plain class path and {@code OSGI-INF} for the framework
 * (releng/decisions/0004-plain-class-path-for-headless.md).
 */
class ProvidersTest {
    private static final Pattern IMPLEMENTATION = Pattern.compile("<implementation\\s+class=\"([^\"]+)\"");
    private static final Pattern INTERFACE = Pattern.compile("<provide\\s+interface=\"([^\"]+)\"");

    private final List<Bundle> bundles = Tree.bundles();

    @Test
    void aProviderIsFoundInOsgiExactlyWhenItIsFoundOnTheClassPath() {
        List<String> oneSided = new ArrayList<>();
        for (Bundle bundle : bundles) {
            Set<String> onClassPath = services(bundle);
            Set<String> inOsgi = components(bundle);
            onClassPath.stream().filter(provider -> !inOsgi.contains(provider)).forEach(provider -> oneSided.add("not in OSGI-INF of " + bundle + ": " + provider));
            inOsgi.stream().filter(provider -> !onClassPath.contains(provider)).forEach(provider -> oneSided.add("not in META-INF/services of " + bundle + ": " + provider));
        }

        assertThat(oneSided).isEmpty();
    }

    @Test
    void everyComponentFileIsNamedInItsManifest() {
        assertThat(bundles).allSatisfy(bundle -> {
            Set<String> files = new TreeSet<>();
            Tree.files(bundle.folder().resolve("OSGI-INF")).forEach(file -> files.add(bundle.folder().relativize(file).toString()));
            assertThat(bundle.components()).as(bundle.name()).isEqualTo(files);
        });
    }

    @Test
    void everyBundleWithComponentsIsActivated() {
        assertThat(bundles).filteredOn(bundle -> !bundle.components().isEmpty() && !bundle.isActivated()).isEmpty();
    }

    @Test
    void everyProviderIsASourceFileOfItsBundle() {
        assertThat(bundles).allSatisfy(bundle -> assertThat(services(bundle)).as(bundle.name())
            .allMatch(provider -> Files.exists(bundle.folder().resolve("src/" + provider.split(" by ")[1].replace('.', '/') + ".java"))));
    }

    /** "interface by class" for each line of each file under {@code META-INF/services}. */
    private static Set<String> services(Bundle bundle) {
        Set<String> providers = new TreeSet<>();
        for (Path file : Tree.files(bundle.folder().resolve("src/META-INF/services"))) {
            Tree.text(file).lines().map(line -> line.replaceFirst("#.*", "").strip()).filter(line -> !line.isEmpty())
                .forEach(provider -> providers.add(file.getFileName() + " by " + provider));
        }
        return providers;
    }

    private static Set<String> components(Bundle bundle) {
        Set<String> providers = new TreeSet<>();
        for (Path file : Tree.files(bundle.folder().resolve("OSGI-INF"))) {
            String xml = Tree.text(file);
            for (String implementation : found(IMPLEMENTATION, xml)) {
                found(INTERFACE, xml).forEach(provided -> providers.add(provided + " by " + implementation));
            }
        }
        return providers;
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map((MatchResult match) -> match.group(1)).toList();
    }
}
