package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.machine.StopReason;
import dev.ringside.testkit.swtbot.Conditions;
import org.eclipse.core.resources.IMarker;
import org.eclipse.core.resources.IResource;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.debug.core.DebugPlugin;
import org.junit.jupiter.api.Test;

/** Breakpoints of the workspace in the machines that run. */
class BreakpointTest extends UiTest {
    private final FakeMachine machine = new FakeMachine(1);

    @Test
    void oneOnASymbolStopsWhereTheSymbolIs() throws Exception {
        AddressBreakpoint.create("loop+0x8");
        VmDebugTarget guest = Guests.debug(machine);

        guest.resume();

        waitForStop(guest, 1);
        assertEquals(new StopReason.Breakpoint(FakeMachine.LOOP + 8), guest.stop());
        assertEquals("loop+0x8", ((AddressBreakpoint) guest.vcpus().getFirst().getBreakpoints()[0]).expression());
    }

    @Test
    void oneThatIsDisabledOrOnAnUnknownSymbolStopsNothing() throws Exception {
        AddressBreakpoint.create("loop").setEnabled(false);
        AddressBreakpoint.create("no_such_symbol");
        AddressBreakpoint.create(FakeMachine.LOOP + 4);
        VmDebugTarget guest = Guests.debug(machine);

        guest.resume();

        waitForStop(guest, 1);
        assertEquals(new StopReason.Breakpoint(FakeMachine.LOOP + 4), guest.stop());
    }

    @Test
    void skippingThemAllLetsTheGuestRunUntilTheyCountAgain() throws Exception {
        AddressBreakpoint.create("loop");
        VmDebugTarget guest = Guests.debug(machine);
        DebugPlugin.getDefault().getBreakpointManager().setEnabled(false);

        guest.resume();
        bot.waitUntil(Conditions.that("it does not run", () -> !guest.isSuspended()));
        DebugPlugin.getDefault().getBreakpointManager().setEnabled(true);

        waitForStop(guest, 1);
        assertEquals(new StopReason.Breakpoint(FakeMachine.LOOP), guest.stop());
    }

    @Test
    void theyAreKeptAsMarkersOfTheWorkspace() throws Exception {
        AddressBreakpoint.create("start_kernel");

        IMarker[] markers = ResourcesPlugin.getWorkspace().getRoot().findMarkers(AddressBreakpoint.MARKER_TYPE, false, IResource.DEPTH_ZERO);

        assertEquals(1, markers.length);
        assertEquals(true, markers[0].getAttribute("org.eclipse.debug.core.persisted"));
        assertEquals("start_kernel", markers[0].getAttribute("dev.ringside.debug.core.expression"));
    }
}
