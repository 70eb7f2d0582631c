package dev.ringside.machine;

import dev.ringside.arch.Architecture;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.EntryState;
import dev.ringside.arch.Symbolizer;
import dev.ringside.device.BlockBackend;
import dev.ringside.device.Board;
import dev.ringside.device.BoardConfig;
import dev.ringside.device.BoardProvider;
import dev.ringside.device.MemoryRange;
import dev.ringside.device.VcpuPins;
import dev.ringside.engine.EngineConfig;
import dev.ringside.engine.EngineProvider;
import dev.ringside.engine.Vcpu;
import dev.ringside.loader.BootDisk;
import dev.ringside.loader.BootEnvironment;
import dev.ringside.loader.GuestImage;
import dev.ringside.loader.ImageBytes;
import dev.ringside.loader.ImageException;
import dev.ringside.loader.ImageLoader;
import dev.ringside.loader.RawFormat;
import dev.ringside.loader.Segment;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.memory.Slot;
import dev.ringside.pv.ParavirtInterfaces;
import dev.ringside.pv.ParavirtSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** Builds machines from descriptions. Thread-safe. */
public final class MachineBuilder {
    /** #GP, whose error code is 0 for a bad MSR. */
    private static final int GENERAL_PROTECTION = 13;
    private static final int MAX_CPUS = 64;
    private static final long MIN_MEMORY = 1L << 20;
    private static final long MAX_MEMORY = 64L << 30;

    private final MachineProviders providers;
    private final DiskOpener disks;

    /** Opens a disk's file. */
    @FunctionalInterface
    public interface DiskOpener {
        /** @throws IOException with one clear line */
        BlockBackend open(Path file, boolean writable) throws IOException;
    }

    public MachineBuilder(MachineProviders providers, DiskOpener disks) {
        this.providers = providers;
        this.disks = disks;
    }

    /**
     * Reads the files, builds the machine and puts it at the guest's first instruction.
     *
     * @throws MachineException with one clear line when a file, a number or a provider is not as it must be
     */
    public Machine build(MachineDescription description) throws MachineException {
        check(description);
        try {
            return build(description, what(description));
        } catch (ImageException | IllegalArgumentException e) {
            throw new MachineException(e.getMessage(), e);
        }
    }

    /** Builds a machine around a program that is in memory already: a freshly assembled one, a test's. */
    public Machine build(MachineDescription description, GuestImage image) throws MachineException {
        check(description);
        try {
            return build(description, Guest.of(image));
        } catch (ImageException | IllegalArgumentException e) {
            throw new MachineException(e.getMessage(), e);
        }
    }

    /**
     * @param image null to start firmware, which boots the first disk
     * @param how it is started, for people
     */
    private record Guest(GuestImage image, List<MachineDescription.Disk> moreDisks, String how) {
        static Guest of(GuestImage image) {
            return new Guest(image, List.of(), image.format() + ", " + image.protocol().name());
        }

        static Guest firmware(List<MachineDescription.Disk> moreDisks) {
            return new Guest(null, moreDisks, "disk, through firmware");
        }

        /** The kernel in the image without its wrapping if that can be had; the image itself, which knows another way, if not. */
        Guest unpacked() {
            try {
                return of(image.packed().orElseThrow().unpack());
            } catch (ImageException e) {
                return new Guest(image, moreDisks, how + "; no fast boot: " + e.getMessage());
            }
        }

        boolean isPacked() {
            return image != null && image.packed().isPresent();
        }
    }

    private void check(MachineDescription d) throws MachineException {
        if (d.memoryBytes() < MIN_MEMORY || d.memoryBytes() > MAX_MEMORY || d.memoryBytes() % (1 << 20) != 0) {
            throw new MachineException("memory of " + d.memoryBytes() + " bytes; a multiple of 1M from 1M to 64G is needed");
        }
        if (d.cpus() < 1 || d.cpus() > MAX_CPUS) {
            throw new MachineException("cpus " + d.cpus() + "; 1 to " + MAX_CPUS + " are possible");
        }
        try {
            ParavirtInterfaces.check(ParavirtSpec.parse(d.paravirt()), providers.paravirts());
        } catch (IllegalArgumentException e) {
            throw new MachineException(e.getMessage(), e);
        }
        if (d.disks().size() > 4) {
            throw new MachineException(d.disks().size() + " disks; the PC's two IDE channels take 4");
        }
    }

    private Guest what(MachineDescription d) throws ImageException, MachineException {
        if (d.image() == null) {
            if (d.disks().isEmpty()) {
                throw new MachineException("neither an image nor a disk is given; one of them is needed");
            }
            return Guest.firmware(List.of());
        }
        var bytes = ImageBytes.read(d.image(), "image");
        if (d.loadAddress() >= 0) {
            return Guest.of(RawFormat.load(bytes, d.loadAddress()));
        }
        var loader = new ImageLoader(providers.formats());
        var image = loader.load(bytes);
        if (image.isPresent()) {
            return Guest.of(image.get());
        }
        if (BootDisk.looksBootable(bytes)) {
            return Guest.firmware(List.of(new MachineDescription.Disk(d.image(), false)));
        }
        throw new MachineException("image '" + d.image() + "' is nothing that can be booted: no " + loader.names()
            + " header, and " + BootDisk.problem(bytes) + "; a raw binary needs --load-address");
    }

    private Machine build(MachineDescription d, Guest guest) throws ImageException, MachineException {
        Architecture architecture = choose("architecture", providers.architectures(), Architecture::name, "x86-64");
        EngineProvider engineProvider = choose("engine", providers.engines(), EngineProvider::name, d.engine());
        if (engineProvider.unavailableReason().isPresent()) {
            throw new MachineException("engine '" + d.engine() + "' cannot run here: " + engineProvider.unavailableReason().get());
        }
        // Half a second for a big kernel, while the rest of the machine is built.
        CompletableFuture<Guest> started = d.fastBoot() && guest.isPacked() ? CompletableFuture.supplyAsync(guest::unpacked)
            : CompletableFuture.completedFuture(guest);
        BoardProvider boardProvider = choose("board", providers.boards(), BoardProvider::type, "pc");
        requireTaker(d, guest);
        var drives = new ArrayList<>(guest.moreDisks());
        drives.addAll(d.disks());
        List<BlockBackend> backends = open(drives);
        var config = BoardConfig.of(d.cpus(), d.memoryBytes(), d.rtcEpochSeconds()).withDisks(backends)
            .withAcpiDevices(ParavirtInterfaces.acpiDevices(ParavirtSpec.parse(d.paravirt()), providers.paravirts()));

        var memory = new PhysicalMemory();
        try {
            if (guest.image() == null && d.firmware() == null) {
                requireBootSector(backends);
            }
            return assemble(d, guest.image() == null, started, architecture, engineProvider, boardProvider, config, memory);
        } catch (ImageException | MachineException | RuntimeException e) {
            memory.close();
            closeAll(backends);
            throw e;
        }
    }

    /** What nobody hands to the guest is better refused than lost. */
    private static void requireTaker(MachineDescription d, Guest guest) throws MachineException {
        boolean taken = guest.image() != null && guest.image().protocol().takesArguments();
        if (!taken && (d.initrd() != null || !d.commandLine().isEmpty())) {
            throw new MachineException((d.initrd() != null ? "initrd '" + d.initrd() + "'" : "command line '" + d.commandLine() + "'") + " is for nobody: "
                + (guest.image() == null ? "a disk's boot sector" : "a raw binary") + " takes none; an image with a boot protocol does, such as a Linux kernel");
        }
    }

    /** The system's BIOS would look for one forever, on a screen that nobody may see; a firmware of the user's may know better. */
    private static void requireBootSector(List<BlockBackend> backends) throws MachineException {
        var sector = new byte[BootDisk.SECTOR_BYTES];
        for (BlockBackend backend : backends) {
            try {
                backend.read(0, sector, 0, 1);
            } catch (IOException e) {
                throw new MachineException("disk '" + backend.name() + "' cannot be read: " + e.getMessage(), e);
            }
            if (BootDisk.isBootSector(sector)) {
                return;
            }
        }
        throw new MachineException("no disk can be booted: there is no boot signature 55 AA at byte 510 of "
            + String.join(", ", backends.stream().map(b -> "'" + b.name() + "'").toList()) + "; name a bootable one, or an image beside it");
    }

    private Machine assemble(MachineDescription d, boolean firmware, CompletableFuture<Guest> started, Architecture architecture,
            EngineProvider engineProvider, BoardProvider boardProvider, BoardConfig config, PhysicalMemory memory) throws ImageException, MachineException {
        List<MemoryRange> map = boardProvider.memoryMap(config);
        Slot shadowed = null;
        for (MemoryRange range : coalesced(map)) {
            Slot slot = memory.addRam("ram", range.gpa(), range.sizeBytes());
            if (range.gpa() <= ShadowMemory.start() && range.end() >= ShadowMemory.start() + ShadowMemory.sizeBytes()) {
                shadowed = slot;
            }
        }
        var recorder = new RunRecorder();
        var exitTimes = new ExitTimes();
        var host = new MachineHost(memory, recorder);
        ShadowMemory shadow = null;
        if (firmware) {
            shadow = new ShadowMemory(memory, Firmware.read(d.firmware()), shadowed);
            host.shadow(shadow);
        }
        var engine = engineProvider.create(new EngineConfig(architecture, memory, recorder));
        var vcpus = new ArrayList<Vcpu>();
        var pins = new ArrayList<VcpuPins>();
        var boardHolder = new Board[1];
        for (int i = 0; i < d.cpus(); i++) {
            Cpu cpu = architecture.newCpu(i);
            cpu.trace = recorder;
            cpu.seed(d.seed());
            cpu.bus = new CpuBus(cpu, host, recorder, exitTimes, index -> boardHolder[0].local(index), bad -> bad.fault.set(GENERAL_PROTECTION, 0));
            vcpus.add(engine.newVcpu(cpu));
            pins.add(host.pins(cpu));
        }
        Board board = boardProvider.create(config, host, pins);
        boardHolder[0] = board;
        var paravirtHost = new ParavirtHost(d, memory, host, board, vcpus.stream().map(Vcpu::cpu).toList(), recorder);
        paravirtHost.attach(ParavirtInterfaces.create(ParavirtSpec.parse(d.paravirt()), providers.paravirts(), paravirtHost));
        if (shadow != null) {
            host.mmio().claim(board.devices().getFirst(), ShadowMemory.start(), ShadowMemory.sizeBytes(), shadow.underneath());
            Firmware.videoBios(d.firmware()).ifPresent(rom -> board.addFwCfgFile("vgaroms/vgabios.bin", rom));
        }
        var serial = new Transcript();
        board.serialPorts().getFirst().connect(serial::accept);
        Guest guest = started.join();
        Machine.Bootstrap bootstrap = guest.image() == null ? EntryState::reset : direct(d, guest.image(), map, memory, host, board);
        var machine = new Machine(d, architecture, memory, engine, vcpus, board, host.virtualClock(), recorder, exitTimes, symbols(guest.image()), bootstrap, host,
            serial, paravirtHost, guest.how());
        FurtherDevices.create(providers.devices(), host, machine);
        machine.boot();
        return machine;
    }

    private static Symbolizer symbols(GuestImage image) {
        return image == null ? Symbolizer.NONE : image.packed().isPresent() ? new MovedSymbols(image.packed().get()) : image.symbols();
    }

    /** Adjacent ranges with memory behind them become one slot. */
    private static List<MemoryRange> coalesced(List<MemoryRange> map) {
        var result = new ArrayList<MemoryRange>();
        for (MemoryRange range : map) {
            if (!range.hasMemory()) {
                continue;
            }
            if (!result.isEmpty() && result.getLast().end() == range.gpa()) {
                MemoryRange before = result.removeLast();
                result.add(new MemoryRange(before.gpa(), before.sizeBytes() + range.sizeBytes(), before.type(), true));
            } else {
                result.add(range);
            }
        }
        return result;
    }

    /** Checks that a directly loaded image fits, once; loading again at a reset cannot fail then. */
    private static Machine.Bootstrap direct(MachineDescription d, GuestImage image, List<MemoryRange> map, PhysicalMemory memory, MachineHost host,
            Board board) throws ImageException {
        for (Segment s : image.segments()) {
            if (map.stream().noneMatch(r -> r.hasMemory() && r.gpa() <= s.gpa()) || !fits(map, s)) {
                throw new ImageException("image '" + d.image() + "' wants %d bytes at %#x, where the machine has no memory: give it more with --memory"
                    .formatted(s.memoryBytes(), s.gpa()));
            }
        }
        byte[] initrd = d.initrd() == null ? null : bytes(d.initrd());
        BootEnvironment environment = new BootEnvironment(new GuestMemory(memory),
            map.stream().map(r -> new BootEnvironment.Range(r.gpa(), r.sizeBytes(), r.type().e820())).toList(), d.commandLine(), initrd,
            d.initrd() == null ? "" : d.initrd().getFileName().toString(), board.installFirmwareTables(host.memory()),
            d.image() == null ? "image" : d.image().getFileName().toString());
        image.protocol().prepare(environment);
        var loadedBefore = new AtomicBoolean();
        return () -> {
            boolean again = loadedBefore.getAndSet(true);
            for (Segment s : image.segments()) {
                s.content().to((from, offset, length) -> {
                    memory.poke(s.gpa(), from, offset, length);
                    return null;
                });
                if (again) {
                    clear(memory, s.contentEnd(), s.end());
                }
            }
            board.installFirmwareTables(host.memory());
            try {
                return image.protocol().prepare(environment);
            } catch (ImageException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    /** Fresh memory is zero; memory that a guest has used before a reset is not. */
    private static void clear(PhysicalMemory memory, long from, long to) {
        var zeros = new byte[1 << 16];
        for (long at = from; at < to; at += zeros.length) {
            memory.poke(at, zeros, 0, (int) Math.min(zeros.length, to - at));
        }
    }

    private static boolean fits(List<MemoryRange> map, Segment segment) {
        return coalesced(map).stream().anyMatch(r -> r.gpa() <= segment.gpa() && segment.gpa() + segment.memoryBytes() <= r.end());
    }

    private static byte[] bytes(Path initrd) throws ImageException {
        var image = ImageBytes.read(initrd, "initrd");
        return image.slice(0, image.length());
    }

    private record GuestMemory(PhysicalMemory memory) implements BootEnvironment.Memory {
        @Override
        public void write(long gpa, byte[] bytes) {
            memory.poke(gpa, bytes, 0, bytes.length);
        }

        @Override
        public byte[] read(long gpa, int lengthBytes) {
            var bytes = new byte[lengthBytes];
            memory.read(gpa, bytes, 0, lengthBytes);
            return bytes;
        }
    }

    private List<BlockBackend> open(List<MachineDescription.Disk> drives) throws MachineException {
        var result = new ArrayList<BlockBackend>();
        for (var drive : drives) {
            try {
                result.add(disks.open(drive.file(), drive.writable()));
            } catch (IOException e) {
                closeAll(result);
                throw new MachineException(e.getMessage(), e);
            }
        }
        return result;
    }

    private static void closeAll(List<BlockBackend> backends) throws MachineException {
        for (BlockBackend backend : backends) {
            try {
                backend.close();
            } catch (IOException e) {
                throw new MachineException("disk '" + backend.name() + "' cannot be closed: " + e.getMessage(), e);
            }
        }
    }

    private static <T> T choose(String what, List<T> from, Function<T, String> name, String wanted) throws MachineException {
        for (T candidate : from) {
            if (name.apply(candidate).equals(wanted)) {
                return candidate;
            }
        }
        throw new MachineException(what + " '" + wanted + "' is not in this build; there " + (from.isEmpty() ? "is none" : "is "
            + String.join(", ", from.stream().map(name).toList())));
    }
}
