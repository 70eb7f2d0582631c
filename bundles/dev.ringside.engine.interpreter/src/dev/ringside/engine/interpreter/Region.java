package dev.ringside.engine.interpreter;

/**
 * Blocks that get code of their own in common, entered at the first one. It is gone when the cache forgets any of them, and so whenever a byte of
 * them is written. Belongs to the machine's thread.
 */
public final class Region {
    public final Block[] members;
    FastCode code;
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

    /** From now on the head's runs are {@code code}'s, unless it is too late. */
    public void install(FastCode code) {
        if (!dropped) {
            this.code = code;
            Block head = members[0];
            if (head.region != null) {
                head.region.drop();
            }
            head.region = this;
            head.enterRegion();
        }
    }

    /** No run enters it any more. */
    public void drop() {
        if (dropped) {
            return;
        }
        dropped = true;
        for (Block member : members) {
            member.regions.remove(this);
        }
        Block head = members[0];
        if (head.region == this) {
            head.region = null;
            head.leaveRegion(hotAfter);
        }
    }
}
