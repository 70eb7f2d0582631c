package dev.ringside.asm.core;

import dev.ringside.arch.AssemblyResult.AssemblyError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IMarker;
import org.eclipse.core.resources.IResource;
import org.eclipse.core.runtime.CoreException;

/** Assembly errors as markers. */
public final class AsmProblem {
    public static final String MARKER = "dev.ringside.asm.core.problem";

    /** From 1, as an integer. */
    public static final String COLUMN = "dev.ringside.asm.core.column";

    private AsmProblem() {
    }

    /** Puts these errors in place of those the file had. */
    static void show(IFile file, AsmSource source, List<AssemblyError> errors) throws CoreException {
        clear(file);
        for (AssemblyError error : errors) {
            int[] range = source.wordRange(error.line(), error.column());
            Map<String, Object> attributes = new HashMap<>();
            attributes.put(IMarker.SEVERITY, IMarker.SEVERITY_ERROR);
            attributes.put(IMarker.MESSAGE, error.message());
            attributes.put(IMarker.LINE_NUMBER, error.line());
            attributes.put(COLUMN, error.column());
            attributes.put(IMarker.LOCATION, "line " + error.line() + ", column " + error.column());
            attributes.put(IMarker.CHAR_START, range[0]);
            attributes.put(IMarker.CHAR_END, range[1]);
            file.createMarker(MARKER, attributes);
        }
    }

    static void clear(IFile file) throws CoreException {
        file.deleteMarkers(MARKER, true, IResource.DEPTH_ZERO);
    }
}
