package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RBX;
import static dev.ringside.arch.x86.X86State.RCX;
import static dev.ringside.arch.x86.X86State.RDI;
import static dev.ringside.arch.x86.X86State.RSI;
import static dev.ringside.arch.x86.X86State.RSP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.Vector;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.IrInsn;
import dev.ringside.ir.IrOptimizer;
import dev.ringside.ir.Op;
import dev.ringside.testkit.X86TestMachine;
import java.util.List;
import org.junit.jupiter.api.Test;

class X86LifterTest {
    @Test
    void sumsOneToTenIn64BitCode() {
        X86TestMachine m = X86TestMachine.longMode().code(0x1000, """
            31 c0           xor eax, eax
            b9 0a 00 00 00  mov ecx, 10
            48 01 c8        add rax, rcx
            48 ff c9        dec rcx
            75 f8           jnz add
            """.replaceAll("(?m)  +[a-z].*$", "").replace("\n", ""));

        assertThat(m.run()).isNull();

        assertThat(m.gpr(RAX)).isEqualTo(55);
        assertThat(m.cpu().instructions).isEqualTo(2 + 10 * 3);
    }

    @Test
    void callsAndReturnsOnA16BitStack() {
        // call +3; jmp +4 (end); inc ax; ret; nop
        X86TestMachine m = X86TestMachine.realMode().code(0x1000, "e8 02 00  eb 02  40 c3");
        m.gpr(RAX, 0xffff_1234L).gpr(RSP, 0x4567_0000L);

        assertThat(m.run()).isNull();

        assertThat(m.gpr(RAX)).isEqualTo(0xffff_1235L);
        assertThat(m.gpr(RSP)).isEqualTo(0x4567_0000L);
        assertThat(m.memory().load(0xfffe, 2, 0)).isEqualTo(0x1003);
    }

    @Test
    void comparisonAndJumpBecomeOneComparisonAndBranch() {
        // cmp rax, rbx; jl +5
        IrBlock block = IrOptimizer.optimize(X86TestMachine.longMode().code(0x1000, "48 39 d8  7c 05").lift(10));

        assertThat(operations(block)).contains(Op.LTS).doesNotContain(Op.CALL, Op.SUB);
        assertThat(operations(block).stream().filter(op -> op == Op.PUT)).hasSize(3);
    }

    @Test
    void additionFromMemoryIsAFewOperations() {
        // add rax, [rbx+8]
        IrBlock block = IrOptimizer.optimize(X86TestMachine.longMode().code(0x1000, "48 03 43 08").lift(10));

        assertThat(operations(block)).containsExactly(Op.INSN, Op.GET, Op.GET, Op.CONST, Op.ADD, Op.LOAD, Op.ADD, Op.PUT, Op.CONST, Op.PUT, Op.PUT,
            Op.PUT, Op.PC, Op.JUMP);
    }

    @Test
    void conditionsAfterADecrementKeepTheCarryFromBefore() {
        // sub al, bl; dec ecx; jbe: CF of the subtraction, ZF of the decrement
        X86TestMachine m = X86TestMachine.longMode().code(0x1000, "28 d8  ff c9  0f 96 c2");
        m.gpr(RAX, 1).gpr(RBX, 2).gpr(RCX, 5);

        assertThat(m.run()).isNull();

        assertThat(m.gpr(2)).isEqualTo(1);
        assertThat(m.rflags() & Rflags.CF).isEqualTo(Rflags.CF);
        assertThat(m.rflags() & Rflags.ZF).isZero();
    }

    @Test
    void undefinedBytesRaiseInvalidOpcodeAtTheirAddress() {
        X86TestMachine m = X86TestMachine.longMode().code(0x1000, "90 0f 0b 90");

        GuestFault fault = m.run();

        assertThat(fault.vector).isEqualTo(Vector.UD);
        assertThat(m.cpu().pc()).isEqualTo(0x1001);
    }

    @Test
    void lockOnARegisterDestinationIsInvalid() {
        assertThat(X86TestMachine.longMode().code(0x1000, "f0 48 01 d8").run().vector).isEqualTo(Vector.UD);
        assertThat(X86TestMachine.longMode().gpr(RAX, 0x2000).code(0x1000, "f0 48 01 18").run()).isNull();
    }

    @Test
    void sixteenBytesOfPrefixesAreAGeneralProtectionFault() {
        GuestFault fault = X86TestMachine.longMode().code(0x1000, "66 66 66 66 66 66 66 66 66 66 66 66 66 66 66 90").run();

        assertThat(fault.vector).isEqualTo(Vector.GP);
        assertThat(fault.hasErrorCode).isTrue();
    }

    @Test
    void blockEndsBehindTheInstructionThatCrossesThePage() {
        byte[] code = {(byte) 0x90, (byte) 0x90, (byte) 0x48, (byte) 0x89, (byte) 0xd8, (byte) 0x90};

        IrBlock block = new X86Lifter().lift(CodeSource.of(code, 0, code.length), X86TestMachine.longMode().cpu().modeKey(), 0x1ffd, 100);

        assertThat(block.guestInstructions()).isEqualTo(3);
        assertThat(block.lengthBytes()).isEqualTo(5);
    }

    @Test
    void instructionThatIsNotWhollyThereIsLeftToTheFetchFault() {
        byte[] code = {(byte) 0x90, (byte) 0x48, (byte) 0x89};
        int mode = X86TestMachine.longMode().cpu().modeKey();

        assertThat(new X86Lifter().lift(CodeSource.of(code, 0, 3), mode, 0x1000, 100).guestInstructions()).isEqualTo(1);
        assertThat(new X86Lifter().lift(CodeSource.of(code, 1, 3), mode, 0x1001, 100)).isNull();
    }

    @Test
    void repeatedMoveCopiesByteByByteIntoItsOwnSource() {
        X86TestMachine m = X86TestMachine.longMode().code(0x1000, "f3 a4");
        m.memory().bytes[0x2000] = 7;
        m.gpr(RSI, 0x2000).gpr(RDI, 0x2001).gpr(RCX, 20);

        assertThat(m.run()).isNull();

        for (int i = 0; i <= 20; i++) {
            assertThat(m.memory().bytes[0x2000 + i]).isEqualTo((byte) 7);
        }
        assertThat(m.gpr(RCX)).isZero();
        assertThat(m.cpu().instructions).isEqualTo(20);
    }

    @Test
    void repeatedStoreThatFaultsHasDoneTheElementsBefore() {
        X86TestMachine m = X86TestMachine.longMode().code(0x1000, "f3 48 ab");
        int end = m.memory().bytes.length;
        m.gpr(RAX, 0x1122).gpr(RDI, end - 24).gpr(RCX, 10);

        GuestFault fault = m.run();

        assertThat(fault.vector).isEqualTo(Vector.PF);
        assertThat(fault.address).isEqualTo(end);
        assertThat(m.gpr(RCX)).isEqualTo(7);
        assertThat(m.gpr(RDI)).isEqualTo(end);
        assertThat(m.cpu().pc()).isEqualTo(0x1000);
        assertThat(m.memory().load(end - 8, 8, 0)).isEqualTo(0x1122);
    }

    private static List<Op> operations(IrBlock block) {
        return block.insns().stream().map(IrInsn::op).toList();
    }
}
