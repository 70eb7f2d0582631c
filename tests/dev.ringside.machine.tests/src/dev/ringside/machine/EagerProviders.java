package dev.ringside.machine;

import dev.ringside.engine.EngineProvider;
import dev.ringside.engine.translator.TranslatorProvider;
import dev.ringside.engine.translator.TranslatorSettings;
import dev.ringside.inspect.InspectNode;
import java.util.List;

/** The providers on the class path, with a translator that translates in short tests, too, and at the same places each time. */
final class EagerProviders {
    private static final TranslatorSettings EAGER = new TranslatorSettings(3, 100, false);

    private EagerProviders() {
    }

    static MachineProviders onClassPath() {
        MachineProviders found = MachineProviders.onClassPath();
        List<EngineProvider> engines = found.engines().stream().map(e -> e.name().equals("translator") ? new TranslatorProvider(EAGER) : e).toList();
        return new MachineProviders(found.architectures(), engines, found.boards(), found.formats(), found.paravirts(), found.devices());
    }

    /** How many instructions translated code has retired. */
    static long translated(Machine machine) {
        return InspectNode.of(machine.engine()).stream().filter(n -> n.name().equals("retiredInRegions")).mapToLong(n -> Long.parseLong(n.value())).sum();
    }
}
