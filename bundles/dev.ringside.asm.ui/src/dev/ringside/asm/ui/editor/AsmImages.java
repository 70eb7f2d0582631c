package dev.ringside.asm.ui.editor;

import dev.ringside.asm.core.AsmSource.Symbol;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.resource.ImageRegistry;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.graphics.Image;

/** Pictures of names, kept as long as the workbench. UI thread. */
final class AsmImages {
    private static final String PREFIX = "dev.ringside.asm.ui/";

    private AsmImages() {
    }

    static Image of(Symbol symbol) {
        return image(symbol.isConstant() ? "constant" : symbol.isLocal() ? "local-label" : "label");
    }

    private static Image image(String name) {
        ImageRegistry registry = JFaceResources.getImageRegistry();
        if (registry.getDescriptor(PREFIX + name) == null) {
            registry.put(PREFIX + name, ImageDescriptor.createFromURL(AsmImages.class.getResource("/icons/" + name + ".svg")));
        }
        return registry.get(PREFIX + name);
    }
}
