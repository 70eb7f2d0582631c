package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.launch.ParavirtChoice;
import dev.ringside.debug.core.launch.VirtualMachines;
import dev.ringside.pv.FeatureTable.Feature;
import dev.ringside.pv.ParavirtProvider;
import dev.ringside.pv.ParavirtSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.FrameworkUtil;

/** Check boxes and the text say the same. */
class ParavirtChoiceTest {
    private final List<ParavirtProvider> installed = new VirtualMachines(FrameworkUtil.getBundle(ParavirtChoiceTest.class).getBundleContext()).paravirtProviders();

    @ParameterizedTest
    @ValueSource(strings = {"none", "minimal", "kvm", "hyperv", "kvm+hyperv", "kvm,-kvmclock", "hyperv,-vpindex", "kvm,-kvm-steal-time,kvm-map-gpa-range,swap=64/2", "hyperv,-synic,vendor=X"})
    void theShortestTextStandsForItself(String text) {
        assertEquals(text, ParavirtChoice.of(text, installed).text());
    }

    @Test
    void whateverIsClickedIsATextThatGivesTheSame() {
        for (String paravirt : List.of("kvm", "hyperv", "kvm+hyperv")) {
            List<String> names = ParavirtChoice.of(paravirt, installed).features().stream().filter(feature -> !feature.isValue()).map(Feature::name).toList();
            for (String name : names) {
                ParavirtChoice choice = ParavirtChoice.of(paravirt, installed);
                choice.set(name, !choice.isOn(name));
                Set<String> on = names.stream().filter(choice::isOn).collect(Collectors.toSet());

                Set<String> selected = installed.stream().filter(provider -> List.of(paravirt.split("\\+")).contains(provider.name()))
                        .flatMap(provider -> provider.features().select(ParavirtSpec.parse(choice.text())).on().stream()).collect(Collectors.toSet());

                assertEquals(on, selected, choice.text());
            }
        }
    }

    @Test
    void whatIsNeededComesAndWhatNeedsItGoes() {
        ParavirtChoice choice = ParavirtChoice.of("hyperv,-synic", installed);
        assertFalse(choice.isOn("stimer-direct"));

        choice.set("stimer-direct", true);
        assertTrue(choice.isOn("synic") && choice.isOn("stimer"));
        assertEquals("hyperv,-messages,-test-device", choice.text(), "what went with it does not come with it");

        choice.set("vpindex", false);
        assertFalse(choice.isOn("ipi") || choice.isOn("stimer-direct"));
        choice.setDefaults();
        assertEquals("hyperv", choice.text());
    }

    @Test
    void whatCannotBeIsNoChoice() {
        assertThrows(IllegalArgumentException.class, () -> ParavirtChoice.of("xen", installed));
        assertThrows(IllegalArgumentException.class, () -> ParavirtChoice.of("hyperv,-synic,stimer", installed));
        assertTrue(ParavirtChoice.of("kvm", installed).features().stream().noneMatch(feature -> feature.byDefault().equals("never")));
    }
}
