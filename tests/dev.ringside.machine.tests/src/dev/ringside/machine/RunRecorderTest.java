package dev.ringside.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.trace.TraceKind;
import org.junit.jupiter.api.Test;

class RunRecorderTest {
    @Test
    void sameEventsGiveTheSameHash() {
        assertThat(recorded(7, 0x3f8).hash()).isEqualTo(recorded(7, 0x3f8).hash());
    }

    @Test
    void anInstructionCountThatDiffersShows() {
        assertThat(recorded(7, 0x3f8).hash()).isNotEqualTo(recorded(8, 0x3f8).hash());
    }

    @Test
    void anOperandThatDiffersShows() {
        assertThat(recorded(7, 0x3f8).hash()).isNotEqualTo(recorded(7, 0x3f9).hash());
    }

    @Test
    void aDebuggersStopLeavesNoTraceInTheHash() {
        RunRecorder stopped = recorded(7, 0x3f8);
        stopped.emit(TraceKind.DEBUG, 9, 0, 0x1000, 0, 0, 0);

        assertThat(stopped.hash()).isEqualTo(recorded(7, 0x3f8).hash());
    }

    @Test
    void countsExitsApartFromOtherEvents() {
        RunRecorder recorder = recorded(7, 0x3f8);
        recorder.emit(TraceKind.PAGE_FAULT, 8, 0, 0x1000, 0, 0, 0);

        assertThat(recorder.counts(true)).containsEntry("pio", 1L).hasSize(1);
        assertThat(recorder.counts(false)).containsEntry("page_fault", 1L).hasSize(1);
    }

    private static RunRecorder recorded(long instructions, long port) {
        var recorder = new RunRecorder();
        recorder.emit(TraceKind.PIO, instructions, 0, 1, port, 1, 'A');
        return recorder;
    }
}
