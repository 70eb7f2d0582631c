package dev.ringside.arch.x86.lift;

import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.IsaTable;
import dev.ringside.ir.Helper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Every meaning by its name in the tables' {@code means} column. */
public final class SemanticsTable {
    /** Which part of the processor must be available. */
    enum Unit {
        INTEGER, X87, MMX, SSE
    }

    private static final Map<String, Semantics> BY_NAME = new HashMap<>();
    private static final Map<String, Unit> UNITS = new HashMap<>();

    static {
        register(Unit.INTEGER, ArithmeticSemantics::register);
        register(Unit.INTEGER, DecimalSemantics::register);
        register(Unit.INTEGER, ShiftSemantics::register);
        register(Unit.INTEGER, BitSemantics::register);
        register(Unit.INTEGER, MoveSemantics::register);
        register(Unit.INTEGER, StackSemantics::register);
        register(Unit.INTEGER, FlagSemantics::register);
        register(Unit.INTEGER, ControlSemantics::register);
        register(Unit.INTEGER, StringSemantics::register);
        register(Unit.X87, X87Semantics::register);
        register(Unit.MMX, MmxSemantics::register);
        register(Unit.SSE, SseSemantics::register);
        register(Unit.INTEGER, SystemSemantics::register);
    }

    private static final Semantics[] BY_FORM = byForm();

    private SemanticsTable() {
    }

    /** The meaning of that name, or null. */
    public static Semantics of(String means) {
        return BY_NAME.get(means);
    }

    /** The meaning of {@code form}, or null when nobody registered it. */
    static Semantics of(Form form) {
        return BY_FORM[form.id()];
    }

    /** Where the meaning of that name was registered. */
    static Unit unit(String means) {
        return UNITS.get(means);
    }

    /** All names that have a meaning. */
    public static Set<String> names() {
        return Set.copyOf(BY_NAME.keySet());
    }

    /** The helpers that integer semantics, flags and checks call. */
    public static Collection<Helper> integerHelpers() {
        List<Helper> all = new ArrayList<>();
        FlagHelpers.collect(all);
        CheckHelpers.collect(all);
        DivideHelpers.collect(all);
        BitSemantics.collect(all);
        StringHelpers.collect(all);
        return all;
    }

    /** The helpers of x87, MMX and SSE, and of the instructions that save and restore their states. */
    public static Collection<Helper> floatingHelpers() {
        List<Helper> all = new ArrayList<>();
        X87Semantics.collect(all);
        SseSemantics.collect(all);
        return all;
    }

    private static void register(Unit unit, Consumer<BiConsumer<String, Semantics>> semantics) {
        semantics.accept((name, meaning) -> {
            if (BY_NAME.putIfAbsent(name, meaning) != null) {
                throw new AssertionError("the meaning of " + name + " is registered twice");
            }
            UNITS.put(name, unit);
        });
    }

    private static Semantics[] byForm() {
        List<Form> forms = IsaTable.load().forms();
        Semantics[] all = new Semantics[forms.size()];
        for (Form form : forms) {
            all[form.id()] = BY_NAME.get(form.insn().means());
        }
        return all;
    }
}
