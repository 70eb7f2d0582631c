package dev.ringside.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.machine.Setting;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A machine file says what {@code run} can be told. */
class RunOptionsTest {
    /** What is about the command line itself, or not in this build. */
    private static final Set<String> OPTIONS_ONLY = Set.of("help", "version", "write-machine", "gdb", "wait", "realtime");

    @Test
    void everyOptionIsAKeyOfMachineFiles() {
        Set<String> options = new CommandLine(new RunCommand()).getCommandSpec().options().stream().map(option -> option.longestName().replaceFirst("^--", ""))
            .filter(option -> !OPTIONS_ONLY.contains(option)).collect(Collectors.toSet());

        assertThat(Arrays.stream(Setting.values()).filter(setting -> setting != Setting.IMAGE).map(Setting::key)).containsExactlyInAnyOrderElementsOf(options);
    }
}
