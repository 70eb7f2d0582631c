package dev.ringside.ide.welcome;

import java.util.Map;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.core.commands.ParameterizedCommand;
import org.eclipse.core.commands.common.CommandException;
import org.eclipse.ui.IWorkbenchCommandConstants;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.commands.ICommandService;
import org.eclipse.ui.handlers.IHandlerService;

/** Opens the wizard for a guest project, as <em>File ▸ New ▸ Guest Project</em> does. */
public final class NewGuestProject extends AbstractHandler {
    private static final String WIZARD = "dev.ringside.asm.ui.newGuestProject";

    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        ICommandService commands = PlatformUI.getWorkbench().getService(ICommandService.class);
        ParameterizedCommand open = ParameterizedCommand.generateCommand(commands.getCommand(IWorkbenchCommandConstants.FILE_NEW),
                Map.of(IWorkbenchCommandConstants.FILE_NEW_PARM_WIZARDID, WIZARD));
        try {
            return PlatformUI.getWorkbench().getService(IHandlerService.class).executeCommand(open, null);
        } catch (CommandException failed) {
            throw new ExecutionException(failed.getMessage(), failed);
        }
    }
}
