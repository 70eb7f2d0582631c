package dev.ringside.debug.core.launch;

import dev.ringside.arch.Architecture;
import dev.ringside.arch.AssemblyResult;
import dev.ringside.asm.core.BuiltProgram;
import dev.ringside.debug.core.DebugCore;
import dev.ringside.device.BoardProvider;
import dev.ringside.device.DeviceProvider;
import dev.ringside.device.FileBackend;
import dev.ringside.engine.EngineProvider;
import dev.ringside.loader.GuestImage;
import dev.ringside.loader.ImageBytes;
import dev.ringside.loader.ImageException;
import dev.ringside.loader.ImageFormat;
import dev.ringside.loader.ImageLoader;
import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineBuilder;
import dev.ringside.machine.MachineControl;
import dev.ringside.machine.MachineControl.Injection;
import dev.ringside.machine.MachineException;
import dev.ringside.machine.MachineProviders;
import dev.ringside.machine.MachineThread;
import dev.ringside.pv.ParavirtInterfaces;
import dev.ringside.pv.ParavirtProvider;
import dev.ringside.pv.ParavirtSpec;
import dev.ringside.samples.Sample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.eclipse.core.runtime.CoreException;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** Builds machines in this process from the providers that are installed now, in the order of their service ranking. */
public final class VirtualMachines implements MachineOpener {
    private final BundleContext services;

    public VirtualMachines(BundleContext services) {
        this.services = services;
    }

    /** Names of the engines that are installed, also of those that cannot run here. */
    public List<String> engines() {
        return providers().engines().stream().map(EngineProvider::name).sorted().toList();
    }

    /** Names of the paravirtual interfaces that are installed. */
    public List<String> paravirts() {
        return providers().paravirts().stream().map(ParavirtProvider::name).sorted().toList();
    }

    /** The paravirtual interfaces that are installed, with their features. */
    public List<ParavirtProvider> paravirtProviders() {
        return providers().paravirts();
    }

    /** Whether what {@code guest} names is installed and can be used here. @throws InvalidFieldException for the first field whose value is not */
    public void check(GuestLaunchConfiguration guest) throws InvalidFieldException {
        checkEngine(guest.machine().engine());
        try {
            checkFaults(guest, ParavirtInterfaces.check(ParavirtSpec.parse(guest.machine().paravirt()), providers().paravirts()));
        } catch (IllegalArgumentException wrong) {
            throw new InvalidFieldException(GuestLaunchConfiguration.PARAVIRT_FIELD, wrong.getMessage().replaceFirst("^paravirtual (interface )?", ""));
        }
    }

    private static void checkFaults(GuestLaunchConfiguration guest, List<ParavirtProvider> chosen) throws InvalidFieldException {
        List<String> known = chosen.stream().flatMap(provider -> provider.injectable().keySet().stream()).distinct().toList();
        for (String text : guest.injections()) {
            Injection injection = parsed(text);
            if (!known.contains(injection.event())) {
                throw new InvalidFieldException(GuestLaunchConfiguration.INJECT_FIELD, known.isEmpty()
                        ? "\"" + text + "\" needs a paravirtual interface that has faults; \"" + guest.machine().paravirt() + "\" has none"
                        : "\"" + injection.event() + "\" is not one of " + String.join(", ", known));
            }
            if (injection.vcpu() >= guest.machine().cpus()) {
                throw new InvalidFieldException(GuestLaunchConfiguration.INJECT_FIELD, "\"" + text + "\" names processor " + injection.vcpu() + "; the last one is "
                        + (guest.machine().cpus() - 1));
            }
        }
    }

    /** A machine file's are not looked at before. */
    private static Injection parsed(String text) throws InvalidFieldException {
        try {
            return Injection.parse(text);
        } catch (IllegalArgumentException none) {
            throw new InvalidFieldException(GuestLaunchConfiguration.INJECT_FIELD, none.getMessage());
        }
    }

    private void checkEngine(String name) throws InvalidFieldException {
        EngineProvider engine = providers().engines().stream().filter(provider -> provider.name().equals(name)).findFirst()
            .orElseThrow(() -> new InvalidFieldException(GuestLaunchConfiguration.ENGINE_FIELD, "there is no \"" + name + "\"; there is " + String.join(", ", engines())));
        Optional<String> reason = engine.unavailableReason();
        if (reason.isPresent()) {
            throw new InvalidFieldException(GuestLaunchConfiguration.ENGINE_FIELD, "\"" + name + "\" cannot run here: " + reason.get());
        }
    }

    @Override
    public MachineControl open(GuestLaunchConfiguration guest) throws CoreException {
        try {
            check(guest);
            return new MachineThread(build(guest)).start(true);
        } catch (InvalidFieldException | MachineException | ImageException refused) {
            throw DebugCore.failure(inWordsOfTheDialog(refused.getMessage()), refused);
        }
    }

    /** What to do is said in options of the command line; the dialog has fields, and none for some. */
    static String inWordsOfTheDialog(String message) {
        return message.replace("with --memory", "in the field Memory").replace("; a raw binary needs --load-address", "").replace(" or name one with --firmware", "");
    }

    private Machine build(GuestLaunchConfiguration guest) throws MachineException, ImageException {
        MachineProviders providers = providers();
        var builder = new MachineBuilder(providers, FileBackend::open);
        GuestImage assembled = guest.sample() != null ? sample(guest.sample(), providers) : built(guest.machine().image(), providers);
        Machine machine = assembled == null ? builder.build(guest.machine()) : builder.build(guest.machine(), assembled);
        try {
            guest.injections().forEach(machine::inject);
            return machine;
        } catch (IllegalArgumentException wrong) {
            machine.close();
            throw new MachineException("inject " + wrong.getMessage(), wrong);
        }
    }

    /** An image that was built here, with the labels of its source as symbols; null for others, and for those that only firmware can start. */
    private static GuestImage built(Path image, MachineProviders providers) throws MachineException, ImageException {
        BuiltProgram program = image == null ? null : BuiltImages.program(image);
        return program == null ? null : withSymbols(image.toString(), program.result(), providers).orElse(null);
    }

    private static GuestImage sample(Sample sample, MachineProviders providers) throws MachineException, ImageException {
        if (providers.architectures().isEmpty()) {
            throw new MachineException("no architecture is installed; " + sample.fileName() + " cannot be assembled");
        }
        AssemblyResult program = sample.assemble(providers.architectures().getFirst().assembler());
        return withSymbols(sample.fileName(), program, providers)
                .orElseThrow(() -> new MachineException(sample.fileName() + " is an image of a format that is not installed"));
    }

    private static Optional<GuestImage> withSymbols(String name, AssemblyResult program, MachineProviders providers) throws ImageException {
        return new ImageLoader(providers.formats()).load(new ImageBytes(name, program.bytes()))
                .map(image -> new GuestImage(image.format(), image.segments(), Sample.symbols(program), image.protocol()));
    }

    private MachineProviders providers() {
        return new MachineProviders(all(Architecture.class), all(EngineProvider.class), all(BoardProvider.class), all(ImageFormat.class),
            all(ParavirtProvider.class), all(DeviceProvider.class));
    }

    private <T> List<T> all(Class<T> type) {
        try {
            List<ServiceReference<T>> found = new ArrayList<>(services.getServiceReferences(type, null));
            found.sort(Collections.reverseOrder());
            return found.stream().map(services::getService).toList();
        } catch (InvalidSyntaxException impossible) {
            throw new AssertionError("there is no filter", impossible);
        }
    }
}
