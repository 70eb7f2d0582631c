package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.arch.x86.X86Architecture;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.debug.core.launch.PathFinder;
import dev.ringside.debug.core.launch.VirtualMachines;
import dev.ringside.machine.MachineControl;
import dev.ringside.samples.Sample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.core.runtime.CoreException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.FrameworkUtil;

/** A machine file as the image of a launch, with the providers that are installed. */
class MachineFileLaunchTest {
    @TempDir
    Path folder;

    @BeforeEach
    void image() throws Exception {
        Files.write(folder.resolve("kernel.bin"), Sample.PARAVIRT.assemble(new X86Architecture().assembler()).bytes());
    }

    private MachineControl open(String paravirt) throws Exception {
        Path file = Files.writeString(folder.resolve("machine.toml"), """
            image = "kernel.bin"
            cpus = 2
            paravirt = "%s"
            inject = "steal-burst@500"
            """.formatted(paravirt));
        var guest = GuestLaunchConfiguration.parse(Map.of(GuestLaunchConfiguration.IMAGE, file.toString()), PathFinder.PLAIN);
        return new VirtualMachines(FrameworkUtil.getBundle(VirtualMachines.class).getBundleContext()).open(guest);
    }

    @Test
    void itBecomesTheMachineThatItDescribes() throws Exception {
        try (MachineControl machine = open("kvm")) {
            assertEquals(2, machine.vcpuCount());
        }
    }

    @Test
    void aFaultThatItsInterfaceDoesNotHaveIsToldInOneLine() {
        String said = assertThrows(CoreException.class, () -> open("none").close()).getMessage();

        assertTrue(said.contains("\"steal-burst@500\" needs a paravirtual interface that has faults"), said);
    }
}
