package dev.ringside.devices.pc;

import dev.ringside.device.DeviceContext;

/**
 * Host bridge of the Intel 440FX (82441FX PMC), function 00:00.0. Its PAM registers (0x59 to 0x5F) switch 0xC0000 to 0xFFFFF between ROM and RAM.
 *
 * <pre>
 *   59h  7:4  F0000-FFFFF
 *   5Ah  3:0  C0000-C3FFF    7:4  C4000-C7FFF   ... two of 16 KiB in each register up to 5Fh: EC000-EFFFF
 * </pre>
 *
 * The subsystem IDs are those by which SeaBIOS and Linux know a virtual 440FX. SMRAM (0x72) is a register without effect.
 */
final class I440fx extends PciFunction {
    private static final int PAM0 = 0x59;
    private static final int PAM_REGISTERS = 7;
    private static final int READ = 1;
    private static final int WRITE = 2;

    I440fx(String name, DeviceContext context) {
        super(name, context, 0x8086, 0x1237, 0x060000, 2);
        preset(COMMAND, 2, 0x0006);
        preset(STATUS, 2, 0x0280);
        preset(SUBSYSTEM_VENDOR_ID, 2, 0x1af4);
        preset(SUBSYSTEM_ID, 2, 0x1100);
        for (int i = 0; i < PAM_REGISTERS; i++) {
            allowWrites(PAM0 + i, 1, i == 0 ? 0x30 : 0x33);
        }
        preset(0x72, 1, 0x02);
        allowWrites(0x50, 2, 0xffff); // PMCCFG
        allowWrites(0x72, 1, 0x78);
        reset();
    }

    @Override
    protected void configWritten(int at, int sizeBytes) {
        for (int i = Math.max(at, PAM0); i < Math.min(at + sizeBytes, PAM0 + PAM_REGISTERS); i++) {
            applyPam(i - PAM0);
        }
    }

    private void applyPam(int register) {
        int value = get(PAM0 + register, 1);
        if (register == 0) {
            map(0xf0000, 0x10000, value >> 4);
        } else {
            long base = 0xc0000 + (register - 1) * 0x8000L;
            map(base, 0x4000, value);
            map(base + 0x4000, 0x4000, value >> 4);
        }
    }

    private void map(long gpa, long sizeBytes, int attributes) {
        context().shadowRam().map(gpa, sizeBytes, (attributes & READ) != 0, (attributes & WRITE) != 0);
    }

    @Override
    public void inspect(dev.ringside.inspect.Inspector out) {
        super.inspect(out);
        for (int i = 0; i < PAM_REGISTERS; i++) {
            out.hex("PAM" + i, get(PAM0 + i, 1), 8);
        }
    }
}
