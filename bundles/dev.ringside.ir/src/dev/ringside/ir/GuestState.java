package dev.ringside.ir;

/**
 * What IR reads and writes: one array of 64-bit slots, laid out by a {@link StateLayout}. Architectures extend it with the state that only
 * helpers touch (descriptor caches, control registers). Owned by the thread that runs the virtual CPU.
 */
public abstract class GuestState {
    /**
     * The fields' values by slot; a field narrower than 64 bits is zero-extended. Behind the layout's fields lie at least {@link #SPARE_SLOTS}
     * slots for an engine's temporaries, which are no state: nobody saves or compares them. The length is a power of two.
     */
    public final long[] slots;

    /** Slots behind the fields that belong to the engine. */
    public static final int SPARE_SLOTS = 512;

    /** @param slotCount as {@link StateLayout#slotCount()} says */
    protected GuestState(int slotCount) {
        slots = new long[Integer.highestOneBit(slotCount + SPARE_SLOTS - 1) << 1];
    }
}
