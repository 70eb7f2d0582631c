package dev.ringside.memory;

/** Learns that host addresses or access rights handed out earlier hold no longer. Called on the machine's thread. */
@FunctionalInterface
public interface MapListener {
    /** The pages of {@code [gpa, gpa + sizeBytes)} changed their meaning. */
    void mapChanged(long gpa, long sizeBytes);
}
