package dev.ringside.engine.interpreter;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.Lifter;
import dev.ringside.engine.Breakpoints;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.IrInsn;
import dev.ringside.ir.IrOptimizer;
import dev.ringside.ir.JumpKind;
import dev.ringside.ir.Op;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.memory.RawMemory;
import dev.ringside.trace.TraceKind;
import dev.ringside.trace.TraceSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The blocks of one machine, by host address of their first byte, program counter and mode: a change of address space forgets none, and all
 * processors share them. Blocks whose bytes are written go at once, whoever writes and through whatever alias.
 */
final class BlockCache {
    static final int MAX_INSTRUCTIONS = 64;

    private static final int BUCKETS = 1 << 16;
    /** A guest that runs through memory without code would fill the host's otherwise; a Linux boot stays far below. */
    private static final long MAX_BYTES = 256L << 20;
    private static final int MAX_INSTRUCTION_BYTES = 16;
    /** After so many times an instruction that is abandoned gets a block of its own. */
    private static final int ABANDON_LIMIT = 3;
    private static final int KEY_BITS = 18;
    /** Code in so many segments is known at a time. */
    private static final int MAX_BASES = 1 << 12;

    private final Lifter lifter;
    private final PhysicalMemory memory;
    private final Breakpoints breakpoints;
    private final TraceSink trace;
    private final int stateSlots;
    private final int slotCount;
    private final Promotion promotion;

    private final CodeArena arena = new CodeArena();
    private final Block[] buckets = new Block[BUCKETS];
    /** By host page: the blocks with bytes in it. */
    private final Map<Long, List<Block>> pages = new HashMap<>();
    private final Solitary alone = new Solitary();
    private final FormerBlocks former = new FormerBlocks();
    private int blocks;
    /** Numbers of the bases of code segments. */
    private final Map<Long, Integer> bases = new HashMap<>();
    private long lastBase = -1;
    private int lastNumber;
    /** About what they take of the host's memory. */
    private long bytes;

    /** The processor that ran last: events are its. */
    Cpu running;

    // For inspection
    long lifted;
    long invalidated;

    BlockCache(Lifter lifter, PhysicalMemory memory, Breakpoints breakpoints, TraceSink trace, int stateSlots, int slotCount) {
        this(lifter, memory, breakpoints, trace, stateSlots, slotCount, Promotion.NONE);
    }

    BlockCache(Lifter lifter, PhysicalMemory memory, Breakpoints breakpoints, TraceSink trace, int stateSlots, int slotCount, Promotion promotion) {
        this.promotion = promotion;
        this.lifter = lifter;
        this.memory = memory;
        this.breakpoints = breakpoints;
        this.trace = trace;
        this.stateSlots = stateSlots;
        this.slotCount = slotCount;
    }

    /**
     * What besides its place tells a block from others: rights count because links are followed without checking them, the base of the code segment because
     * a program counter alone finds what ran lately.
     */
    int key(int modeKey, int mmuIndex, long codeBase) {
        assert modeKey >>> KEY_BITS - 2 == 0;
        if (codeBase != lastBase) {
            lastNumber = number(codeBase);
            lastBase = codeBase;
        }
        return lastNumber << KEY_BITS | modeKey << 2 | mmuIndex;
    }

    private int number(long codeBase) {
        if (bases.size() == MAX_BASES && !bases.containsKey(codeBase)) {
            forget();
            bases.clear();
        }
        return bases.computeIfAbsent(codeBase, base -> bases.size());
    }

    int size() {
        return blocks;
    }

    long sizeBytes() {
        return bytes;
    }

    CodeArena arena() {
        return arena;
    }

    /** The cached block, or null. */
    Block find(long host, long pc, int key, boolean single) {
        for (Block block = buckets[bucket(host, pc)]; block != null; block = block.hashNext) {
            if (block.host == host && block.pc == pc && block.key == key && block.single == single) {
                return block;
            }
        }
        return null;
    }

    private static int bucket(long host, long pc) {
        return (int) (host ^ host >>> 16 ^ pc << 5) & BUCKETS - 1;
    }

    /** The host address of the page behind the one where a block starts; asked only when its bytes are needed. */
    interface NextPage {
        /** 0 when nothing is there. @throws dev.ringside.arch.GuestFault when it cannot be fetched */
        long host();
    }

    /**
     * Lifts the block at {@code pc} and keeps it, unless there is no memory under it.
     *
     * @param linear address of the first byte
     * @param host address of the first byte, or 0 where nothing is mapped
     */
    Block lift(long linear, long host, long pc, int modeKey, int key, boolean single, NextPage nextPage) {
        if (bytes >= MAX_BYTES) {
            forget();
        }
        int inPage = (int) (4096 - (linear & 4095));
        boolean standsAlone = alone.contains(host);
        int limit = Math.min(alone.distanceToNext(host, inPage), breakpoints.distanceToNext(linear, inPage));
        boolean isPlain = host != 0 && !breakpoints.isAt(linear);
        Block former = isPlain ? this.former.take(host, pc, key, single, limit, standsAlone) : null;
        if (former != null) {
            place(former, linear, host, 0, single, former.chainable);
            keep(former, inPage);
            former.comeBack();
            return former;
        }
        int most = single || standsAlone ? 1 : MAX_INSTRUCTIONS;
        IrBlock ir = lifter.lift(source(host, limit), modeKey, pc, most);
        if (ir == null && limit < inPage) {
            // A cut fell into the first instruction.
            ir = lifter.lift(source(host, inPage), modeKey, pc, 1);
        }
        long secondHost = 0;
        if (ir == null) {
            secondHost = nextPage.host();
            ir = lifter.lift(source(host, inPage, secondHost), modeKey, pc, 1);
            if (ir == null) {
                throw new IllegalStateException("the lifter wants more than " + MAX_INSTRUCTION_BYTES + " bytes for one instruction");
            }
        }
        int firstWorldly = firstWorldly(ir);
        if (firstWorldly >= 0 && ir.guestInstructions() > 1) {
            // It stands alone, whatever the lifter thinks: its time is exact, and its effects are allowed.
            ir = lifter.lift(source(host, limit), modeKey, pc, Math.max(1, firstWorldly));
        }
        boolean worldly = firstWorldly == 0;
        boolean counted = host != 0 && !single && !standsAlone && !breakpoints.isAt(linear) && !worldly;
        Block block = lower(ir, modeKey, pc, key, host, limit, counted && promotion.hotAfter() > 0);
        place(block, linear, host, block.lengthBytes > inPage ? secondHost : 0, single, !single && !standsAlone && !breakpoints.isAt(linear) && !worldly);
        lifted++;
        if (trace.wants(TraceKind.TB_TRANSLATE)) {
            emit(TraceKind.TB_TRANSLATE, host, block.count);
        }
        if (host != 0) {
            if (isPlain && block.lengthBytes <= limit) {
                block.source = new byte[block.lengthBytes];
                RawMemory.copy(host, block.source, 0, block.lengthBytes);
                block.limitBytes = limit;
                block.isOpen = ir.terminator().op() == Op.JUMP && block.endsWith == JumpKind.NEXT && block.count < most;
                block.stoodAlone = standsAlone;
            }
            keep(block, inPage);
        }
        return block;
    }

    /** Gives its code a place in the arena. */
    private void place(Block block, long linear, long host, long secondHostPage, boolean single, boolean chainable) {
        if (block.generation != arena.generation) {
            if (!arena.hasRoom(block.code.length)) {
                forget();
            }
            block.base = arena.add(block.code);
            block.generation = arena.generation;
        }
        block.start = block.isCounted() ? block.base + 1 : block.base;
        block.runsLeft = block.isCounted() ? promotion.hotAfter() : 0;
        block.linear = linear;
        block.host = host;
        block.secondHostPage = secondHostPage;
        block.single = single;
        block.chainable = chainable;
    }

    /** @param host 0 where nothing is mapped */
    private void emit(TraceKind kind, long host, long operand) {
        long instructions = running == null ? 0 : running.instructions;
        int vcpu = running == null ? 0 : running.index();
        trace.emit(kind, instructions, vcpu, host == 0 ? -1 : memory.gpaAtHost(host), operand, 0, 0);
    }

    private Block lower(IrBlock ir, int modeKey, long pc, int key, long host, int limit, boolean counted) {
        IrBlock tried = ir;
        while (true) {
            try {
                return Lowering.lower(IrOptimizer.optimize(tried), key, stateSlots, slotCount, counted);
            } catch (Lowering.TooLong tooLong) {
                if (tried.guestInstructions() == 1) {
                    throw new IllegalStateException("one instruction needs more temporaries than there are", tooLong);
                }
                tried = lifter.lift(source(host, limit), modeKey, pc, tried.guestInstructions() / 2);
            }
        }
    }

    /** The guest instruction that touches the outside first, or −1. */
    private static int firstWorldly(IrBlock ir) {
        int instruction = -1;
        for (IrInsn insn : ir.insns()) {
            if (insn.op() == Op.INSN) {
                instruction++;
            } else if (insn.op() == Op.CALL && insn.helper().has(Helper.Effect.ACCESSES_WORLD)) {
                return instruction;
            }
        }
        return -1;
    }

    private static CodeSource source(long host, int limit) {
        return offset -> offset >= limit ? -1 : host == 0 ? 0xff : RawMemory.getByte(host + offset);
    }

    private static CodeSource source(long host, int inPage, long secondHost) {
        return offset -> {
            if (offset < inPage) {
                return host == 0 ? 0xff : RawMemory.getByte(host + offset);
            }
            return offset - inPage >= MAX_INSTRUCTION_BYTES ? -1 : secondHost == 0 ? 0xff : RawMemory.getByte(secondHost + offset - inPage);
        };
    }

    private void keep(Block block, int inPage) {
        int bucket = bucket(block.host, block.pc);
        block.hashNext = buckets[bucket];
        buckets[bucket] = block;
        blocks++;
        bytes += block.weightBytes();
        register(block, block.host & -4096);
        memory.markCodeAtHost(block.host, Math.min(block.lengthBytes, inPage));
        if (block.secondHostPage != 0) {
            register(block, block.secondHostPage);
            memory.markCodeAtHost(block.secondHostPage, block.lengthBytes - inPage);
        }
    }

    private void register(Block block, long hostPage) {
        pages.computeIfAbsent(hostPage, page -> new ArrayList<>()).add(block);
    }

    /** The instruction of {@code block} at {@code offset} had an effect and was abandoned; often enough, and it will stand alone. */
    void abandoned(Block block, int offset) {
        long host = block.host + offset;
        boolean crosses = (block.host & 4095) + offset >= 4096;
        if (++block.abandoned >= ABANDON_LIMIT && block.host != 0 && !crosses) {
            alone.add(host);
            for (Block at : List.copyOf(pages.getOrDefault(host & -4096, List.of()))) {
                if (touches(at, host, 1)) {
                    removeForGood(at);
                }
            }
        }
    }

    // Invalidation

    /** As {@link dev.ringside.memory.CodeListener#codeWritten}. */
    void codeWritten(long hostAddress, int lengthBytes) {
        List<Block> inPage = pages.get(hostAddress & -4096);
        if (inPage == null) {
            return;
        }
        boolean removed = false;
        for (int i = inPage.size() - 1; i >= 0; i--) {
            Block block = inPage.get(i);
            if (touches(block, hostAddress, lengthBytes)) {
                remove(block);
                former.add(block);
                removed = true;
            }
        }
        if (removed && trace.wants(TraceKind.TB_INVALIDATE)) {
            emit(TraceKind.TB_INVALIDATE, hostAddress, lengthBytes);
        }
        // Also when nothing was hit: the granule was a coarse guess, or belonged to blocks long gone.
        recount(hostAddress & -4096);
    }

    private static boolean touches(Block block, long host, int lengthBytes) {
        int inFirst = (int) Math.min(block.lengthBytes, 4096 - (block.host & 4095));
        return overlap(block.host, inFirst, host, lengthBytes)
                || block.secondHostPage != 0 && overlap(block.secondHostPage, block.lengthBytes - inFirst, host, lengthBytes);
    }

    private static boolean overlap(long a, int aLength, long b, int bLength) {
        return a < b + bLength && b < a + aLength;
    }

    void removeForGood(Block block) {
        remove(block);
        block.dropRegions();
    }

    private void remove(Block block) {
        invalidated++;
        block.retire();
        int bucket = bucket(block.host, block.pc);
        if (buckets[bucket] == block) {
            buckets[bucket] = block.hashNext;
        } else {
            Block at = buckets[bucket];
            while (at.hashNext != block) {
                at = at.hashNext;
            }
            at.hashNext = block.hashNext;
        }
        blocks--;
        bytes -= block.weightBytes();
        unregister(block, block.host & -4096);
        if (block.secondHostPage != 0) {
            unregister(block, block.secondHostPage);
        }
    }

    private void unregister(Block block, long hostPage) {
        List<Block> inPage = pages.get(hostPage);
        inPage.remove(block);
        if (inPage.isEmpty()) {
            pages.remove(hostPage);
        }
    }

    private void recount(long hostPage) {
        long granules = 0;
        for (Block block : pages.getOrDefault(hostPage, List.of())) {
            int inFirst = (int) Math.min(block.lengthBytes, 4096 - (block.host & 4095));
            if ((block.host & -4096) == hostPage) {
                granules |= PhysicalMemory.granules((int) block.host & 4095, inFirst);
            }
            if (block.secondHostPage == hostPage) {
                granules |= PhysicalMemory.granules(0, block.lengthBytes - inFirst);
            }
        }
        memory.setCodeGranules(hostPage, granules);
    }

    /** Instructions that hit a watchpoint stand alone, too; without it they have no effects. Those that do have some show it again. */
    void forgetAlone() {
        alone.clear();
    }

    /** Forgets every block for good. */
    void forget() {
        flush();
        former.clear();
    }

    /** Drops every block; those of the same bytes come back quickly. */
    void flush() {
        for (int i = 0; i < BUCKETS; i++) {
            for (Block block = buckets[i]; block != null; block = block.hashNext) {
                block.retire();
                former.add(block);
            }
            buckets[i] = null;
        }
        pages.keySet().forEach(page -> memory.setCodeGranules(page, 0));
        pages.clear();
        blocks = 0;
        bytes = 0;
        arena.clear();
    }
}
