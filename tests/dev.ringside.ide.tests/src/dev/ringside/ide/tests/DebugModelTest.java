package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.GuestFrame;
import dev.ringside.debug.core.VcpuThread;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.machine.EndReason;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTWorkbenchBot;
import java.math.BigInteger;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.eclipse.debug.core.DebugEvent;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.IDebugEventSetListener;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.model.IDebugElement;
import org.eclipse.debug.core.model.IMemoryBlockExtension;
import org.eclipse.debug.core.model.IRegister;
import org.eclipse.debug.core.model.IRegisterGroup;
import org.eclipse.debug.core.model.MemoryByte;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The machine as the debug platform sees it, through the platform's own interfaces. */
class DebugModelTest {
    private final SWTWorkbenchBot bot = new SWTWorkbenchBot();
    private final FakeMachine machine = new FakeMachine(1);
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<String> toldOfThis = new CopyOnWriteArrayList<>();
    private final IDebugEventSetListener listener = events -> Stream.of(events).forEach(this::heard);

    @BeforeEach
    void listen() throws Exception {
        Guests.removeAll();
        DebugPlugin.getDefault().addDebugEventListener(listener);
    }

    @AfterEach
    void noGuestIsLeft() throws Exception {
        DebugPlugin.getDefault().removeDebugEventListener(listener);
        Guests.removeAll();
    }

    @Test
    void eventsComeInTheOrderOfThePlatformsProtocol() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitUntilTold("SUSPEND VcpuThread 0");

        guest.vcpus().getFirst().stepInto();
        waitUntilTold("SUSPEND VcpuThread " + DebugEvent.STEP_END);
        machine.end(new EndReason.PowerOff());
        waitUntilTold("TERMINATE VmDebugTarget 0");

        assertEquals(List.of("CREATE VmDebugTarget 0", "CREATE VcpuThread 0", "SUSPEND VcpuThread 0",
                "RESUME VcpuThread " + DebugEvent.STEP_INTO, "SUSPEND VcpuThread " + DebugEvent.STEP_END, "TERMINATE VmDebugTarget 0"), List.copyOf(toldOfThis).subList(0, 6));
    }

    @Test
    void framesAreThereWhenAStopIsToldAndStayTheSameObjects() throws Exception {
        VcpuThread vcpu = Guests.debug(machine).vcpus().getFirst();
        waitUntilTold("SUSPEND VcpuThread 0");
        GuestFrame before = vcpu.getTopStackFrame();

        vcpu.stepOver();
        waitUntilTold("SUSPEND VcpuThread " + DebugEvent.STEP_END);

        assertSame(before, vcpu.getTopStackFrame());
        assertEquals("start+0x4", before.symbol());
        assertEquals(FakeMachine.BASE + 4, before.pc());
    }

    @Test
    void registersTellWhetherTheyChangedAndCanBeSet() throws Exception {
        VcpuThread vcpu = Guests.debug(machine).vcpus().getFirst();
        waitUntilTold("SUSPEND VcpuThread 0");
        assertFalse(register(vcpu, "rip").hasValueChanged(), "nothing has changed at the first stop");

        vcpu.stepOver();
        waitUntilTold("SUSPEND VcpuThread " + DebugEvent.STEP_END);
        assertTrue(register(vcpu, "rip").hasValueChanged());
        assertFalse(register(vcpu, "rbx").hasValueChanged());
        register(vcpu, "rax").setValue("0x7f");

        assertEquals("0x000000000000007f", register(vcpu, "rax").getValue().getValueString());
        assertTrue(register(vcpu, "rax").hasValueChanged());
        assertTrue(register(vcpu, "rip").hasValueChanged(), "an edit does not count as a stop");
    }

    @Test
    void aRegisterTakesOnlyWhatFits() throws Exception {
        VcpuThread vcpu = Guests.debug(machine).vcpus().getFirst();
        waitUntilTold("SUSPEND VcpuThread 0");

        IRegister flag = register(vcpu, "ZF");

        assertTrue(flag.verifyValue("1"));
        assertFalse(flag.verifyValue("2"));
        assertFalse(flag.verifyValue(""));
        assertFalse(flag.verifyValue("-1"));
        assertFalse(flag.verifyValue("one"));
    }

    @Test
    void everyRegisterOfTheProcessorIsThereAndOneThatCannotHoldAValueSaysWhy() throws Exception {
        ILaunchConfigurationWorkingCopy sample = Guests.configuration("sample");
        sample.setAttribute(GuestLaunchConfiguration.IMAGE, GuestLaunchConfiguration.SAMPLE_KERNEL);
        VcpuThread vcpu = Guests.debug(sample).vcpus().getFirst();
        waitUntilTold("SUSPEND VcpuThread 0");

        List<String> groups = Stream.of(vcpu.getTopStackFrame().getRegisterGroups()).map(group -> {
            try {
                return group.getName();
            } catch (DebugException impossible) {
                throw new AssertionError(impossible);
            }
        }).toList();
        assertEquals(List.of("General", "Flags", "Segment", "Control", "Debug", "MSR", "x87", "SSE"), groups);
        for (String name : List.of("RAX", "R15", "RIP", "RFLAGS", "IOPL", "CS", "CS.base", "CS.limit", "CS.attributes", "TR.base", "GDTR.limit", "CR0", "CR3", "CR8", "XCR0", "DR6",
                "DR7", "IA32_EFER", "IA32_LSTAR", "ST0", "ST7", "FSW", "XMM0", "XMM15", "MXCSR")) {
            assertTrue(register(vcpu, name).getValue().getValueString().matches("0x[0-9a-f]+"), name);
        }
        register(vcpu, "XMM3").setValue("0123456789abcdef0123456789abcdef");
        assertEquals("0x0123456789abcdef0123456789abcdef", register(vcpu, "XMM3").getValue().getValueString());
        assertEquals("XCR0: 0x2; bit 0 must be set and only bits 1:0 exist", assertThrows(DebugException.class, () -> register(vcpu, "XCR0").setValue("2")).getStatus().getMessage());
    }

    /** The real machine: bytes of the sample kernel, and a page that it has not mapped. */
    @Test
    void memoryIsReadAndWrittenThroughTheGuestsOwnPageTables() throws Exception {
        ILaunchConfigurationWorkingCopy sample = Guests.configuration("sample");
        sample.setAttribute(GuestLaunchConfiguration.IMAGE, GuestLaunchConfiguration.SAMPLE_KERNEL);
        VmDebugTarget guest = Guests.debug(sample);
        guest.vcpus().getFirst().runTo(guest.machine().symbols().addressOf("long_mode"));
        waitUntilTold("RESUME VcpuThread " + DebugEvent.CLIENT_REQUEST);
        bot.waitUntil(Conditions.that("it does not stop", guest::isSuspended));

        IMemoryBlockExtension start = guest.getExtendedMemoryBlock("start", null);
        IMemoryBlockExtension unmapped = guest.getExtendedMemoryBlock("0x40000000", null);
        start.setValue(BigInteger.ONE, new byte[] {(byte) 0x90});

        assertArrayEquals(new byte[] {(byte) 0xfa, (byte) 0x90}, values(start.getBytesFromOffset(BigInteger.ZERO, 2)));
        assertFalse(unmapped.getBytesFromOffset(BigInteger.ZERO, 1)[0].isReadable());
        assertThrows(DebugException.class, () -> guest.getExtendedMemoryBlock("nowhere", null));
    }

    private static byte[] values(MemoryByte[] bytes) {
        byte[] values = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            values[i] = bytes[i].getValue();
        }
        return values;
    }

    private static IRegister register(VcpuThread vcpu, String name) throws DebugException {
        for (IRegisterGroup group : vcpu.getTopStackFrame().getRegisterGroups()) {
            for (IRegister register : group.getRegisters()) {
                if (register.getName().equals(name)) {
                    return register;
                }
            }
        }
        throw new AssertionError("no register " + name);
    }

    private void waitUntilTold(String event) {
        bot.waitUntil(Conditions.that(() -> event + " is not among " + told, () -> told.contains(event)));
    }

    /** The platform tells the end of an earlier test's machine when it gets to it. */
    private void heard(DebugEvent event) {
        told.add(describe(event));
        if (event.getSource() instanceof IDebugElement element && element.getDebugTarget() instanceof VmDebugTarget target && target.machine() == machine) {
            toldOfThis.add(describe(event));
        }
    }

    private static String describe(DebugEvent event) {
        String kind = switch (event.getKind()) {
            case DebugEvent.CREATE -> "CREATE";
            case DebugEvent.SUSPEND -> "SUSPEND";
            case DebugEvent.RESUME -> "RESUME";
            case DebugEvent.TERMINATE -> "TERMINATE";
            default -> "CHANGE";
        };
        return kind + " " + event.getSource().getClass().getSimpleName() + " " + event.getDetail();
    }
}
