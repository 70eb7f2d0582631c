package dev.ringside.device;

import java.util.List;

/** Makes the board of one kind of computer; found as a service. The machine knows boards through this contract only. */
public interface BoardProvider {
    /** What machine descriptions call it: {@code pc}. */
    String type();

    /** One line for listings. */
    String description();

    /**
     * Where a board with this configuration has its RAM and what firmware reports about the rest, ascending and without overlaps. Asked before
     * {@link #create}, because memory is made first.
     *
     * @throws IllegalArgumentException with one clear line when the configuration cannot be built (too little memory, too many processors)
     */
    List<MemoryRange> memoryMap(BoardConfig config);

    /**
     * Builds the board and claims its ports and addresses from {@code context}.
     *
     * <p>The interrupt router is part of the board: {@link DeviceContext#gsi} of the given context is never called by the board's own devices, and
     * a machine answers it for further devices with {@link Board#gsi}.
     *
     * @param pins one per processor, in the order of their indices
     * @throws IllegalArgumentException with one clear line
     */
    Board create(BoardConfig config, DeviceContext context, List<VcpuPins> pins);
}
