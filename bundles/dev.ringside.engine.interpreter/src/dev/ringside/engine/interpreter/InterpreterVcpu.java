package dev.ringside.engine.interpreter;

import dev.ringside.arch.Cpu;
import dev.ringside.arch.GuestFault;
import dev.ringside.engine.Abandoned;
import dev.ringside.engine.Breakpoints;
import dev.ringside.engine.SoftMmu;
import dev.ringside.engine.Vcpu;
import dev.ringside.engine.VmExit;
import dev.ringside.memory.PhysicalMemory;
import java.util.Arrays;

/**
 * One processor under the interpreter: the loop around {@link Executor}, where everything is handled that happens between blocks.
 *
 * <p>A block whose instruction turns out to have effects beyond plain memory is left before that instruction, which then runs in a block of its
 * own; so devices see exact instruction counts, and a store into the running code changes only what comes after it.
 */
final class InterpreterVcpu implements Vcpu {
    /** After so many instructions at the latest a request to pause is seen. */
    private static final long SLICE = 200_000;
    private static final int UNLINKED = 1024;
    /** Exceptions without an instruction in between that take no time: more than any handler that works needs. */
    private static final int FREE_FAULTS = 1000;

    private final Cpu cpu;
    private final PhysicalMemory memory;
    private final Breakpoints breakpoints;
    private final BlockCache blocks;
    private final Promotion promotion;
    private final SoftMmu mmu;
    private final Executor executor;
    /** Blocks that no link leads to, by program counter; an entry holds while its epoch does. */
    private final Block[] unlinked = new Block[UNLINKED];

    private volatile boolean pauseRequested;
    private boolean watchedData;
    /** Of the blocks that run now. */
    private int key;
    /** The next instruction runs alone because it was abandoned. */
    private boolean alone;
    /** The next instruction, or the one at this linear address, does not stop at a breakpoint. */
    private boolean skipsNext;
    private boolean skipsAt;
    private long skipAddress;
    /** Whether the executor runs, and so knows where a fault came from. */
    private boolean executing;
    /** How many instructions the executor was allowed. */
    private long started;
    /** The {@link Cpu#instructions} at which the run ends. */
    private long limit;
    /** Where the last exception was, in instructions, and how many there have been since one retired. */
    private long faultedAt = -1;
    private int faultsInRow;

    InterpreterVcpu(Cpu cpu, PhysicalMemory memory, Breakpoints breakpoints, BlockCache blocks, Promotion promotion) {
        this.promotion = promotion;
        this.cpu = cpu;
        this.memory = memory;
        this.breakpoints = breakpoints;
        this.blocks = blocks;
        mmu = new SoftMmu(cpu, memory, breakpoints);
        cpu.memory = mmu;
        Arrays.fill(unlinked, Block.NONE);
        executor = new Executor(cpu, mmu, blocks.arena(), promotion);
    }

    SoftMmu mmu() {
        return mmu;
    }

    /** For inspection: how many instructions had faster code. */
    long retiredInRegions() {
        return executor.retiredInRegions;
    }

    @Override
    public Cpu cpu() {
        return cpu;
    }

    @Override
    public void requestPause() {
        pauseRequested = true;
    }

    @Override
    public void stepOverBreakpoint() {
        skipsNext = true;
    }

    @Override
    public int look(long gva, byte[] into, int offset, int length) {
        return mmu.look(gva, into, offset, length);
    }

    @Override
    public int poke(long gva, byte[] from, int offset, int length) {
        return mmu.poke(gva, from, offset, length);
    }

    @Override
    public VmExit run(long maxInstructions) {
        limit = cpu.instructions + maxInstructions;
        blocks.running = cpu;
        // Whoever moved the program counter away does not come back to where it stopped.
        skipsAt &= cpu.fetchAddress(cpu.pc()) == skipAddress;
        while (true) {
            if (pauseRequested) {
                pauseRequested = false;
                return VmExit.PAUSED;
            }
            if (cpu.isShutdown()) {
                return VmExit.TRIPLE_FAULT;
            }
            if (cpu.instructions >= limit) {
                return VmExit.BUDGET_REACHED;
            }
            if (!alone && cpu.hasEvents()) {
                cpu.serviceEvents();
                if (cpu.isShutdown()) {
                    return VmExit.TRIPLE_FAULT;
                }
            }
            if (cpu.isHalted()) {
                return VmExit.HALTED;
            }
            VmExit exit = runBlocks();
            if (exit != null) {
                return exit;
            }
        }
    }

    @Override
    public VmExit step() {
        limit = cpu.instructions + 1;
        skipsNext = true;
        VmExit exit = null;
        if (!cpu.isShutdown()) {
            if (!alone && cpu.hasEvents()) {
                cpu.serviceEvents();
            } else if (cpu.isHalted()) {
                return VmExit.HALTED;
            } else {
                do {
                    exit = runBlocks();
                } while (exit == null && alone);
            }
        }
        return exit != null ? exit : cpu.isShutdown() ? VmExit.TRIPLE_FAULT : VmExit.BUDGET_REACHED;
    }

    /** Runs until something must be looked at again; null when the run goes on. */
    private VmExit runBlocks() {
        long pc = cpu.pc();
        promotion.settle();
        try {
            int modeKey = cpu.modeKey();
            int mmuIndex = cpu.mmuIndex();
            followWatching();
            boolean stepping = cpu.wantsSingleStep() || watchedData;
            boolean single = alone || stepping;
            key = blocks.key(modeKey, mmuIndex, cpu.fetchAddress(0));
            executor.mmuIndex = mmuIndex;
            executor.epoch = mmu.epoch(mmuIndex);
            Block block = find(pc, modeKey, mmuIndex, single);
            if (!block.chainable && stopsAtBreakpoint(block)) {
                return new VmExit.Debug(VmExit.DebugReason.BREAKPOINT, block.linear, 0);
            }
            skipsNext = false;
            if (block.count > limit - cpu.instructions) {
                single = true;
                block = find(pc, modeKey, mmuIndex, true);
            }
            alone = false;
            if (single || !block.chainable) {
                return runAlone(block, stepping);
            }
            runLinked(block, modeKey, mmuIndex);
        } catch (GuestFault fault) {
            recover();
            cpu.raise(fault);
            takeTime();
        } catch (Abandoned abandoned) {
            Block left = executor.block;
            int offset = recover();
            blocks.abandoned(left, offset);
            alone = true;
        }
        return null;
    }

    /**
     * An exception retires nothing. A guest whose handler ends in the next exception would stop time so, and with it timers, limits and the other
     * processors; after many exceptions in a row each counts as an instruction.
     */
    private void takeTime() {
        if (cpu.instructions != faultedAt) {
            faultsInRow = 0;
        } else if (++faultsInRow > FREE_FAULTS) {
            cpu.instructions++;
        } else {
            return;
        }
        faultedAt = cpu.instructions;
    }

    /** The guest armed or disarmed its own data breakpoints. */
    private void followWatching() {
        if (cpu.watchesData() != watchedData) {
            watchedData = !watchedData;
            mmu.flushTlb(true);
        }
    }

    private boolean stopsAtBreakpoint(Block block) {
        boolean skips = skipsNext || skipsAt && block.linear == skipAddress;
        if (skips || !breakpoints.stopsAt(block.linear, cpu)) {
            skipsAt &= block.linear != skipAddress;
            return false;
        }
        skipsAt = true;
        skipAddress = block.linear;
        return true;
    }

    /** A block whose instructions may have effects. */
    private VmExit runAlone(Block block, boolean stepping) {
        mmu.hit = null;
        long left = limit - cpu.instructions;
        // Each iteration of a repeated instruction is a step of its own.
        cpu.budgetLeft = stepping ? 1 : left;
        execute(block, left - block.count);
        if (executor.exit != Executor.LEFT_AT_PC) {
            cpu.pc(executor.nextPc);
        }
        if (stepping) {
            cpu.afterSingleStep();
        }
        if (mmu.hit != null) {
            var reason = mmu.hitWrite ? VmExit.DebugReason.WRITE_WATCHPOINT : VmExit.DebugReason.READ_WATCHPOINT;
            return new VmExit.Debug(reason, block.linear, mmu.hitAddress);
        }
        return null;
    }

    /** A block and those behind it, until one leaves. */
    private void runLinked(Block first, int modeKey, int mmuIndex) {
        Block block = first;
        while (true) {
            long left = limit - cpu.instructions;
            if (block.count > left) {
                return;
            }
            promotion.settle();
            mmu.effectsAllowed = false;
            execute(block, Math.min(left, SLICE + block.count) - block.count);
            mmu.effectsAllowed = true;
            if (executor.exit == Executor.LEFT_AT_PC) {
                return;
            }
            cpu.pc(executor.nextPc);
            if (executor.exit == Executor.LEFT || pauseRequested) {
                return;
            }
            Block from = executor.block;
            int exit = executor.exit;
            block = find(executor.nextPc, modeKey, mmuIndex, false);
            if (!block.chainable) {
                return;
            }
            if (exit == Executor.LINK_0) {
                from.next0 = block;
            } else if (exit == Executor.LINK_1) {
                from.next1 = block;
            } else {
                executor.remember(block);
            }
        }
    }

    /** @param budget instructions that may retire behind {@code block} */
    private void execute(Block block, long budget) {
        started = block.count + budget;
        executing = true;
        long left = executor.run(block, budget);
        executing = false;
        retire(started - left);
    }

    private void retire(long instructions) {
        cpu.instructions += instructions + cpu.extraInstructions;
        cpu.extraInstructions = 0;
    }

    private Block find(long pc, int modeKey, int mmuIndex, boolean single) {
        Block found = found(pc, single);
        if (holds(found, pc) && found.single == single) {
            return found;
        }
        Block recalled = executor.recall(pc);
        if (!single && holds(recalled, pc)) {
            return recalled;
        }
        return search(pc, modeKey, mmuIndex, single);
    }

    private boolean holds(Block block, long pc) {
        return block.pc == pc && block.key == key && block.epoch == executor.epoch;
    }

    /** What was found there last that no link may lead to. */
    private Block found(long pc, boolean single) {
        return unlinked[unlinkedIndex(pc, single)];
    }

    private static int unlinkedIndex(long pc, boolean single) {
        return (int) (pc << 1 ^ pc >>> 11 ^ (single ? 1 : 0)) & UNLINKED - 1;
    }

    private Block search(long pc, int modeKey, int mmuIndex, boolean single) {
        long linear = cpu.fetchAddress(pc);
        long host = memory.hostAddress(mmu.fetch(linear, mmuIndex));
        Block block = blocks.find(host, pc, key, single);
        if (block == null || block.linear != linear && !breakpoints.executions().isEmpty() || !secondPageHolds(block, mmuIndex)) {
            if (block != null) {
                blocks.removeForGood(block);
            }
            block = blocks.lift(linear, host, pc, modeKey, key, single, () -> secondPage(linear, mmuIndex));
        }
        if (host != 0) {
            block.epoch = executor.epoch;
            if (block.chainable) {
                executor.remember(block);
            } else {
                unlinked[unlinkedIndex(pc, single)] = block;
            }
        }
        return block;
    }

    private boolean secondPageHolds(Block block, int mmuIndex) {
        return block.secondHostPage == 0 || block.secondHostPage == secondPage(block.linear, mmuIndex);
    }

    private long secondPage(long linear, int mmuIndex) {
        return memory.hostAddress(mmu.fetch((linear & -4096) + 4096, mmuIndex));
    }

    /**
     * After something was thrown: the state becomes that before the instruction that was running.
     *
     * @return its distance from the start of its block in bytes
     */
    private int recover() {
        mmu.effectsAllowed = true;
        if (!executing) {
            // A fetch: the state is that before the instruction already.
            return 0;
        }
        executing = false;
        executor.timeIsOver();
        Block left = executor.block;
        int instruction = left.instructionAt(executor.faultCode);
        left.faults.complete(executor.faultCode, cpu.slots);
        retire(started - (executor.faultBudget + left.count - instruction));
        int offset = left.offsets[instruction];
        cpu.pc(left.pc + offset);
        return offset;
    }
}
