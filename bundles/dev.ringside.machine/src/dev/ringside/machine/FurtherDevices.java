package dev.ringside.machine;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DeviceProvider;
import java.util.List;
import java.util.Map;

/** Puts the devices that plug-ins bring into a machine, and keeps what they throw away from it. */
final class FurtherDevices {
    private FurtherDevices() {
    }

    /** @throws MachineException when a provider cannot make its device: it failed, or its ports or addresses are another device's */
    static void create(List<DeviceProvider> providers, MachineHost host, Machine machine) throws MachineException {
        for (DeviceProvider provider : providers) {
            if (provider.inEveryMachine()) {
                machine.add(create(provider, host, machine));
            }
        }
    }

    private static Device create(DeviceProvider provider, MachineHost host, Machine machine) throws MachineException {
        String name = provider.type();
        if (machine.devices().stream().anyMatch(device -> device.name().equals(name))) {
            throw new MachineException("device '" + name + "' (" + provider.description() + ") has the name of a device that the machine has; uninstall one of the two plug-ins");
        }
        try {
            DeviceContext context = new GuardedContext(host, name, machine::failed);
            return provider.create(name, Map.of(), context);
        } catch (RuntimeException | LinkageError fault) {
            throw new MachineException("device '" + name + "' (" + provider.description() + ") cannot be made: " + fault.getMessage() + "; update or uninstall its plug-in", fault);
        }
    }
}
