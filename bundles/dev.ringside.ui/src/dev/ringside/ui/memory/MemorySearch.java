package dev.ringside.ui.memory;

import dev.ringside.machine.MachineControl.AddressKind;
import dev.ringside.machine.MachineControl.MemoryBytes;
import dev.ringside.ui.guest.GuestVcpu;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Looks for bytes in guest memory on a thread of its own. The machine is asked for one piece after the other, so it answers everybody else in between, and
 * copies the next piece while this one is looked through.
 */
final class MemorySearch {
    private static final int PIECE_BYTES = 1 << 20;

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;

    private final GuestVcpu vcpu;
    private final AddressKind kind;
    private final byte[] wanted;
    private final long from;
    private final long length;
    /** The first byte that is not zero: most of memory is. */
    private final int key;
    private final CompletableFuture<OptionalLong> result = new CompletableFuture<>();
    private volatile long done;
    private volatile boolean cancelled;

    private MemorySearch(GuestVcpu vcpu, AddressKind kind, byte[] wanted, long from, long length) {
        this.vcpu = vcpu;
        this.kind = kind;
        this.wanted = wanted;
        this.from = from;
        this.length = length;
        int first = 0;
        while (first < wanted.length - 1 && wanted[first] == 0) {
            first++;
        }
        key = first;
    }

    /** @param length in bytes, how far to look from {@code from} on */
    static MemorySearch start(GuestVcpu vcpu, AddressKind kind, byte[] wanted, long from, long length) {
        MemorySearch search = new MemorySearch(vcpu, kind, wanted, from, length);
        Thread.ofVirtual().name("memory search").start(search::run);
        return search;
    }

    /** Completed on the search's thread; empty when it is not there or the search was cancelled. */
    CompletableFuture<OptionalLong> result() {
        return result;
    }

    /** 0 to 1. */
    double progress() {
        return length == 0 ? 1 : (double) done / length;
    }

    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    private void run() {
        try {
            result.complete(find());
        } catch (CompletionException failed) {
            result.completeExceptionally(failed.getCause());
        }
    }

    private OptionalLong find() {
        CompletableFuture<MemoryBytes> next = read(0);
        while (done < length && !cancelled) {
            MemoryBytes piece = next.join();
            next = read(done + PIECE_BYTES);
            int at = indexIn(piece);
            if (at >= 0) {
                return OptionalLong.of(piece.address() + at);
            }
            done += PIECE_BYTES;
        }
        return OptionalLong.empty();
    }

    /** A piece and as much of the next one as a match may reach into. */
    private CompletableFuture<MemoryBytes> read(long offset) {
        long left = length - offset;
        return left <= 0 ? null : vcpu.readMemory(kind, from + offset, (int) Math.min(PIECE_BYTES, left) + wanted.length - 1);
    }

    /** Eight bytes at a time are passed over when none of them is the key: most of a large memory goes by so. */
    private int indexIn(MemoryBytes piece) {
        byte[] bytes = piece.bytes();
        byte sought = wanted[key];
        long eightTimes = (sought & 0xffL) * ONES;
        int end = bytes.length - wanted.length + key;
        for (int i = key; i <= end; i++) {
            while (i + 8 <= end && !hasZeroByte((long) EIGHT.get(bytes, i) ^ eightTimes)) {
                i += 8;
            }
            if (bytes[i] == sought && isMatch(piece, i - key)) {
                return i - key;
            }
        }
        return -1;
    }

    /** A byte of zero borrows from its own highest bit, which a byte with that bit set would not have. */
    private static boolean hasZeroByte(long eight) {
        return (eight - ONES & ~eight & HIGHS) != 0;
    }

    private boolean isMatch(MemoryBytes piece, int at) {
        for (int i = 0; i < wanted.length; i++) {
            if (piece.bytes()[at + i] != wanted[i] || !piece.readable()[at + i]) {
                return false;
            }
        }
        return true;
    }
}
