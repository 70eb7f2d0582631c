package dev.ringside.engine.interpreter;

import dev.ringside.engine.Engine;
import dev.ringside.engine.EngineConfig;
import dev.ringside.engine.EngineProvider;
import java.util.Optional;

/** The engine that runs everywhere. */
public final class InterpreterProvider implements EngineProvider {
    @Override
    public String name() {
        return "interpreter";
    }

    @Override
    public Optional<String> unavailableReason() {
        return Optional.empty();
    }

    @Override
    public Engine create(EngineConfig config) {
        return new InterpreterEngine(config);
    }
}
