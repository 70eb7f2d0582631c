package dev.ringside.debug.ui.inject;

/** A number of retired instructions as people write it: {@code 5000000}, {@code 5,000,000}, {@code 5_000_000}. */
public final class InstructionCount {
    private InstructionCount() {
    }

    /** @throws IllegalArgumentException with one line when it is no number, or behind {@code retired} */
    public static long parse(String typed, long retired) {
        long count;
        try {
            count = Long.parseLong(typed.strip().replaceAll("[,_\\s]", ""));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("\"" + typed.strip() + "\" is not a number of instructions, such as 500000000", notANumber);
        }
        if (count < retired) {
            throw new IllegalArgumentException("%,d is behind the machine, which has retired %,d instructions".formatted(count, retired));
        }
        return count;
    }
}
