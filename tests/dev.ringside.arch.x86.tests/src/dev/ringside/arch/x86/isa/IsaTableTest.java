package dev.ringside.arch.x86.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The checks that the tables must pass as a whole, and what the reader says of a wrong row. */
class IsaTableTest {
    private static final List<Form> FORMS = IsaTable.load().forms();

    @Test
    void formsAreNumberedInOrder() {
        assertThat(FORMS.size()).isGreaterThan(900);
        for (int i = 0; i < FORMS.size(); i++) {
            assertThat(FORMS.get(i).id()).isEqualTo(i);
        }
    }

    @Test
    void noTwoFormsMatchTheSameBytesUnlessOneIsMoreSpecific() {
        List<String> clashes = new ArrayList<>();
        for (Form a : FORMS) {
            for (Form b : FORMS) {
                if (a.id() < b.id() && overlap(a, b) && !isMoreSpecific(a, b) && !isMoreSpecific(b, a)) {
                    clashes.add(a + " and " + b);
                }
            }
        }

        assertThat(clashes).isEmpty();
    }

    private static boolean overlap(Form a, Form b) {
        boolean opcodes = a.map() == b.map() && (a.opcode() <= last(b) && b.opcode() <= last(a));
        boolean modes = !(a.is("i64") && b.is("o64")) && !(a.is("o64") && b.is("i64"));
        boolean prefixes = a.prefix() == b.prefix() || a.prefix() < 0 && !(a.is("nofx") && b.prefix() >= 0xf2)
                || b.prefix() < 0 && !(b.is("nofx") && a.prefix() >= 0xf2);
        return opcodes && modes && prefixes && meet(a.digit(), b.digit()) && meet(a.mod(), b.mod()) && meet(a.rm(), b.rm())
                && (a.operandSize() == 0 || b.operandSize() == 0 || a.operandSize() == b.operandSize())
                && (a.addressSize() == 0 || b.addressSize() == 0 || a.addressSize() == b.addressSize());
    }

    private static int last(Form form) {
        return form.opcode() + (form.plusRegister() ? 7 : 0);
    }

    private static boolean meet(int a, int b) {
        return a < 0 || b < 0 || a == b;
    }

    /** Declared so, or by a mandatory prefix where the other takes any, or by an operand size where the other takes all (INS, OUTS). */
    private static boolean isMoreSpecific(Form a, Form b) {
        return a.is("specific") && !b.is("specific") || a.prefix() >= 0 && b.prefix() < 0
                || a.insn() == b.insn() && a.operandSize() != 0 && b.operandSize() == 0;
    }

    @Test
    void formsOfOneOpcodeAgreeOnWhetherModrmFollows() {
        for (Form a : FORMS) {
            for (Form b : FORMS) {
                if (a.map() == b.map() && a.opcode() == b.opcode() && !(a.is("i64") && b.is("o64")) && !(a.is("o64") && b.is("i64"))) {
                    assertThat(a.modrm()).as(a + " and " + b).isEqualTo(b.modrm());
                }
            }
        }
    }

    @Test
    void bytesBehindTheOpcodeAreThoseThatTheOperandsRead() {
        for (Form form : FORMS) {
            List<String> read = new ArrayList<>();
            for (String operand : form.operands()) {
                OperandCode code = OperandCode.of(operand);
                switch (code.place()) {
                    case IMMEDIATE -> read.add("i" + operand.charAt(1));
                    case RELATIVE -> read.add("c" + operand.charAt(1));
                    case FAR_POINTER -> read.add("ap");
                    case OFFSET -> read.add("ob");
                    default -> {
                        // not behind the opcode
                    }
                }
            }
            assertThat(form.immediates()).as(form.toString()).isEqualTo(read);
        }
    }

    @Test
    void lockIsDeclaredOnlyWhereTheFirstOperandMayBeMemory() {
        for (Form form : FORMS) {
            if (form.is("lock")) {
                assertThat(OperandCode.of(form.operands().get(0)).mayBeMemory()).as(form.toString()).isTrue();
            }
        }
    }

    @Test
    void everyOpcodeSlotHasAFormOrIsListedAsNotDecoded() {
        Set<String> listed = notDecoded();
        Set<String> defined = new TreeSet<>();
        Set<String> missing = new TreeSet<>();
        for (String slot : allSlots(defined)) {
            if (!defined.contains(slot) && !listed.contains(slot)) {
                missing.add(slot);
            }
        }

        assertThat(missing).as("slots without a form that not-decoded.txt does not list").isEmpty();
        listed.retainAll(defined);
        assertThat(listed).as("slots with a form that not-decoded.txt lists").isEmpty();
    }

    private static final String[] MAPS = {"", "0F ", "0F 38 ", "0F 3A "};

    /** Opcodes, those with ModRM by reg field and memory, or by ModRM byte for registers; {@code defined} gets those that have a form. */
    private static Set<String> allSlots(Set<String> defined) {
        Set<String> slots = new TreeSet<>();
        for (int map = 0; map < 4; map++) {
            for (int opcode = 0; opcode < 256; opcode++) {
                String name = MAPS[map] + String.format("%02X", opcode);
                int m = map;
                int o = opcode;
                List<Form> forms = FORMS.stream().filter(f -> f.map() == m && f.opcode() <= o && o <= last(f)).toList();
                boolean modrm = !forms.isEmpty() && forms.get(0).modrm();
                if (!modrm) {
                    slots.add(name);
                    if (!forms.isEmpty()) {
                        defined.add(name);
                    }
                    continue;
                }
                for (int byteValue = 0; byteValue < 256; byteValue += byteValue < 0xc0 ? 8 : 1) {
                    int b = byteValue & (byteValue < 0xc0 ? 0x38 : 0xff);
                    String slot = name + (b < 0xc0 ? " /" + (b >> 3) + " mem" : String.format(" %02X", b));
                    slots.add(slot);
                    if (forms.stream().anyMatch(f -> meet(f.digit(), b >> 3 & 7) && meet(f.mod(), b < 0xc0 ? 0 : 3) && (f.rm() < 0 || f.rm() == (b & 7)))) {
                        defined.add(slot);
                    }
                }
            }
        }
        return slots;
    }

    private static final Pattern ENTRY = Pattern.compile("((?:[0-9A-F]{2}(?:-[0-9A-F]{2})? )+)(?:\\[([^]]*)\\])?\\s+\\S.*");

    /** The slots of {@code not-decoded.txt}, in the same notation. */
    private static Set<String> notDecoded() {
        Set<String> slots = new HashSet<>();
        for (String line : IsaTable.resource("not-decoded.txt").split("\n")) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Matcher entry = ENTRY.matcher(line);
            assertThat(entry.matches()).as(line).isTrue();
            String opcodes = entry.group(1).strip();
            String map = "";
            if (opcodes.matches("0F (38|3A) .*") && !line.contains("escapes")) {
                map = opcodes.substring(0, 6);
            } else if (opcodes.startsWith("0F ")) {
                map = "0F ";
            }
            for (String opcode : range(opcodes.substring(map.length()))) {
                if (entry.group(2) == null) {
                    slots.add(map + opcode);
                } else {
                    selectors(map + opcode, entry.group(2), slots);
                }
            }
        }
        return slots;
    }

    private static List<String> range(String list) {
        List<String> all = new ArrayList<>();
        for (String part : list.strip().split(" ")) {
            int from = Integer.parseInt(part.substring(0, 2), 16);
            int to = Integer.parseInt(part.substring(part.length() - 2), 16);
            for (int value = from; value <= to; value++) {
                all.add(String.format("%02X", value));
            }
        }
        return all;
    }

    private static final Pattern SELECTOR = Pattern.compile("([0-9A-F]{2}(?:-[0-9A-F]{2})?)|(?:/([0-7])(?:-([0-7]))?)? ?(mem|reg)?");

    private static void selectors(String opcode, String text, Set<String> slots) {
        Matcher matcher = SELECTOR.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1) != null) {
                range(matcher.group(1)).forEach(value -> slots.add(opcode + " " + value));
            } else if (!matcher.group().isBlank()) {
                int from = matcher.group(2) == null ? 0 : matcher.group(2).charAt(0) - '0';
                int to = matcher.group(3) != null ? matcher.group(3).charAt(0) - '0' : matcher.group(2) == null ? 7 : from;
                for (int digit = from; digit <= to; digit++) {
                    if (!"reg".equals(matcher.group(4))) {
                        slots.add(opcode + " /" + digit + " mem");
                    }
                    for (int rm = 0; rm < 8 && !"mem".equals(matcher.group(4)); rm++) {
                        slots.add(opcode + String.format(" %02X", 0xc0 | digit << 3 | rm));
                    }
                }
            }
        }
    }

    @Test
    void everyFormHasASampleThatDecodesToItInEveryCodeSizeItExistsIn() {
        for (int bits = 16; bits <= 64; bits <<= 1) {
            for (Form form : FORMS) {
                boolean exists = !form.is(bits == 64 ? "i64" : "o64") && !(bits != 64 && (form.operandSize() == 64 || form.addressSize() == 64))
                        && !(bits == 64 && (form.addressSize() == 16 || form.is("d64") && form.operandSize() == 32));
                assertThat(EncodingSamples.of(form, bits, 1).isEmpty()).as(form + " in " + bits + "-bit code").isEqualTo(!exists);
            }
        }
    }

    @Test
    void wrongRowsAreReportedWithFileLineAndColumn() {
        assertThatThrownBy(() -> IsaReader.read("t.isa", "insn ADD \"Add\"  sdm 2A:ADD\n  form 00 /r  Eb,Qx", 0))
                .isInstanceOf(IsaSyntaxException.class).hasMessage("t.isa:2:15: unknown operand 'Qx'");
        assertThatThrownBy(() -> IsaReader.read("t.isa", "insn ADD \"Add\"  sdm 2A:ADD\n  form 00 /r  Eb,Gb  locked", 0))
                .hasMessage("t.isa:2:22: unknown attribute 'locked'");
        assertThatThrownBy(() -> IsaReader.read("t.isa", "form 00", 0)).hasMessage("t.isa:1:1: 'form' before the first insn");
        assertThatThrownBy(() -> IsaReader.read("t.isa", "insn ADD", 0)).hasMessage("t.isa:1:9: expected a title in quotes");
        assertThatThrownBy(() -> IsaReader.read("t.isa", "insn ADD \"Add\" sdm 2A:ADD\n flags q:z", 0))
                .hasMessage("t.isa:2:8: expected r:, w: or u: and letters of oszapcd, not 'q:z'");
    }
}
