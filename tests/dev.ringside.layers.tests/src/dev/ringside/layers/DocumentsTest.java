package dev.ringside.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents point at is there. */
class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)");

    @Test
    void everyRelativeLinkOfADocumentLeadsToAFile() {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Tree.text(document));
            while (link.find()) {
                if (!link.group(1).contains("://") && !Files.exists(document.resolveSibling(link.group(1)))) {
                    broken.add(Tree.ROOT.relativize(document) + " links to " + link.group(1));
                }
            }
        }

        assertThat(broken).isEmpty();
    }

    @Test
    void everyBundleHasARowInTheMap() {
        String map = Tree.text(Tree.ROOT.resolve("releng/ARCHITECTURE.md"));

        assertThat(Tree.bundles()).allSatisfy(bundle -> assertThat(map).contains("| `" + bundle.shortName() + "` |"));
    }

    @Test
    void everyDecisionHasANumberOfItsOwnAndIsListedWithItsTitle() {
        List<Path> decisions = Tree.files(Tree.ROOT.resolve("releng/decisions"));
        String map = Tree.text(Tree.ROOT.resolve("releng/ARCHITECTURE.md"));

        assertThat(decisions).isNotEmpty().allSatisfy(decision -> {
            String name = decision.getFileName().toString();
            String title = Tree.text(decision).lines().findFirst().orElseThrow().substring(2);
            assertThat(title).startsWith(name.substring(0, 5).replace('-', ' '));
            assertThat(map).contains("- [" + title + "](decisions/" + name + ")");
        });
        assertThat(decisions).extracting(decision -> decision.getFileName().toString().substring(0, 4)).doesNotHaveDuplicates();
    }

    private static List<Path> documents() {
        return Stream.concat(Stream.of(Tree.ROOT.resolve("README.md")), Tree.files(Tree.ROOT.resolve("releng")).stream())
            .filter(file -> file.toString().endsWith(".md")).toList();
    }
}
