package dev.ringside.engine.translator;

import dev.ringside.engine.Engine;
import dev.ringside.engine.interpreter.Block;
import dev.ringside.engine.interpreter.InterpreterEngine;
import dev.ringside.engine.interpreter.Region;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A region that is installed, and what ran in it so far.
 *
 * @param pc where it begins
 * @param blocks its blocks' first addresses, the one where it begins first
 * @param guestInstructions in all of its blocks
 * @param runs how often it was entered
 * @param retired about how many instructions retired in it
 */
public record HotRegion(long pc, List<Long> blocks, int guestInstructions, long runs, long retired) {
    public HotRegion {
        blocks = List.copyOf(blocks);
    }

    /**
     * The regions of {@code engine} in which most instructions retired, most first; none of an engine that does not translate. The machine must
     * stand still.
     *
     * @param count how many at most
     */
    public static List<HotRegion> of(Engine engine, int count) {
        if (!(engine instanceof InterpreterEngine interpreter && interpreter.promotion() instanceof Translator translator)) {
            return List.of();
        }
        return translator.regions().stream().sorted(Comparator.comparingLong(Region::retired).reversed()).limit(count).map(HotRegion::of).toList();
    }

    private static HotRegion of(Region region) {
        List<Long> blocks = Arrays.stream(region.members).map(block -> block.pc).toList();
        return new HotRegion(region.head().pc, blocks, Arrays.stream(region.members).mapToInt((Block block) -> block.count).sum(), region.runs(),
            region.retired());
    }
}
