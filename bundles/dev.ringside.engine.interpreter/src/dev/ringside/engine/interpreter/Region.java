package dev.ringside.engine.interpreter;

/**
 * Blocks that get code of their own in common, entered at the first one. It sleeps while the cache has forgotten any of them, and so whenever a byte of
 * them is written; when all are back it is entered again, when one is gone for good it is dropped. Belongs to the machine's thread.
 */
public final class Region {
    public final Block[] members;
    FastCode code;
    /** How many members the cache has forgotten. */
    private int missing;
    private boolean dropped;

    // For inspection
    long runs;
    /** Guest instructions, a few more than that where it is left in the middle of a block. */
    long retired;

    private final int hotAfter;

    /** @param hotAfter how many runs make the first block hot again when the region is gone */
    public Region(Block[] members, int hotAfter) {
        this.members = members.clone();
        this.hotAfter = hotAfter;
        for (Block member : members) {
            member.regions.add(this);
        }
    }

    public Block head() {
        return members[0];
    }

    /** How often its code was entered. */
    public long runs() {
        return runs;
    }

    /** About how many guest instructions retired in its code. */
    public long retired() {
        return retired;
    }

    public boolean isDropped() {
        return dropped;
    }

    /** Whether runs cannot enter it because members are missing. */
    boolean sleeps() {
        return missing > 0;
    }

    /** Whether runs enter it. */
    public boolean isEntered() {
        return members[0].region == this;
    }

    /** From now on the head's runs are {@code code}'s, unless it is too late. */
    public void install(FastCode code) {
        if (!dropped) {
            this.code = code;
            if (members[0].region != null) {
                members[0].region.drop();
            }
            start();
        }
    }

    private void start() {
        members[0].region = this;
        members[0].enterRegion();
    }

    /** The cache forgot a member, perhaps not for good. */
    void memberLeft() {
        if (code == null) {
            // Nobody waits for code that may be of use some day.
            drop();
            return;
        }
        missing++;
        stop();
    }

    /** A member that left is in the cache again. */
    void memberIsBack() {
        if (--missing > 0) {
            return;
        }
        if (members[0].region == null) {
            start();
        } else {
            // Another was made meanwhile.
            drop();
        }
    }

    /** No run enters it any more, for good. */
    public void drop() {
        if (dropped) {
            return;
        }
        dropped = true;
        for (Block member : members) {
            member.regions.remove(this);
        }
        stop();
    }

    private void stop() {
        Block head = members[0];
        if (head.region == this) {
            head.region = null;
            head.leaveRegion(hotAfter);
        }
    }
}
