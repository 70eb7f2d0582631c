package dev.ringside.debug.core.launch;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.variables.VariablesPlugin;

/** Knows the workbench's variables ({@code ${workspace_loc:/project/kernel.bin}}). */
public final class WorkspacePaths implements PathFinder {
    private static final Pattern IN_WORKSPACE = Pattern.compile("\\$\\{workspace_loc:([^}]+)\\}(.*)");

    @Override
    public Path find(String typed) throws NotFoundException {
        try {
            return Path.of(VariablesPlugin.getDefault().getStringVariableManager().performStringSubstitution(typed));
        } catch (CoreException unknownVariable) {
            throw new NotFoundException(problem(typed, unknownVariable), unknownVariable);
        }
    }

    /** A file of the workspace is missed by its own name; the platform speaks of variables. */
    private static String problem(String typed, CoreException unknownVariable) {
        Matcher file = IN_WORKSPACE.matcher(typed);
        return file.matches() ? "there is no " + file.group(1) + file.group(2) + " in the workspace; it was deleted, renamed or belongs to a closed project"
                : "\"" + typed + "\": " + unknownVariable.getStatus().getMessage();
    }
}
