package dev.ringside.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every manifest and every source file stays within {@code releng/allowed-dependencies.txt}. */
class LayersTest {
    private static final Pattern IMPORT = Pattern.compile("^import (?:static )?([a-z0-9_.]+)\\.[A-Z*]", Pattern.MULTILINE);

    private final AllowedDependencies table = AllowedDependencies.read(Tree.ROOT.resolve("releng/allowed-dependencies.txt"));
    private final List<Bundle> bundles = Tree.bundles();

    @Test
    void thereAreBundlesToCheck() {
        assertThat(bundles).extracting(Bundle::name).contains("dev.ringside.trace", "dev.ringside.arch", "dev.ringside.ide");
    }

    @Test
    void everyBundleIsInTheTable() {
        assertThat(bundles).allMatch(table::knows);
    }

    @Test
    void everyBundleIsNamedAsItsFolder() {
        assertThat(bundles).allMatch(bundle -> bundle.folder().endsWith(bundle.name()));
    }

    @Test
    void noBundleRequiresWhatTheTableDoesNotAllow() {
        List<String> wrong = new ArrayList<>();
        for (Bundle bundle : bundles) {
            bundle.requires().stream().filter(used -> !table.permits(bundle, used)).forEach(used -> wrong.add(bundle.name() + " requires " + used));
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void noBundleImportsAPackageOfABundleTheTableDoesNotAllow() {
        Map<String, Bundle> exporters = new HashMap<>();
        bundles.forEach(bundle -> bundle.exports().forEach(exported -> exporters.put(exported, bundle)));

        List<String> wrong = new ArrayList<>();
        for (Bundle bundle : bundles) {
            for (String imported : bundle.imports()) {
                Bundle exporter = exporters.get(imported);
                if (exporter != null && !table.permits(bundle, exporter.name())) {
                    wrong.add(bundle.name() + " imports " + imported + " of " + exporter.name());
                }
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void nothingBelowTheLineKnowsEclipse() {
        List<String> wrong = new ArrayList<>();
        for (Bundle bundle : bundles) {
            if (table.isBelowTheLine(bundle)) {
                bundle.requires().stream().filter(LayersTest::isEclipse).forEach(used -> wrong.add(bundle.name() + " requires " + used));
                bundle.imports().stream().filter(LayersTest::isEclipse).forEach(used -> wrong.add(bundle.name() + " imports " + used));
                for (Path source : bundle.sources()) {
                    packagesImportedBy(source).stream().filter(LayersTest::isEclipse).forEach(used -> wrong.add(source + " imports " + used));
                }
            }
        }

        assertThat(wrong).isEmpty();
    }

    /** The compiler of the JDK sees every package of a required bundle; the framework at run time only exported ones. */
    @Test
    void noSourceReachesIntoAPackageThatItsBundleDoesNotExport() {
        Map<String, Bundle> owners = new HashMap<>();
        bundles.forEach(bundle -> bundle.packages().forEach(name -> owners.put(name, bundle)));

        List<String> wrong = new ArrayList<>();
        for (Bundle bundle : bundles) {
            for (Path source : bundle.sources()) {
                for (String used : packagesImportedBy(source)) {
                    Bundle owner = owners.get(used);
                    if (owner != null && owner != bundle && !owner.exports().contains(used)) {
                        wrong.add(Tree.ROOT.relativize(source) + " uses " + used + ", which " + owner.name() + " does not export");
                    }
                }
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void everyExportedPackageHasTypes() {
        assertThat(bundles).allSatisfy(bundle -> assertThat(bundle.packages()).as(bundle.name()).containsAll(bundle.exports()));
    }

    @Test
    void noPackageIsInTwoBundles() {
        Map<String, List<String>> owners = new TreeMap<>();
        bundles.forEach(bundle -> bundle.packages().forEach(name -> owners.computeIfAbsent(name, key -> new ArrayList<>()).add(bundle.name())));

        assertThat(owners).allSatisfy((name, in) -> assertThat(in).hasSize(1));
    }

    @Test
    void noBundleIsEmpty() {
        assertThat(bundles).allSatisfy(bundle -> assertThat(bundle.packages()).as(bundle.name()).isNotEmpty());
    }

    private static boolean isEclipse(String name) {
        return name.startsWith("org.eclipse.");
    }

    private static List<String> packagesImportedBy(Path source) {
        Matcher matcher = IMPORT.matcher(Tree.text(source));
        return matcher.results().map((MatchResult found) -> found.group(1)).toList();
    }
}
