package dev.ringside.loader;

import dev.ringside.arch.EntryState;
import java.util.List;
import java.util.Map;

/** The PVH entry (Xen docs/misc/pvh.pandoc, {@code struct hvm_start_info} version 1): flat 32-bit protected mode, EBX points to the start info. */
record PvhBoot(List<Segment> segments, long entry) implements BootProtocol {
    private static final long MAGIC = 0x336ec578;

    @Override
    public String name() {
        return "PVH";
    }

    @Override
    public EntryState prepare(BootEnvironment env) throws ImageException {
        var place = new Placement(env.map(), segments);
        var info = new LittleEndian(56);
        byte[] line = LittleEndian.zeroTerminated(env.commandLine());
        long lineAt = low(place, line.length);
        env.memory().write(lineAt, line);
        info.u32(0, MAGIC).u32(4, 1).u64(24, lineAt).u64(32, env.rootTable());
        if (env.initrd() != null) {
            long end = segments.stream().mapToLong(Segment::end).max().orElse(0x100000);
            long at = place.highest(env.initrd().length, 4096, end, 1L << 32);
            if (at < 0) {
                throw new ImageException("initrd '" + env.initrdName() + "' has " + env.initrd().length
                    + " bytes and does not fit into memory behind the kernel: give the machine more with --memory");
            }
            env.memory().write(at, env.initrd());
            long module = low(place, 32);
            env.memory().write(module, new LittleEndian(32).u64(0, at).u64(8, env.initrd().length).toBytes());
            info.u32(12, 1).u64(16, module);
        }
        var map = new LittleEndian(24 * env.map().size());
        for (int i = 0; i < env.map().size(); i++) {
            var range = env.map().get(i);
            map.u64(24 * i, range.gpa()).u64(24 * i + 8, range.sizeBytes()).u32(24 * i + 16, range.type());
        }
        long mapAt = low(place, map.length());
        env.memory().write(mapAt, map.toBytes());
        info.u64(40, mapAt).u32(48, env.map().size());
        long infoAt = low(place, 56);
        env.memory().write(infoAt, info.toBytes());
        return EntryState.protected32(entry, Map.of("rbx", infoAt));
    }

    private static long low(Placement place, long sizeBytes) throws ImageException {
        long at = place.lowest(sizeBytes, 16, 0x10000, 0xa0000);
        if (at < 0) {
            throw new ImageException("the image leaves no room below 640 KiB for " + sizeBytes + " bytes of start information");
        }
        return at;
    }
}
