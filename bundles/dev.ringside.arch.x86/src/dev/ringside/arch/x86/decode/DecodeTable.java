package dev.ringside.arch.x86.decode;

import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.IsaTable;
import dev.ringside.arch.x86.isa.OperandCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The tables as the decoder walks them: code size, map, opcode and mandatory prefix lead to a chain of rows, through the ModRM byte where the
 * opcode is shared. A chain has more than one row only where operand size, address size or REX.B decide.
 */
final class DecodeTable {
    /** Second index: which of 66, F3, F2 selects. */
    static final int KIND_NONE = 0, KIND_66 = 1, KIND_F3 = 2, KIND_F2 = 3;

    private static final int[] KIND_PREFIX = {0, 0x66, 0xf3, 0xf2};

    private static final Comparator<Form> SPECIFIC_FIRST = Comparator.comparing((Form f) -> !f.is("specific"))
            .thenComparing(f -> f.operandSize() == 0 && f.addressSize() == 0 && !f.is("norexb")).thenComparing(Form::plusRegister);

    /** A form with what the decoder asks of it as fields, and the row to try when this one does not fit. */
    static final class Row {
        final Form form;
        final OperandCode[] operands;
        final int operandSize;
        final int addressSize;
        final boolean d64;
        final boolean f64;
        final boolean noRexB;
        /** 66 selects the form and so is no operand-size prefix. */
        final boolean uses66;
        /** F2 or F3 selects the form and so is no repeat prefix. */
        final boolean usesRep;
        final Row next;

        Row(Form form, Row next) {
            this.form = form;
            this.operands = form.operands().stream().map(OperandCode::of).toArray(OperandCode[]::new);
            this.operandSize = form.operandSize();
            this.addressSize = form.addressSize();
            this.d64 = form.is("d64");
            this.f64 = form.is("f64");
            this.noRexB = form.is("norexb");
            this.uses66 = form.prefix() == 0x66;
            this.usesRep = form.prefix() == 0xf2 || form.prefix() == 0xf3;
            this.next = next;
        }
    }

    /** What an opcode leads to. */
    static final class Slot {
        boolean modrm;
        /** By kind; null where {@link #byModrm} decides. */
        final Row[] rows = new Row[4];
        /** By kind and ModRM byte. */
        final Row[][] byModrm = new Row[4][];
    }

    static final DecodeTable SHIPPED = new DecodeTable(IsaTable.load());

    /** {@code [mode << 11 | map << 8 | opcode]}: mode is 1 for 64-bit code. */
    private final Slot[] slots = new Slot[2 << 11];

    DecodeTable(IsaTable table) {
        List<List<Form>> bySlot = new ArrayList<>();
        for (int i = 0; i < slots.length; i++) {
            bySlot.add(null);
        }
        for (Form form : table.forms()) {
            for (int low = 0; low < (form.plusRegister() ? 8 : 1); low++) {
                for (int mode = 0; mode < 2; mode++) {
                    if (!form.is(mode == 1 ? "i64" : "o64")) {
                        int index = mode << 11 | form.map() << 8 | form.opcode() + low;
                        if (bySlot.get(index) == null) {
                            bySlot.set(index, new ArrayList<>());
                        }
                        bySlot.get(index).add(form);
                    }
                }
            }
        }
        for (int i = 0; i < slots.length; i++) {
            if (bySlot.get(i) != null) {
                slots[i] = compile(bySlot.get(i));
            }
        }
    }

    Slot slot(boolean is64, int map, int opcode) {
        return slots[(is64 ? 1 << 11 : 0) | map << 8 | opcode];
    }

    private static Slot compile(List<Form> forms) {
        Slot slot = new Slot();
        slot.modrm = forms.get(0).modrm();
        boolean selects = forms.stream().anyMatch(f -> f.digit() >= 0 || f.mod() >= 0 || f.rm() >= 0);
        for (int kind = 0; kind < 4; kind++) {
            if (selects) {
                Row[] rows = new Row[256];
                for (int modrm = 0; modrm < 256; modrm++) {
                    int same = sameSelection(forms, modrm);
                    rows[modrm] = same >= 0 ? rows[same] : chain(matching(forms, kind, modrm));
                }
                slot.byModrm[kind] = rows;
            } else {
                slot.rows[kind] = chain(matching(forms, kind, 0));
            }
        }
        return slot;
    }

    /** An earlier ModRM byte that selects the same rows, or −1: only memory bytes of the same reg field do. */
    private static int sameSelection(List<Form> forms, int modrm) {
        if (modrm < 0xc0) {
            int first = modrm & 0x38;
            return first == modrm ? -1 : first;
        }
        int first = modrm & 0xf8;
        return first == modrm || forms.stream().anyMatch(f -> f.rm() >= 0) ? -1 : first;
    }

    /** The forms that a ModRM byte and a prefix select: those that name the prefix, else those that do not care. */
    static List<Form> matching(List<Form> forms, int kind, int modrm) {
        List<Form> naming = new ArrayList<>();
        List<Form> others = new ArrayList<>();
        for (Form form : forms) {
            if (!takes(form, modrm)) {
                continue;
            }
            if (form.prefix() == KIND_PREFIX[kind]) {
                naming.add(form);
            } else if (form.prefix() < 0 && !(kind >= KIND_F3 && form.is("nofx"))) {
                others.add(form);
            }
        }
        // A form that names the prefix but depends on operand size or REX.B leaves the rest to the others.
        naming.sort(SPECIFIC_FIRST);
        others.sort(SPECIFIC_FIRST);
        naming.addAll(others);
        return naming;
    }

    private static boolean takes(Form form, int modrm) {
        if (!form.modrm()) {
            return true;
        }
        boolean register = modrm >= 0xc0;
        return (form.mod() < 0 || form.mod() == 3 == register) && (form.digit() < 0 || form.digit() == (modrm >> 3 & 7))
                && (form.rm() < 0 || form.rm() == (modrm & 7));
    }

    private static Row chain(List<Form> forms) {
        Row row = null;
        for (int i = forms.size() - 1; i >= 0; i--) {
            row = new Row(forms.get(i), row);
        }
        return row;
    }
}
