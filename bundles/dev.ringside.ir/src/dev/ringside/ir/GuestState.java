package dev.ringside.ir;

/**
 * What IR reads and writes: one array of 64-bit slots, laid out by a {@link StateLayout}. Architectures extend it with the state that only
 * helpers touch (descriptor caches, control registers). Owned by the thread that runs the virtual CPU.
 */
public abstract class GuestState {
    /** The fields' values; a field narrower than 64 bits is zero-extended. Engines may append temporaries behind the fields. */
    public final long[] slots;

    protected GuestState(int slotCount) {
        slots = new long[slotCount];
    }
}
