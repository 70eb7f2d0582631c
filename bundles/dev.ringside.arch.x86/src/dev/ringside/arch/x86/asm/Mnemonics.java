package dev.ringside.arch.x86.asm;

import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.IsaTable;
import dev.ringside.arch.x86.text.X86Disassembler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which forms a mnemonic may mean. */
final class Mnemonics {
    /**
     * A form under one of its names.
     *
     * @param operandBits operand size that the name asks for, or 0
     * @param predicate immediate that the name stands for ({@code cmpltps}), or −1
     * @param waits FWAIT comes before it
     * @param alias the name is not the printed one
     */
    record Entry(Form form, int operandBits, int predicate, boolean waits, boolean alias) {
    }

    private static final Map<String, List<Entry>> BY_NAME = new HashMap<>();

    static {
        for (Form form : IsaTable.load().forms()) {
            if (!form.is("noasm")) {
                add(form);
            }
        }
    }

    private static void add(Form form) {
        put(form.mnemonic(), new Entry(form, 0, -1, false, false));
        for (String alias : form.aliases()) {
            boolean doubleword = form.operandSize() == 0 && alias.equals(form.mnemonic() + "d") && form.immediates().isEmpty()
                    && (form.is("rep") || form.is("repz"));
            put(alias, new Entry(form, doubleword ? 32 : 0, -1, false, true));
        }
        if (form.is("sized")) {
            for (String name : form.aliases().isEmpty() ? List.of(form.mnemonic()) : List.of(form.mnemonic(), form.aliases().get(0))) {
                put(name + "w", new Entry(form, 16, -1, false, true));
                put(name + "d", new Entry(form, 32, -1, false, true));
                put(name + "q", new Entry(form, 64, -1, false, true));
            }
        }
        if (form.is("pseudo")) {
            for (int i = 0; i < X86Disassembler.PREDICATES.size(); i++) {
                put("cmp" + X86Disassembler.PREDICATES.get(i) + form.mnemonic().substring(3), new Entry(form, 0, i, false, true));
            }
        }
        if (form.mnemonic().equals("mov") && (form.immediates().contains("ob") || form.immediates().contains("iv"))) {
            put("movabs", new Entry(form, form.immediates().contains("iv") ? 64 : 0, -1, false, true));
        }
        for (String attribute : form.attributes()) {
            if (attribute.startsWith("wait:")) {
                put(attribute.substring(5), new Entry(form, 0, -1, true, true));
            }
        }
    }

    private static void put(String name, Entry entry) {
        BY_NAME.computeIfAbsent(name, key -> new ArrayList<>()).add(entry);
    }

    private Mnemonics() {
    }

    /** Forms of a mnemonic in lower case; empty when there is no such instruction. */
    static List<Entry> find(String name) {
        return BY_NAME.getOrDefault(name, List.of());
    }

    /** All mnemonics, for tests and completion. */
    static Set<String> names() {
        return Set.copyOf(BY_NAME.keySet());
    }
}
