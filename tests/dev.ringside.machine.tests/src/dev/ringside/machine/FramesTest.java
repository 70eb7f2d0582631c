package dev.ringside.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.x86.X86Architecture;
import dev.ringside.loader.RawFormat;
import dev.ringside.machine.MachineControl.Frame;
import dev.ringside.samples.Sample;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who called whom, as far as the stack tells. */
class FramesTest {
    private static final String GUEST = """
        bits 32
        org 0x100000
        start:
            mov esp, 0x200000
            xor ebp, ebp
            call outer
        back:
            mov ebp, 0x1ff000
            mov dword [0x1ff004], data
        astray:
            hlt
        outer:
            push ebp
            mov ebp, esp
            mov eax, inner
            call eax
        home:
            pop ebp
            ret
        inner:
            push ebp
            mov ebp, esp
        middle:
            pop ebp
            ret
        data:
            dd 1, 2, 3, 4
        """;

    private final Machine machine = machine();

    private static Machine machine() {
        try {
            AssemblyResult program = new X86Architecture().assembler().assemble("guest.asm", GUEST);
            assertThat(program.errors()).isEmpty();
            var builder = new MachineBuilder(MachineProviders.onClassPath(), (file, writable) -> {
                throw new IOException("no disks here");
            });
            return builder.build(MachineDescription.of(null), RawFormat.of(program.bytes(), 0x100000, Sample.symbols(program)));
        } catch (MachineException broken) {
            throw new AssertionError(broken);
        }
    }

    @Test
    void aFunctionWithAFramePointerHasItsCallers() {
        assertThat(at("middle")).extracting(Frame::symbol).containsExactly("middle", "home", "back");
    }

    /** The machine stops there after a step into a function: the frame pointer is the caller's still. */
    @Test
    void aFunctionThatHasJustBeenCalledHasItsCaller() {
        List<Frame> frames = at("inner");

        assertThat(frames).extracting(Frame::symbol).containsExactly("inner", "home", "back");
        assertThat(frames).extracting(Frame::stackPointer).containsExactly(0x1ffff4L, 0x1ffff8L, 0x200000L);
        assertThat(frames).extracting(Frame::framePointer).containsExactly(0x1ffff8L, 0x1ffff8L, 0L);
        assertThat(frames).extracting(Frame::index).containsExactly(0, 1, 2);
    }

    @Test
    void aFramePointerThatIsNoneLeadsNowhere() {
        assertThat(at("astray")).extracting(Frame::symbol).containsExactly("astray");
    }

    private List<Frame> at(String symbol) {
        machine.engine().breakpoints().addExecution(machine.symbols().addressOf(symbol));
        assertThat(machine.run(1000)).isInstanceOf(StopReason.Breakpoint.class);
        return MachineLook.frames(machine, 0);
    }
}
