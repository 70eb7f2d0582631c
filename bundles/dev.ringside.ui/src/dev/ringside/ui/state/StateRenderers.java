package dev.ringside.ui.state;

import dev.ringside.inspect.InspectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.ILog;
import org.eclipse.core.runtime.InvalidRegistryObjectException;
import org.eclipse.core.runtime.Platform;

/**
 * The renderers that plug-ins contribute, made when they are needed first. One that cannot be made or throws is logged once and then says so in the place of
 * its words; everybody else's go on.
 */
public final class StateRenderers {
    static final String EXTENSION_POINT = "dev.ringside.ui.stateRenderers";

    private final List<Contribution> contributions = new ArrayList<>();

    /** Those that are installed now. */
    public static StateRenderers installed() {
        StateRenderers renderers = new StateRenderers();
        for (IConfigurationElement element : Platform.getExtensionRegistry().getConfigurationElementsFor(EXTENSION_POINT)) {
            renderers.contributions.add(new Contribution(element));
        }
        return renderers;
    }

    /** Whether somebody has words for a part of this name. Makes no renderer. */
    public boolean knows(String part) {
        return find(part) != null;
    }

    /** Never null. */
    public String summary(String part, List<InspectNode> lines) {
        Contribution contribution = find(part);
        return contribution == null ? "" : contribution.ask(renderer -> renderer.summary(lines));
    }

    /** Never null. */
    public String meaning(String part, InspectNode field) {
        Contribution contribution = find(part);
        return contribution == null ? "" : contribution.ask(renderer -> renderer.meaning(field));
    }

    private Contribution find(String part) {
        for (Contribution contribution : contributions) {
            if (contribution.names.matcher(part).matches()) {
                return contribution;
            }
        }
        return null;
    }

    private static final class Contribution {
        private final IConfigurationElement element;
        private final Pattern names;
        private StateRenderer renderer;
        private String broken;

        Contribution(IConfigurationElement element) {
            this.element = element;
            String part = element.getAttribute("part");
            this.names = Pattern.compile(part == null ? "" : Pattern.quote(part).replace("*", "\\E.*\\Q"));
        }

        /** A plug-in's fault is not ours: whatever it throws, a missing class included, ends here and is told. */
        String ask(Function<StateRenderer, String> question) {
            if (broken != null) {
                return broken;
            }
            try {
                if (renderer == null) {
                    renderer = (StateRenderer) element.createExecutableExtension("class");
                }
                String words = question.apply(renderer);
                return words == null ? "" : words;
            } catch (CoreException | RuntimeException | LinkageError fault) {
                broken = "the renderer of " + contributor() + " failed: " + fault.getMessage();
                ILog.of(StateRenderers.class).error(broken + "; it is not asked again in this view", fault);
                return broken;
            }
        }

        private String contributor() {
            try {
                return element.getContributor().getName();
            } catch (InvalidRegistryObjectException uninstalled) {
                return "an uninstalled plug-in";
            }
        }
    }
}
