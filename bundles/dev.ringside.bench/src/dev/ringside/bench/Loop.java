package dev.ringside.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import dev.ringside.arch.Assembler;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One of our own guests, in passes of the same work: the first warm it up, the last are measured. Every pass prints its checksum, and the host reads the
 * clock when the line comes.
 */
final class Loop implements Benchmark {
    private static final int GUEST_STATUS = 1;
    /** The slow contender does not need as many to show its pace, and has little to warm up. */
    private static final int INTERPRETER_PASSES = 4;
    /** The fast one needs more: a pass of a millisecond is as short as what it may take until a line is read. */
    private static final int NATIVE_TIMES = 4;

    private final GuestName guest;
    private final int passes;
    private final Starter starter;
    private final Assembler assembler;
    private final double timeoutSeconds;
    private final Row row;
    private final Row first;
    private final Row whole;

    Loop(GuestName guest, double length, Starter starter, Assembler assembler, double timeoutSeconds) {
        this.guest = guest;
        this.passes = (int) Math.max(2, Math.round(guest.passes() * length));
        this.starter = starter;
        this.assembler = assembler;
        this.timeoutSeconds = timeoutSeconds;
        row = new Row(guest.word(), guest.what(), guest.group(), Row.Unit.SECONDS);
        first = new Row(guest.word(), guest.what(), Row.Group.FIRST, Row.Unit.SECONDS);
        whole = new Row(guest.word(), guest.what(), Row.Group.WHOLE, Row.Unit.SECONDS);
    }

    @Override
    public List<Row> rows() {
        return List.of(row, first, whole);
    }

    @Override
    public Optional<String> absence(Contender contender) {
        Optional<String> host = starter.absence(contender);
        return host.isPresent() || contender != Contender.NATIVE ? host : guest.whyNotNative();
    }

    @Override
    public Outcome run(Contender contender) throws BenchException {
        int count = switch (contender) {
            case INTERPRETER -> Math.min(INTERPRETER_PASSES, passes);
            case TRANSLATOR, TCG, ICOUNT -> passes;
            case NATIVE -> passes * NATIVE_TIMES;
        };
        TimedRun run = TimedRun.of(starter.guest(contender, image(contender, count)), starter.clock(), timeoutSeconds);
        run.at(TimedRun.LAST_LINE);
        if (run.status() != GUEST_STATUS) {
            throw new BenchException("ended unexpectedly" + run.lastWords());
        }
        List<TimedRun.Line> results = run.lines().stream().dropWhile(l -> !l.text().contains("ready")).skip(1).limit(count).toList();
        int measured = Math.max(1, count / 3);
        double start = results.get(count - 1 - measured).seconds();
        double end = results.get(count - 1).seconds();
        return new Outcome(values(contender, (end - start) / measured, results.getFirst().seconds(), run.seconds()), result(results), trail(contender, run),
            instructions(contender, run) / count);
    }

    private Map<Row, Double> values(Contender contender, double pass, double firstResult, double whole) {
        var values = new LinkedHashMap<Row, Double>();
        values.put(row, pass);
        values.put(first, firstResult);
        if (contender != Contender.INTERPRETER && contender != Contender.NATIVE) {
            values.put(this.whole, whole);
        }
        return values;
    }

    private Path image(Contender contender, int count) throws BenchException {
        var program = new GuestProgram(guest.word(), count);
        return contender == Contender.NATIVE ? starter.write(guest.word() + "-native", program.nativeProgram(assembler), true)
            : starter.write(guest.word() + "-" + count + ".bin", program.image(assembler), false);
    }

    /** All passes do the same, so they say the same. */
    private static String result(List<TimedRun.Line> lines) throws BenchException {
        List<String> distinct = lines.stream().map(TimedRun.Line::text).distinct().toList();
        if (distinct.size() != 1) {
            throw new BenchException("passes differ: " + String.join(", ", distinct));
        }
        return distinct.getFirst();
    }

    static String trail(Contender contender, TimedRun run) throws BenchException {
        if (!contender.isRingside()) {
            return "";
        }
        JsonObject report = report(run);
        return report.get("instructions").getAsString() + " instructions, event hash " + report.get("eventHash").getAsString();
    }

    static double instructions(Contender contender, TimedRun run) throws BenchException {
        return contender.isRingside() ? report(run).get("instructions").getAsDouble() : 0;
    }

    private static JsonObject report(TimedRun run) throws BenchException {
        try {
            return JsonParser.parseString(run.err().lines().reduce((a, b) -> b).orElse("")).getAsJsonObject();
        } catch (JsonSyntaxException | IllegalStateException e) {
            throw new BenchException("gave no report" + run.lastWords());
        }
    }
}
