package dev.ringside.engine.interpreter;

import dev.ringside.ir.Helper;

/** A lowered run of guest instructions, and what is known about it. */
final class Block {
    /** A block that is never valid, so that links need no null check. */
    static final Block NONE = new Block(0, -1, 0, 0, new int[0], new Helper.Body[0], new long[2], new Faults(new int[0], new int[0], new int[0], new Faults.Fixup[0][]),
            new int[0], new int[0]);

    final long pc;
    /** Mode key and MMU index: see {@link BlockCache#key}. */
    final int key;
    final int lengthBytes;
    /** Guest instructions: what a full run retires. */
    final int count;
    final int[] code;
    final Helper.Body[] helpers;
    /** Program counters that the terminator may go to without computing them. */
    final long[] targets;
    final Faults faults;
    /** Where each guest instruction's code starts, and its distance from {@link #pc} in bytes. */
    final int[] codeStarts;
    final int[] offsets;

    // Where it came from; set by the cache.
    long linear;
    long host;
    /** Host page of its last byte when that is another one, else 0. */
    long secondHostPage;
    /** Whether it may be entered by a link: it neither touches the outside nor starts at a breakpoint. */
    boolean chainable = true;
    /** Whether it was asked to hold one instruction only, whatever follows. */
    boolean single;
    Block hashNext;

    // Links. They hold while the linked block's epoch is the current one.
    /** The address-space epoch in which this block was last found under its program counter; never the current one once invalid. */
    long epoch = -1;
    Block next0;
    Block next1;
    /** How often it was abandoned in the middle. */
    int abandoned;

    Block(long pc, int key, int lengthBytes, int count, int[] code, Helper.Body[] helpers, long[] targets, Faults faults, int[] codeStarts, int[] offsets) {
        this.pc = pc;
        this.key = key;
        this.lengthBytes = lengthBytes;
        this.count = count;
        this.code = code;
        this.helpers = helpers;
        this.targets = targets;
        this.faults = faults;
        this.codeStarts = codeStarts;
        this.offsets = offsets;
        next0 = NONE == null ? this : NONE;
        next1 = next0;
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
