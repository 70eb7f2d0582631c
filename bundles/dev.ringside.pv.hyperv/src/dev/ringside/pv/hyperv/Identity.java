package dev.ringside.pv.hyperv;

import dev.ringside.pv.FeatureTable.Selection;
import java.nio.charset.StandardCharsets;

/**
 * What the hypervisor calls itself (TLFS 2.4, leaves 0x40000000 and 0x40000002), and how patient it is with spinlocks (leaf 0x40000004:EBX).
 *
 * @param vendor 12 letters
 * @param spinlockRetries after how many failures a guest tells that it spins; −1 for never
 */
record Identity(String vendor, int build, int major, int minor, int servicePack, int serviceBranch, int serviceNumber, int spinlockRetries) {
    private static final int VENDOR_LETTERS = 12;
    private static final int NEVER = -1;

    static Identity of(Selection selection) {
        String vendor = selection.values().getOrDefault("vendor", selection.values().getOrDefault("vendor-id", "Microsoft Hv"));
        if (vendor.length() > VENDOR_LETTERS || !StandardCharsets.US_ASCII.newEncoder().canEncode(vendor)) {
            throw new IllegalArgumentException("paravirtual setting vendor='" + vendor + "'; at most " + VENDOR_LETTERS + " ASCII letters fit into the CPUID leaf");
        }
        return new Identity(vendor, number(selection, "version-id-build", 14393, -1L), number(selection, "version-id-major", 10, 0xffff),
            number(selection, "version-id-minor", 0, 0xffff), number(selection, "version-id-spack", 0, -1L), number(selection, "version-id-sbranch", 0, 0xff),
            number(selection, "version-id-snumber", 0, 0xffffff), number(selection, "spinlocks", 0xfff, -1L));
    }

    private static int number(Selection selection, String name, int byDefault, long limit) {
        String text = selection.values().get(name);
        if (text == null) {
            return byDefault;
        }
        try {
            if (name.equals("spinlocks") && text.equals("never")) {
                return NEVER;
            }
            long value = Long.decode(text);
            if (value < 0 || value > (limit & 0xffffffffL)) {
                throw new NumberFormatException(text);
            }
            return (int) value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("paravirtual setting " + name + "='" + text + "'; a number up to " + (limit & 0xffffffffL) + " is needed", e);
        }
    }

    /** EBX, ECX, EDX of leaf 0x40000000. */
    void vendor(int[] registers) {
        byte[] letters = vendor.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < VENDOR_LETTERS; i++) {
            int letter = i < letters.length ? letters[i] & 0xff : 0;
            registers[1 + i / 4] |= letter << 8 * (i % 4);
        }
    }

    void version(int[] registers) {
        registers[0] = build;
        registers[1] = major << 16 | minor;
        registers[2] = servicePack;
        registers[3] = serviceBranch << 24 | serviceNumber;
    }

    boolean wantsSpinNotice() {
        return spinlockRetries != NEVER && spinlockRetries != 0;
    }
}
