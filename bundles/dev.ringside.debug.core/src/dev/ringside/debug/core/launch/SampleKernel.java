package dev.ringside.debug.core.launch;

import dev.ringside.debug.core.DebugCore;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.Platform;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

/** The guest that is always there: the 64-bit sample kernel that the product brings along. */
public final class SampleKernel {
    /** What an image field says for it, in place of a path. */
    public static final String NAME = "sample:sample64";

    private static final String BUNDLE = "dev.ringside.ide";
    private static final String IMAGE = "samples/sample64/kernel.elf";

    private static Path copied;

    private SampleKernel() {
    }

    /** The image as a file; a bundle may be an archive, so it is copied beside the workspace's other state, once a session. */
    public static synchronized Path file() throws CoreException {
        if (copied == null || !Files.exists(copied)) {
            copied = copy();
        }
        return copied;
    }

    private static Path copy() throws CoreException {
        Bundle product = Platform.getBundle(BUNDLE);
        URL image = product == null ? null : product.getEntry(IMAGE);
        if (image == null) {
            throw DebugCore.failure("the embedded sample kernel " + BUNDLE + "/" + IMAGE + " is not part of this product", null);
        }
        Path copy = Platform.getStateLocation(FrameworkUtil.getBundle(SampleKernel.class)).append("sample64.elf").toPath();
        try (InputStream in = image.openStream()) {
            Files.createDirectories(copy.getParent());
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            return copy;
        } catch (IOException failed) {
            throw DebugCore.failure("the embedded sample kernel cannot be copied to " + copy + ": " + failed.getMessage(), failed);
        }
    }
}
