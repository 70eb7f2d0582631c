package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RBP;
import static dev.ringside.arch.x86.X86State.RBX;
import static dev.ringside.arch.x86.X86State.RCX;
import static dev.ringside.arch.x86.X86State.RDI;
import static dev.ringside.arch.x86.X86State.RSI;
import static dev.ringside.arch.x86.X86State.RSP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86Mode;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.IrInsn;
import dev.ringside.ir.Op;
import dev.ringside.testkit.IrEvaluator;
import dev.ringside.testkit.X86TestMachine;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What depends on code size, stack size, address size and privilege. */
class ModesTest {
    @Test
    void sixteenBitOffsetsWrapBelow64K() {
        X86TestMachine m = X86TestMachine.realMode();
        m.memory().store(0x10, 2, 0xbeef, 0);
        // mov ax, [bx+si]
        m.code(0x1000, "8b00").gpr(RBX, 0xfff0).gpr(RSI, 0x20);

        assertThat(m.run()).isNull();

        assertThat(m.gpr(RAX) & 0xffff).isEqualTo(0xbeef);
    }

    @Test
    void sixteenBitJumpWrapsItsTarget() {
        // jmp -0x20 at 0x10
        IrBlock block = lift("e9ddff", X86Mode.CODE_16 | X86Mode.CPL_0, 0x10);
        X86TestMachine m = X86TestMachine.realMode();

        IrEvaluator.run(m.cpu(), block);

        assertThat(m.cpu().pc()).isEqualTo(0xfff0);
    }

    @Test
    void thirtyTwoBitJumpWrapsItsTarget() {
        // jmp +0x7ffffff0 at 0x90000000
        IrBlock block = lift("e9f0ffff7f", X86Mode.CODE_32 | X86Mode.STACK_32 | X86Mode.FLAT_CODE | X86Mode.FLAT_DATA | X86Mode.CPL_0, 0x9000_0000L);
        X86TestMachine m = X86TestMachine.protectedMode();

        IrEvaluator.run(m.cpu(), block);

        assertThat(m.cpu().pc()).isEqualTo(0x0fff_fff5L);
    }

    @Test
    void pushInARealModeStackWrapsAndKeepsTheUpperHalf() {
        X86TestMachine m = X86TestMachine.realMode().code(0x1000, "50");
        m.gpr(RSP, 0xabc_0000L).gpr(RAX, 0x1234);

        assertThat(m.run()).isNull();

        assertThat(m.gpr(RSP)).isEqualTo(0xabc_fffeL);
        assertThat(m.memory().load(0xfffe, 2, 0)).isEqualTo(0x1234);
    }

    @Test
    void operandAndAddressPrefixesReachThirtyTwoBitsInRealMode() {
        X86TestMachine m = X86TestMachine.realMode();
        m.memory().store(0x2010, 4, 0x89abcdefL, 0);
        // mov eax, [ebx+ecx*4]; push eax; pop esi
        m.code(0x1000, "66678b048b 6650 665e").gpr(RBX, 0x2000).gpr(RCX, 4);

        assertThat(m.run()).isNull();

        assertThat(m.gpr(RSI)).isEqualTo(0x89abcdefL);
    }

    @Test
    void enterAndLeaveBuildNestedFramesOfWords() {
        X86TestMachine m = X86TestMachine.realMode().code(0x1000, "c8040002 c9");
        m.gpr(RSP, 0x8000).gpr(RBP, 0x7000);
        m.memory().store(0x6ffe, 2, 0x4444, 0);

        assertThat(m.run()).isNull();

        assertThat(m.memory().load(0x7ffe, 2, 0)).isEqualTo(0x7000);
        assertThat(m.memory().load(0x7ffc, 2, 0)).isEqualTo(0x4444);
        assertThat(m.memory().load(0x7ffa, 2, 0)).isEqualTo(0x7ffe);
        assertThat(m.gpr(RSP)).isEqualTo(0x8000);
        assertThat(m.gpr(RBP)).isEqualTo(0x7000);
    }

    @Test
    void repeatedWordsGoDownThroughAddressZeroOf16Bits() {
        X86TestMachine m = X86TestMachine.realMode();
        m.rflags(Rflags.DF).code(0x1000, "f3ab").gpr(RDI, 2).gpr(RCX, 3).gpr(RAX, 0x5a5a);

        assertThat(m.run()).isNull();

        assertThat(m.gpr(RDI)).isEqualTo(0xfffc);
        assertThat(m.memory().load(2, 2, 0)).isEqualTo(0x5a5a);
        assertThat(m.memory().load(0, 2, 0)).isEqualTo(0x5a5a);
        assertThat(m.memory().load(0xfffe, 2, 0)).isEqualTo(0x5a5a);
    }

    @Test
    void downwardRepeatedMoveCopiesOverlappingBytesFromTheTop() {
        X86TestMachine m = X86TestMachine.longMode();
        for (int i = 0; i < 16; i++) {
            m.memory().bytes[0x2000 + i] = (byte) i;
        }
        m.rflags(Rflags.DF).code(0x1000, "f3a4").gpr(RSI, 0x200f).gpr(RDI, 0x2013).gpr(RCX, 16);

        assertThat(m.run()).isNull();

        for (int i = 0; i < 16; i++) {
            assertThat(m.memory().bytes[0x2004 + i]).isEqualTo((byte) i);
        }
    }

    @Test
    void popfChangesInterruptFlagAndIoplOnlyWithTheRights() {
        long all = Rflags.IF | Rflags.IOPL | Rflags.CF | Rflags.AC;

        assertThat(popf(X86Mode.CPL_0)).isEqualTo(all);
        assertThat(popf(X86Mode.CPL_3)).isEqualTo(all & ~Rflags.IOPL);
        assertThat(popf(X86Mode.CPL_3 | X86Mode.IO_CHECKED)).isEqualTo(Rflags.CF | Rflags.AC);
    }

    private static long popf(int privilege) {
        long all = Rflags.IF | Rflags.IOPL | Rflags.CF | Rflags.AC;
        X86TestMachine m = X86TestMachine.longMode().rflags(0);
        m.gpr(RSP, 0x7000);
        m.memory().store(0x7000, 8, all, 0);
        int mode = X86Mode.CODE_64 | X86Mode.FLAT_CODE | X86Mode.FLAT_DATA | X86Mode.LONG_MODE | X86Mode.PROTECTED | privilege;
        IrEvaluator.run(m.cpu(), lift("9d", mode, 0x1000));
        return m.rflags() & all;
    }

    @Test
    void pushfNeedsIoplInVirtual8086Mode() {
        IrBlock block = lift("9c", X86Mode.CODE_16 | X86Mode.VM86 | X86Mode.CPL_3 | X86Mode.IO_CHECKED, 0x1000);

        assertThat(block.insns().stream().filter(insn -> insn.op() == Op.RAISE_IF).map(IrInsn::imm)).containsExactly(Vector.GP | 0x100L);
    }

    @Test
    void privilegedInstructionIsAGeneralProtectionFaultOutsideLevelZero() {
        // wrmsr
        int mode = X86Mode.CODE_64 | X86Mode.FLAT_CODE | X86Mode.FLAT_DATA | X86Mode.LONG_MODE | X86Mode.PROTECTED | X86Mode.CPL_3;
        IrBlock block = lift("0f30", mode, 0x1000);

        assertThat(block.insns().stream().filter(insn -> insn.op() == Op.RAISE_IF).map(IrInsn::imm)).containsExactly(Vector.GP | 0x100L);
        assertThat(block.insns().stream().map(IrInsn::op)).doesNotContain(Op.CALL);
    }

    @Test
    void instructionThatReadsAModelSpecificRegisterStandsAlone() {
        // nop; rdmsr; nop
        byte[] code = HexFormat.of().parseHex("900f3290");
        int mode = X86TestMachine.longMode().cpu().modeKey();

        assertThat(new X86Lifter().lift(CodeSource.of(code, 0, 4), mode, 0x1000, 10).guestInstructions()).isEqualTo(1);
        IrBlock alone = new X86Lifter().lift(CodeSource.of(code, 1, 4), mode, 0x1001, 10);
        assertThat(alone.guestInstructions()).isEqualTo(1);
        assertThat(alone.terminator().op()).isEqualTo(Op.LEAVE);
    }

    @Test
    void instructionThatReadsTimeStandsAmongOthersAndTellsTheEngineSo() {
        // nop; rdtsc; nop
        byte[] code = HexFormat.of().parseHex("900f3190");
        IrBlock block = new X86Lifter().lift(CodeSource.of(code, 0, 4), X86TestMachine.longMode().cpu().modeKey(), 0x1000, 3);

        assertThat(block.guestInstructions()).isEqualTo(3);
        assertThat(block.insns().stream().filter(insn -> insn.op() == Op.CALL).map(insn -> insn.helper().effects()))
            .containsExactly(Set.of(Helper.Effect.READS_TIME, Helper.Effect.MAY_RAISE));
    }

    @Test
    void misalignedAccessRaisesAlignmentCheckWhenItIsOn() {
        int mode = X86Mode.CODE_64 | X86Mode.FLAT_CODE | X86Mode.FLAT_DATA | X86Mode.LONG_MODE | X86Mode.PROTECTED | X86Mode.CPL_3
            | X86Mode.ALIGN_CHECK;
        // mov eax, [rbx]
        IrBlock block = lift("8b03", mode, 0x1000);
        X86TestMachine m = X86TestMachine.longMode().gpr(RBX, 0x2002);

        assertThat(catchThrowableOfType(GuestFault.class, () -> IrEvaluator.run(m.cpu(), block)).vector)
            .isEqualTo(Vector.AC);
    }

    private static IrBlock lift(String hex, int modeKey, long pc) {
        byte[] code = HexFormat.of().parseHex(hex);
        return new X86Lifter().lift(CodeSource.of(code, 0, code.length), modeKey, pc, 1);
    }
}
