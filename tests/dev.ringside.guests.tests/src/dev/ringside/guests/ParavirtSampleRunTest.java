package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.ringside.machine.MachineProviders;
import dev.ringside.samples.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The paravirtual sample as a user boots it: what it used is in the report. */
class ParavirtSampleRunTest {
    @TempDir
    Path folder;

    @Test
    void kvmCountsHypercallsAndInterruptsThatEndedInMemory() throws IOException {
        JsonObject report = boot("kvm,swap=4096/1");

        assertThat(report.get("paravirt").getAsString()).isEqualTo("kvm,swap=4096/1");
        JsonObject used = report.getAsJsonObject("paravirtEvents");
        assertThat(used.get("KVM_HC_SEND_IPI").getAsLong()).isEqualTo(1);
        assertThat(used.get("KVM_HC_KICK_CPU").getAsLong()).isEqualTo(1);
        assertThat(used.get("asynchronous page faults").getAsLong()).isEqualTo(2);
        assertThat(used.get("PV EOI").getAsLong()).as("three interrupts; that the last one ended is seen at the next").isEqualTo(2);
    }

    @Test
    void hypervCountsMessagesAndTimers() throws IOException {
        JsonObject used = boot("hyperv").getAsJsonObject("paravirtEvents");

        assertThat(used.get("HvCallPostMessage").getAsLong()).isEqualTo(1);
        assertThat(used.get("messages and events").getAsLong()).as("a timer's, a posted one, an event").isEqualTo(3);
        assertThat(used.get("synthetic timer expiries").getAsLong()).as("one of STIMER0, three of STIMER1").isEqualTo(4);
    }

    private JsonObject boot(String paravirt) throws IOException {
        byte[] program = Sample.PARAVIRT.assemble(MachineProviders.onClassPath().architectures().getFirst().assembler()).bytes();
        CommandLineRun run = CommandLineRun.of("run", "--paravirt", paravirt, "--json", Files.write(folder.resolve("paravirt.bin"), program));
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("Who runs this guest?").endsWith("Powering off.\r\n");
        return run.json();
    }
}
