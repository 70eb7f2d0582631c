package dev.ringside.ui.exits;

import dev.ringside.machine.MachineStatistics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The counters of a run in lines, compared with those of an earlier moment. */
record ExitCounts(List<Line> lines, long instructions, long virtualNanos) {

    static final ExitCounts NONE = new ExitCounts(List.of(), 0, 0);

    /**
     * @param exit whether a hypervisor on hardware would have left the guest for it; else something else that is counted
     * @param since how many came since the earlier moment
     * @param share of all exits, 0 to 1; 0 for what is no exit
     * @param nanos of the host that the answers took; 0 for what takes none, or is not timed
     */
    record Line(String reason, boolean exit, long count, long since, double share, long nanos) {
        long nanosEach() {
            return count == 0 ? 0 : nanos / count;
        }
    }

    static ExitCounts of(MachineStatistics now, MachineStatistics before) {
        long all = now.exits().values().stream().mapToLong(Long::longValue).sum();
        List<Line> lines = new ArrayList<>();
        now.exits().forEach((reason, count) ->
                lines.add(new Line(reason, true, count, count - earlier(before, MachineStatistics::exits, reason), all == 0 ? 0 : (double) count / all,
                        now.exitNanos().getOrDefault(reason, 0L))));
        now.events().forEach((reason, count) ->
                lines.add(new Line(reason, false, count, count - earlier(before, MachineStatistics::events, reason), 0, 0)));
        return new ExitCounts(List.copyOf(lines), now.instructions(), now.virtualNanos());
    }

    private static long earlier(MachineStatistics before, java.util.function.Function<MachineStatistics, Map<String, Long>> which, String reason) {
        return before == null ? 0 : which.apply(before).getOrDefault(reason, 0L);
    }

    /** How lines can be sorted; exits always stand before other things. */
    enum Order {
        REASON(Comparator.comparing(Line::reason)),
        COUNT(Comparator.comparingLong(Line::count)),
        SINCE(Comparator.comparingLong(Line::since)),
        SHARE(Comparator.comparingDouble(Line::share)),
        TIME(Comparator.comparingLong(Line::nanos)),
        TIME_EACH(Comparator.comparingLong(Line::nanosEach));

        private final Comparator<Line> ascending;

        Order(Comparator<Line> ascending) {
            this.ascending = ascending;
        }

        List<Line> sorted(List<Line> lines, boolean descending) {
            UnaryOperator<Comparator<Line>> turned = order -> descending ? order.reversed() : order;
            return lines.stream().sorted(Comparator.comparing((Line line) -> !line.exit())
                    .thenComparing(turned.apply(ascending)).thenComparing(Line::reason)).toList();
        }
    }
}
