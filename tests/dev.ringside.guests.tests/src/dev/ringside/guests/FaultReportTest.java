package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --stats} says which of the injected faults have happened. */
class FaultReportTest {
    /** JMP SHORT to the instruction itself. */
    private static final byte[] FOR_EVER = {(byte) 0xeb, (byte) 0xfe};

    @TempDir
    Path folder;

    @Test
    void aFaultBehindTheEndOfTheRunWasNotReached() throws IOException {
        Path loop = Files.write(folder.resolve("loop"), FOR_EVER);

        CommandLineRun run = CommandLineRun.of("run", "--load-address", "0x1000", "--paravirt", "kvm", "--max-instructions", 1000, "--stats", "--inject", "steal-burst@100",
            "--inject", "tsc-jump@1001", "--inject", "steal-burst@200/0", loop);

        assertThat(run.status()).isEqualTo(124);
        assertThat(run.err()).contains("  fault: steal-burst@100 has happened\n  fault: steal-burst@200/0 has happened\n  fault: tsc-jump@1001 was not reached\n");
    }
}
