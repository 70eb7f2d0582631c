package dev.ringside.device;

import java.util.Map;

/** Makes devices of one type; found as a service. */
public interface DeviceProvider {
    /** What machine files call it: {@code ns16550a}. */
    String type();

    /** One line for listings. */
    String description();

    /**
     * Whether every machine has one such device, named like its {@link #type}, for as long as the provider is installed. The devices that a kind of computer always has come
     * from its {@link BoardProvider}; this is for a plug-in that adds one more.
     */
    default boolean inEveryMachine() {
        return false;
    }

    /**
     * @param name unique in the machine
     * @param options from the machine file; unknown ones are an error that names the option
     * @throws IllegalArgumentException with one clear line
     */
    Device create(String name, Map<String, String> options, DeviceContext context);
}
