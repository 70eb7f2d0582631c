package dev.ringside.engine.translator;

import dev.ringside.engine.interpreter.Block;
import dev.ringside.engine.interpreter.FastCode;
import dev.ringside.engine.interpreter.Promotion;
import dev.ringside.engine.interpreter.Region;
import dev.ringside.inspect.Inspector;
import dev.ringside.ir.GuestState;
import dev.ringside.ir.JumpKind;
import java.lang.invoke.MethodHandles;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Chooses what is compiled, has it compiled on a thread of its own, and installs it.
 *
 * <p>When a region is ready depends on the host; what the guest does, and after how many instructions, does not depend on that.
 */
final class Translator implements Promotion {
    /** A block that ran less than this part of what makes it hot is left out of regions: 1 in 64. */
    private static final int COLD_SHIFT = 6;
    /** So often a region may be lost and made again at the same place; then it takes twice as many runs each time. */
    private static final int FREE_REWRITES = 64;
    private static final int MAX_PATIENCE_SHIFT = 10;
    private static final int MAX_PATIENCE = 1 << 30;
    private static final int MAX_PLACES = 100_000;
    /** So many calls and HotSpot compiles a method (Tier3InvocationThreshold, seen at every 128th call). */
    private static final int CALLS_FOR_HOTSPOT = 400;
    /** What HotSpot is given for that. Until then a region would run as bytecode, ten times slower than the interpreter runs its blocks. */
    private static final long HEAD_START_NANOS = 20_000_000;

    private final TranslatorSettings settings;
    private final int stateSlots;
    private final int zeroSlot;
    private final LinkedBlockingQueue<Region> waiting = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<Ready> ready = new ConcurrentLinkedQueue<>();
    private volatile boolean somethingIsReady;
    private volatile boolean closed;
    private Thread thread;
    /** How many regions have begun at a place so far. */
    private final Map<Place, Integer> madeAt = new HashMap<>();
    /** Oldest first. */
    private final List<Region> installed = new ArrayList<>();

    // For inspection
    private long requested;
    private long compiledInstructions;
    private volatile long compileNanos;

    private record Place(long host, long pc, int key) {
    }

    /** @param dueNanos when it may run */
    private record Ready(Region region, FastCode code, long dueNanos) {
        boolean isDue() {
            return dueNanos - System.nanoTime() <= 0;
        }
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
    public void hot(Block block, long epoch, LongFunction<Block> recall) {
        var place = new Place(block.host, block.pc, block.key);
        int made = madeAt.getOrDefault(place, 0);
        if (!block.waited && (block.hasRegion() || made > FREE_REWRITES)) {
            // Part of a region that is about to be ready: when it is still hot then, it is reached from elsewhere. Or written again and again.
            block.waited = true;
            block.countAgain((int) Math.min(MAX_PATIENCE, (long) settings.hotAfter() << Math.clamp(made - FREE_REWRITES, 0, MAX_PATIENCE_SHIFT)));
            return;
        }
        madeAt.put(place, made + 1);
        if (madeAt.size() > MAX_PLACES) {
            madeAt.clear();
        }
        requested++;
        var region = new Region(members(block, epoch, recall), settings.hotAfter());
        if (!settings.inBackground()) {
            install(new Ready(region, compile(region.members), System.nanoTime()));
            return;
        }
        waiting.add(region);
        if (thread == null) {
            thread = new Thread(this::compileAll, "translator");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** The block and those that its links, its calls' returns and its computed jumps reach, those that ran most first. */
    private Block[] members(Block head, long epoch, LongFunction<Block> recall) {
        var members = new ArrayList<Block>();
        var reached = new ArrayList<Block>(List.of(head));
        int instructions = 0;
        while (!reached.isEmpty()) {
            Block from = reached.stream().max(Comparator.comparingInt(this::runs)).orElseThrow();
            reached.remove(from);
            if (instructions + from.count > settings.maxInstructions() && from != head) {
                continue;
            }
            members.add(from);
            instructions += from.count;
            Block behind = from.endsWith == JumpKind.CALL ? recall.apply(from.pc + from.lengthBytes) : null;
            for (Block to : new Block[] {from.next0, from.next1, behind}) {
                boolean fits = to != null && to.epoch == epoch && leads(from, to) && to.isCounted() && to.key == head.key && !to.isRemoved()
                    && runs(to) >= settings.hotAfter() >> COLD_SHIFT;
                if (fits && !reached.contains(to) && members.stream().noneMatch(m -> m.pc == to.pc)) {
                    reached.add(to);
                }
            }
        }
        return members.toArray(new Block[0]);
    }

    /** How often the interpreter ran it, as far as that is counted. */
    private int runs(Block block) {
        return block.waited || block.hasRegion() ? settings.hotAfter() : settings.hotAfter() - block.runsLeft();
    }

    /** Whether {@code to} may follow {@code from}, at once or when the procedure that it calls returns. */
    private static boolean leads(Block from, Block to) {
        if (from.endsInComputedJump()) {
            return to == from.next0 || to == from.next1 || to.pc == from.pc + from.lengthBytes;
        }
        return to == from.next0 && to.pc == from.targets[0] || to == from.next1 && to.pc == from.targets[1]
            || from.endsWith == JumpKind.CALL && to.pc == from.pc + from.lengthBytes;
    }

    // Compiling

    private void compileAll() {
        var early = new ArrayDeque<Ready>();
        try {
            while (!closed) {
                Region region = early.isEmpty() ? waiting.take() : waiting.poll(early.peek().dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (region != null) {
                    long start = System.nanoTime();
                    FastCode code = compile(region.members);
                    askHotSpotFor(code);
                    long end = System.nanoTime();
                    compileNanos += end - start;
                    early.add(new Ready(region, code, end + HEAD_START_NANOS));
                }
                while (!early.isEmpty() && early.peek().isDue()) {
                    ready.add(early.remove());
                    somethingIsReady = true;
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private static void askHotSpotFor(FastCode code) {
        for (int i = 0; i < CALLS_FOR_HOTSPOT; i++) {
            code.run(null, 0, -1);
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
        if (installed.size() > settings.maxRegions()) {
            installed.removeIf(Region::isDropped);
            while (installed.size() > settings.maxRegions() * 3 / 4) {
                installed.removeFirst().drop();
            }
        }
    }

    /** Those that code may run in. */
    List<Region> regions() {
        return installed.stream().filter(Region::isEntered).toList();
    }

    @Override
    public void inspect(Inspector out) {
        out.decimal("hot", requested).decimal("regions", regions().size())
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
