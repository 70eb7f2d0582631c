package dev.ringside.install;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long the product takes from the start of its process to a usable perspective, with the flags it has and with others, printed as lines that begin with {@code [speed]}.
 * No test: numbers depend on the machine and what else it does, so the processor time stands beside them.
 *
 * <pre>
 * ./ringside test -pl :dev.ringside.install.tests -am -Dtest=StartBenchmark
 * </pre>
 */
class StartBenchmark {
    @TempDir
    private Path scratch;
    private Product product;

    @Test
    void startToUsablePerspective() throws Exception {
        if (System.getenv("DISPLAY") == null) {
            Assumptions.abort("there is no display; ./ringside test starts one");
        }
        product = Product.copiedTo(scratch);
        String site = Product.root().resolve("tests/dev.ringside.sample.site/target/repository").toUri().toString();
        product.run(List.of(), "-application", "org.eclipse.equinox.p2.director", "-repository", site, "-installIU", "dev.ringside.sample.probe");

        measure("cold: new workspace, caches of the framework empty", List.of(), "-clean");
        measure("warm", List.of());
        measure("warm", List.of());
        String archive = "-XX:SharedArchiveFile=" + scratch.resolve("ringside.jsa");
        start(List.of("-XX:+AutoCreateSharedArchive", archive));
        measure("warm, archive of classes", List.of("-XX:+AutoCreateSharedArchive", archive));
        String cache = scratch.resolve("ringside.aot").toString();
        start(List.of("-XX:AOTCacheOutput=" + cache));
        measure("warm, ahead-of-time cache", List.of("-XX:AOTCache=" + cache));
        measure("warm, only the first compiler", List.of("-XX:TieredStopAtLevel=1"));
    }

    private void measure(String how, List<String> flags, String... arguments) throws Exception {
        System.out.printf("[speed] %s: %s%n", how, start(flags, arguments));
    }

    private String start(List<String> flags, String... arguments) throws Exception {
        Path report = scratch.resolve("start.txt");
        Files.deleteIfExists(report);
        List<String> all = new ArrayList<>(flags);
        all.add("-Dringside.probe.report=" + report);
        List<String> more = new ArrayList<>(List.of("-noSample"));
        more.addAll(List.of(arguments));
        product.run(all, more.toArray(String[]::new));
        return Files.readAllLines(report).getFirst();
    }
}
