package dev.ringside.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testkit.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The functions of {@code ./ringside}, each called in a tree that has only what it looks at. */
class ScriptTest {
    private static final Instant BUILT = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir
    Path tree;

    @BeforeEach
    void copyTheScript() throws IOException {
        Files.copy(Repository.root().resolve("ringside"), tree.resolve("ringside"));
    }

    @Test
    void helpNamesTheCommandsAndNeedsNoBuild() throws Exception {
        Result help = run("bash", "ringside", "--help");

        assertThat(help.status()).isZero();
        assertThat(help.output()).contains("demo", "run", "asm", "disasm", "test");
        assertThat(tree.resolve("target")).doesNotExist();
    }

    @Test
    void totalsAreTheSumOverModulesAndCountNoClassTwice() throws Exception {
        Files.writeString(tree.resolve("log"), """
            [INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in a.ATest
            [INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0
            [ERROR] Tests run: 20, Failures: 1, Errors: 2, Skipped: 4
            Tests run: 2, Failures: 0, Errors: 0, Skipped: 1
            """);

        assertThat(call("surefire_totals log").output()).isEqualTo("Tests run: 25, Failures: 1, Errors: 2, Skipped: 5\n");
    }

    @Test
    void aRelaunchTakesTheLastWorkspaceThatWasPrinted() throws Exception {
        Files.writeString(tree.resolve("said"), "a guest's word\n/jdk/bin/java\n-data\n/home/me/other workspace\n-nosplash\n");

        assertThat(call("workspace_asked_for said").output()).isEqualTo("/home/me/other workspace\n");
    }

    @ParameterizedTest
    @CsvSource({"3.9.9, true", "3.9.12, true", "4.0.0, true", "3.9.8, false", "3.8.7, false", "3.10.0, true"})
    void mavenVersionsAreComparedAsNumbers(String version, boolean enough) throws Exception {
        assertThat(call("at_least " + version + " 3.9.9").status() == 0).isEqualTo(enough);
    }

    @ParameterizedTest
    @CsvSource({"25, true", "25.0.1, true", "17.0.15, false", "250, false", "2.5, false"})
    void onlyAJdkOfTheRightReleaseIsTaken(String version, boolean taken) throws Exception {
        Path bin = Files.createDirectories(tree.resolve("jdk/bin"));
        assertThat(Files.createFile(bin.resolve("javac")).toFile().setExecutable(true)).isTrue();
        Files.writeString(tree.resolve("jdk/release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");

        assertThat(call("is_jdk jdk").status() == 0).isEqualTo(taken);
    }

    @Test
    void aJavaWithoutACompilerIsNotAJdk() throws Exception {
        Files.createDirectories(tree.resolve("jdk/bin"));
        Files.writeString(tree.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");

        assertThat(call("is_jdk jdk").status()).isNotZero();
    }

    @Test
    void aTreeThatWasNeverBuiltIsStale() throws Exception {
        buildTree();
        Files.delete(tree.resolve("target/.built-headless"));

        assertThat(call("is_stale headless").status()).isZero();
    }

    @Test
    void nothingIsStaleAfterABuild() throws Exception {
        buildTree();

        assertThat(call("is_stale headless").status()).isNotZero();
    }

    @ParameterizedTest
    @CsvSource({"pom.xml", "bundles/a/src/A.java", "bundles/a/META-INF/MANIFEST.MF", "bundles/a/isa/base.isa", "target-platform/ringside.target"})
    void anEditedSourceIsStale(String source) throws Exception {
        buildTree();

        Files.setLastModifiedTime(tree.resolve(source), FileTime.from(BUILT.plusSeconds(1)));

        assertThat(call("is_stale headless").status()).isZero();
    }

    @Test
    void aDeletedSourceIsStale() throws Exception {
        buildTree();

        Files.delete(tree.resolve("bundles/a/src/A.java"));

        assertThat(call("is_stale headless").status()).isZero();
    }

    @Test
    void whatABuildWritesMakesNothingStale() throws Exception {
        buildTree();

        Files.createDirectories(tree.resolve("bundles/a/target/classes"));
        Files.writeString(tree.resolve("bundles/a/target/classes/A.class"), "");
        Files.writeString(tree.resolve("bundles/a/.polyglot.META-INF_MANIFEST.MF"), "");

        assertThat(call("is_stale headless").status()).isNotZero();
    }

    @Test
    void aFailureIsOneLineThatNamesTheProgramAndHasTheHostStatus() throws Exception {
        Result result = call("fail no such thing");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.output()).isEqualTo("ringside: no such thing\n");
    }

    /** A tree with one bundle, all of it as old as the build. */
    private void buildTree() throws IOException {
        for (String file : new String[] {"pom.xml", ".mvn/jvm.config", "bundles/a/src/A.java", "bundles/a/META-INF/MANIFEST.MF", "bundles/a/isa/base.isa",
            "target-platform/ringside.target", "releng/dev.ringside.headless/pom.xml", "target/.built-headless"}) {
            Files.createDirectories(tree.resolve(file).getParent());
            Files.writeString(tree.resolve(file), file);
        }
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.toList()) {
                Files.setLastModifiedTime(path, FileTime.from(BUILT));
            }
        }
    }

    private Result call(String command) throws Exception {
        return run("bash", "-c", "source ./ringside; set +e; " + command);
    }

    private Result run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).directory(tree.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private record Result(int status, String output) {
    }
}
