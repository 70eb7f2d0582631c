package dev.ringside.debug.core.launch;

import java.nio.file.Path;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.variables.VariablesPlugin;

/** Knows the workbench's variables ({@code ${workspace_loc:/project/kernel.bin}}). */
public final class WorkspacePaths implements PathFinder {
    @Override
    public Path find(String typed) throws NotFoundException {
        try {
            return Path.of(VariablesPlugin.getDefault().getStringVariableManager().performStringSubstitution(typed));
        } catch (CoreException unknownVariable) {
            throw new NotFoundException("\"" + typed + "\": " + unknownVariable.getStatus().getMessage(), unknownVariable);
        }
    }
}
