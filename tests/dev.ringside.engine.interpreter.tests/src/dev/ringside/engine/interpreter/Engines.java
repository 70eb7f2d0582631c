package dev.ringside.engine.interpreter;

import dev.ringside.engine.EngineProvider;
import dev.ringside.engine.translator.TranslatorProvider;
import dev.ringside.engine.translator.TranslatorSettings;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.api.Named;

/** What runs toy code: whatever a test claims holds for both. */
final class Engines {
    private Engines() {
    }

    static Stream<Arguments> all() {
        return Stream.of(engine(new InterpreterProvider()), engine(new TranslatorProvider(TranslatorSettings.EAGER)));
    }

    private static Arguments engine(EngineProvider provider) {
        return Arguments.of(Named.of(provider.name(), provider));
    }
}
