package dev.ringside.ui;

import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.resource.ResourceManager;
import org.eclipse.swt.graphics.Image;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.widgets.Control;

/** The pictures of this bundle ({@code icons/*.svg}), freed with the control that shows them. */
public final class Icons {
    private final ResourceManager resources;

    public Icons(Control owner) {
        resources = new LocalResourceManager(JFaceResources.getResources(), owner);
    }

    /** @param name of the file without {@code .svg} */
    public Image image(String name) {
        return resources.create(descriptor(name));
    }

    public static ImageDescriptor descriptor(String name) {
        return ImageDescriptor.createFromURL(Icons.class.getResource("/icons/" + name + ".svg"));
    }
}
