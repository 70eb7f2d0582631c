package dev.ringside.loader;

import dev.ringside.loader.BootEnvironment.Range;
import java.util.ArrayList;
import java.util.List;

/** Finds room for what a boot protocol adds beside an image: inside usable memory, clear of everything placed before. */
final class Placement {
    private final List<Range> usable;
    private final List<Range> taken = new ArrayList<>();

    Placement(List<Range> map, List<Segment> segments) {
        usable = map.stream().filter(r -> r.type() == 1).toList();
        segments.forEach(s -> taken.add(new Range(s.gpa(), s.memoryBytes(), 2)));
    }

    /** Marks a range as used. */
    void take(long gpa, long sizeBytes) {
        taken.add(new Range(gpa, sizeBytes, 2));
    }

    /** The lowest free place in {@code [from, to)}, taken from now on. @return −1 when there is none */
    long lowest(long sizeBytes, long align, long from, long to) {
        for (Range r : usable) {
            long at = up(Math.max(r.gpa(), from), align);
            while (at + sizeBytes <= Math.min(r.end(), to)) {
                Range hit = overlap(at, sizeBytes);
                if (hit == null) {
                    take(at, sizeBytes);
                    return at;
                }
                at = up(hit.end(), align);
            }
        }
        return -1;
    }

    /** The highest free place in {@code [from, to)}, taken from now on. @return −1 when there is none */
    long highest(long sizeBytes, long align, long from, long to) {
        for (Range r : usable.reversed()) {
            long at = Math.min(r.end(), to) - sizeBytes & -align;
            while (at >= Math.max(r.gpa(), from)) {
                Range hit = overlap(at, sizeBytes);
                if (hit == null) {
                    take(at, sizeBytes);
                    return at;
                }
                at = hit.gpa() - sizeBytes & -align;
            }
        }
        return -1;
    }

    private Range overlap(long gpa, long sizeBytes) {
        for (Range r : taken) {
            if (gpa < r.end() && r.gpa() < gpa + sizeBytes) {
                return r;
            }
        }
        return null;
    }

    private static long up(long value, long align) {
        return value + align - 1 & -align;
    }
}
