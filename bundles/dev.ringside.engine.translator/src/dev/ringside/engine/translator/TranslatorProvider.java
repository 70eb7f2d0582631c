package dev.ringside.engine.translator;

import dev.ringside.engine.Engine;
import dev.ringside.engine.EngineConfig;
import dev.ringside.engine.EngineProvider;
import dev.ringside.engine.interpreter.InterpreterEngine;
import java.util.Optional;

/** The engine for hot loops. */
public final class TranslatorProvider implements EngineProvider {
    private final TranslatorSettings settings;

    public TranslatorProvider() {
        this(TranslatorSettings.DEFAULT);
    }

    public TranslatorProvider(TranslatorSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "translator";
    }

    @Override
    public Optional<String> unavailableReason() {
        return Optional.empty();
    }

    @Override
    public Engine create(EngineConfig config) {
        return new InterpreterEngine(name(), config, new Translator(config.architecture().layout().slotCount(), settings));
    }
}
