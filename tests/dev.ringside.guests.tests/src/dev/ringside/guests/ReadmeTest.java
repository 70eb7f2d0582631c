package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.Architecture;
import dev.ringside.machine.MachineProviders;
import dev.ringside.samples.Sample;
import dev.ringside.testkit.Repository;
import dev.ringside.testkit.guests.DebianPackages;
import dev.ringside.testkit.guests.Initramfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands of the README's "Boot something" work as they stand there, on files of those names. */
class ReadmeTest {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
    /** What a command must say; without an entry here a command of the README fails. */
    private static final Map<String, String> SAYS = Map.ofEntries(
        Map.entry("demo", "page fault"),
        Map.entry("run --memory 512M --initrd initrd.gz", "Linux version"),
        Map.entry("run disk.img", "Hello from the boot sector."),
        Map.entry("run --trace", ""),
        Map.entry("asm -e", "f0 0f b1 37"),
        Map.entry("disasm --hex", "syscall"),
        Map.entry("disasm --at start_kernel", "start_kernel:"),
        Map.entry("run machine.toml", "Powering off."),
        Map.entry("bench", "sieve"),
        Map.entry("translate --at print kernel.asm", "print:"),
        Map.entry("translate --hot 10 --memory 512M vmlinuz", "runs"),
        Map.entry("run --help", "--max-instructions"));

    @TempDir
    static Path folder;

    @BeforeAll
    static void files() throws IOException {
        Files.copy(DebianPackages.kernel(), folder.resolve("vmlinuz"));
        Files.copy(Initramfs.withInit(folder, "#!/bin/busybox sh\n/bin/busybox poweroff -f\n"), folder.resolve("initrd.gz"));
        Files.write(folder.resolve("disk.img"), Arrays.copyOf(assembled(Sample.BOOT_SECTOR), 1 << 20));
        Files.write(folder.resolve("kernel.elf"), assembled(Sample.KERNEL_64));
        Files.writeString(folder.resolve("kernel.asm"), Sample.KERNEL_64.source());
        Files.writeString(folder.resolve("machine.toml"), "image = 'kernel.elf'\nmemory = '64M'\n");
    }

    private static byte[] assembled(Sample sample) {
        Architecture x86 = MachineProviders.onClassPath().architectures().getFirst();
        return sample.assemble(x86.assembler()).bytes();
    }

    static Stream<String> commands() throws IOException {
        String readme = Files.readString(Repository.root().resolve("README.md"));
        return readme.substring(readme.indexOf("## Boot something"), readme.indexOf("## What works")).lines().filter(line -> line.startsWith("    ./ringside "))
            .map(line -> line.strip().substring("./ringside ".length()).replaceFirst("\\s+#.*$", ""));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void eachCommandDoesWhatItSays(String command) throws IOException {
        String says = SAYS.entrySet().stream().filter(e -> command.startsWith(e.getKey())).map(Map.Entry::getValue).findFirst().orElse(null);
        assertThat(says).as("what '%s' must say", command).isNotNull();
        List<Object> words = words(command);
        if (command.equals("bench")) {
            // All of it takes minutes.
            words.addAll(List.of("sieve", "--engines", "interpreter,translator", "--repeat", "1", "--length", "0.05"));
        }
        if (words.getLast().toString().endsWith("disk.img")) {
            words.addAll(List.of("--firmware", DebianPackages.seaBios()));
        }

        CommandLineRun run = CommandLineRun.of(words.toArray());

        assertThat(run.out() + run.err()).contains(says);
        // The samples end with a status of their own.
        assertThat(run.status()).as(run.err()).isNotIn(124, 125, 126);
        if (command.contains("events.txt")) {
            assertThat(folder.resolve("events.txt")).isNotEmptyFile();
        }
    }

    /** As a shell splits it, files in {@link #folder}. */
    private static List<Object> words(String command) {
        var words = new ArrayList<Object>();
        for (Matcher matcher = WORD.matcher(command); matcher.find();) {
            String word = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            words.add(matcher.group(1) == null ? word.replaceFirst("(^|:)([a-z]+\\.(gz|img|elf|asm|toml|txt)|vmlinuz)$", "$1" + folder + "/$2") : word);
        }
        return words;
    }
}
