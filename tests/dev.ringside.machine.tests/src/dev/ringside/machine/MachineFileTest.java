package dev.ringside.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.machine.MachineDescription.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Machines as TOML. */
class MachineFileTest {
    private static final String EVERYTHING = """
        image = "boot/vmlinuz"
        initrd = "/srv/initrd.gz"
        append = "console=ttyS0 panic=-1"
        memory = "512M"
        cpus = 2
        disk = ["a.img", { file = "b.img", writable = true }]
        engine = "interpreter"
        inject = ["tsc-jump@500", "steal-burst@600"]
        serial = "file:out/serial.txt"
        firmware = "bios.bin"
        load-address = 0x10_0000
        fast-boot = false
        no-reboot = true
        max-instructions = 1_000_000
        timeout = 2.5
        trace = "exit,page_fault:events.txt"
        stats = true
        json = false
        seed = 7
        rtc = 2030-05-01T12:00:00+02:00

        [paravirt]
        interface = ["kvm", "hyperv"]
        stimer = false
        vendor = "Ringside Hv"
        spinlocks = 8191
        tsc-invariant = true
        """;

    @TempDir
    Path folder;

    private MachineSettings read(String text) throws IOException, MachineException {
        return MachineFile.read(Files.writeString(folder.resolve("m.toml"), text));
    }

    @Test
    void everySettingHasItsPlace() throws IOException, MachineException {
        MachineSettings settings = read(EVERYTHING);

        assertThat(settings.values()).containsOnlyKeys(Setting.values());
        assertThat(settings.description()).isEqualTo(new MachineDescription(folder.resolve("boot/vmlinuz"), Path.of("/srv/initrd.gz"), "console=ttyS0 panic=-1",
            List.of(new Disk(folder.resolve("a.img"), false), new Disk(folder.resolve("b.img"), true)), 512L << 20, 2, "interpreter",
            "kvm+hyperv,-stimer,vendor=Ringside Hv,spinlocks=8191,tsc-invariant", 7, 1_903_860_000L, folder.resolve("bios.bin"), 0x100000, true, false));
        assertThat(settings.texts(Setting.INJECT)).containsExactly("tsc-jump@500", "steal-burst@600");
        assertThat(settings.text(Setting.SERIAL, "")).isEqualTo("file:" + folder.resolve("out/serial.txt"));
        assertThat(settings.text(Setting.TRACE, "")).isEqualTo("exit,page_fault:" + folder.resolve("events.txt"));
        assertThat(settings.number(Setting.MAX_INSTRUCTIONS, 0)).isEqualTo(1_000_000);
        assertThat(settings.seconds(Setting.TIMEOUT, 0)).isEqualTo(2.5);
        assertThat(settings.flag(Setting.STATS)).isTrue();
        assertThat(settings.flag(Setting.JSON)).isFalse();
    }

    @Test
    void whatIsNotSaidIsAsUsual() throws IOException, MachineException {
        MachineSettings settings = read("image = 'k'");

        assertThat(settings.description()).isEqualTo(MachineDescription.of(folder.resolve("k")));
    }

    @Test
    void onePlainValueStandsForAnArray() throws IOException, MachineException {
        MachineSettings settings = read("disk = 'd.img'\ninject = 'tsc-jump@1'\nparavirt = 'kvm,-kvm-steal-time'\nmemory = 1048576\nserial = 'none'");

        assertThat(settings.description().disks()).containsExactly(new Disk(folder.resolve("d.img"), false));
        assertThat(settings.texts(Setting.INJECT)).containsExactly("tsc-jump@1");
        assertThat(settings.description().paravirt()).isEqualTo("kvm,-kvm-steal-time");
        assertThat(settings.description().memoryBytes()).isEqualTo(1 << 20);
        assertThat(settings.text(Setting.SERIAL, "")).isEqualTo("none");
    }

    @Test
    void theStrongerSettingsWinAndLeaveTheRest() throws IOException, MachineException {
        MachineSettings options = MachineSettings.NONE.with(Setting.CPUS, 4).with(Setting.STATS, false).with(Setting.MEMORY, null);

        MachineSettings both = read(EVERYTHING).under(options);

        assertThat(both.description().cpus()).isEqualTo(4);
        assertThat(both.flag(Setting.STATS)).isFalse();
        assertThat(both.description().memoryBytes()).isEqualTo(512L << 20);
    }

    @Test
    void whatIsWrittenReadsTheSame() throws IOException, MachineException {
        MachineSettings before = read(EVERYTHING).with(Setting.APPEND, "a=\"b\\c\"\t\u00e9");
        Path copy = folder.resolve("copy.toml");

        MachineFile.write(before, copy);

        assertThat(MachineFile.read(copy)).isEqualTo(before);
        assertThat(Files.readString(copy)).contains("image = \"boot/vmlinuz\"\n", "initrd = \"/srv/initrd.gz\"\n", "memory = \"512M\"\n", "load-address = 0x100000\n")
            .doesNotContain(folder.toString());
    }

    @Test
    void fileMovesWithItsFolder() throws IOException, MachineException {
        Files.createDirectory(folder.resolve("x"));
        MachineFile.write(MachineSettings.NONE.with(Setting.IMAGE, folder.resolve("x/k")), folder.resolve("x/m.toml"));
        Files.move(folder.resolve("x"), folder.resolve("y"));

        assertThat(MachineFile.read(folder.resolve("y/m.toml")).path(Setting.IMAGE)).isEqualTo(folder.resolve("y/k"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "memroy = '512M'                    | line 2: there is no 'memroy'; did you mean 'memory'?",
        "max_instructions = 5               | line 2: there is no 'max_instructions'; did you mean 'max-instructions'?",
        "CPUS = 5                           | line 2: there is no 'CPUS'; did you mean 'cpus'?",
        "zzzzzzzz = 5                       | line 2: there is no 'zzzzzzzz'; there are image, initrd, append, memory, cpus, disk",
        "memory = '512Q'                    | line 2: memory: '512Q' is not a size; a number with K, M or G is needed, such as 512M",
        "memory = true                      | line 2: memory = true; a size in quotes such as \"512M\", or a number of bytes is needed",
        "cpus = 'two'                       | line 2: cpus = \"two\"; a small whole number is needed",
        "cpus = -1                          | line 2: cpus = -1; a whole number from 0 to 2147483647 is needed",
        "cpus = 4294967297                  | line 2: cpus = 4294967297; a whole number from 0 to 2147483647 is needed",
        "timeout = nan                      | line 2: timeout = NaN; a number of seconds from 0 on is needed",
        "no-reboot = 1                      | line 2: no-reboot = 1; true or false is needed",
        "rtc = 2026-01-01                   | line 2: rtc = 2026-01-01; a date and time such as 2026-01-01T00:00:00Z is needed",
        "load-address = 'here'              | line 2: load-address = \"here\"; a number such as 0x100000 is needed",
        "inject = [1]                       | line 2: inject = 1; text in quotes, or an array of such is needed",
        "disk = { file = 'a', writeable = true } | line 2: a disk has no 'writeable'; did you mean 'writable'?",
        "disk = { writable = true }         | line 2: a disk without a 'file'",
        "disk = [[]]                        | line 2: disk = an array; a file name in quotes",
        "paravirt = { interface = 5 }       | line 2: interface = 5; text in quotes, or an array of such is needed",
        "paravirt = { vendor = 'a,b' }      | line 2: vendor = \"a,b\"; a feature is true, false, a number, or text without a comma",
        "image = 'other.toml'               | is a machine file too; a kernel or a disk is needed",
        "cpus = 1 2                         | line 2: this is not TOML: ",
        "[cpus]                             | line 2: cpus = a table; a small whole number is needed",
        "append = 'never closed             | this is not TOML: ",
    })
    void badLineIsNamedWithWhatWouldBeRight(String line, String said) {
        assertThatThrownBy(() -> read("# one\n" + line)).isInstanceOf(MachineException.class).message()
            .startsWith("machine file '" + folder.resolve("m.toml") + "'").contains(said).doesNotContain("\n");
    }

    @Test
    void badFilesAreNamed() throws IOException {
        Path latin = Files.write(folder.resolve("latin.toml"), "append = '\u00e9'".getBytes(StandardCharsets.ISO_8859_1));
        Path huge = Files.write(folder.resolve("huge.toml"), new byte[(1 << 20) + 1]);

        assertThatThrownBy(() -> MachineFile.read(latin)).hasMessageContaining("is not UTF-8 text; save it as UTF-8");
        assertThatThrownBy(() -> MachineFile.read(huge)).hasMessageContaining("has 1048577 bytes; a machine is at most 1048576 bytes of TOML");
        assertThatThrownBy(() -> MachineFile.read(folder)).hasMessageContaining("is a directory; a file is needed");
        assertThatThrownBy(() -> MachineFile.read(folder.resolve("none.toml"))).hasMessageContaining("does not exist");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whateverTheFileHoldsItIsAMachineOrOneLine(long seed) throws IOException {
        var random = new Random(seed);
        for (int i = 0; i < 150; i++) {
            var text = new StringBuilder(EVERYTHING);
            for (int edits = 1 + random.nextInt(6); edits > 0; edits--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, "[]{}=\"'\\.,\n#-_x0\u0000\u2028".charAt(random.nextInt(18)));
                    default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(40))));
                }
            }
            try {
                read(text.toString()).description();
            } catch (MachineException e) {
                assertThat(e.getMessage()).startsWith("machine file ");
            }
        }
    }
}
