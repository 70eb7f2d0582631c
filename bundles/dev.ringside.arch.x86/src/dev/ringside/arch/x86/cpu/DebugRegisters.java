package dev.ringside.arch.x86.cpu;

import dev.ringside.arch.x86.Vector;

/** DR0 to DR7 (SDM 3B chapter 17): address breakpoints on instructions, data and ports. */
final class DebugRegisters {
    /** DR6: B0 to B3 are bits 0 to 3. */
    static final int BD = 1 << 13, BS = 1 << 14, BT = 1 << 15;
    private static final long DR6_FIXED = 0xffff0ff0L, DR6_WRITABLE = 0xe00f;
    private static final long DR7_FIXED = 0x400, DR7_WRITABLE = 0xffff23ffL, GD = 1 << 13;
    /** L0 to L3 and LE, which a task switch clears. */
    private static final long DR7_LOCAL = 0x155;

    private static final int ON_EXECUTION = 0, ON_WRITE = 1, ON_PORT = 2, ON_ACCESS = 3;

    private final X86Cpu cpu;
    private final long[] address = new long[4];
    private long dr6;
    private long dr7;
    /** Enabled breakpoints by kind, one bit each. */
    private int onExecution;
    private int onData;
    private int onPort;

    DebugRegisters(X86Cpu cpu) {
        this.cpu = cpu;
    }

    void reset() {
        java.util.Arrays.fill(address, 0);
        dr6 = DR6_FIXED;
        dr7(DR7_FIXED);
    }

    /** MOV from DRn, after the checks. @param n 0 to 3, 6 or 7 */
    long get(int n) {
        return n < 4 ? address[n] : n == 6 ? dr6 : dr7;
    }

    void set(int n, long value) {
        if (n < 4) {
            address[n] = value;
        } else if (n == 6) {
            dr6 = value & DR6_WRITABLE | DR6_FIXED;
        } else {
            dr7(value & DR7_WRITABLE | DR7_FIXED);
        }
    }

    private void dr7(long value) {
        dr7 = value;
        armed();
    }

    /** CR4.DE decides whether kind 10 means ports. */
    void armed() {
        onExecution = onData = onPort = 0;
        for (int i = 0; i < 4; i++) {
            if ((dr7 >> i * 2 & 3) == 0) {
                continue;
            }
            switch (kind(i)) {
                case ON_EXECUTION -> onExecution |= 1 << i;
                case ON_WRITE, ON_ACCESS -> onData |= 1 << i;
                default -> onPort |= (cpu.cr4 & Cr4.DE) != 0 ? 1 << i : 0;
            }
        }
        cpu.events.armed(onExecution != 0 || onData != 0);
    }

    private int kind(int i) {
        return (int) (dr7 >> 16 + i * 4) & 3;
    }

    private int length(int i) {
        return switch ((int) (dr7 >> 18 + i * 4) & 3) {
            case 0 -> 1;
            case 1 -> 2;
            case 2 -> 8;
            default -> 4;
        };
    }

    /** MOV to or from a debug register raises #DB(BD), or #UD for DR4 and DR5 while CR4.DE is set. @return the register meant */
    int checkAccess(int n) {
        if (n == 4 || n == 5) {
            if ((cpu.cr4 & Cr4.DE) != 0) {
                throw cpu.ud();
            }
            n += 2;
        }
        if (n > 7) {
            throw cpu.ud();
        }
        if ((dr7 & GD) != 0) {
            dr6 |= BD;
            throw cpu.fault.set(Vector.DB);
        }
        return n;
    }

    /** A #DB is being delivered: B0 to B3 tell about it alone, the other bits are only ever set (SDM 3B 17.2.3). */
    void entered(int dr6Bits) {
        dr6 = dr6 & ~0xfL | dr6Bits;
        dr7 &= ~GD;
    }

    void taskSwitched() {
        dr7(dr7 & ~DR7_LOCAL);
    }

    boolean watchesData() {
        return onData != 0;
    }

    boolean watchesPorts() {
        return onPort != 0;
    }

    /** DR6 bits of the instruction breakpoints at {@code linear}. */
    int executing(long linear) {
        int hit = 0;
        for (int i = 0; i < 4; i++) {
            if ((onExecution >> i & 1) != 0 && address[i] == linear) {
                hit |= 1 << i;
            }
        }
        return hit;
    }

    /** DR6 bits of the data breakpoints that an access meets. */
    int accessed(long linear, int sizeBytes, boolean write) {
        int hit = 0;
        for (int i = 0; i < 4; i++) {
            if ((onData >> i & 1) != 0 && (write || kind(i) == ON_ACCESS) && overlaps(i, linear, sizeBytes)) {
                hit |= 1 << i;
            }
        }
        return hit;
    }

    /** DR6 bits of the port breakpoints that an access meets. */
    int portAccessed(int port, int sizeBytes) {
        int hit = 0;
        for (int i = 0; i < 4; i++) {
            if ((onPort >> i & 1) != 0 && overlaps(i, port, sizeBytes)) {
                hit |= 1 << i;
            }
        }
        return hit;
    }

    private boolean overlaps(int i, long at, int sizeBytes) {
        long first = address[i] & -length(i);
        return at < first + length(i) && first < at + sizeBytes;
    }
}
