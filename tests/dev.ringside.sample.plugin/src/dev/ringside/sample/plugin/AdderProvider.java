package dev.ringside.sample.plugin;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DeviceProvider;
import java.util.Map;

/** Makes adders. Found as a service (OSGI-INF/adder.xml). */
public final class AdderProvider implements DeviceProvider {
    @Override
    public String type() {
        return "adder";
    }

    @Override
    public String description() {
        return "adds what is written to it (sample plug-in)";
    }

    /** Nobody has to write a machine file to meet it. */
    @Override
    public boolean inEveryMachine() {
        return true;
    }

    @Override
    public Device create(String name, Map<String, String> options, DeviceContext context) {
        return new Adder(name, context);
    }
}
