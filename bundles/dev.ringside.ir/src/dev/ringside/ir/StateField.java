package dev.ringside.ir;

/**
 * A piece of guest CPU state that code can name: a register, or a part of a lazily kept flag.
 *
 * @param name the manual's name in lower case, as the text form prints it ({@code %rax})
 * @param type width; narrower values are kept zero-extended in their slot
 * @param slot index into {@link GuestState#slots}; an {@link Type#I128} field holds its low half there and its high half in the next slot
 */
public record StateField(String name, Type type, int slot) {
}
