package dev.ringside.arch.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.x86.isa.Operand.Far;
import dev.ringside.arch.x86.isa.Operand.Imm;
import dev.ringside.arch.x86.isa.Operand.Mem;
import dev.ringside.arch.x86.isa.Operand.Reg;
import dev.ringside.arch.x86.isa.Operand.RegisterClass;
import dev.ringside.arch.x86.isa.Operand.Rel;
import dev.ringside.arch.x86.isa.X86Instruction;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Hand-entered encodings, mostly the manual's own examples. */
class DecoderTest {
    private static X86Instruction decode(int bits, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return Decoder.decode(CodeSource.of(bytes, 0, bytes.length), bits);
    }

    @Test
    void addWithSignExtendedByteHasTheOperandSizeOfRex() {
        X86Instruction add = decode(64, "48 83 c0 ff");

        assertThat(add.form().mnemonic()).isEqualTo("add");
        assertThat(add.operandBits()).isEqualTo(64);
        assertThat(add.operands()).containsExactly(new Reg(RegisterClass.GENERAL, 0, 64), new Imm(-1, 64));
        assertThat(add.lengthBytes()).isEqualTo(4);
    }

    @Test
    void byteRegistersFourToSevenAreHighBytesOnlyWithoutRex() {
        assertThat(decode(64, "88 e0").operand(1)).isEqualTo(new Reg(RegisterClass.HIGH_BYTE, 0, 8));
        assertThat(decode(64, "40 88 e0").operand(1)).isEqualTo(new Reg(RegisterClass.GENERAL, 4, 8));
    }

    @Test
    void addressingOfSixteenBitsUsesBasesAndDefaultSegmentsOfTheTable() {
        assertThat(decode(16, "8b 42 10").operand(1)).isEqualTo(new Mem(2, 5, 6, 1, 0x10, 16, 16));
        assertThat(decode(16, "8b 0e 34 12").operand(1)).isEqualTo(new Mem(3, -1, -1, 1, 0x1234, 16, 16));
        assertThat(decode(16, "26 8b 07").operand(1)).isEqualTo(new Mem(0, 3, -1, 1, 0, 16, 16));
    }

    @Test
    void sibWithoutIndexAndRipRelativeAreTold() {
        assertThat(decode(64, "48 8b 04 24").operand(1)).isEqualTo(new Mem(2, 4, -1, 1, 0, 64, 64));
        assertThat(decode(64, "48 8b 05 10 00 00 00").operand(1)).isEqualTo(new Mem(3, Mem.RIP, -1, 1, 0x10, 64, 64));
        assertThat(decode(64, "4a 8b 04 e5 00 00 00 80").operand(1)).isEqualTo(new Mem(3, -1, 12, 8, 0xffffffff80000000L, 64, 64));
    }

    @Test
    void segmentRegistersOfPushAndPopAreThoseOfTheOpcode() {
        assertThat(decode(32, "16").operand(0)).isEqualTo(new Reg(RegisterClass.SEGMENT, 2, 16));
        assertThat(decode(32, "0e").operand(0)).isEqualTo(new Reg(RegisterClass.SEGMENT, 1, 16));
        assertThat(decode(32, "1f").operand(0)).isEqualTo(new Reg(RegisterClass.SEGMENT, 3, 16));
        assertThat(decode(64, "0f a9").operand(0)).isEqualTo(new Reg(RegisterClass.SEGMENT, 5, 16));
    }

    @Test
    void onlyFsAndGsOverrideInSixtyFourBitCode() {
        assertThat(decode(64, "65 48 8b 04 25 28 00 00 00").operand(1)).isEqualTo(new Mem(5, -1, -1, 1, 0x28, 64, 64));
        assertThat(decode(64, "2e 48 8b 00").segmentOverride()).isEqualTo(-1);
        assertThat(decode(32, "2e 8b 00").operand(1)).isEqualTo(new Mem(1, 0, -1, 1, 0, 32, 32));
    }

    @Test
    void nearBranchesAreSixtyFourBitsWideInSixtyFourBitCode() {
        assertThat(decode(64, "e8 fb ff ff ff").operand(0)).isEqualTo(new Rel(-5, 64));
        assertThat(decode(32, "66 e8 fb ff").operand(0)).isEqualTo(new Rel(-5, 16));
        assertThat(decode(64, "50").operandBits()).isEqualTo(64);
        assertThat(decode(64, "66 50").operandBits()).isEqualTo(16);
    }

    @Test
    void movWithEightByteImmediateAndOffsetsOfEightBytesExist() {
        assertThat(decode(64, "48 b8 88 77 66 55 44 33 22 11").operand(1)).isEqualTo(new Imm(0x1122334455667788L, 64));
        assertThat(decode(64, "a0 88 77 66 55 44 33 22 11").operand(1)).isEqualTo(new Mem(3, -1, -1, 1, 0x1122334455667788L, 64, 8));
        assertThat(decode(32, "ea 78 56 34 12 10 00").operand(0)).isEqualTo(new Far(0x10, 0x12345678, 32));
    }

    @Test
    void mandatoryPrefixesSelectAndOthersAreReported() {
        assertThat(decode(64, "f3 0f b8 c8").means()).isEqualTo("popcnt");
        assertThat(decode(64, "f3 0f bc c8").means()).isEqualTo("tzcnt");
        assertThat(decode(64, "0f bc c8").means()).isEqualTo("bsf");
        assertThat(decode(64, "f3 90").means()).isEqualTo("pause");
        assertThat(decode(64, "f3 90").rep()).isZero();
        assertThat(decode(64, "41 90").means()).isEqualTo("xchg");
        assertThat(decode(64, "f3 48 a5").rep()).isEqualTo(0xf3);
        assertThat(decode(64, "66 f2 0f 38 f1 c1").operand(1)).isEqualTo(new Reg(RegisterClass.GENERAL, 1, 16));
        assertThat(decode(64, "66 0f 38 f6 c1").means()).isEqualTo("adcx");
    }

    @Test
    void lesAndLdsAreVexPrefixesWhenTheirOperandWouldBeARegister() {
        assertThat(decode(32, "c4 03").means()).isEqualTo("les");
        assertThat(decode(64, "c4 03")).isSameAs(Decoder.INCOMPLETE);
    }

    @Test
    void lockIsLegalOnlyForListedFormsWithAMemoryDestination() {
        assertThat(decode(64, "f0 01 03").lockIsLegal()).isTrue();
        assertThat(decode(64, "f0 01 c3").lockIsLegal()).isFalse();
        assertThat(decode(64, "f0 8b 03").lockIsLegal()).isFalse();
    }

    @Test
    void invalidEncodingsAreUndefined() {
        assertThat(decode(64, "06")).isSameAs(Decoder.UNDEFINED);
        assertThat(decode(64, "0f 04")).isSameAs(Decoder.UNDEFINED);
        assertThat(decode(64, "8d c0")).isSameAs(Decoder.UNDEFINED);
        assertThat(decode(64, "0f 20 08")).isSameAs(Decoder.UNDEFINED);
        assertThat(decode(64, "8e f8")).isSameAs(Decoder.UNDEFINED);
    }

    @Test
    void fifteenBytesAreTheLimitAndMissingBytesAreReported() {
        assertThat(decode(64, "66".repeat(14) + "90").lengthBytes()).isEqualTo(15);
        assertThat(decode(64, "66".repeat(15) + "90")).isSameAs(Decoder.TOO_LONG);
        assertThat(decode(64, "48 81 c0 00 00")).isSameAs(Decoder.INCOMPLETE);
        assertThat(decode(64, "")).isSameAs(Decoder.INCOMPLETE);
    }

    @Test
    void rexCountsOnlyRightBeforeTheOpcode() {
        assertThat(decode(64, "48 66 01 c0").operandBits()).isEqualTo(16);
        assertThat(decode(64, "66 48 01 c0").operandBits()).isEqualTo(64);
    }

    @Test
    void randomBytesNeverThrowAndLengthsStayInBounds() {
        Random random = new Random(20240117);
        byte[] bytes = new byte[24];
        for (int i = 0; i < 600_000; i++) {
            random.nextBytes(bytes);
            if ((i & 1) == 0) {
                bytes[0] = 0x0f;
            }
            for (int bits = 16; bits <= 64; bits <<= 1) {
                X86Instruction insn = Decoder.decode(CodeSource.of(bytes, 0, bytes.length), bits);
                if (insn.form() != null) {
                    assertThat(insn.lengthBytes()).isBetween(1, Decoder.MAX_LENGTH);
                } else {
                    assertThat(insn).isIn(Decoder.UNDEFINED, Decoder.TOO_LONG);
                }
            }
        }
    }
}
