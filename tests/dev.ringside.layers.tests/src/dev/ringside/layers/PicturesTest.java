package dev.ringside.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pictures of the documents are pictures that the tests of the workbench take; {@code -Dringside.update.images=true} takes them anew. Pixels are not compared. */
class PicturesTest {
    private static final Path HELP = Tree.ROOT.resolve("bundles/dev.ringside.ide/help");
    private static final Path RELENG = Tree.ROOT.resolve("releng");
    /** As Markdown and as HTML write it. */
    private static final Pattern SHOWN = Pattern.compile("(?:!\\[[^\\]]*\\]\\(|<img[^>]*src=\")([^)\"]+)");
    private static final Pattern TAKEN = Pattern.compile("Screenshots\\.take\\(bot, \"([^\"]+)\"\\)");

    @Test
    void everyPictureOfADocumentIsTakenByATest() {
        Set<String> taken = taken();

        assertThat(shown()).isNotEmpty().allSatisfy(picture -> {
            assertThat(picture).exists();
            assertThat(taken).as("Screenshots.take in dev.ringside.ide.tests").contains(name(picture));
        });
    }

    @Test
    void everyPictureInTheTreeIsShownByADocument() {
        assertThat(Stream.of(HELP.resolve("images"), RELENG.resolve("images")).flatMap(folder -> Tree.files(folder).stream())).isNotEmpty().isSubsetOf(shown());
    }

    private static Set<Path> shown() {
        List<Path> documents = Stream.of(List.of(Tree.ROOT.resolve("README.md")), Tree.files(RELENG), Tree.files(HELP)).flatMap(List::stream)
            .filter(file -> file.toString().endsWith(".md") || file.toString().endsWith(".html")).toList();
        Set<Path> shown = new TreeSet<>();
        for (Path document : documents) {
            Matcher picture = SHOWN.matcher(Tree.text(document));
            while (picture.find()) {
                shown.add(document.resolveSibling(picture.group(1)).normalize());
            }
        }
        return shown;
    }

    private static Set<String> taken() {
        Path tests = Tree.ROOT.resolve("tests/dev.ringside.ide.tests/src");
        return Tree.files(tests).stream().flatMap(source -> TAKEN.matcher(Tree.text(source)).results())
            .map(call -> call.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(Path picture) {
        return picture.getFileName().toString().replace(".png", "");
    }
}
