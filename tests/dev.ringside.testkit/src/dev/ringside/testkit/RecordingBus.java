package dev.ringside.testkit;

import dev.ringside.arch.VcpuBus;
import java.util.ArrayList;
import java.util.List;

/** A world that notes who touches it: every byte reads 5Ah, writes vanish, nothing else is there. */
public final class RecordingBus implements VcpuBus {
    /** {@code read4 200000} and {@code write2 200008 1234}; ports are {@code in1 3f8} and {@code out1 3f8 41}. */
    public final List<String> accesses = new ArrayList<>();

    @Override
    public long portRead(int port, int sizeBytes) {
        accesses.add("in%d %x".formatted(sizeBytes, port));
        return everywhere(sizeBytes);
    }

    @Override
    public void portWrite(int port, int sizeBytes, long value) {
        accesses.add("out%d %x %x".formatted(sizeBytes, port, value));
    }

    @Override
    public long mmioRead(long gpa, int sizeBytes) {
        accesses.add("read%d %x".formatted(sizeBytes, gpa));
        return everywhere(sizeBytes);
    }

    @Override
    public void mmioWrite(long gpa, int sizeBytes, long value) {
        accesses.add("write%d %x %x".formatted(sizeBytes, gpa, value));
    }

    private static long everywhere(int sizeBytes) {
        return 0x5a5a5a5a5a5a5a5aL >>> 64 - 8 * sizeBytes;
    }

    @Override
    public long readMsr(int msrIndex) {
        throw new UnsupportedOperationException("this world has no MSRs");
    }

    @Override
    public void writeMsr(int msrIndex, long value) {
        throw new UnsupportedOperationException("this world has no MSRs");
    }

    @Override
    public void cpuid(int leaf, int subleaf, int[] registers) {
        // The processor's word is the last one.
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
        // There is no local APIC.
    }

    @Override
    public long nanos() {
        return 0;
    }
}
