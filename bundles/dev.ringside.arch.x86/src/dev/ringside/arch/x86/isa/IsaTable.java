package dev.ringside.arch.x86.isa;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** All instructions of the tables in {@code isa/*.isa}. Immutable; read once. */
public final class IsaTable {
    /** The tables, in the order in which forms are numbered. */
    public static final List<String> FILES = List.of("base", "system", "x87", "mmx", "sse", "sse2", "sse3", "ssse3", "sse41", "sse42", "bmi");

    private final List<Insn> insns;
    private final List<Form> forms;

    IsaTable(List<Insn> insns) {
        this.insns = List.copyOf(insns);
        List<Form> all = new ArrayList<>();
        for (Insn insn : insns) {
            all.addAll(insn.forms());
        }
        this.forms = List.copyOf(all);
    }

    /** The shipped tables. */
    public static IsaTable load() {
        return Holder.SHIPPED;
    }

    /** Every instruction, in table order. Several may have one heading: {@code MOV} to a control register is another instruction than {@code MOV}. */
    public List<Insn> insns() {
        return insns;
    }

    /** Every encoding; the index is {@link Form#id}. */
    public List<Form> forms() {
        return forms;
    }

    public Form form(int id) {
        return forms.get(id);
    }

    /** The first instruction under a heading of the manual. */
    public Optional<Insn> find(String heading) {
        return insns.stream().filter(insn -> insn.mnemonic().equals(heading)).findFirst();
    }

    /** The text of a resource of the {@code isa} folder. */
    static String resource(String name) {
        try (InputStream in = IsaTable.class.getResourceAsStream("/isa/" + name)) {
            if (in == null) {
                throw new AssertionError("isa/" + name + " is not in the bundle");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("isa/" + name, e);
        }
    }

    private static final class Holder {
        static final IsaTable SHIPPED = readAll();

        private static IsaTable readAll() {
            List<Insn> insns = new ArrayList<>();
            int firstId = 0;
            for (String file : FILES) {
                List<Insn> read = IsaReader.read(file + ".isa", resource(file + ".isa"), firstId);
                for (Insn insn : read) {
                    firstId += insn.forms().size();
                }
                insns.addAll(read);
            }
            return new IsaTable(Collections.unmodifiableList(insns));
        }
    }
}
