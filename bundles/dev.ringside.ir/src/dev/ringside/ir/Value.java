package dev.ringside.ir;

/**
 * A value inside one block, assigned once.
 *
 * @param id its number in the block: {@code %5} in the text form
 */
public record Value(int id, Type type) {

    /** {@code %5}. */
    public String text() {
        return "%" + id;
    }
}
