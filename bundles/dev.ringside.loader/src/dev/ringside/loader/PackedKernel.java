package dev.ringside.loader;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * The kernel proper inside a bzImage (kernel Documentation/arch/x86/boot.rst, {@code payload_offset}): an ELF file, packed. The image's own code unpacks it
 * when the guest starts; the host can do the same and start the guest behind that code. The kernel is then where it was linked to be, which the protocol
 * allows for every kernel, so there is no address space randomization.
 */
public final class PackedKernel {
    /** A kernel with everything built in has a fifth of this. */
    private static final int MAX_BYTES = 1 << 28;
    /** The kernel's part of the address space ends here. */
    private static final long FARTHEST = 1 << 30;

    /** In every kernel, and never changed while it runs. */
    private static final byte[] BANNER = "Linux version ".getBytes(StandardCharsets.ISO_8859_1);
    private static final int LANDMARK_BYTES = 32;

    private final String format;
    private final String version;
    private final ImageBytes image;
    private final LinuxHeader header;
    private final long start;
    private final SymbolTable symbols = SymbolTable.lazily(this::findSymbols);
    /** Found with the symbols; null when there are none. */
    private volatile Landmark landmark;

    /** Bytes by which the kernel is known again, and where they are when it was not moved. */
    private record Landmark(long address, byte[] bytes) {
    }

    PackedKernel(String format, String version, ImageBytes image, LinuxHeader header, long kernelOffset) {
        this.format = format;
        this.version = version;
        this.image = image;
        this.header = header;
        this.start = kernelOffset + header.payloadOffset();
    }

    /**
     * The same guest, behind its own unpacking.
     *
     * @throws ImageException when this cannot be done, with the reason; the guest's own code may still be able to
     */
    public GuestImage unpack() throws ImageException {
        if (header.preferredAddress() == 0) {
            throw new ImageException("boot protocol %x.%02x does not tell where the kernel belongs".formatted(header.version() >> 8, header.version() & 0xff));
        }
        Elf elf = elf();
        List<Segment> segments = elf.segments();
        long lowest = segments.stream().mapToLong(Segment::gpa).min().orElseThrow();
        long end = segments.stream().mapToLong(Segment::end).max().orElseThrow();
        if (lowest != header.preferredAddress() || end > lowest + header.initSize()) {
            throw new ImageException("the kernel is for %#x to %#x, the header announces %#x to %#x".formatted(lowest, end, header.preferredAddress(),
                header.preferredAddress() + header.initSize()));
        }
        if (segments.stream().noneMatch(s -> elf.entry >= s.gpa() && elf.entry < s.contentEnd())) {
            throw new ImageException("the kernel's entry %#x is outside of it".formatted(elf.entry));
        }
        if (elf.is64 && !header.entry64()) {
            throw new ImageException("a 64-bit kernel in an image without a 64-bit entry");
        }
        return new GuestImage(format + ", unpacked by the host", segments, symbols(elf, segments), new LinuxBoot(header, lowest, elf.entry, elf.is64));
    }

    /** The kernel's symbols where it was linked to run; the file {@code System.map} beside the image is asked when the kernel does not know them. */
    public SymbolTable symbols() {
        return symbols;
    }

    private List<SymbolTable.Symbol> findSymbols() {
        try {
            Elf elf = elf();
            List<Segment> segments = elf.segments();
            landmark = landmark(elf.parts(segments));
            return symbols(elf, segments).all();
        } catch (ImageException e) {
            return SystemMap.beside(image.name(), version);
        }
    }

    private SymbolTable symbols(Elf elf, List<Segment> segments) throws ImageException {
        SymbolTable own = elf.symbols(segments);
        return SymbolTable.lazily(() -> own.size() > 0 ? own.all() : SystemMap.beside(image.name(), version));
    }

    /**
     * How far from where it was linked to run the kernel is (KASLR, kernel {@code CONFIG_RANDOMIZE_BASE}).
     *
     * @param memory the guest's memory through its present page tables
     * @return empty when the kernel is in no place that is possible, because it is not yet in memory, or its page tables are not in use
     */
    public OptionalLong slide(VirtualMemory memory) {
        long step = header.alignment();
        if (symbols.size() == 0 || landmark == null || step < 0x1000) {
            return OptionalLong.empty();
        }
        for (long slide = 0; slide < FARTHEST; slide += step) {
            if (Arrays.equals(memory.read(landmark.address + slide, LANDMARK_BYTES), landmark.bytes)) {
                return OptionalLong.of(slide);
            }
        }
        return OptionalLong.empty();
    }

    private static Landmark landmark(List<Kallsyms.Part> parts) throws ImageException {
        for (Kallsyms.Part part : parts) {
            int at = Kallsyms.find(part.content(), BANNER, 0);
            if (at >= 0 && part.content().has(at, LANDMARK_BYTES)) {
                return new Landmark(part.vaddr() + at, part.content().slice(at, LANDMARK_BYTES));
            }
        }
        return null;
    }

    /** Guest memory by virtual address. */
    @FunctionalInterface
    public interface VirtualMemory {
        /** @return null when not all of it is mapped */
        byte[] read(long address, int lengthBytes);
    }

    /** The kernel's ELF file. Behind it may be a table of relocations, which nobody needs as long as the kernel is not moved. */
    private Elf elf() throws ImageException {
        long bytes = header.payloadBytes();
        if (bytes < 16 || !image.has(start, bytes)) {
            throw new ImageException("the header does not tell where the packed kernel is");
        }
        ImageBytes packed = image.part(start, bytes);
        long size = image.u32(start + bytes - 4);
        if (size < 64 || size > MAX_BYTES) {
            throw new ImageException("the packed kernel announces " + size + " bytes; 64 to " + MAX_BYTES + " are possible");
        }
        byte[] first = packed.slice(0, 16);
        Packing packing = Packing.of(first).orElseThrow(() -> new ImageException("no library for a kernel packed like this (%02x %02x %02x %02x)"
            .formatted(first[0], first[1], first[2], first[3])));
        try {
            var unpacked = new ImageBytes(image.name(), packing.unpack(packed, (int) size));
            if (!Elf.isElf(unpacked)) {
                throw new ImageException("what was packed is no ELF file");
            }
            return new Elf(unpacked);
        } catch (IOException e) {
            throw new ImageException("the kernel, packed with " + packing.label() + ", cannot be unpacked: " + e.getMessage());
        }
    }
}
