package dev.ringside.sample.plugin;

import dev.ringside.inspect.InspectNode;
import dev.ringside.ui.state.StateRenderer;
import java.util.List;

/** Says the adder's registers in decimal. */
public final class AdderRenderer implements StateRenderer {
    @Override
    public String summary(List<InspectNode> lines) {
        return lines.stream().filter(line -> line.name().equals("SUM")).map(line -> "sum " + decimal(line)).findFirst().orElse(null);
    }

    @Override
    public String meaning(InspectNode field) {
        return decimal(field);
    }

    private static String decimal(InspectNode field) {
        return Long.decode(field.value()).toString();
    }
}
