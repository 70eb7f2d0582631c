package dev.ringside.machine;

import dev.ringside.arch.Symbolizer;
import dev.ringside.engine.Vcpu;
import dev.ringside.loader.PackedKernel;
import java.util.OptionalLong;

/**
 * Symbols of a kernel that unpacks itself and may move while it does. Where it is, is told by the guest's memory: {@link #locate} looks there. Until it
 * has found the kernel, no address has a name.
 */
final class MovedSymbols implements Symbolizer {
    private final PackedKernel kernel;
    private volatile OptionalLong slide = OptionalLong.empty();

    MovedSymbols(PackedKernel kernel) {
        this.kernel = kernel;
    }

    /** Reads them, on any thread, so that nobody waits for them later. */
    void read() {
        kernel.symbols().size();
    }

    /** On the machine's thread. In a user program whose page tables lack the kernel, it stays where it was seen last. */
    void locate(Vcpu vcpu) {
        OptionalLong found = kernel.slide((address, lengthBytes) -> {
            byte[] bytes = new byte[lengthBytes];
            return vcpu.look(address, bytes, 0, lengthBytes) == lengthBytes ? bytes : null;
        });
        if (found.isPresent()) {
            slide = found;
        }
    }

    /** The machine starts again, and the kernel chooses anew. */
    void forget() {
        slide = OptionalLong.empty();
    }

    @Override
    public String nameOf(long address) {
        OptionalLong by = slide;
        return by.isEmpty() ? null : kernel.symbols().nameOf(address - by.getAsLong());
    }

    @Override
    public Long addressOf(String name) {
        OptionalLong by = slide;
        Long linked = by.isEmpty() ? null : kernel.symbols().addressOf(name);
        return linked == null ? null : Long.valueOf(linked + by.getAsLong());
    }
}
