package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.debug.core.launch.InvalidFieldException;
import dev.ringside.debug.core.launch.PathFinder;
import dev.ringside.samples.Sample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuestLaunchConfigurationTest {
    @TempDir
    Path folder;

    private final Map<String, Object> attributes = new HashMap<>();

    @BeforeEach
    void image() throws Exception {
        Path image = Files.write(folder.resolve("kernel"), new byte[] {1});
        attributes.put(GuestLaunchConfiguration.IMAGE, image.toString());
    }

    @Test
    void anImageIsEnough() throws Exception {
        GuestLaunchConfiguration guest = parse();

        assertEquals(folder.resolve("kernel"), guest.machine().image());
        assertEquals(128L << 20, guest.machine().memoryBytes());
        assertEquals(1, guest.machine().cpus());
        assertTrue(guest.stopAtEntry());
    }

    @Test
    void theSampleHasNoFile() throws Exception {
        attributes.put(GuestLaunchConfiguration.IMAGE, GuestLaunchConfiguration.SAMPLE_KERNEL);

        GuestLaunchConfiguration guest = parse();

        assertEquals(Sample.KERNEL_64, guest.sample());
        assertNull(guest.machine().image());
    }

    @Test
    void engineAndInterfaceReachTheMachine() throws Exception {
        assertEquals("translator", parse().machine().engine());
        assertEquals("none", parse().machine().paravirt());
        attributes.put(GuestLaunchConfiguration.ENGINE, "interpreter ");
        attributes.put(GuestLaunchConfiguration.PARAVIRT, "hyperv,-stimer");
        attributes.put(GuestLaunchConfiguration.IMAGE, GuestLaunchConfiguration.SAMPLE_PARAVIRT);

        GuestLaunchConfiguration guest = parse();

        assertEquals("interpreter", guest.machine().engine());
        assertEquals("hyperv,-stimer", guest.machine().paravirt());
        assertEquals(Sample.PARAVIRT, guest.sample());
    }

    @Test
    void aMachineFileSaysWhatTheFieldsLeaveAtTheirDefaults() throws Exception {
        Path file = Files.writeString(folder.resolve("machine.toml"), """
            image = "kernel"
            memory = "256M"
            cpus = 2
            engine = "interpreter"
            inject = "tsc-jump@500"
            paravirt = { interface = "kvm", kvm-steal-time = false }
            """);
        attributes.put(GuestLaunchConfiguration.IMAGE, file.toString());
        attributes.put(GuestLaunchConfiguration.MEMORY, "128M");
        attributes.put(GuestLaunchConfiguration.CPUS, "4");

        GuestLaunchConfiguration guest = parse();

        assertEquals(folder.resolve("kernel"), guest.machine().image());
        assertEquals(256L << 20, guest.machine().memoryBytes());
        assertEquals(4, guest.machine().cpus());
        assertEquals("interpreter", guest.machine().engine());
        assertEquals("kvm,-kvm-steal-time", guest.machine().paravirt());
        assertEquals(List.of("tsc-jump@500"), guest.injections());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "memroy = '1G' | line 1: there is no 'memroy'; did you mean 'memory'?",
        "cpus = 2      | names neither an image nor a disk",
    })
    void aBadMachineFileIsABadImage(String line, String said) throws Exception {
        attributes.put(GuestLaunchConfiguration.IMAGE, Files.writeString(folder.resolve("machine.toml"), line).toString());

        String message = assertThrows(InvalidFieldException.class, this::parse).getMessage();

        assertTrue(message.startsWith("Image: ") && message.contains(said), message);
    }

    @Test
    void faultsStandWithSpacesOrCommasBetween() throws Exception {
        attributes.put(GuestLaunchConfiguration.INJECT, " tsc-jump@5, steal-burst@1000/1  apf-storm@7");

        assertEquals(List.of("tsc-jump@5", "steal-burst@1000/1", "apf-storm@7"), parse().injections());
    }

    @ParameterizedTest
    @CsvSource({"512M, 536870912", "1g, 1073741824", "64, 67108864", "2048K, 2097152", "256MiB, 268435456"})
    void memoryIsWrittenAsUsersDo(String typed, long bytes) throws Exception {
        attributes.put(GuestLaunchConfiguration.MEMORY, typed);

        assertEquals(bytes, parse().machine().memoryBytes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "dev.ringside.debug.core.memory | 12Q | Memory: \"12Q\" is not a size; write a number with M or G, for example 512M",
        "dev.ringside.debug.core.memory | 0 | Memory: 0 is outside 1M to 64G",
        "dev.ringside.debug.core.memory | 65G | Memory: 65G is outside 1M to 64G",
        "dev.ringside.debug.core.memory | 1500K | Memory: 1500K is not a whole number of mebibytes",
        "dev.ringside.debug.core.memory | 999999999999G | Memory: 999999999999G is outside 1M to 64G",
        "dev.ringside.debug.core.cpus | none | CPUs: \"none\" is not a number from 1 to 64",
        "dev.ringside.debug.core.cpus | 65 | CPUs: \"65\" is not a number from 1 to 64",
        "dev.ringside.debug.core.paravirt | kvm,,x | Paravirtual interface: 'kvm,,x' has an empty feature; write NAME,feature,-feature,name=value",
        "dev.ringside.debug.core.inject | tsc-jump@1 apf-storm | Faults: \"apf-storm\" is not EVENT@INSTRUCTIONS, such as steal-burst@500000, or steal-burst@500000/1 for processor 1",
        "dev.ringside.debug.core.initrd | /no/such | Initrd: there is no file /no/such",
        "dev.ringside.debug.core.disk | / | Disk: / is a folder; choose a file",
    })
    void theBadFieldIsNamed(String attribute, String typed, String message) {
        attributes.put(attribute, typed);

        InvalidFieldException bad = assertThrows(InvalidFieldException.class, this::parse);

        assertEquals(message, bad.getMessage());
    }

    @Test
    void nothingToBootIsSaid() {
        attributes.put(GuestLaunchConfiguration.IMAGE, " ");

        InvalidFieldException bad = assertThrows(InvalidFieldException.class, this::parse);

        assertEquals("Image", bad.field());
    }

    private GuestLaunchConfiguration parse() throws InvalidFieldException {
        return GuestLaunchConfiguration.parse(attributes, PathFinder.PLAIN);
    }
}
