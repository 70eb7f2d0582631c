package dev.ringside.bench;

import dev.ringside.arch.Assembler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Single steps per second as a debugger asks for them: one request and one answer for each instruction. QEMU is asked through its gdb server. */
record Stepping(Starter starter, Assembler assembler, double timeoutSeconds) implements Benchmark {
    private static final Row ROW = new Row("step", "single steps, each a request and an answer", Row.Group.DEBUGGER, Row.Unit.PER_SECOND);
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 50_000;
    /** Long enough that the guest does not end before. */
    private static final int PASSES = 4;

    @Override
    public List<Row> rows() {
        return List.of(ROW);
    }

    @Override
    public Optional<String> absence(Contender contender) {
        return starter.absenceOfMachine(contender);
    }

    @Override
    public Outcome run(Contender contender) throws BenchException {
        Path image = starter.write("step.bin", new GuestProgram(GuestName.SIEVE.word(), PASSES).image(assembler), false);
        double rate = contender.isQemu()
            ? GdbStub.stepsPerSecond(starter.guest(contender, image), starter.folder(), WARM_UP / 10, MEASURED / 10, timeoutSeconds)
            : ringside(contender, image);
        return new Outcome(Map.of(ROW, rate), "stepped", "", 0);
    }

    private double ringside(Contender contender, Path image) throws BenchException {
        TimedRun run = TimedRun.of(starter.javaMain(StepRate.class, contender.word(), image.toString(), Integer.toString(WARM_UP), Integer.toString(MEASURED)),
            Clock.WALL, timeoutSeconds);
        run.at("instructions: " + (WARM_UP + MEASURED));
        return run.lines().stream().map(TimedRun.Line::text).filter(l -> l.startsWith("steps per second: ")).map(l -> l.substring(l.indexOf(':') + 2))
            .mapToDouble(Double::parseDouble).findFirst().orElseThrow(() -> new BenchException("printed no rate" + run.lastWords()));
    }
}
