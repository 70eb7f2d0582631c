package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.ui.guest.GuestFocus;
import dev.ringside.ui.guest.GuestVcpu;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.debug.ui.IDebugView;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.WorkbenchException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two windows, two machines: each window shows the one that is selected in its own Debug view. */
class TwoWindowsTest extends UiTest {
    private final FakeMachine one = new FakeMachine(1);
    private final FakeMachine other = new FakeMachine(1);
    private IWorkbenchWindow first;
    private IWorkbenchWindow second;

    @AfterEach
    void closeTheSecond() {
        if (second != null) {
            close(second);
        }
    }

    @Test
    void eachWindowShowsWhatItsOwnDebugViewSelects() throws Exception {
        VmDebugTarget left = Guests.debug(one);
        waitForStop(left, 0);
        first = PlatformUi.call(() -> PlatformUI.getWorkbench().getWorkbenchWindows()[0]);
        second = PlatformUi.call(TwoWindowsTest::open);
        until(second, left, 0);
        VmDebugTarget right = Guests.debug(other);
        select(second, right);
        select(first, left);
        until(first, left, 0);
        until(second, right, 0);

        // What stops is selected by every Debug view, and by hand the other one again, without the first window's taking notice.
        left.vcpus().getFirst().stepInto();
        until(first, left, 1);
        select(second, right);
        until(second, right, 0);
        until(first, left, 1);
        right.vcpus().getFirst().stepInto();
        until(second, right, 1);
        select(first, left);
        until(first, left, 1);
        until(second, right, 1);

        right.terminate();
        bot.waitUntil(Conditions.that("the second window keeps what is closed", () -> machine(focus(second)) != right));
        until(first, left, 1);
        assertNotNull(focus(first));
        close(second);
        second = null;
        left.vcpus().getFirst().stepInto();
        until(first, left, 2);
    }

    @Test
    void theWorkbenchAsAWholeHasNoFocus() {
        assertNull(PlatformUi.call(() -> PlatformUI.getWorkbench().getService(GuestFocus.class)));
    }

    private void until(IWorkbenchWindow window, VmDebugTarget machine, long stop) {
        bot.waitUntil(Conditions.that(() -> "the window shows " + focus(window) + " and not stop " + stop + " of " + machine,
                () -> isAt(focus(window), machine, stop)));
        bot.sync();
        assertEquals(machine, machine(focus(window)));
    }

    private static boolean isAt(GuestVcpu vcpu, VmDebugTarget machine, long stop) {
        return machine(vcpu) == machine && vcpu.stopNumber() == stop && !vcpu.isRunning();
    }

    private static Object machine(GuestVcpu vcpu) {
        return vcpu == null ? null : vcpu.machine();
    }

    private void close(IWorkbenchWindow window) {
        bot.waitUntil(Conditions.that("the window stays", () -> PlatformUi.call(() -> {
            window.close();
            return PlatformUI.getWorkbench().getWorkbenchWindowCount() == 1;
        })));
    }

    private static GuestVcpu focus(IWorkbenchWindow window) {
        return PlatformUi.call(() -> window.getService(GuestFocus.class).current());
    }

    /** A click on the frame in the window's Debug view: it holds also against what the view has selected by itself. */
    private void select(IWorkbenchWindow window, VmDebugTarget machine) {
        bot.waitUntil(Conditions.that("the frame is not in the Debug view, or a click on it changes nothing", () -> {
            PlatformUi.run(() -> {
                Tree tree = (Tree) ((IDebugView) window.getActivePage().findView(IDebugUIConstants.ID_DEBUG_VIEW)).getViewer().getControl();
                TreeItem frame = find(tree.getItems(), machine.stopVcpu().getTopStackFrame());
                if (frame != null) {
                    tree.setSelection(frame);
                    Event click = new Event();
                    click.item = frame;
                    tree.notifyListeners(SWT.Selection, click);
                }
            });
            return machine(focus(window)) == machine;
        }));
    }

    private static TreeItem find(TreeItem[] among, Object element) {
        for (TreeItem item : among) {
            TreeItem found = item.getData() == element ? item : find(item.getItems(), element);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static IWorkbenchWindow open() {
        try {
            return PlatformUI.getWorkbench().openWorkbenchWindow("dev.ringside.ide.perspective", ResourcesPlugin.getWorkspace().getRoot());
        } catch (WorkbenchException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
