package dev.ringside.loader;

import dev.ringside.arch.EntryState;
import java.util.List;
import java.util.Map;

/** Multiboot 2, section 3: i386 machine state and boot information as tags; the initrd is a module. */
record Multiboot2Boot(List<Segment> segments, long entry) implements BootProtocol {
    private static final long MAGIC_FOR_GUEST = 0x36d76289L;
    private static final int RSDP_V2_BYTES = 36;

    @Override
    public String name() {
        return "Multiboot2";
    }

    @Override
    public EntryState prepare(BootEnvironment env) throws ImageException {
        var place = new MultibootPlaces(env, segments);
        var info = new LittleEndian(8);
        tag(info, 1, LittleEndian.zeroTerminated(env.commandLine()));
        tag(info, 2, LittleEndian.zeroTerminated("Ringside"));
        if (env.initrd() != null) {
            long module = place.module();
            var body = new LittleEndian(8).u32(0, module).u32(4, module + env.initrd().length).string(8, env.initrdName());
            tag(info, 3, body.toBytes());
        }
        tag(info, 4, new LittleEndian(8).u32(0, 639).u32(4, Math.max(0, env.usableEnd(0x100000) - 0x100000) >> 10).toBytes());
        var map = new LittleEndian(8 + 24 * env.map().size()).u32(0, 24);
        for (int i = 0; i < env.map().size(); i++) {
            var range = env.map().get(i);
            map.u64(8 + 24 * i, range.gpa()).u64(16 + 24 * i, range.sizeBytes()).u32(24 + 24 * i, range.type());
        }
        tag(info, 6, map.toBytes());
        tag(info, 8, new LittleEndian(24).u64(0, 0xb8000).u32(8, 160).u32(12, 80).u32(16, 25).u8(20, 16).u8(21, 2).toBytes());
        if (env.rootTable() != 0) {
            tag(info, 15, env.memory().read(env.rootTable(), RSDP_V2_BYTES));
        }
        tag(info, 0, new byte[0]);
        info.u32(0, info.length());
        return EntryState.protected32(entry, Map.of("rax", MAGIC_FOR_GUEST, "rbx", place.low(info.toBytes())));
    }

    /** Appends a tag, padded to 8 bytes. */
    private static void tag(LittleEndian info, int type, byte[] body) {
        int at = info.length();
        info.u32(at, type).u32(at + 4, 8 + body.length).put(at + 8, body);
        int padded = info.length() + 7 & ~7;
        if (padded > info.length()) {
            info.u8(padded - 1, 0);
        }
    }
}
