package dev.ringside.asm.ui.editor;

import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.Insn;
import java.util.List;
import java.util.Locale;

/** Instructions in the manual's notation (SDM 2A 3.1.1), from the instruction tables. */
final class ManualText {
    private static final String FLAG_LETTERS = "oszapcd";
    private static final List<String> MAPS = List.of("", "0F ", "0F 38 ", "0F 3A ");

    private ManualText() {
    }

    /** {@code ADD — Add (SDM 2A, ADD)}. */
    static String title(Insn insn) {
        String[] place = insn.sdm().split(":", 2);
        return insn.mnemonic() + " \u2014 " + insn.title() + (place.length == 2 ? " (SDM " + place[0] + ", " + place[1] + ")" : "");
    }

    /** {@code Flags: writes OF SF ZF AF PF CF; reads CF}. */
    static String flags(Insn insn) {
        StringBuilder text = new StringBuilder();
        append(text, "writes ", insn.flagsWritten());
        append(text, "reads ", insn.flagsRead());
        append(text, "leaves undefined ", insn.flagsUndefined());
        return text.isEmpty() ? "Flags: none" : "Flags: " + text;
    }

    private static void append(StringBuilder text, String what, String letters) {
        if (!letters.isEmpty()) {
            text.append(text.isEmpty() ? "" : "; ").append(what).append(flagNames(letters));
        }
    }

    private static String flagNames(String letters) {
        StringBuilder names = new StringBuilder();
        FLAG_LETTERS.chars().filter(letter -> letters.indexOf(letter) >= 0)
                .forEach(letter -> names.append(names.isEmpty() ? "" : " ").append(Character.toUpperCase((char) letter)).append('F'));
        return names.toString();
    }

    /** {@code 81 /0 iz   ADD Ev,Iz}. */
    static String encoding(Form form) {
        StringBuilder bytes = new StringBuilder();
        if (form.isVex()) {
            bytes.append("VEX.").append(form.prefix() < 0 || form.prefix() == 0 ? "NP" : hex(form.prefix())).append('.').append(MAPS.get(form.map() - 4).strip().replace(" ", ""))
                    .append(' ');
        } else {
            bytes.append(form.prefix() < 0 ? "" : form.prefix() == 0 ? "NP " : hex(form.prefix()) + " ").append(MAPS.get(form.map()));
        }
        bytes.append(hex(form.opcode())).append(form.plusRegister() ? "+r" : "");
        if (form.modrm() && form.rm() >= 0 && form.mod() == 3) {
            bytes.append(' ').append(hex(0xc0 | Math.max(form.digit(), 0) << 3 | form.rm()));
        } else if (form.modrm()) {
            bytes.append(form.digit() >= 0 ? " /" + form.digit() : " /r");
        }
        form.immediates().forEach(immediate -> bytes.append(' ').append(immediate));
        return "%-16s %s %s".formatted(bytes, form.mnemonic().toUpperCase(Locale.ROOT), String.join(",", form.operands())).stripTrailing();
    }

    static String hex(int octet) {
        return "%02X".formatted(octet);
    }
}
