package dev.ringside.debug.ui.inject;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.machine.MachineControl.Injection;
import dev.ringside.machine.MachineControl.ParavirtActivity;
import dev.ringside.ui.guest.GuestFocus;
import dev.ringside.ui.guest.GuestVcpu;
import java.util.concurrent.CompletionException;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.handlers.HandlerUtil;
import org.eclipse.ui.statushandlers.StatusManager;

/** <em>Inject Fault…</em>: asks the guest in focus what it knows, then the user, then makes it happen. Waits for the machine nowhere. */
public final class InjectHandler extends AbstractHandler {
    private static final String TITLE = "Inject Fault";

    @Override
    public Object execute(ExecutionEvent event) {
        inject(HandlerUtil.getActiveWorkbenchWindow(event));
        return null;
    }

    static void inject(IWorkbenchWindow window) {
        GuestVcpu guest = window.getService(GuestFocus.class).current();
        if (guest == null) {
            MessageDialog.openInformation(window.getShell(), TITLE, "No guest is running.");
            return;
        }
        guest.paravirtActivity().thenCombine(guest.statistics(), (activity, statistics) -> new State(activity, statistics.instructions()))
                .whenComplete((state, failure) -> onUiThread(window.getShell(), () -> open(window.getShell(), guest, state, failure)));
    }

    private record State(ParavirtActivity activity, long instructions) {
    }

    private static void open(Shell shell, GuestVcpu guest, State state, Throwable failure) {
        if (failure != null) {
            MessageDialog.openError(shell, TITLE, line(failure));
        } else if (state.activity.injectable().isEmpty()) {
            MessageDialog.openInformation(shell, TITLE, state.activity.paravirt().equals("none")
                    ? "This guest has no paravirtual interface, which faults are injected into. Its launch configuration chooses one."
                    : "The paravirtual interface \"" + state.activity.paravirt() + "\" has no faults that could be injected.");
        } else {
            InjectDialog dialog = new InjectDialog(shell, state.activity, guest.processors(), state.instructions, guest.isRunning(), configuration(guest) != null);
            if (dialog.open() == Window.OK) {
                inject(shell, guest, dialog.choice());
            }
        }
    }

    private static void inject(Shell shell, GuestVcpu guest, InjectDialog.Choice choice) {
        guest.inject(choice.event(), choice.instructions(), choice.processor()).whenComplete((injected, failure) -> onUiThread(shell, () -> {
            if (failure != null) {
                MessageDialog.openError(shell, TITLE, line(failure));
            } else if (choice.remember()) {
                remember(configuration(guest), injected);
            }
        }));
    }

    /** A launch that was not saved cannot be had again. */
    private static ILaunchConfiguration configuration(GuestVcpu guest) {
        ILaunchConfiguration configuration = guest.machine() instanceof VmDebugTarget machine ? machine.getLaunch().getLaunchConfiguration() : null;
        return configuration == null || !configuration.exists() ? null : configuration;
    }

    private static void remember(ILaunchConfiguration configuration, Injection injected) {
        try {
            ILaunchConfigurationWorkingCopy copy = configuration.getWorkingCopy();
            String before = copy.getAttribute(GuestLaunchConfiguration.INJECT, "");
            copy.setAttribute(GuestLaunchConfiguration.INJECT, (before + " " + injected.text()).strip());
            copy.doSave();
        } catch (CoreException failed) {
            StatusManager.getManager().handle(failed.getStatus(), StatusManager.SHOW | StatusManager.LOG);
        }
    }

    private static String line(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** Any thread; nothing when the window has been closed. */
    private static void onUiThread(Shell shell, Runnable task) {
        Display display = PlatformUI.isWorkbenchRunning() ? PlatformUI.getWorkbench().getDisplay() : null;
        if (display != null && !display.isDisposed()) {
            display.asyncExec(() -> {
                if (!shell.isDisposed()) {
                    task.run();
                }
            });
        }
    }
}
