package dev.ringside.arch;

/**
 * One level of an explained page walk.
 *
 * @param table the manual's name of the level: {@code PML4E}, {@code PDE}
 * @param entryGpa where the entry lies
 * @param entry its value
 * @param bits its bits by manual name: {@code P W U A D NX}
 * @param verdict what follows from it: {@code next table 0x1000}, {@code maps 2 MiB at 0x200000}, {@code not present: #PF}
 */
public record WalkStep(String table, long entryGpa, long entry, String bits, String verdict) {
}
