package dev.ringside.testkit;

import dev.ringside.arch.VcpuBus;

/** A machine without devices: ports and unbacked addresses read all ones. Override what a test needs. */
public class EmptyBus implements VcpuBus {
    @Override
    public long portRead(int port, int sizeBytes) {
        return ones(sizeBytes);
    }

    @Override
    public void portWrite(int port, int sizeBytes, long value) {
        // Nobody listens.
    }

    @Override
    public long mmioRead(long gpa, int sizeBytes) {
        return ones(sizeBytes);
    }

    @Override
    public void mmioWrite(long gpa, int sizeBytes, long value) {
        // Nobody listens.
    }

    @Override
    public long readMsr(int msrIndex) {
        return 0;
    }

    @Override
    public void writeMsr(int msrIndex, long value) {
        // Nobody listens.
    }

    @Override
    public void cpuid(int leaf, int subleaf, int[] registers) {
        // As the processor says.
    }

    @Override
    public boolean hypercall() {
        return false;
    }

    @Override
    public int acknowledgeInterrupt() {
        return -1;
    }

    @Override
    public int taskPriority() {
        return 0;
    }

    @Override
    public void taskPriority(int priorityClass) {
        // There is no APIC.
    }

    @Override
    public long nanos() {
        return 0;
    }

    private static long ones(int sizeBytes) {
        return -1L >>> 64 - 8 * sizeBytes;
    }
}
