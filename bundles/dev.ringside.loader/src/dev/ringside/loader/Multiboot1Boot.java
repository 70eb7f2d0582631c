package dev.ringside.loader;

import dev.ringside.arch.EntryState;
import java.util.List;
import java.util.Map;

/** Multiboot 0.6.96, 3.2 and 3.3: machine state and information structure; the initrd is module 0. */
record Multiboot1Boot(List<Segment> segments, long entry) implements BootProtocol {
    private static final long MAGIC_FOR_GUEST = 0x2badb002L;
    private static final int HAS_MEMORY = 1, HAS_COMMAND_LINE = 1 << 2, HAS_MODULES = 1 << 3, HAS_MAP = 1 << 6, HAS_LOADER_NAME = 1 << 9,
        HAS_FRAMEBUFFER = 1 << 12;
    private static final int INFO_BYTES = 116;

    @Override
    public String name() {
        return "Multiboot";
    }

    @Override
    public EntryState prepare(BootEnvironment env) throws ImageException {
        var place = new MultibootPlaces(env, segments);
        var info = new LittleEndian(INFO_BYTES);
        int flags = HAS_MEMORY | HAS_COMMAND_LINE | HAS_MAP | HAS_LOADER_NAME | HAS_FRAMEBUFFER;
        info.u32(4, 639).u32(8, Math.max(0, env.usableEnd(0x100000) - 0x100000) >> 10);
        info.u32(16, place.low(LittleEndian.zeroTerminated(MultibootPlaces.commandLine(env))));
        if (env.initrd() != null) {
            flags |= HAS_MODULES;
            long module = place.module();
            long name = place.low(LittleEndian.zeroTerminated(env.initrdName()));
            info.u32(20, 1).u32(24, place.low(new LittleEndian(16).u32(0, module).u32(4, module + env.initrd().length).u32(8, name).toBytes()));
        }
        var map = new LittleEndian(24 * env.map().size());
        for (int i = 0; i < env.map().size(); i++) {
            var range = env.map().get(i);
            map.u32(24 * i, 20).u64(24 * i + 4, range.gpa()).u64(24 * i + 12, range.sizeBytes()).u32(24 * i + 20, range.type());
        }
        info.u32(44, map.length()).u32(48, place.low(map.toBytes()));
        info.u32(64, place.low(LittleEndian.zeroTerminated("Ringside")));
        info.u64(88, 0xb8000).u32(96, 160).u32(100, 80).u32(104, 25).u8(108, 16).u8(109, 2);
        info.u32(0, flags);
        return EntryState.protected32(entry, Map.of("rax", MAGIC_FOR_GUEST, "rbx", place.low(info.toBytes())));
    }
}
