package dev.ringside.ui.state;

import dev.ringside.inspect.InspectNode;
import java.util.List;

/**
 * Says in words what the numbers of one part of a machine mean. Contributed through the extension point {@code dev.ringside.ui.stateRenderers} and shown
 * in the <em>Meaning</em> column of the Machine view.
 *
 * <p>Called on the UI thread with plain data, often; it must be quick, keep nothing, and ask nobody. What it throws is shown in place of the meaning.
 */
public interface StateRenderer {
    /**
     * The whole part in one line, for the part's own line in the tree: {@code 9600 baud, 8N1}.
     *
     * @param lines what the part told of itself, in its order; {@link InspectNode#part()} is only to be compared with null
     * @return null to say nothing
     */
    String summary(List<InspectNode> lines);

    /** One field of the part: {@code 0x03} of an LCR as {@code 8 bits, 1 stop, no parity}. @return null to say nothing */
    default String meaning(InspectNode field) {
        return null;
    }
}
