package dev.ringside.pv.hyperv;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.pv.OverlayPage;

/** An overlay page with the MSR that places it: bit 0 enables, bits 63:12 are the guest-physical page number (TLFS 5.2.1). */
final class SharedPage {
    private static final int ENABLE = 1;
    /** MAXPHYADDR. */
    private static final int ADDRESS_BITS = 40;

    private final OverlayPage page;
    private final String name;
    private final boolean guestWrites;
    private long msr;

    SharedPage(OverlayPage page, String name, boolean guestWrites) {
        this.page = page;
        this.name = name;
        this.guestWrites = guestWrites;
    }

    long msr() {
        return msr;
    }

    boolean isEnabled() {
        return (msr & ENABLE) != 0;
    }

    /** @return false, with nothing changed, when the page is beyond what a guest can address */
    boolean msr(long value) {
        if ((value & ENABLE) != 0 && value >>> ADDRESS_BITS != 0) {
            return false;
        }
        msr = value;
        if (isEnabled()) {
            page.map(value & -OverlayPage.SIZE_BYTES, guestWrites);
        } else {
            page.unmap();
        }
        return true;
    }

    long read(int offset, int sizeBytes) {
        return page.read(offset, sizeBytes);
    }

    void write(int offset, int sizeBytes, long value) {
        page.write(offset, sizeBytes, value);
    }

    void reset() {
        msr = 0;
        page.unmap();
        clear();
    }

    void clear() {
        for (int i = 0; i < OverlayPage.SIZE_BYTES; i += 8) {
            page.write(i, 8, 0);
        }
    }

    void save(StateWriter out) {
        out.putLong(name, msr);
        var bytes = new byte[OverlayPage.SIZE_BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) page.read(i, 1);
        }
        out.putBytes(name + " contents", bytes);
    }

    void restore(StateReader in) {
        msr(in.getLong(name));
        byte[] bytes = in.getBytes(name + " contents");
        for (int i = 0; i < bytes.length; i++) {
            page.write(i, 1, bytes[i]);
        }
    }
}
