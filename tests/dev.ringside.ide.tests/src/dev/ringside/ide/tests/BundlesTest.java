package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** What a plain class path does not show: that the framework can resolve our bundles and offers our providers as services. */
class BundlesTest {
    private final BundleContext context = FrameworkUtil.getBundle(BundlesTest.class).getBundleContext();

    @Test
    void everyBundleOfOursResolves() {
        List<String> unresolved = ours().filter(bundle -> (bundle.getState() & (Bundle.INSTALLED | Bundle.UNINSTALLED)) != 0).map(Bundle::getSymbolicName).toList();

        assertEquals(List.of(), unresolved);
    }

    /** A provider's bundle needs {@code Bundle-ActivationPolicy: lazy}, or nobody starts it and its components are never looked at. */
    @Test
    void everyComponentThatAManifestNamesIsAService() {
        ServiceComponentRuntime components = context.getService(context.getServiceReference(ServiceComponentRuntime.class));
        List<ComponentDescriptionDTO> known = components.getComponentDescriptionDTOs(ours().toArray(Bundle[]::new)).stream().toList();

        long named = ours().map(bundle -> bundle.getHeaders().get("Service-Component")).filter(header -> header != null).mapToLong(header -> header.split(",").length).sum();
        List<String> unsatisfied = known.stream().filter(component -> components.getComponentConfigurationDTOs(component).stream().noneMatch(BundlesTest::isSatisfied))
            .map(component -> component.name).toList();

        assertFalse(known.isEmpty());
        assertEquals(named, known.size(), () -> "components known: " + known.stream().map(component -> component.name).toList());
        assertEquals(List.of(), unsatisfied);
    }

    private Stream<Bundle> ours() {
        return Stream.of(context.getBundles()).filter(bundle -> bundle.getSymbolicName().startsWith("dev.ringside."));
    }

    private static boolean isSatisfied(ComponentConfigurationDTO configuration) {
        return configuration.state == ComponentConfigurationDTO.SATISFIED || configuration.state == ComponentConfigurationDTO.ACTIVE;
    }
}
