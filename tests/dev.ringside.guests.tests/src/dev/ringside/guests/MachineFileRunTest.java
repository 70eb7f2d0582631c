package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.machine.MachineProviders;
import dev.ringside.samples.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run IMAGE.toml}. */
class MachineFileRunTest {
    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void machine() throws IOException {
        Files.write(folder.resolve("paravirt.bin"), Sample.PARAVIRT.assemble(MachineProviders.onClassPath().architectures().getFirst().assembler()).bytes());
        file = Files.writeString(folder.resolve("machine.toml"), """
            image = "paravirt.bin"
            engine = "interpreter"
            trace = "hypercall:calls.txt"
            json = true

            [paravirt]
            interface = "kvm"
            swap = "4096/1"
            """);
    }

    @Test
    void fileIsTheSameMachineAsItsOptions() throws IOException {
        CommandLineRun byFile = CommandLineRun.of("run", file);
        CommandLineRun byOptions = CommandLineRun.of("run", "--engine", "interpreter", "--paravirt", "kvm,swap=4096/1", "--json", folder.resolve("paravirt.bin"));

        assertThat(byFile.status()).as(byFile.err()).isZero();
        assertThat(byFile.out()).isEqualTo(byOptions.out()).contains("Powering off.");
        assertThat(byFile.json().get("paravirt")).isEqualTo(byOptions.json().get("paravirt"));
        assertThat(byFile.json().get("eventHash")).isEqualTo(byOptions.json().get("eventHash"));
        assertThat(folder.resolve("calls.txt")).content().contains("hypercall: insn=");
    }

    @Test
    void optionsWinOverTheFile() throws IOException {
        CommandLineRun run = CommandLineRun.of("run", "--paravirt", "minimal", "--engine=translator", "--serial", "none", file);

        assertThat(run.out()).isEmpty();
        assertThat(run.json().get("paravirt").getAsString()).isEqualTo("minimal");
        assertThat(run.json().get("engine").getAsString()).isEqualTo("translator");
        assertThat(CommandLineRun.of("run", "--json=false", file).err()).isEmpty();
    }

    @Test
    void writtenMachineRunsTheSame() throws IOException {
        Path written = folder.resolve("written.toml");

        CommandLineRun writing = CommandLineRun.of("run", "--cpus", "2", "--max-instructions", "100000", "--write-machine", written, file);
        assertThat(writing.status()).as(writing.err()).isZero();
        assertThat(writing.out()).isEmpty();
        assertThat(writing.err()).isEmpty();

        CommandLineRun first = CommandLineRun.of("run", "--cpus", "2", "--max-instructions", "100000", file);
        CommandLineRun second = CommandLineRun.of("run", written);
        assertThat(written).content().contains("image = \"paravirt.bin\"", "cpus = 2", "paravirt = \"kvm,swap=4096/1\"");
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(second.json().get("eventHash")).isEqualTo(first.json().get("eventHash"));
    }
}
