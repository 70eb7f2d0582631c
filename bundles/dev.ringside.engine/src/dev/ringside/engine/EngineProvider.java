package dev.ringside.engine;

import java.util.Optional;

/** A way to run guest code; found as a service. Stateless and thread-safe. */
public interface EngineProvider {
    /** The name users type: {@code interpreter}, {@code translator}, {@code kvm}. */
    String name();

    /** Why this engine cannot run here, in one sentence; empty when it can. */
    Optional<String> unavailableReason();

    /** An engine for one machine. @throws IllegalStateException with {@link #unavailableReason()} when it cannot run here */
    Engine create(EngineConfig config);
}
