package dev.ringside.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Processes are timed line by line, and never outlive their time. */
class TimedRunTest {
    @Test
    void linesCarryTheTimeAtWhichTheyCame() throws BenchException {
        TimedRun run = TimedRun.of(List.of("sh", "-c", "echo one; sleep 0.3; echo two; echo bad >&2; exit 3"), Clock.WALL, 60);

        assertThat(run.lines()).extracting(TimedRun.Line::text).containsExactly("one", "two");
        assertThat(run.at("two") - run.at("one")).isGreaterThan(0.2);
        assertThat(run.seconds()).isGreaterThanOrEqualTo(run.at("two"));
        assertThat(run.status()).isEqualTo(3);
        assertThat(run.lastWords()).isEqualTo(", status 3: bad");
    }

    @Test
    void processorTimeLeavesWaitingOut() throws BenchException {
        TimedRun run = TimedRun.of(List.of("sh", "-c", "echo one; sleep 0.5; echo two; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo end; read x"),
            Clock.PROCESSOR, 60);

        assertThat(run.at("two") - run.at("one")).isLessThan(0.1);
        assertThat(run.at("end") - run.at("two")).isGreaterThan(0.03);
    }

    @Test
    void processIsKilledWhenItsTimeIsOver() {
        long before = ProcessHandle.current().children().count();

        assertThatThrownBy(() -> TimedRun.of(List.of("sleep", "1000"), Clock.WALL, 0.2)).isInstanceOf(BenchException.class).hasMessage("did not end in time");

        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive).count()).isEqualTo(before);
    }

    @Test
    void programThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> TimedRun.of(List.of("/none/qemu"), Clock.WALL, 1)).isInstanceOf(BenchException.class).hasMessageStartingWith("'/none/qemu' cannot be started");
    }

    @Test
    void missingLineIsTold() throws BenchException {
        TimedRun run = TimedRun.of(List.of("sh", "-c", "echo ready"), Clock.WALL, 60);

        assertThatThrownBy(() -> run.at("end")).hasMessage("ended without 'end', status 0");
    }
}
