package dev.ringside.debug.core;

import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.Status;
import org.eclipse.debug.core.DebugException;

/** Names by which the platform knows this model. */
public final class DebugCore {
    /** The bundle and the debug model: {@code IDebugElement.getModelIdentifier()}. */
    public static final String ID = "dev.ringside.debug.core";

    /** The launch configuration type "Guest kernel". */
    public static final String LAUNCH_TYPE = "dev.ringside.debug.core.guestKernel";

    private DebugCore() {
    }

    /** An error with one clear line, as the platform's dialogs show it. */
    public static CoreException failure(String line, Throwable cause) {
        return new CoreException(Status.error(line, cause));
    }

    static DebugException requestFailure(String line, Throwable cause) {
        return new DebugException(Status.error(line, cause));
    }
}
