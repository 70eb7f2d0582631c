package dev.ringside.debug.core;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.debug.core.DebugException;

/** Where the platform's plain calls wait for a machine's future; never on the UI thread. */
final class Answers {
    /** A machine answers between slices, within milliseconds; longer means that its thread is gone. */
    private static final long TIMEOUT_SECONDS = 10;

    private Answers() {
    }

    static <T> T await(CompletableFuture<T> answer) throws DebugException {
        try {
            return answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw DebugCore.requestFailure(failed.getCause().getMessage(), failed.getCause());
        } catch (TimeoutException late) {
            throw DebugCore.requestFailure("the machine did not answer within " + TIMEOUT_SECONDS + " s", late);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw DebugCore.requestFailure("cancelled while waiting for the machine", cancelled);
        }
    }
}
