package dev.ringside.engine.interpreter;

import dev.ringside.ir.GuestState;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.JumpKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A lowered run of guest instructions, and what is known about it. */
public final class Block {
    /** A block that is never valid, so that links need no null check. */
    static final Block NONE = new Block(0, -1, 0, 0, new long[0], new Helper[0], new long[2], new Faults(new int[0], new int[0], new int[0], new Faults.Fixup[0][]),
            JumpKind.NEXT, new int[0], new int[0]);

    private static final int OBJECT_BYTES = 500;

    public final long pc;
    /** Mode key, MMU index and code segment: see {@link BlockCache#key}. */
    public final int key;
    public final int lengthBytes;
    /** Guest instructions: what a full run retires. */
    public final int count;
    /** As it was lowered; what runs is a copy in the arena. */
    public final long[] code;
    /** What CALL operations call, and its bodies for calling them with one step less. */
    public final Helper[] helpers;
    final Helper.Body[] bodies;
    /** Program counters that the terminator may go to without computing them. */
    public final long[] targets;
    public final Faults faults;
    /** How it ends when its terminator is a jump. */
    public final JumpKind endsWith;
    /** Where each guest instruction's code starts, and its distance from {@link #pc} in bytes. */
    public final int[] codeStarts;
    public final int[] offsets;

    // Where it came from, and where its code is; set by the cache.
    int base;
    /** In which {@link CodeArena#generation} that is so. */
    int generation = -1;
    /** Where runs begin: behind {@link Micro#ENTER}, or at it while there is a region to enter. */
    int start;
    /** How many runs are left until it is hot; goes on below 0. */
    int runsLeft;
    public long linear;
    public long host;
    /** Host page of its last byte when that is another one, else 0. */
    public long secondHostPage;
    /** Whether it may be entered by a link: it neither touches the outside nor starts at a breakpoint. */
    public boolean chainable = true;
    /** Whether it was asked to hold one instruction only, whatever follows. */
    boolean single;
    Block hashNext;
    /** Its bytes when it was lifted; null when it may not come back. */
    byte[] source;
    /** How many it could have had then, and whether with more there might be more instructions. */
    int limitBytes;
    boolean isOpen;
    boolean stoodAlone;
    /** Regions that it is a member of: with code, waiting for it, or asleep. */
    final List<Region> regions = new ArrayList<>(0);
    /** The region that is entered here, or null. */
    Region region;
    /** For who promotes blocks: whether this one was asked to be hot once more. */
    public boolean waited;

    // Links. They hold while the linked block's epoch is the current one. Of a computed jump they are the last two targets, latest first.
    /** The address-space epoch in which this block was last found under its program counter; never the current one once invalid. */
    public long epoch = -1;
    public Block next0;
    public Block next1;
    /** How often it was abandoned in the middle. */
    int abandoned;

    Block(long pc, int key, int lengthBytes, int count, long[] code, Helper[] helpers, long[] targets, Faults faults, JumpKind endsWith,
            int[] codeStarts, int[] offsets) {
        this.pc = pc;
        this.key = key;
        this.lengthBytes = lengthBytes;
        this.count = count;
        this.code = code;
        this.helpers = helpers;
        bodies = Arrays.stream(helpers).map(Helper::body).toArray(Helper.Body[]::new);
        this.targets = targets;
        this.faults = faults;
        this.endsWith = endsWith;
        this.codeStarts = codeStarts;
        this.offsets = offsets;
        next0 = NONE == null ? this : NONE;
        next1 = next0;
    }

    /** About how much of the host's memory it takes: its code twice, what leaving it in the middle needs, and the rest. */
    int weightBytes() {
        return OBJECT_BYTES + 2 * Long.BYTES * code.length + faults.weightBytes();
    }

    /** A computed jump at its end went to {@code to}. */
    void went(Block to) {
        next1 = next0;
        next0 = to;
    }

    /** The cache forgets it. Who still holds it must not hold all that came behind it as well. */
    void retire() {
        epoch = -1;
        next0 = NONE;
        next1 = NONE;
        List.copyOf(regions).forEach(Region::memberLeft);
    }

    /** The cache has it again, after {@link #retire}; to those who count it is new. */
    void comeBack() {
        waited = false;
        abandoned = 0;
        List.copyOf(regions).forEach(Region::memberIsBack);
    }

    /**
     * What the interpreter would run for {@code optimized}, outside any cache: for showing.
     *
     * @throws IllegalArgumentException when the block needs more temporaries than there are
     */
    public static Block of(IrBlock optimized, int stateSlots) {
        try {
            return Lowering.lower(optimized, 0, stateSlots, stateSlots + GuestState.SPARE_SLOTS, true);
        } catch (Lowering.TooLong tooLong) {
            throw new IllegalArgumentException(tooLong.getMessage(), tooLong);
        }
    }

    /** Whether the cache forgot it: it never runs again. */
    public boolean isRemoved() {
        return epoch == -1;
    }

    /** Whether a region that it is a member of is entered, or will be when its code is ready. */
    public boolean hasRegion() {
        for (Region region : regions) {
            if (!region.sleeps()) {
                return true;
            }
        }
        return false;
    }

    /** Whether its terminator goes where a slot says. */
    public boolean endsInComputedJump() {
        return code.length > 0 && (code[code.length - 1] & 0xff) == Micro.JUMPR;
    }

    /** Whether its runs are counted. */
    public boolean isCounted() {
        return code.length > 0 && (code[0] & 0xff) == Micro.ENTER;
    }

    /** How many runs of the interpreter are left until it is hot. */
    public int runsLeft() {
        return runsLeft;
    }

    /** It is hot after so many more runs. */
    public void countAgain(int runs) {
        runsLeft = runs;
    }

    /** Whether its runs are its region's. */
    boolean entersRegion() {
        return region != null;
    }

    /** From now on its runs are its region's: it cannot become hot. */
    void enterRegion() {
        start = base;
        runsLeft = 0;
    }

    /** Its runs are the interpreter's again. */
    void leaveRegion(int hotAfter) {
        start = base + 1;
        countAgain(hotAfter);
    }

    /** It does not come back, and neither does what is made of it. */
    void dropRegions() {
        for (Region dropped : List.copyOf(regions)) {
            dropped.drop();
        }
    }

    /** Which guest instruction the operation at {@code codeIndex} belongs to. */
    int instructionAt(int codeIndex) {
        int instruction = count - 1;
        while (instruction > 0 && codeStarts[instruction] > codeIndex) {
            instruction--;
        }
        return instruction;
    }
}
