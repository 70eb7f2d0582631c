package dev.ringside.devices.pc;

import dev.ringside.device.BlockBackend;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * An ATA disk, programmed I/O only (ATA/ATAPI-6): CHS, LBA28 and LBA48, single and multiple sector transfers. Commands complete at once; BSY shows only
 * during a software reset. Left out: DMA, SMART, security, power management beyond answering, packet commands.
 */
final class AtaDisk implements Inspectable {
    static final int EXECUTE_DEVICE_DIAGNOSTIC = 0x90;
    private static final int MAX_MULTIPLE = 16;
    private static final int SECTOR = BlockBackend.SECTOR_BYTES;

    private static final int BSY = 0x80;
    private static final int DRDY = 0x40;
    private static final int DSC = 0x10;
    private static final int DRQ = 0x08;
    private static final int ERR = 0x01;
    private static final int ABRT = 0x04;
    private static final int IDNF = 0x10;
    private static final int UNC = 0x40;

    private static final int DEVICE_LBA = 0x40;

    private enum Transfer {
        NONE, TO_HOST, FROM_HOST
    }

    private final BlockBackend backend;
    private final int number;
    private final Runnable interruptChanged;
    private final Consumer<String> unimplemented;

    /** Features, count, LBA low, mid, high: the byte written last in bits 7:0, the one before in 15:8. */
    private final int[] registers = new int[6];
    private int device;
    private int status;
    private int error;
    private boolean interrupt;

    private int heads;
    private int sectorsPerTrack;
    private int multiple;

    private final byte[] buffer = new byte[MAX_MULTIPLE * SECTOR];
    private int position;
    private int limit;
    private Transfer transfer;
    private boolean identifying;
    private boolean extended;
    private long nextSector;
    private int sectorsLeft;
    private int blockSectors;

    /**
     * @param interruptChanged called when {@link #interrupting} may have changed
     * @param unimplemented told of commands that are aborted because they are left out
     */
    AtaDisk(BlockBackend backend, int number, Runnable interruptChanged, Consumer<String> unimplemented) {
        this.backend = backend;
        this.number = number;
        this.interruptChanged = interruptChanged;
        this.unimplemented = unimplemented;
        reset();
    }

    BlockBackend backend() {
        return backend;
    }

    boolean interrupting() {
        return interrupt;
    }

    // Registers

    int status() {
        return status;
    }

    int readStatus() {
        interrupt = false;
        interruptChanged.run();
        return status;
    }

    /** @param high whether HOB asks for the bytes that were written before the last ones */
    int readRegister(int offset, boolean high) {
        return switch (offset) {
            case 1 -> error;
            case 6 -> device;
            default -> high ? registers[offset] >> 8 : registers[offset] & 0xff;
        };
    }

    void writeRegister(int offset, int value) {
        if ((status & BSY) != 0) {
            return;
        }
        if (offset == 6) {
            device = value | 0xa0;
        } else {
            registers[offset] = registers[offset] << 8 & 0xff00 | value;
        }
    }

    // Data

    long readData(int sizeBytes) {
        if (transfer != Transfer.TO_HOST) {
            return 0;
        }
        long value = 0;
        for (int i = 0; i < sizeBytes && position < limit; i++) {
            value |= (buffer[position++] & 0xffL) << 8 * i;
        }
        if (position >= limit) {
            blockRead();
        }
        return value;
    }

    void writeData(int sizeBytes, long value) {
        if (transfer != Transfer.FROM_HOST) {
            return;
        }
        for (int i = 0; i < sizeBytes && position < limit; i++) {
            buffer[position++] = (byte) (value >>> 8 * i);
        }
        if (position >= limit) {
            blockWritten();
        }
    }

    private void blockRead() {
        if (identifying || sectorsLeft == 0) {
            finish();
        } else {
            loadBlock();
        }
    }

    private void loadBlock() {
        int count = Math.min(blockSectors, sectorsLeft);
        try {
            backend.read(nextSector, buffer, 0, count);
        } catch (IOException e) {
            fail(UNC);
            return;
        }
        advance(count);
        position = 0;
        limit = count * SECTOR;
        transfer = Transfer.TO_HOST;
        status = DRDY | DSC | DRQ;
        raise();
    }

    private void awaitBlock() {
        position = 0;
        limit = Math.min(blockSectors, sectorsLeft) * SECTOR;
        transfer = Transfer.FROM_HOST;
        status = DRDY | DSC | DRQ;
    }

    private void blockWritten() {
        if (identifying) {
            finish();
            raise();
            return;
        }
        int count = limit / SECTOR;
        try {
            backend.write(nextSector, buffer, 0, count);
        } catch (IOException e) {
            fail(UNC);
            return;
        }
        advance(count);
        if (sectorsLeft == 0) {
            finish();
        } else {
            awaitBlock();
        }
        raise();
    }

    private void advance(int count) {
        nextSector += count;
        sectorsLeft -= count;
        showAddress(nextSector - 1);
        registers[2] = registers[2] & 0xff00 | sectorsLeft & 0xff;
    }

    private void finish() {
        transfer = Transfer.NONE;
        identifying = false;
        error = 0;
        status = DRDY | DSC;
    }

    private void fail(int why) {
        transfer = Transfer.NONE;
        identifying = false;
        error = why;
        status = DRDY | DSC | ERR;
        raise();
    }

    private void raise() {
        interrupt = true;
        interruptChanged.run();
    }

    private void done() {
        finish();
        raise();
    }

    // Commands

    void command(int code) {
        interrupt = false;
        transfer = Transfer.NONE;
        identifying = false;
        status = DRDY | DSC;
        error = 0;
        switch (code) {
            case 0x20, 0x21 -> transfer(Transfer.TO_HOST, false, 1);
            case 0x24 -> transfer(Transfer.TO_HOST, true, 1);
            case 0xc4 -> transfer(Transfer.TO_HOST, false, multiple);
            case 0x29 -> transfer(Transfer.TO_HOST, true, multiple);
            case 0x30, 0x31 -> transfer(Transfer.FROM_HOST, false, 1);
            case 0x34 -> transfer(Transfer.FROM_HOST, true, 1);
            case 0xc5 -> transfer(Transfer.FROM_HOST, false, multiple);
            case 0x39 -> transfer(Transfer.FROM_HOST, true, multiple);
            case 0x40, 0x41 -> verify(false);
            case 0x42 -> verify(true);
            case 0x70 -> seek();
            case 0x91 -> initializeDeviceParameters();
            case 0xa1 -> {
                signature();
                fail(ABRT); // not a packet device
            }
            case 0xc6 -> setMultipleMode();
            case 0xe4 -> readBuffer();
            case 0xe5 -> {
                registers[2] = 0xff; // active
                done();
            }
            case 0xe7, 0xea -> flush();
            case 0xe8 -> {
                identifying = true;
                position = 0;
                limit = SECTOR;
                transfer = Transfer.FROM_HOST;
                status = DRDY | DSC | DRQ;
            }
            case 0xec -> identify();
            case 0xef -> setFeatures();
            case 0xf8 -> {
                showAddress28(Math.min(backend.sectors(), 1L << 28) - 1);
                done();
            }
            case 0x27 -> {
                extended = true;
                device |= DEVICE_LBA;
                showAddress(backend.sectors() - 1);
                done();
            }
            case 0xe0, 0xe1, 0xe2, 0xe3, 0xe6, 0x94, 0x95, 0x96, 0x97, 0x99 -> done(); // standby and idle: nothing spins
            default -> {
                if (code >= 0x10 && code < 0x20) {
                    done(); // recalibrate
                } else {
                    if (code != 0) {
                        unimplemented.accept("ATA command 0x%02x".formatted(code));
                    }
                    fail(ABRT);
                }
            }
        }
    }

    private void transfer(Transfer direction, boolean ext, int sectorsPerBlock) {
        if (sectorsPerBlock == 0 || direction == Transfer.FROM_HOST && backend.isReadOnly()) {
            fail(ABRT);
            return;
        }
        if (!takeAddress(ext)) {
            fail(IDNF);
            return;
        }
        blockSectors = sectorsPerBlock;
        if (direction == Transfer.TO_HOST) {
            loadBlock();
        } else {
            awaitBlock();
        }
    }

    /** Sets {@link #nextSector} and {@link #sectorsLeft} from the registers. @return false when that is not on the disk */
    private boolean takeAddress(boolean ext) {
        extended = ext;
        int count = ext ? registers[2] : registers[2] & 0xff;
        sectorsLeft = count != 0 ? count : ext ? 0x10000 : 0x100;
        nextSector = address(ext);
        return nextSector >= 0 && nextSector + sectorsLeft <= backend.sectors();
    }

    private long address(boolean ext) {
        int low = registers[3] & 0xff;
        int mid = registers[4] & 0xff;
        int high = registers[5] & 0xff;
        if (ext) {
            long upper = (registers[3] >> 8) | (long) (registers[4] >> 8) << 8 | (long) (registers[5] >> 8) << 16;
            return upper << 24 | (long) high << 16 | mid << 8 | low;
        }
        if ((device & DEVICE_LBA) != 0) {
            return (long) (device & 0xf) << 24 | high << 16 | mid << 8 | low;
        }
        int cylinder = high << 8 | mid;
        int head = device & 0xf;
        boolean exists = low >= 1 && low <= sectorsPerTrack && head < heads;
        return exists ? ((long) cylinder * heads + head) * sectorsPerTrack + low - 1 : -1;
    }

    /** Puts the address of {@code sector} into the registers, in the form of the command. */
    private void showAddress(long sector) {
        if (extended) {
            registers[3] = (int) (sector >> 24 & 0xff) << 8 | (int) (sector & 0xff);
            registers[4] = (int) (sector >> 32 & 0xff) << 8 | (int) (sector >> 8 & 0xff);
            registers[5] = (int) (sector >> 40 & 0xff) << 8 | (int) (sector >> 16 & 0xff);
        } else if ((device & DEVICE_LBA) != 0) {
            showAddress28(sector);
        } else {
            long track = sector / sectorsPerTrack;
            registers[3] = (int) (sector % sectorsPerTrack) + 1;
            registers[4] = (int) (track / heads) & 0xff;
            registers[5] = (int) (track / heads) >> 8 & 0xff;
            device = device & 0xf0 | (int) (track % heads);
        }
    }

    private void showAddress28(long sector) {
        registers[3] = (int) sector & 0xff;
        registers[4] = (int) (sector >> 8) & 0xff;
        registers[5] = (int) (sector >> 16) & 0xff;
        device = device & 0xf0 | (int) (sector >> 24) & 0xf;
    }

    private void verify(boolean ext) {
        if (takeAddress(ext)) {
            done();
        } else {
            fail(IDNF);
        }
    }

    private void seek() {
        long sector = address(false);
        if (sector >= 0 && sector < backend.sectors()) {
            done();
        } else {
            fail(IDNF);
        }
    }

    private void initializeDeviceParameters() {
        heads = (device & 0xf) + 1;
        sectorsPerTrack = registers[2] & 0xff;
        if (sectorsPerTrack == 0) {
            sectorsPerTrack = 63;
            fail(ABRT);
        } else {
            done();
        }
    }

    private void setMultipleMode() {
        int count = registers[2] & 0xff;
        if (count > MAX_MULTIPLE || Integer.bitCount(count) > 1) {
            multiple = 0;
            fail(ABRT);
        } else {
            multiple = count;
            done();
        }
    }

    private void setFeatures() {
        switch (registers[1] & 0xff) {
            case 0x02, 0x82, 0x55, 0xaa, 0x66, 0xcc -> done(); // caches and defaults: accepted, nothing to do
            case 0x03 -> {
                boolean pio = (registers[2] & 0xf8) == 0 || (registers[2] & 0xf8) == 8;
                if (pio) {
                    done();
                } else {
                    fail(ABRT);
                }
            }
            default -> fail(ABRT);
        }
    }

    private void flush() {
        try {
            backend.flush();
            done();
        } catch (IOException e) {
            fail(UNC);
        }
    }

    private void readBuffer() {
        identifying = true;
        position = 0;
        limit = SECTOR;
        transfer = Transfer.TO_HOST;
        status = DRDY | DSC | DRQ;
        raise();
    }

    private void identify() {
        Arrays.fill(buffer, 0, SECTOR, (byte) 0);
        long total = backend.sectors();
        int cylinders = (int) Math.min(16383, total / (16 * 63));
        word(0, 0x0040); // fixed disk
        word(1, cylinders);
        word(3, 16);
        word(6, 63);
        text(10, 20, "RINGSIDE%04d".formatted(number));
        text(23, 8, "1.0");
        text(27, 40, "Ringside disk");
        word(47, 0x8000 | MAX_MULTIPLE);
        word(49, 0x0200); // LBA
        word(51, 0x0200);
        word(53, 0x0003); // words 54 to 58 and 64 to 70 are valid
        int currentCylinders = (int) Math.min(65535, total / ((long) heads * sectorsPerTrack));
        long current = (long) currentCylinders * heads * sectorsPerTrack;
        word(54, currentCylinders);
        word(55, heads);
        word(56, sectorsPerTrack);
        word(57, (int) current);
        word(58, (int) (current >> 16));
        word(59, multiple == 0 ? 0 : 0x0100 | multiple);
        long lba28 = Math.min(total, 0x0fff_ffffL);
        word(60, (int) lba28);
        word(61, (int) (lba28 >> 16));
        word(64, 0x0003); // PIO modes 3 and 4
        word(67, 120);
        word(68, 120);
        word(80, 0x007e); // ATA-1 to ATA/ATAPI-6
        word(82, 0x4020);
        word(83, 0x7400); // FLUSH CACHE, FLUSH CACHE EXT, 48-bit addresses
        word(84, 0x4000);
        word(85, 0x4020);
        word(86, 0x3400);
        word(87, 0x4000);
        for (int i = 0; i < 4; i++) {
            word(100 + i, (int) (total >> 16 * i));
        }
        readBuffer();
    }

    private void word(int index, int value) {
        buffer[2 * index] = (byte) value;
        buffer[2 * index + 1] = (byte) (value >> 8);
    }

    /** ATA strings have the first character of each pair in the upper byte, and are filled with blanks. */
    private void text(int index, int lengthBytes, String text) {
        byte[] padded = Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), lengthBytes);
        for (int i = 0; i < lengthBytes; i++) {
            buffer[2 * index + (i ^ 1)] = i < text.length() ? padded[i] : (byte) ' ';
        }
    }

    // Reset

    void softwareReset() {
        status = BSY;
        transfer = Transfer.NONE;
        interrupt = false;
    }

    void softwareResetDone() {
        status = DRDY | DSC;
        signature();
        error = 1;
    }

    /** EXECUTE DEVICE DIAGNOSTIC goes to both devices; the first one interrupts. */
    void diagnose() {
        finish();
        signature();
        error = 1;
        if (number == 0) {
            raise();
        }
    }

    private void signature() {
        registers[2] = 1;
        registers[3] = 1;
        registers[4] = 0;
        registers[5] = 0;
        device = 0xa0;
    }

    void reset() {
        Arrays.fill(registers, 0);
        heads = 16;
        sectorsPerTrack = 63;
        multiple = 0;
        position = 0;
        limit = 0;
        extended = false;
        nextSector = 0;
        sectorsLeft = 0;
        blockSectors = 1;
        interrupt = false;
        finish();
        signature();
        error = 1;
    }

    void save(StateWriter out) {
        out.putInts("registers", registers);
        out.putInts("disk", new int[] {device, status, error, interrupt ? 1 : 0, heads, sectorsPerTrack, multiple, position, limit, transfer.ordinal(),
            identifying ? 1 : 0, extended ? 1 : 0, sectorsLeft, blockSectors});
        out.putLong("nextSector", nextSector);
        out.putBytes("buffer", buffer);
        backend.save(out);
    }

    void restore(StateReader in) {
        in.getInts("registers", registers);
        int[] state = new int[14];
        in.getInts("disk", state);
        device = state[0];
        status = state[1];
        error = state[2];
        interrupt = state[3] != 0;
        heads = state[4];
        sectorsPerTrack = state[5];
        multiple = state[6];
        position = state[7];
        limit = state[8];
        transfer = Transfer.values()[state[9]];
        identifying = state[10] != 0;
        extended = state[11] != 0;
        sectorsLeft = state[12];
        blockSectors = state[13];
        nextSector = in.getLong("nextSector");
        System.arraycopy(in.getBytes("buffer"), 0, buffer, 0, buffer.length);
        backend.restore(in);
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("status", status, 8).hex("error", error, 8).hex("device", device, 8).hex("sector count", registers[2], 16).hex("LBA low", registers[3], 16)
                .hex("LBA mid", registers[4], 16).hex("LBA high", registers[5], 16).flag("INTRQ", interrupt).text("transfer", transfer.name())
                .decimal("sectors left", sectorsLeft).decimal("sectors", backend.sectors());
    }
}
