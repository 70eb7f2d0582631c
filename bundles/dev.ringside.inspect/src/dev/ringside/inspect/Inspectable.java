package dev.ringside.inspect;

/** Something that can describe its state. Called only while the machine is stopped, or on its own thread between instructions. */
public interface Inspectable {
    /** Writes this object's fields to {@code out} in the order of the manual; changes nothing and takes no time of the guest's. */
    void inspect(Inspector out);
}
