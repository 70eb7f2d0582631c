package dev.ringside.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words for what is wrong on the host: the option or file, the value, and what would be right. All in this process, so that there can be many. */
class HostErrorsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.write(folder.resolve("raw"), new byte[16]);
        Files.write(folder.resolve("empty"), new byte[0]);
        Files.write(folder.resolve("blank.img"), new byte[1024]);
        Files.write(folder.resolve("latin1.asm"), "db \"\u00e9\"\n".getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(folder.resolve("bad.asm"), "bits 16\n mov al, 300\n");
        Files.writeString(folder.resolve("bad.toml"), "cpus = 1\nmemroy = '1G'\n");
        Files.writeString(folder.resolve("lost.toml"), "image = 'none'\n");
        Files.createDirectory(folder.resolve("folder"));
        byte[] sector = new byte[600];
        sector[510] = 0x55;
        sector[511] = (byte) 0xaa;
        Files.write(folder.resolve("odd.img"), sector);
    }

    /** {@code @} stands for the folder. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "frob                                 | unknown command 'frob'; there are run, demo, asm, disasm",
        "--frob                               | Unknown option: '--frob'",
        "run                                  | neither an image nor a disk is given",
        "run a b                              | unexpected argument 'b' (see ringside run --help)",
        "run @/raw --memory                   | '--memory' (SIZE)",
        "run --memory 0 @/raw                 | '--memory': '0' is not a size; a number with K, M or G is needed, such as 512M",
        "run --memory 4K --load-address 1 @/raw | memory of 4096 bytes; a multiple of 1M from 1M to 64G is needed",
        "run --memory 9999999G @/raw          | a multiple of 1M from 1M to 64G is needed",
        "run --cpus x @/raw                   | '--cpus': 'x' is not a whole number",
        "run --cpus 0 @/raw                   | cpus 0; 1 to 64 are possible",
        "run --timeout soon @/raw             | '--timeout': 'soon' is not a number",
        "run --timeout -1 @/raw               | --timeout -1.0; a number of seconds above 0 is needed",
        "run --max-instructions -5 @/raw      | --max-instructions -5; a whole number of at least 1 is needed",
        "run --load-address here @/raw        | '--load-address': 'here' is not an address; a number such as 0x100000 is needed",
        "run --load-address 0xfffffff0 @/raw  | wants 16 bytes at 0xfffffff0, where the machine has no memory: give it more with --memory",
        "run --paravirt xen @/raw             | paravirtual interface 'xen' is not in this build; there is none",
        "run --serial pty --load-address 0x100000 @/raw      | --serial pty is not in this build; stdio, none and file:F are",
        "run --serial tty1 --load-address 0x100000 @/raw     | --serial 'tty1' is unknown; stdio, none or file:F is needed",
        "run --serial file:@/none/x --load-address 0x100000 @/raw | --serial: file '@/none/x' cannot be written: its folder does not exist",
        "run --trace pigs --load-address 0x100000 @/raw      | --trace: event 'pigs' is unknown; there are exit, all, pio",
        "run --trace exit:@/folder --load-address 0x100000 @/raw | --trace: file '@/folder' cannot be written: Is a directory",
        "run --inject tsc-jump --load-address 0x100000 @/raw | --inject 'tsc-jump'; EVENT@INSTRUCTIONS is needed, such as tsc-jump@500000000",
        "run --inject tsc-jump@5/1 --paravirt kvm --load-address 0x100000 @/raw | --inject fault 'tsc-jump' cannot be injected into processor 1; the last one is 0",
        "run @/folder                         | image '@/folder' is a directory; a file is needed",
        "run @/empty                          | image '@/empty' is empty",
        "run @/raw                            | image '@/raw' is nothing that can be booted",
        "run @/odd.img                        | a boot sector but 600 bytes, which no disk has (a multiple of 512 is needed)",
        "run --disk @/folder                  | disk '@/folder' is a directory; a disk image file is needed",
        "run --disk @/empty                   | disk '@/empty' is empty; a disk has at least one sector of 512 bytes",
        "run --disk @/odd.img,writable        | disk '@/odd.img' has 600 bytes, which is no multiple of 512; only such a file can be written directly",
        "run --disk @/none,writable           | disk '@/none' does not exist",
        "run --disk @/blank.img               | no disk can be booted: there is no boot signature 55 AA at byte 510 of '@/blank.img'",
        "run --disk @/blank.img --firmware @/none  | firmware '@/none' does not exist",
        "run --disk @/blank.img --firmware @/empty | firmware '@/empty' has 0 bytes; a BIOS image has a multiple of 64 KiB, at most 16 MiB",
        "run @/none.toml                      | machine file '@/none.toml' does not exist",
        "run @/bad.toml                       | machine file '@/bad.toml', line 2: there is no 'memroy'; did you mean 'memory'?",
        "run --json=false @/bad.toml          | machine file '@/bad.toml', line 2: there is no 'memroy'; did you mean 'memory'?",
        "run @/lost.toml                      | image '@/none' does not exist",
        "run --write-machine @/none/x @/raw   | --write-machine: file '@/none/x' cannot be written: its folder does not exist",
        "run --rtc today @/raw                | '--rtc': 'today' is not a time; a date and time such as 2026-01-01T00:00:00Z is needed",
        "asm                                  | asm takes either a FILE or -e TEXT; none is given",
        "asm -e nop @/bad.asm                 | asm takes either a FILE or -e TEXT; both are given",
        "asm @/none.asm                       | source '@/none.asm' does not exist",
        "asm @/latin1.asm                     | source '@/latin1.asm' is not UTF-8 text; save it as UTF-8",
        "asm --bits 8 -e nop                  | --bits 8; 16, 32 or 64 is needed",
        "asm -e nop -o @/none/x               | --output: file '@/none/x' cannot be written: its folder does not exist",
        "disasm                               | disasm takes either a FILE or --hex BYTES; none is given",
        "disasm --hex 4                       | --hex '4' is not a row of bytes; pairs of hexadecimal digits are needed",
        "disasm --at here @/raw               | --at 'here' is neither a symbol of '@/raw' nor an address such as 0x100000",
        "disasm --raw --count -1 @/raw        | --count -1; a number of instructions is needed, 0 for all",
        "translate @/raw                      | neither --at nor --hot is given; one of them is needed",
        "translate --at 0 --hot 3 @/raw       | both --at and --hot are given; one of them is needed",
        "translate --hot 0 @/raw              | --hot 0; at least 1 is needed",
        "translate --at foo @/raw             | --at 'foo' is neither a symbol of '@/raw' nor an address such as 0x100000",
        "translate --at 16 @/raw              | --at: there is no code at 0x10 in '@/raw'",
        "translate --at 0 @/none              | image '@/none' does not exist",
        "translate --at 0 --bits 8 @/raw      | --bits 8; 16, 32 or 64 is needed",
        "translate --at 0 --count 0 @/raw     | --count 0; at least 1 is needed",
        "run --trace all: --load-address 0x100000 @/raw      | --trace 'all:': behind the colon a file is needed",
        "run --max-instructions 0 @/raw       | --max-instructions 0; a whole number of at least 1 is needed",
        "run --timeout 0 @/raw                | --timeout 0.0; a number of seconds above 0 is needed",
        "run --timeout NaN @/raw              | --timeout NaN; a number of seconds above 0 is needed",
        "run --append quiet --load-address 0x100000 @/raw | command line 'quiet' is for nobody: a raw binary takes none; an image with a boot protocol does",
        "run --initrd @/raw --disk @/blank.img | initrd '@/raw' is for nobody: a disk's boot sector takes none",
        "bench nonsense                       | row 'nonsense' is unknown; there are sieve, crc-bits",
        "bench --engines tcg,bochs            | --engines: 'bochs' is unknown; there are interpreter, translator, tcg, icount, native",
        "bench --repeat 0                     | --repeat 0; at least 1 is needed",
        "bench --interpreter-rounds 0         | --interpreter-rounds 0; at least 1 is needed, or --engines without the interpreter",
        "bench --length 0                     | --length 0.0; a number above 0 is needed",
        "bench --megabytes 2000               | --megabytes 2000; 1 to 1024 are possible",
        "bench --timeout 0                    | --timeout 0.0; a number of seconds above 0 is needed",
        "bench --kernel @/none                | file '@/none' cannot be read",
        "disasm --raw --at 0x20 @/raw         | --at: there are no bytes at 0x20; there are 16 from 0x0 on",
    })
    void eachNamesTheValueAndWhatWouldBeRight(String line, String expected) {
        var said = new StringWriter();
        var out = new StringWriter();

        int status = Main.run(new PrintWriter(out), new PrintWriter(said), Arrays.stream(line.split(" ")).map(this::inFolder).toArray(String[]::new));

        assertThat(said.toString()).startsWith("ringside: ").contains(inFolder(expected)).endsWith("\n");
        assertThat(said.toString().strip().lines()).hasSize(1);
        assertThat(out.toString()).isEmpty();
        assertThat(status).isEqualTo(125);
    }

    @Test
    void aSourceErrorHasItsFileLineAndColumn() {
        var said = new StringWriter();

        int status = Main.run(new PrintWriter(new StringWriter()), new PrintWriter(said), "asm", inFolder("@/bad.asm"));

        assertThat(said.toString().strip()).isEqualTo(inFolder("@/bad.asm:2:10: the value 0x12c does not fit in 8 bits (-128 to 255)"));
        assertThat(status).isEqualTo(125);
    }

    @Test
    void theFirstLineOfATextIsLineOne() {
        var said = new StringWriter();

        Main.run(new PrintWriter(new StringWriter()), new PrintWriter(said), "asm", "-e", "nop;; movx");

        assertThat(said.toString().strip()).isEqualTo("text:2:2: unknown instruction 'movx'");
    }

    @Test
    void aNameWithALineBreakMakesOneLine() {
        var said = new StringWriter();

        Main.run(new PrintWriter(new StringWriter()), new PrintWriter(said), "run", "a\nb");

        assertThat(said.toString().strip()).isEqualTo("ringside: image 'a b' does not exist");
    }

    private String inFolder(String text) {
        return text.replace("@", folder.toString()).replace("EVENT" + folder, "EVENT@").replace("tsc-jump" + folder, "tsc-jump@");
    }
}
