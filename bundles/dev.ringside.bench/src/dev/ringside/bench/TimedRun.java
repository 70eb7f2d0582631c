package dev.ringside.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One process, its output line by line with the time at which each line came, and its end. Blocks until then, or until the time is over: then the process
 * is killed. It is killed as well when this JVM ends first.
 *
 * @param lines of stdout
 * @param err stderr
 * @param seconds from before the start of the process to its end; by the processor clock, to its last line
 * @param memory the most that was seen of it; {@link ProcessMemory#UNKNOWN} when nobody asked
 */
record TimedRun(List<Line> lines, String err, int status, double seconds, ProcessMemory memory) {
    private static final long MEMORY_INTERVAL_MILLIS = 200;
    /** Whoever says this may wait for the end of stdin: then its clock is read while it still has one. */
    static final String LAST_LINE = "end";

    /** @param answers what is said, a line each, when a line contains {@code question} */
    record Conversation(String question, List<String> answers) {
        static final Conversation NONE = new Conversation("", List.of());
    }

    /** @param seconds since before the start of the process, by the clock asked for */
    record Line(double seconds, String text) {
    }

    static TimedRun of(List<String> command, Clock clock, double timeoutSeconds) throws BenchException {
        return start(command, clock, timeoutSeconds, 0, Conversation.NONE);
    }

    /** As {@link #of}, and answers on stdin what the process says. */
    static TimedRun talking(List<String> command, Clock clock, double timeoutSeconds, Conversation conversation) throws BenchException {
        return start(command, clock, timeoutSeconds, 0, conversation);
    }

    /** As {@link #of}, with an eye on the memory of the process. @param guestBytes size of the guest's memory, which is told apart by it */
    static TimedRun watchingMemory(List<String> command, Clock clock, double timeoutSeconds, long guestBytes) throws BenchException {
        return start(command, clock, timeoutSeconds, guestBytes, Conversation.NONE);
    }

    private static TimedRun start(List<String> command, Clock clock, double timeoutSeconds, long guestBytes, Conversation conversation) throws BenchException {
        long start = System.nanoTime();
        Process process;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new BenchException("'" + command.getFirst() + "' cannot be started: " + e.getMessage());
        }
        var killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            var lines = CompletableFuture.supplyAsync(() -> lines(process, clock, start, conversation));
            var err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
            ProcessMemory memory = await(process, start + (long) (timeoutSeconds * 1e9), guestBytes);
            List<Line> said = lines.join();
            double seconds = clock.seconds(process, start, said.isEmpty() ? 0 : said.getLast().seconds());
            return new TimedRun(said, err.join(), process.exitValue(), seconds, memory);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } finally {
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(killer);
        }
    }

    private static ProcessMemory await(Process process, long deadline, long guestBytes) throws InterruptedException, BenchException {
        ProcessMemory memory = ProcessMemory.UNKNOWN;
        while (System.nanoTime() < deadline) {
            long wait = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
            if (process.waitFor(guestBytes > 0 ? Math.min(wait, MEMORY_INTERVAL_MILLIS) : wait, TimeUnit.MILLISECONDS)) {
                return memory;
            }
            if (guestBytes > 0) {
                memory = memory.and(ProcessMemory.of(process.pid(), guestBytes));
            }
        }
        // Gone before the next one starts: it would take that one's time.
        process.destroyForcibly().waitFor();
        throw new BenchException("did not end in time");
    }

    /** When the first line that contains {@code text} came. */
    double at(String text) throws BenchException {
        return lines.stream().filter(l -> l.text().contains(text)).findFirst().orElseThrow(() -> new BenchException("ended without '" + text + "'" + lastWords())).seconds();
    }

    /** When the first line that contains {@code text} came behind the first one that contains {@code before}. */
    double at(String text, String before) throws BenchException {
        List<Line> behind = lines.stream().dropWhile(l -> !l.text().contains(before)).toList();
        return new TimedRun(behind, err, status, seconds, memory).at(text);
    }

    /** For a message: what the process said in the end. */
    String lastWords() {
        String said = err.lines().filter(l -> !l.isBlank() && !l.startsWith("{")).reduce((a, b) -> b).orElse("");
        return ", status " + status + (said.isEmpty() ? "" : ": " + said.strip());
    }

    private static List<Line> lines(Process process, Clock clock, long start, Conversation conversation) {
        var lines = new ArrayList<Line>();
        var answers = new ArrayDeque<>(conversation.answers());
        double last = 0;
        try (var reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                last = clock.seconds(process, start, last);
                lines.add(new Line(last, line));
                if (!answers.isEmpty() && line.contains(conversation.question())) {
                    process.getOutputStream().write((answers.remove() + "\n").getBytes(StandardCharsets.US_ASCII));
                    process.getOutputStream().flush();
                }
                if (line.equals(LAST_LINE)) {
                    process.getOutputStream().close();
                }
            }
        } catch (IOException e) {
            // The process was killed; what it said before counts.
            return lines;
        }
        return lines;
    }

    private static String text(InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
