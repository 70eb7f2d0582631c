package dev.ringside.ide.tests;

import dev.ringside.inspect.InspectNode;
import dev.ringside.ui.state.StateRenderer;
import java.util.List;

/** A plug-in's renderer that fails when a test wants it to. Named in plugin.xml. */
public final class BreakableRenderer implements StateRenderer {
    static volatile boolean broken;

    @Override
    public String summary(List<InspectNode> lines) {
        if (broken) {
            throw new IllegalStateException("broken on purpose");
        }
        return lines.size() + " lines";
    }
}
