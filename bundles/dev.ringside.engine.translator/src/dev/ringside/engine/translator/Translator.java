package dev.ringside.engine.translator;

import dev.ringside.engine.interpreter.Block;
import dev.ringside.engine.interpreter.FastCode;
import dev.ringside.engine.interpreter.Promotion;
import dev.ringside.engine.interpreter.Region;
import dev.ringside.inspect.Inspector;
import dev.ringside.ir.GuestState;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Chooses what is compiled, has it compiled on a thread of its own, and installs it.
 *
 * <p>When a region is ready depends on the host; what the guest does, and after how many instructions, does not depend on that.
 */
final class Translator implements Promotion {
    /** A block that is a member of so many regions gets none of its own. */
    private static final int MAX_REGIONS_PER_BLOCK = 4;
    /** Where code of a block exists in a region that is entered elsewhere, a region of its own has to wait. */
    private static final int PATIENCE = 4;
    /** Beyond this the oldest go; a region takes about 8 KB of metaspace and as much of the code cache. */
    private static final int MAX_REGIONS = 8000;

    private final TranslatorSettings settings;
    private final int stateSlots;
    private final int zeroSlot;
    private final LinkedBlockingQueue<Region> waiting = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<Ready> ready = new ConcurrentLinkedQueue<>();
    private volatile boolean somethingIsReady;
    private volatile boolean closed;
    private Thread thread;
    /** Oldest first. */
    private final List<Region> installed = new ArrayList<>();

    // For inspection
    private long requested;
    private long compiledInstructions;
    private volatile long compileNanos;

    private record Ready(Region region, FastCode code) {
    }

    Translator(int stateSlots, TranslatorSettings settings) {
        this.settings = settings;
        this.stateSlots = stateSlots;
        int slots = Integer.highestOneBit(stateSlots + GuestState.SPARE_SLOTS - 1) << 1;
        zeroSlot = Math.min(stateSlots + GuestState.SPARE_SLOTS, 4096) - 1;
        assert zeroSlot < slots;
    }

    @Override
    public int hotAfter() {
        return settings.hotAfter();
    }

    // Choosing

    @Override
    public void hot(Block block, long epoch) {
        if (block.regionCount() >= MAX_REGIONS_PER_BLOCK) {
            return;
        }
        if (block.regionCount() > 0 && block.runsLeft() == 0 && !block.waited) {
            block.waited = true;
            block.countAgain(settings.hotAfter() * PATIENCE);
            return;
        }
        requested++;
        var region = new Region(members(block, epoch), settings.hotAfter());
        if (!settings.inBackground()) {
            install(new Ready(region, compile(region.members)));
            return;
        }
        waiting.add(region);
        if (thread == null) {
            thread = new Thread(this::compileAll, "translator");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** The block and those that its links reach, nearest first. */
    private Block[] members(Block head, long epoch) {
        var members = new ArrayList<Block>();
        members.add(head);
        int instructions = head.count;
        for (int i = 0; i < members.size(); i++) {
            Block from = members.get(i);
            for (int k = 0; k < 2; k++) {
                Block to = k == 0 ? from.next0 : from.next1;
                boolean fits = to.epoch == epoch && to.pc == from.targets[k] && to.isCounted() && to.key == head.key && !to.isRemoved()
                    && instructions + to.count <= settings.maxInstructions();
                if (fits && !members.contains(to) && members.stream().noneMatch(m -> m.pc == to.pc)) {
                    members.add(to);
                    instructions += to.count;
                }
            }
        }
        return members.toArray(new Block[0]);
    }

    // Compiling

    private void compileAll() {
        try {
            while (!closed) {
                Region region = waiting.take();
                long start = System.nanoTime();
                ready.add(new Ready(region, compile(region.members)));
                compileNanos += System.nanoTime() - start;
                somethingIsReady = true;
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private FastCode compile(Block[] members) {
        RegionCompiler.Generated generated = RegionCompiler.generate(members, stateSlots, zeroSlot);
        try {
            var lookup = MethodHandles.lookup().defineHiddenClassWithClassData(generated.bytes(), generated.classData(), true);
            return (FastCode) lookup.findConstructor(lookup.lookupClass(), java.lang.invoke.MethodType.methodType(void.class)).invoke();
        } catch (Throwable e) {
            throw new AssertionError("a generated class was refused", e);
        }
    }

    // Installing

    @Override
    public void settle() {
        if (somethingIsReady) {
            install();
        }
    }

    private void install() {
        somethingIsReady = false;
        for (Ready next = ready.poll(); next != null; next = ready.poll()) {
            install(next);
        }
    }

    private void install(Ready next) {
        if (next.region.isDropped()) {
            return;
        }
        next.region.install(next.code);
        installed.add(next.region);
        for (Block member : next.region.members) {
            compiledInstructions += member.count;
        }
        if (installed.size() > MAX_REGIONS) {
            installed.removeIf(Region::isDropped);
            while (installed.size() > MAX_REGIONS * 3 / 4) {
                installed.removeFirst().drop();
            }
        }
    }

    @Override
    public void inspect(Inspector out) {
        out.decimal("hot", requested).decimal("regions", installed.stream().filter(r -> !r.isDropped()).count())
            .decimal("translatedInstructions", compiledInstructions).decimal("translationMillis", compileNanos / 1_000_000);
    }

    @Override
    public void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
