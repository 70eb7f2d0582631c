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
    private final IDebugEventSetListener listener = events -> Stream.of(events).forEach(event -> told.add(describe(event)));

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
                "RESUME VcpuThread " + DebugEvent.STEP_INTO, "SUSPEND VcpuThread " + DebugEvent.STEP_END, "TERMINATE VmDebugTarget 0"), told.subList(0, 6));
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
