package dev.ringside.ir;

import java.util.List;
import java.util.Set;

/**
 * Something that IR does not express: x87 arithmetic, a far transfer, CPUID. Every engine calls the same body.
 *
 * @param name unique within the architecture, as the text form prints it ({@code x86.cpuid})
 * @param result the type of the result, or null when there is none
 * @param parameters up to four, none of them wider than 64 bits
 * @param effects what the body may do besides computing its result
 * @param fields the only state fields that it reads or writes; none when it may be any
 */
public record Helper(String name, Type result, List<Type> parameters, Set<Effect> effects, Body body, List<StateField> fields) {

    public Helper {
        parameters = List.copyOf(parameters);
        effects = Set.copyOf(effects);
        fields = List.copyOf(fields);
        if (parameters.size() > 4) {
            throw new IllegalArgumentException(name + " has " + parameters.size() + " parameters; at most 4 are possible");
        }
    }

    /** One that may look at any state field, if its effects say that it looks at state. */
    public Helper(String name, Type result, List<Type> parameters, Set<Effect> effects, Body body) {
        this(name, result, parameters, effects, body, List.of());
    }

    /** The same, with the promise that it looks at no other state fields than these. */
    public Helper touching(List<StateField> only) {
        return new Helper(name, result, parameters, effects, body, only);
    }

    /** What an engine must allow for around a call. Without any, the call is a pure function of its arguments. */
    public enum Effect {
        /** Reads state fields, so earlier puts must have happened. */
        READS_STATE,
        /** Writes state fields, so values got before are stale. */
        WRITES_STATE,
        /** Accesses guest memory or the outside (ports, MSRs). */
        ACCESSES_WORLD,
        /**
         * Reads the time, or what else changes by itself but never inside a block, and nothing more of the world. The time is that at which the calling
         * instruction begins: the engine sees to it that the instructions before it count.
         */
        READS_TIME,
        /** May raise a guest exception at the current instruction; nothing after it in the instruction happens then. */
        MAY_RAISE
    }

    /** The code of a helper; unused arguments are 0, and arguments are zero-extended. The result is truncated to its type by the body. */
    @FunctionalInterface
    public interface Body {
        long call(GuestState state, long a, long b, long c, long d);
    }

    public boolean has(Effect effect) {
        return effects.contains(effect);
    }
}
