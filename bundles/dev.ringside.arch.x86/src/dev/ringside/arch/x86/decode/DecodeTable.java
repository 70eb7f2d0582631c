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
            this.operands = new OperandCode[form.operands().size()];
            for (int i = 0; i < operands.length; i++) {
                operands[i] = OperandCode.of(form.operands().get(i));
            }
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

    /** What an opcode leads to. Immutable, so that threads may meet it without further care. */
    static final class Slot {
        final boolean modrm;
        /** By kind; null where {@link #byModrm} decides. */
        final Row[] rows = new Row[4];
        /** By kind and ModRM byte. */
        final Row[][] byModrm = new Row[4][];

        Slot(List<Form> forms) {
            modrm = forms.get(0).modrm();
            boolean selects = false;
            for (Form form : forms) {
                selects |= form.digit() >= 0 || form.mod() >= 0 || form.rm() >= 0;
            }
            for (int kind = 0; kind < 4; kind++) {
                if (selects) {
                    byModrm[kind] = byModrm(forms, kind);
                } else {
                    rows[kind] = chain(matching(forms, kind, 0));
                }
            }
        }
    }

    static final DecodeTable SHIPPED = new DecodeTable(IsaTable.load());

    /** {@code [mode << 11 | map << 8 | opcode]}: mode is 1 for 64-bit code. Filled when first asked for; two threads may both do it. */
    private final Slot[] slots = new Slot[2 << 11];
    private final List<List<Form>> forms = new ArrayList<>(slots.length);

    DecodeTable(IsaTable table) {
        for (int i = 0; i < slots.length; i++) {
            forms.add(null);
        }
        for (Form form : table.forms()) {
            for (int low = 0; low < (form.plusRegister() ? 8 : 1); low++) {
                for (int mode = 0; mode < 2; mode++) {
                    if (!form.is(mode == 1 ? "i64" : "o64")) {
                        add(mode << 11 | form.map() << 8 | form.opcode() + low, form);
                    }
                }
            }
        }
    }

    private void add(int index, Form form) {
        if (forms.get(index) == null) {
            forms.set(index, new ArrayList<>(4));
        }
        forms.get(index).add(form);
    }

    Slot slot(boolean is64, int map, int opcode) {
        int index = (is64 ? 1 << 11 : 0) | map << 8 | opcode;
        Slot slot = slots[index];
        if (slot == null && forms.get(index) != null) {
            slot = new Slot(forms.get(index));
            slots[index] = slot;
        }
        return slot;
    }

    private static Row[] byModrm(List<Form> forms, int kind) {
        Row[] rows = new Row[256];
        for (int modrm = 0; modrm < 256; modrm++) {
            int same = sameSelection(forms, modrm);
            rows[modrm] = same >= 0 ? rows[same] : chain(matching(forms, kind, modrm));
        }
        return rows;
    }

    /** An earlier ModRM byte that selects the same rows, or −1: only memory bytes of the same reg field do. */
    private static int sameSelection(List<Form> forms, int modrm) {
        if (modrm < 0xc0) {
            int first = modrm & 0x38;
            return first == modrm ? -1 : first;
        }
        int first = modrm & 0xf8;
        for (Form form : forms) {
            if (form.rm() >= 0) {
                return -1;
            }
        }
        return first == modrm ? -1 : first;
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
