package dev.ringside.arch.x86.asm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.AssemblyResult.AssemblyError;
import dev.ringside.arch.AssemblyResult.LineRange;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected bytes are those of NASM 2.16 unless said otherwise. */
class X86AssemblerTest {
    private static String hex(int bits, String source) {
        AssemblyResult result = new X86Assembler(bits).assemble("test.asm", source);
        assertThat(result.errors()).as(source).isEmpty();
        return HexFormat.of().formatHex(result.bytes());
    }

    private static String error(int bits, String source) {
        AssemblyResult result = new X86Assembler(bits).assemble("t.asm", source);
        assertThat(result.errors()).as(source).hasSize(1);
        return result.errors().get(0).toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "mov ax, 0x1234                 | b83412",
        "mov eax, cr0                   | 0f20c0",
        "o32 lgdt [0x7e40]              | 660f0116407e",
        "in al, dx                      | ec",
        "rep movsd                      | f366a5",
        "call far [bx]                  | ff1f",
        "jmp far dword [bx]             | 66ff2f",
        "push dword 5                   | 666a05",
        "mov ax, [es:di+4]              | 268b4504",
        "cmp byte [bp+2], 'A'           | 807e0241",
        "mov eax, [dword 0x1000]        | 6766a100100000",
        "jmp dword 0x08:0x100000        | 66ea000010000800",
        "jmp 0x08:0x100000              | 66ea000010000800",
        "les di, [bx]                   | c43f",
    })
    void sixteenBitCode(String source, String expected) {
        assertThat(hex(16, source)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "lea esi, [eax+eax*4+8]         | 8d748008",
        "mov eax, [ebp]                 | 8b4500",
        "mov eax, [esp]                 | 8b0424",
        "imul eax, 10                   | 6bc00a",
        "imul eax, [ebx], 1000          | 6903e8030000",
        "shl eax, 1                     | d1e0",
        "shl dword [eax], cl            | d320",
        "push 500                       | 68f4010000",
        "test eax, [ebx]                | 8503",
        "xchg eax, ebx                  | 93",
        "lock cmpxchg [ebx], ecx        | f00fb10b",
        "fadd st0, st1                  | d8c1",
        "fadd st1, st0                  | dcc1",
        "faddp st1, st0                 | dec1",
        "fstp tword [eax]               | db38",
        "fstcw [eax]                    | 9bd938",
        "movsd                          | a5",
        "movsd xmm0, [eax]              | f20f1000",
        "cmpltps xmm0, xmm1             | 0fc2c101",
        "enter 16, 0                    | c8100000",
        "mov eax, [fs:0]                | 64a100000000",
        "mov [gs:eax], bl               | 658818",
        "cmovnz eax, ebx                | 0f45c3",
        "mov ds, ax                     | 8ed8",
        "aam                            | d40a",
    })
    void thirtyTwoBitCode(String source, String expected) {
        assertThat(hex(32, source)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "mov rax, 0x1122334455667788    | 48b88877665544332211",
        "mov rax, -1                    | 48c7c0ffffffff",
        "mov r8, [rax+r9*8+0x1000]      | 4e8b84c800100000",
        "mov rax, [gs:0x28]             | 65488b042528000000",
        "lea rdi, [rel $ + 0x107]       | 488d3d00010000",
        "push r12                       | 4154",
        "call [rax]                     | ff10",
        "iretq                          | 48cf",
        "o64 sysret                     | 480f07",
        "mov cr8, rax                   | 440f22c0",
        "mov spl, 5                     | 40b405",
        "rep stosq                      | f348ab",
        "cmpxchg16b [rdi]               | 480fc70f",
        "fxsave64 [rdi]                 | 480fae07",
        "crc32 rax, rbx                 | f2480f38f1c3",
        "andn eax, ebx, ecx             | c4e260f2c1",
        "shlx rax, rbx, rcx             | c4e2f1f7c3",
        "rorx eax, ebx, 3               | c4e37bf0c303",
        "pextrq rax, xmm1, 1            | 66480f3a16c801",
        "movq rax, xmm3                 | 66480f7ed8",
        "movq xmm1, xmm2                | f30f7eca",
        "add rsp, 128                   | 4881c480000000",
        "add rsp, -128                  | 4883c480",
        "xchg eax, eax                  | 87c0",
        "mov al, [qword 0x1122334455667788] | a08877665544332211",
        "endbr64                        | f30f1efa",
        "lea rax, [rbx + rcx*4 - 8]     | 488d448bf8",
        "mov byte [r13], 1              | 41c6450001",
    })
    void sixtyFourBitCode(String source, String expected) {
        assertThat(hex(64, source)).isEqualTo(expected);
    }

    @Test
    void jumpsGrowOnlyWhereTheyMust() {
        assertThat(hex(64, "a: jmp b\n times 120 nop\nb: jmp a")).startsWith("eb78").endsWith("eb84");
        assertThat(hex(64, "a: jmp b\n times 128 nop\nb: jmp a")).startsWith("e980000000").endsWith("e976ffffff");
        assertThat(hex(64, "jmp near b\nb:")).isEqualTo("e900000000");
        // The first jump needs the second to be short, and the second the first: both grow.
        assertThat(hex(32, "jz b\n times 126 nop\njz c\nb: times 127 nop\nc:")).startsWith("0f84").hasSize(2 * (6 + 126 + 2 + 127));
    }

    @Test
    void localLabelsBelongToTheLastLabel() {
        AssemblyResult result = new X86Assembler(32).assemble("t.asm", "org 0x100\na: jmp .x\n.x: nop\nb:\n.x: jmp .x\n jmp a.x");

        assertThat(HexFormat.of().formatHex(result.bytes())).isEqualTo("eb0090ebfeebfb");
        assertThat(result.symbols()).containsEntry("a", 0x100L).containsEntry("a.x", 0x102L).containsEntry("b.x", 0x103L);
        assertThat(result.origin()).isEqualTo(0x100);
    }

    @Test
    void dataTakesNumbersStringsAndExpressions() {
        assertThat(hex(64, "db 1, -1, 'a', \"bc\", 0")).isEqualTo("01ff61626300");
        assertThat(hex(64, "dw 'abc', 0xffff")).isEqualTo("61626300ffff");
        assertThat(hex(64, "db `\\r\\n\\0`")).isEqualTo("0d0a00");
        assertThat(hex(64, "org 16\nx: dd x, y - x, $ - $$\ny: resw 2")).isEqualTo("10000000" + "0c000000" + "00000000" + "00000000");
        assertThat(hex(64, "dd (1 << 4) | 3, 7 % 4, 10 / 3, ~0 & 0xff, 1 + 2 * 3, 0b101, 0fh, 17o, 1_000"))
                .isEqualTo("13000000" + "03000000" + "03000000" + "ff000000" + "07000000" + "05000000" + "0f000000" + "0f000000" + "e8030000");
        assertThat(hex(64, "dq 'ABCDEFGH', -1")).isEqualTo("4142434445464748ffffffffffffffff");
    }

    @Test
    void constantsDefinitionsTimesAndAlign() {
        assertThat(hex(64, "PORT equ 0x3f8\n%define OFF PORT + 5\n mov dx, OFF\n len equ end - $$\n mov al, len\nend:")).isEqualTo("66bafd03b006");
        assertThat(hex(64, "SIZE equ 8\n mov rax, [rbx + rcx*SIZE]")).isEqualTo("488b04cb");
        assertThat(hex(16, "nop\n times 4 - ($ - $$) db 7\n dw 0xaa55")).isEqualTo("9007070755aa");
        assertThat(hex(64, "nop\nalign 4\ndb 1\nalign 4\ndb 2")).isEqualTo("90909090" + "01000000" + "02");
    }

    @Test
    void linesTellWhereBytesCameFrom() {
        AssemblyResult result = new X86Assembler(64).assemble("t.asm", "; text\nstart: push rax\n\n db 1, 2\n");

        assertThat(result.lines()).containsExactly(new LineRange(0, 1, 2, true), new LineRange(1, 3, 4, false));
    }

    @Test
    void errorsNameLineColumnAndWhatWouldBeRight() {
        assertThat(error(64, "\n  movx eax, 1")).isEqualTo("t.asm:2:3: unknown instruction 'movx'");
        assertThat(error(64, "inc [rax]")).isEqualTo("t.asm:1:5: the size of this memory operand is not told: write byte or word or dword or qword before it");
        assertThat(error(64, "mov al, 300")).isEqualTo("t.asm:1:9: the value 0x12c does not fit in 8 bits (-128 to 255)");
        assertThat(error(64, "mov eax, nowhere")).isEqualTo("t.asm:1:10: undefined symbol 'nowhere'");
        assertThat(error(64, "x: nop\nx: nop")).isEqualTo("t.asm:2:1: the symbol 'x' is defined twice");
        assertThat(error(64, "pusha")).isEqualTo("t.asm:1:1: 'pusha' does not exist in 64-bit code");
        assertThat(error(32, "mov rax, 1")).isEqualTo("t.asm:1:5: rax exists in 64-bit code only");
        assertThat(error(32, "mov eax, bl")).startsWith("t.asm:1:5: 'mov' does not take these operands; it takes r/m8,r8  r/m16/32/64,r16/32/64");
        assertThat(error(32, "mov r8d, 1")).isEqualTo("t.asm:1:1: registers 8 to 15 exist in 64-bit code only");
        assertThat(error(64, "mov ah, r8b")).startsWith("t.asm:1:1: ah, ch, dh and bh cannot be used together");
        assertThat(error(64, "add eax")).isEqualTo("t.asm:1:1: 'add' takes 2 operands, not 1");
        assertThat(error(64, "lock mov [rax], eax")).isEqualTo("t.asm:1:6: 'mov' takes no lock prefix here");
        assertThat(error(64, "mov eax, [rax+ebx]")).isEqualTo("t.asm:1:15: registers of an address have one size");
        assertThat(error(64, "mov eax, [rax*7]")).isEqualTo("t.asm:1:15: an index is scaled by 1, 2, 4 or 8, not by 7");
        assertThat(error(64, "db 'abc")).isEqualTo("t.asm:1:4: the string has no closing '");
        assertThat(error(64, "jmp short x\n times 200 nop\nx:")).isEqualTo("t.asm:1:5: the target is 200 bytes away, which is out of reach (-128 to 127)");
        assertThat(error(64, "nop\norg 5")).isEqualTo("t.asm:2:1: org comes before the first byte");
        assertThat(error(64, "times -1 nop")).isEqualTo("t.asm:1:7: the count is -1, which is negative");
        assertThat(error(64, "resb 1 << 60")).contains("larger than 64 MiB");
        assertThat(error(64, "dd 1 / 0")).isEqualTo("t.asm:1:8: division by zero");
        assertThat(error(64, "mov eax, 12x")).isEqualTo("t.asm:1:10: '12x' is no number: 42, 0x2a, 2ah, 0b101010 and 52o are");
        assertThat(error(64, "bits 20")).isEqualTo("t.asm:1:6: bits is 16, 32 or 64, not '20'");
        assertThat(error(64, "mov eax, 5 6")).isEqualTo("t.asm:1:12: expected the end of the line, not '6'");
        assertThat(error(64, "mov eax, [rbx")).isEqualTo("t.asm:1:14: expected ']', not the end of the line");
        assertThat(error(64, "%macro x 1")).startsWith("t.asm:1:1: '%macro' is not supported");
        assertThat(error(64, "a: jmp short a\nx: times y db 0\ny equ 1 << 40")).contains("larger than 64 MiB");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "16 | mov ax, [0x100000]            | 1:9: the address 0x100000 does not fit in 16 bits; write [dword ...] for a 32-bit address",
        "16 | mov [0x12345], al             | 1:5: the address 0x12345 does not fit in 16 bits; write [dword ...] for a 32-bit address",
        "16 | mov bx, [0x100000]            | 1:9: the address 0x100000 does not fit in 16 bits; write [dword ...] for a 32-bit address",
        "16 | mov bx, [bx-0x8001]           | 1:9: the address -0x8001 does not fit in 16 bits",
        "32 | mov eax, [0x100000000]        | 1:10: the address 0x100000000 does not fit in 32 bits",
        "32 | mov al, [eax+0x100000000]     | 1:9: the address 0x100000000 does not fit in 32 bits",
        "64 | mov ecx, [0x100000000]        | 1:10: the address 0x100000000 does not fit in 32 sign-extended bits (-0x80000000 to 0x7fffffff)",
        "64 | mov ecx, [rbx+0x80000000]     | 1:10: the address 0x80000000 does not fit in 32 sign-extended bits (-0x80000000 to 0x7fffffff)",
        "64 | mov ecx, [byte rbx+300]         | 1:10: the displacement 0x12c does not fit in 8 sign-extended bits (-128 to 127)",
        "64 | mov al, -129                  | 1:9: the value -129 does not fit in 8 bits (-128 to 255)",
        "16 | mov ax, 0x12345               | 1:9: the value 0x12345 does not fit in 16 bits (-0x8000 to 0xffff)",
        "32 | push 0x1_0000_0000            | 1:6: the value 0x100000000 does not fit in 32 bits (-0x80000000 to 0xffffffff)",
        "64 | push 0x1_0000_0000            | 1:6: the value 0x100000000 does not fit in 32 sign-extended bits (-0x80000000 to 0x7fffffff)",
        "64 | add rax, 0xffffffff           | 1:10: the value 0xffffffff does not fit in 32 sign-extended bits (-0x80000000 to 0x7fffffff)",
        "64 | int 300                       | 1:5: the value 0x12c does not fit in 8 bits (-128 to 255)",
        "16 | jmp 0x10000:0x1234            | 1:5: the selector 0x10000 does not fit in 16 bits (-0x8000 to 0xffff)",
        "32 | jmp 8:0x100000000             | 1:7: the offset 0x100000000 does not fit in 32 bits (-0x80000000 to 0xffffffff)",
        "16 | jmp 0x10000                   | 1:5: the target 0x10000 is not in the same 64 KiB, where 16-bit branches stay; write 'dword' before it, or selector:offset",
        "64 | db 0, 256                     | 1:7: the value 0x100 does not fit in 8 bits (-128 to 255)",
        "64 | dw -0x8001                    | 1:4: the value -0x8001 does not fit in 16 bits (-0x8000 to 0xffff)",
        "64 | dd 0x100000000                | 1:4: the value 0x100000000 does not fit in 32 bits (-0x80000000 to 0xffffffff)",
        "64 | dq 0x10000000000000000        | 1:4: '0x10000000000000000' does not fit in 64 bits",
    })
    void nothingIsCutSilently(int bits, String source, String expected) {
        assertThat(error(bits, source)).isEqualTo("t.asm:" + expected);
    }

    @Test
    void sixteenBitCodeReachesFurtherWhereThatIsWritten() {
        assertThat(hex(16, "mov ax, [dword 0x100000]")).isEqualTo("67a100001000");
        assertThat(hex(16, "a32 mov bx, [0x100000]")).isEqualTo("678b1d00001000");
        assertThat(hex(16, "mov ax, [bx+0xffff]")).isEqualTo("8b47ff");
        assertThat(hex(16, "jmp dword 0x10000")).isEqualTo("66e9faff0000");
    }

    @Test
    void hostileTextsEndWithAnError() {
        assertThat(error(64, "dd " + "(".repeat(100_000))).endsWith("the expression is too long");
        assertThat(error(64, "dd 1" + "+1".repeat(100_000))).endsWith("the expression is too long");
        assertThat(error(64, "dd " + "-".repeat(100_000) + "1")).endsWith("the expression is too long");
        assertThat(error(64, "dd " + "9".repeat(1_000_000))).endsWith("the number does not fit in 64 bits");
        assertThat(error(64, "times 1 << 40 resb 0")).contains("larger than 64 MiB");
        assertThat(error(64, "times 1000 times 1000 resb 0")).contains("times cannot repeat times");
        StringBuilder doubling = new StringBuilder("%define a0 x + x\n");
        for (int i = 1; i < 60; i++) {
            doubling.append("%define a" + i + " a" + (i - 1) + " + a" + (i - 1) + "\n");
        }
        assertThat(new X86Assembler(64).assemble("t.asm", doubling.toString()).errors().get(0).message()).startsWith("the line is too long");
        assertThat(error(64, "a equ b\nb equ a + 1")).contains("addresses do not settle");
    }

    @Test
    void allErrorsOfATextAreToldInOrder() {
        AssemblyResult result = new X86Assembler(64).assemble("t.asm", "foo\nmov eax, y\nbar eax\n");

        assertThat(result.errors()).extracting(AssemblyError::line).containsExactly(1, 2, 3);
        assertThat(result.bytes()).isEmpty();
    }
}
