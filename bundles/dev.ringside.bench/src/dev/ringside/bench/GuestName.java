package dev.ringside.bench;

import dev.ringside.bench.Row.Group;
import java.util.Locale;
import java.util.Optional;

/** The guests of this bundle; {@code guests/NAME.asm} says what each does. */
enum GuestName {
    SIEVE("sieve of Eratosthenes, byte stores", Group.HOT_LOOPS),
    CRC_BITS("CRC-32, bit by bit", Group.HOT_LOOPS),
    CRC_TABLE("CRC-32, by table", Group.HOT_LOOPS),
    FIB("Fibonacci numbers, recursive", Group.HOT_LOOPS),
    COPY("memory copy, 8 bytes at a time", Group.HOT_LOOPS),
    SORT("quicksort of 32768 numbers", Group.HOT_LOOPS),
    MATRIX("matrix multiplication, SSE2 double", Group.HOT_LOOPS),
    SEARCH("search of a word in 256 KiB", Group.HOT_LOOPS),
    REP("REP STOS and REP MOVS", Group.SYSTEM),
    SYSCALL("50,000 SYSCALL and SYSRET", Group.SYSTEM),
    SWITCH("5000 switches of CR3, 8 pages touched after each", Group.SYSTEM),
    REWRITE("1000 times code that rewrites itself", Group.SYSTEM),
    PAGE_FAULTS("5120 page faults, each handled by mapping the page", Group.SYSTEM);

    private static final int LOOP_PASSES = 30;
    private static final int SYSTEM_PASSES = 40;

    private final String what;
    private final Group group;

    GuestName(String what, Group group) {
        this.what = what;
        this.group = group;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String what() {
        return what;
    }

    Group group() {
        return group;
    }

    int passes() {
        return group == Group.HOT_LOOPS ? LOOP_PASSES : SYSTEM_PASSES;
    }

    Optional<String> whyNotNative() {
        return switch (this) {
            case SYSCALL, SWITCH, PAGE_FAULTS -> Optional.of("privileged code");
            case SIEVE, CRC_BITS, CRC_TABLE, FIB, COPY, SORT, MATRIX, SEARCH, REP, REWRITE -> Optional.empty();
        };
    }
}
