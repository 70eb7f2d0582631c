package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IoHandler;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The firmware configuration device (qemu.git docs/specs/fw_cfg.rst): selector at port 0x510, data at 0x511, DMA at 0x514. Items are numbered; files have names
 * and are listed in item 0x19. Items are not writable by the guest.
 */
public final class FwCfg implements Device, IoHandler {
    static final int SIGNATURE = 0x00;
    static final int ID = 0x01;
    static final int RAM_SIZE = 0x03;
    static final int NOGRAPHIC = 0x04;
    static final int NB_CPUS = 0x05;
    static final int BOOT_DEVICE = 0x0c;
    static final int NUMA = 0x0d;
    static final int BOOT_MENU = 0x0e;
    static final int MAX_CPUS = 0x0f;
    static final int FILE_DIR = 0x19;
    static final int FILE_FIRST = 0x20;
    static final int IRQ0_OVERRIDE = 0x8002;

    private static final int NAME_BYTES = 56;
    private static final byte[] DMA_SIGNATURE = "QEMU CFG".getBytes(StandardCharsets.US_ASCII);
    private static final int DMA_ERROR = 1;
    private static final int DMA_READ = 2;
    private static final int DMA_SKIP = 4;
    private static final int DMA_SELECT = 8;
    private static final int DMA_WRITE = 16;

    private final String name;
    private final DeviceContext context;
    private final Map<Integer, byte[]> items = new TreeMap<>();
    private final Map<String, byte[]> files = new TreeMap<>();
    private int selected;
    private int position;
    private long dmaAddress;

    public FwCfg(String name, DeviceContext context) {
        this.name = name;
        this.context = context;
        item(SIGNATURE, "QEMU".getBytes(StandardCharsets.US_ASCII));
        item(ID, new byte[] {3, 0, 0, 0}); // traditional interface and DMA
        context.claimPorts(this, 0x510, 12, this);
        list();
    }

    @Override
    public String name() {
        return name;
    }

    /** Sets a numbered item. */
    public void item(int key, byte[] content) {
        items.put(key, content.clone());
    }

    /** A number, little-endian. */
    void item(int key, int sizeBytes, long value) {
        byte[] bytes = new byte[sizeBytes];
        for (int i = 0; i < sizeBytes; i++) {
            bytes[i] = (byte) (value >>> 8 * i);
        }
        item(key, bytes);
    }

    /** @throws IllegalArgumentException when the name is taken or too long */
    public void file(String fileName, byte[] content) {
        if (fileName.length() >= NAME_BYTES) {
            throw new IllegalArgumentException("fw_cfg file name '" + fileName + "' has " + fileName.length() + " characters; 55 is the most");
        }
        if (files.putIfAbsent(fileName, content.clone()) != null) {
            throw new IllegalArgumentException("fw_cfg file '" + fileName + "' is there already");
        }
        list();
    }

    /** Numbers the files in the order of their names and writes the directory. */
    private void list() {
        items.keySet().removeIf(key -> key >= FILE_FIRST && key < 0x4000);
        var directory = ByteBuffer.allocate(4 + files.size() * (8 + NAME_BYTES));
        directory.putInt(files.size());
        int key = FILE_FIRST;
        for (var file : files.entrySet()) {
            directory.putInt(file.getValue().length).putShort((short) key).putShort((short) 0);
            directory.put(java.util.Arrays.copyOf(file.getKey().getBytes(StandardCharsets.US_ASCII), NAME_BYTES));
            items.put(key++, file.getValue());
        }
        items.put(FILE_DIR, directory.array());
    }

    @Override
    public long read(long offset, int sizeBytes) {
        long value = 0;
        for (int i = 0; i < sizeBytes; i++) {
            value |= (long) readByte((int) offset + i) << 8 * i;
        }
        return value;
    }

    private int readByte(int offset) {
        if (offset == 1) {
            return next();
        }
        return offset >= 4 && offset < 12 ? DMA_SIGNATURE[offset - 4] : 0;
    }

    private int next() {
        byte[] item = items.get(selected);
        return item != null && position < item.length ? item[position++] & 0xff : 0;
    }

    @Override
    public void write(long offset, int sizeBytes, long value) {
        if (offset == 0 && sizeBytes == 2) {
            select((int) value & 0xffff);
        } else if (offset == 4 && sizeBytes == 4) {
            dmaAddress = (long) Integer.reverseBytes((int) value) << 32;
        } else if (offset == 8 && sizeBytes == 4) {
            dma(dmaAddress & ~0xffffffffL | Integer.reverseBytes((int) value) & 0xffffffffL);
            dmaAddress = 0;
        } else if (offset == 4 && sizeBytes == 8) {
            dma(Long.reverseBytes(value));
        }
    }

    private void select(int key) {
        selected = key & ~0x4000; // bit 14 would ask for writing
        position = 0;
    }

    /** Runs the command at {@code gpa}: control, length, address, all big-endian. */
    private void dma(long gpa) {
        byte[] bytes = new byte[16];
        context.memory().read(gpa, bytes, 0, 16);
        var command = ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN);
        int control = command.getInt(0);
        long length = command.getInt(4) & 0xffffffffL;
        long address = command.getLong(8);
        if ((control & DMA_SELECT) != 0) {
            select(control >>> 16);
        }
        int result = 0;
        if ((control & DMA_READ) != 0) {
            copyOut(address, length);
        } else if ((control & DMA_WRITE) != 0) {
            result = DMA_ERROR;
        } else if ((control & DMA_SKIP) != 0) {
            skip(length);
        }
        context.memory().write(gpa, 4, Integer.reverseBytes(result) & 0xffffffffL);
    }

    private void copyOut(long address, long length) {
        byte[] item = items.getOrDefault(selected, new byte[0]);
        int there = (int) Math.min(length, Math.max(0, item.length - position));
        context.memory().write(address, item, Math.min(position, item.length), there);
        position += there;
        // Beyond the item's end there are zeros; a length that no memory has is not worth writing out.
        byte[] zeros = new byte[4096];
        long end = Math.min(length, there + (1L << 26));
        for (long done = there; done < end; done += zeros.length) {
            context.memory().write(address + done, zeros, 0, (int) Math.min(zeros.length, end - done));
        }
    }

    private void skip(long length) {
        position = (int) Math.min(Integer.MAX_VALUE, position + length);
    }

    @Override
    public void reset() {
        selected = 0;
        position = 0;
        dmaAddress = 0;
    }

    @Override
    public void save(StateWriter out) {
        out.putInt("selected", selected);
        out.putInt("position", position);
        out.putLong("dmaAddress", dmaAddress);
    }

    @Override
    public void restore(StateReader in) {
        selected = in.getInt("selected");
        position = in.getInt("position");
        dmaAddress = in.getLong("dmaAddress");
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("selector", selected, 16).decimal("position", position);
        items.forEach((key, content) -> out.decimal("item %04x, bytes".formatted(key), content.length));
        files.forEach((file, content) -> out.decimal(file + ", bytes", content.length));
    }

    /** A blob under construction, for users that put several numbers into an item. */
    static final class Blob {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Blob number(int sizeBytes, long value) {
            for (int i = 0; i < sizeBytes; i++) {
                bytes.write((int) (value >>> 8 * i));
            }
            return this;
        }

        Blob text(String text, int paddedBytes) {
            bytes.writeBytes(java.util.Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), paddedBytes));
            return this;
        }

        byte[] toBytes() {
            return bytes.toByteArray();
        }
    }
}
