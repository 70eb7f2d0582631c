package dev.ringside.debug.core.launch;

import java.nio.file.Path;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.variables.VariablesPlugin;

/** Knows the embedded sample and the workbench's variables ({@code ${workspace_loc:/project/kernel.bin}}). */
public final class WorkspacePaths implements PathFinder {
    @Override
    public Path find(String typed) throws NotFoundException {
        if (typed.equals(SampleKernel.NAME)) {
            return sample();
        }
        try {
            return Path.of(VariablesPlugin.getDefault().getStringVariableManager().performStringSubstitution(typed));
        } catch (CoreException unknownVariable) {
            throw new NotFoundException("\"" + typed + "\": " + unknownVariable.getStatus().getMessage(), unknownVariable);
        }
    }

    private static Path sample() throws NotFoundException {
        try {
            return SampleKernel.file();
        } catch (CoreException broken) {
            throw new NotFoundException(broken.getStatus().getMessage(), broken);
        }
    }
}
