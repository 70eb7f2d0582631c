package dev.ringside.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringside bench} as a user starts it, on its smallest row. */
class BenchCommandTest {
    private static final long MINUTES = 10;

    @TempDir
    Path folder;

    @Test
    void oneSmallRowGivesATableInWhichAllAgree() throws Exception {
        Path markdown = folder.resolve("table.md");

        JsonObject report = bench(System.getenv("PATH"), 0, "fib", "--repeat", "1", "--length", "0.01", "--markdown", markdown.toString(), "--json");

        JsonObject fib = report.getAsJsonArray("rows").get(0).getAsJsonObject();
        assertThat(report.get("good").getAsBoolean()).isTrue();
        assertThat(fib.get("name").getAsString()).isEqualTo("fib");
        assertThat(median(fib, "interpreter")).isPositive();
        assertThat(median(fib, "translator")).isPositive();
        assertThat(Files.readString(out)).contains("hot loops", "fib ", "interpreter", "translator");
        assertThat(Files.readString(markdown)).startsWith("# Benchmarks\n")
            .contains("Written by `./ringside bench fib --repeat 1 --length 0.01 --markdown table.md --json`","| fib | ", "- fib: Fibonacci numbers, recursive");
    }

    @Test
    void qemuIsComparedWhenItIsInstalled() throws Exception {
        JsonObject report = bench(System.getenv("PATH"), 0, "fib", "--engines", "translator,tcg,icount", "--repeat", "1", "--length", "0.01", "--json");

        JsonObject fib = report.getAsJsonArray("rows").get(0).getAsJsonObject();
        if (fib.getAsJsonObject("tcg").has("absent")) {
            Assumptions.abort(fib.getAsJsonObject("tcg").get("absent").getAsString());
        }
        assertThat(median(fib, "tcg")).isPositive();
        assertThat(fib.get("x tcg").getAsDouble()).isEqualTo(median(fib, "tcg") / median(fib, "translator"));
        assertThat(fib.get("x icount").getAsDouble()).isEqualTo(median(fib, "icount") / median(fib, "translator"));
    }

    @Test
    void withoutQemuItsColumnsSaySo() throws Exception {
        JsonObject report = bench(folder.toString(), 0, "fib", "--engines", "tcg,icount", "--repeat", "1", "--json");

        JsonObject fib = report.getAsJsonArray("rows").get(0).getAsJsonObject();
        assertThat(report.get("qemu").getAsString()).isEqualTo("not installed");
        assertThat(fib.getAsJsonObject("tcg").get("absent").getAsString()).isEqualTo("qemu-system-x86_64 is not installed");
        assertThat(Files.readString(out)).contains("fib, tcg; fib, icount: qemu-system-x86_64 is not installed");
    }

    @Test
    void aPeerThatDoesNotRunTheGuestFailsTheRow() throws Exception {
        Path impostor = Files.writeString(folder.resolve("qemu"), "#!/bin/sh\necho ready; echo 0000000000000000; echo 0000000000000000; echo end; exit 1\n");
        assertThat(impostor.toFile().setExecutable(true)).isTrue();

        JsonObject report = bench(System.getenv("PATH"), 1, "fib", "--engines", "native,tcg", "--qemu", impostor.toString(), "--repeat", "1", "--length", "0.01",
            "--json");

        JsonObject fib = report.getAsJsonArray("rows").get(0).getAsJsonObject();
        if (fib.getAsJsonObject("native").has("absent")) {
            Assumptions.abort(fib.getAsJsonObject("native").get("absent").getAsString());
        }
        assertThat(report.get("good").getAsBoolean()).isFalse();
        assertThat(fib.get("disagreement").getAsString()).isEqualTo("tcg say 0000000000000000; native say 0000000000148add");
    }

    private Path out;

    /** @return the last line of stderr */
    private JsonObject bench(String path, int status, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@releng/jvm.flags", "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), "dev.ringside.cli.Main", "bench"));
        command.addAll(List.of(arguments));
        out = folder.resolve("out");
        Path err = folder.resolve("err");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("PATH", path);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroy();
        }
        String said = Files.readString(err, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(said + Files.readString(out)).isEqualTo(status);
        return JsonParser.parseString(said.lines().reduce((a, b) -> b).orElseThrow()).getAsJsonObject();
    }

    private static double median(JsonObject row, String contender) {
        return row.getAsJsonObject(contender).get("median").getAsDouble();
    }
}
