package dev.ringside.machine;

import dev.ringside.arch.Architecture;
import dev.ringside.device.BoardProvider;
import dev.ringside.device.DeviceProvider;
import dev.ringside.engine.EngineProvider;
import dev.ringside.loader.ImageFormat;
import dev.ringside.pv.ParavirtProvider;
import java.util.List;
import java.util.ServiceLoader;

/**
 * What machines are made from: the services that are installed.
 *
 * @param devices beside those of the boards; a machine has those that say so ({@link DeviceProvider#inEveryMachine})
 */
public record MachineProviders(List<Architecture> architectures, List<EngineProvider> engines, List<BoardProvider> boards, List<ImageFormat> formats,
        List<ParavirtProvider> paravirts, List<DeviceProvider> devices) {
    public MachineProviders {
        architectures = List.copyOf(architectures);
        engines = List.copyOf(engines);
        boards = List.copyOf(boards);
        formats = List.copyOf(formats);
        paravirts = List.copyOf(paravirts);
        devices = List.copyOf(devices);
    }

    /** Without further devices. */
    public MachineProviders(List<Architecture> architectures, List<EngineProvider> engines, List<BoardProvider> boards, List<ImageFormat> formats,
            List<ParavirtProvider> paravirts) {
        this(architectures, engines, boards, formats, paravirts, List.of());
    }

    public MachineProviders withDevices(List<DeviceProvider> providers) {
        return new MachineProviders(architectures, engines, boards, formats, paravirts, providers);
    }

    /** Those on the class path, for use without OSGi. */
    public static MachineProviders onClassPath() {
        return new MachineProviders(all(Architecture.class), all(EngineProvider.class), all(BoardProvider.class), all(ImageFormat.class),
            all(ParavirtProvider.class), all(DeviceProvider.class));
    }

    private static <T> List<T> all(Class<T> service) {
        return ServiceLoader.load(service, MachineProviders.class.getClassLoader()).stream().map(ServiceLoader.Provider::get).toList();
    }
}
