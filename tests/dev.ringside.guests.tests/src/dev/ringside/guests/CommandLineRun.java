package dev.ringside.guests;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One start of the command line in a process of its own, as a user has it.
 *
 * @param out stdout, byte for byte as ISO 8859-1
 */
record CommandLineRun(int status, String out, String err) {
    private static final long MINUTES = 10;

    static CommandLineRun of(Object... arguments) throws IOException {
        return start(true, arguments);
    }

    /** Nobody reads stdout, as behind {@code | true}. */
    static CommandLineRun withoutReader(Object... arguments) throws IOException {
        return start(false, arguments);
    }

    private static CommandLineRun start(boolean read, Object... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@releng/jvm.flags");
        command.addAll(List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), "dev.ringside.cli.Main"));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        Process process = new ProcessBuilder(command).start();
        process.getOutputStream().close();
        if (!read) {
            process.getInputStream().close();
        }
        var out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
        var err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + MINUTES + " minutes: " + command + "\n" + err.join() + out.join());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return new CommandLineRun(process.exitValue(), out.join(), err.join());
    }

    /** The last line of stderr. */
    JsonObject json() {
        return JsonParser.parseString(err.lines().reduce((a, b) -> b).orElseThrow()).getAsJsonObject();
    }

    private static String text(InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
