package dev.ringside.memory;

/** A range of guest-physical addresses with memory behind it. Changes go through here and take effect at once. */
public final class Slot {
    private final PhysicalMemory owner;
    private final String name;
    private final long gpa;
    private final long sizeBytes;
    final Backing backing;
    final long offset;
    private Writes writes;
    private boolean enabled = true;

    Slot(PhysicalMemory owner, String name, long gpa, long sizeBytes, Backing backing, long offset, Writes writes) {
        this.owner = owner;
        this.name = name;
        this.gpa = gpa;
        this.sizeBytes = sizeBytes;
        this.backing = backing;
        this.offset = offset;
        this.writes = writes;
    }

    public String name() {
        return name;
    }

    public long gpa() {
        return gpa;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    public Writes writes() {
        return writes;
    }

    public boolean isEnabled() {
        return enabled;
    }

    /** Shows or hides the slot; what lies under a hidden slot appears. */
    public void setEnabled(boolean enabled) {
        if (this.enabled != enabled) {
            this.enabled = enabled;
            owner.remap(gpa, sizeBytes);
        }
    }

    public void setWrites(Writes writes) {
        if (this.writes != writes) {
            this.writes = writes;
            owner.remap(gpa, sizeBytes);
        }
    }

    @Override
    public String toString() {
        return "%s 0x%x-0x%x %s%s".formatted(name, gpa, gpa + sizeBytes - 1, writes, enabled ? "" : " (hidden)");
    }
}
