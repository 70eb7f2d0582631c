package dev.ringside.cli;

import dev.ringside.arch.Symbolizer;
import dev.ringside.engine.translator.HotRegion;
import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineBuilder;
import dev.ringside.machine.MachineException;
import dev.ringside.machine.MachineProviders;
import dev.ringside.machine.MachineSettings;
import java.io.PrintWriter;
import java.util.List;

/** The regions that a run was hottest in, as a table. */
final class HotRegionsReport {
    private final MachineSettings settings;
    private final int count;

    /** @param count how many regions at most */
    HotRegionsReport(MachineSettings settings, int count) {
        this.settings = settings;
        this.count = count;
    }

    /** Runs the machine, its serial line unheard, and prints what was hot. */
    void print(long maxInstructions, PrintWriter out) throws MachineException {
        try (Machine machine = new MachineBuilder(MachineProviders.onClassPath(), Disks::open).build(settings.description())) {
            machine.run(maxInstructions);
            long all = machine.statistics().instructions();
            List<HotRegion> regions = HotRegion.of(machine.engine(), count);
            if (regions.isEmpty()) {
                out.printf("no block ran often enough in %,d instructions to be translated%n", all);
                return;
            }
            out.printf("%15s %15s %7s %6s  %s%n", "runs", "instructions", "share", "blocks", "region");
            for (HotRegion region : regions) {
                out.printf("%,15d %,15d %6.2f%% %6d  %s%n", region.runs(), region.retired(), 100.0 * region.retired() / all, region.blocks().size(),
                    place(region, machine.symbols()));
            }
            out.printf("%,15d in all, %,d of them in these%n", all, regions.stream().mapToLong(HotRegion::retired).sum());
        }
        out.flush();
    }

    private static String place(HotRegion region, Symbolizer symbols) {
        String name = symbols.nameOf(region.pc());
        return "%#x, %d instructions%s".formatted(region.pc(), region.guestInstructions(), name == null ? "" : " " + name);
    }
}
