package dev.ringside.arch.x86.lift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.x86.X86Mode;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.IrOptimizer;
import dev.ringside.ir.IrVerifier;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes are and whatever the mode, the lifter gives a block that the verifier accepts. */
class EveryByteLiftsTest {
    private static final int FLAT = X86Mode.FLAT_CODE | X86Mode.FLAT_DATA;
    private static final int TRAPS = X86Mode.X87_TRAPS | X86Mode.SSE_TRAPS;
    /** mod and r/m: a register, base only, SIB with displacement, RIP-relative or displacement only. */
    private static final BitSet OPERAND_KINDS = BitSet.valueOf(new long[] {1 << 0 | 1 << 5, 1 << 4, 0, 1 << 1});
    private final X86Lifter lifter = new X86Lifter();

    @ParameterizedTest
    @ValueSource(ints = {
        X86Mode.CODE_64 | FLAT | X86Mode.LONG_MODE | X86Mode.PROTECTED | X86Mode.CPL_0,
        X86Mode.CODE_64 | FLAT | X86Mode.LONG_MODE | X86Mode.PROTECTED | X86Mode.CPL_3 | X86Mode.IO_CHECKED | X86Mode.ALIGN_CHECK | TRAPS,
        X86Mode.CODE_32 | FLAT | X86Mode.STACK_32 | X86Mode.PROTECTED | X86Mode.CPL_0,
        X86Mode.CODE_32 | X86Mode.PROTECTED | X86Mode.CPL_3 | TRAPS | X86Mode.ALIGN_CHECK | X86Mode.IO_CHECKED,
        X86Mode.CODE_16 | X86Mode.CPL_0,
        X86Mode.CODE_16 | X86Mode.VM86 | X86Mode.CPL_3 | X86Mode.IO_CHECKED})
    void randomBytesBecomeAValidBlock(int modeKey) {
        SplittableRandom random = new SplittableRandom(modeKey);
        byte[] code = new byte[32];
        for (int i = 0; i < 20_000; i++) {
            random.nextBytes(code);
            // Every second one in the two-byte and three-byte maps.
            int prefix = random.nextInt(8);
            if (prefix < 4) {
                code[0] = 0x0f;
                code[1] = prefix == 0 ? 0x38 : prefix == 1 ? 0x3a : code[1];
            }
            check(code, modeKey);
        }
    }

    /** Each opcode byte of each map with each mandatory prefix and a few ModRM bytes: every form is among them. */
    @ParameterizedTest
    @ValueSource(ints = {
        X86Mode.CODE_64 | FLAT | X86Mode.LONG_MODE | X86Mode.PROTECTED | X86Mode.CPL_0,
        X86Mode.CODE_32 | FLAT | X86Mode.STACK_32 | X86Mode.PROTECTED | X86Mode.CPL_0,
        X86Mode.CODE_16 | X86Mode.CPL_0})
    void everyOpcodeBecomesAValidBlock(int modeKey) {
        byte[][] maps = {{}, {0x0f}, {0x0f, 0x38}, {0x0f, 0x3a}};
        byte[][] prefixes = {{}, {0x66}, {(byte) 0xf2}, {(byte) 0xf3}, {(byte) 0xf0}, {0x67}, {0x66, 0x67, (byte) 0xf3}};
        for (byte[] prefix : prefixes) {
            for (byte[] map : maps) {
                for (int opcode = 0; opcode < 256; opcode++) {
                    for (int modrm = 0; modrm < 256; modrm++) {
                        // All of them once; with prefixes one of each kind of operand.
                        if (prefix.length > 0 && !OPERAND_KINDS.get(modrm & 0xc7)) {
                            continue;
                        }
                        byte[] code = new byte[24];
                        int at = 0;
                        for (byte b : prefix) {
                            code[at++] = b;
                        }
                        for (byte b : map) {
                            code[at++] = b;
                        }
                        code[at++] = (byte) opcode;
                        code[at] = (byte) modrm;
                        check(code, modeKey);
                    }
                }
            }
        }
    }

    private void check(byte[] code, int modeKey) {
        try {
            IrBlock block = lifter.lift(CodeSource.of(code, 0, code.length), modeKey, 0x1000, 2);
            assertThat(block).isNotNull();
            IrVerifier.verify(block);
            IrVerifier.verify(IrOptimizer.optimize(block));
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(HexFormat.of().formatHex(code) + " in mode " + Integer.toHexString(modeKey), e);
        }
    }
}
