package dev.ringside.memory;

/** Told about every store to a watched page, after it was made. */
@FunctionalInterface
public interface WriteWatch {
    void written(long gpa, int sizeBytes);
}
