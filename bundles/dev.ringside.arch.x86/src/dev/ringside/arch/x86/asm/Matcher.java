package dev.ringside.arch.x86.asm;

import dev.ringside.arch.x86.asm.Mnemonics.Entry;
import dev.ringside.arch.x86.asm.SourceOperand.Distance;
import dev.ringside.arch.x86.asm.SourceOperand.FarAddress;
import dev.ringside.arch.x86.asm.SourceOperand.Memory;
import dev.ringside.arch.x86.asm.SourceOperand.Number;
import dev.ringside.arch.x86.asm.SourceOperand.Register;
import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.Operand.Mem;
import dev.ringside.arch.x86.isa.Operand.Reg;
import dev.ringside.arch.x86.isa.Operand.RegisterClass;
import dev.ringside.arch.x86.isa.OperandCode;
import dev.ringside.arch.x86.isa.OperandCode.Place;
import dev.ringside.arch.x86.isa.OperandCode.Width;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds every encoding of an instruction as written, shortest first. */
final class Matcher {
    private static final int NO = -1, YES = 0, PINS_SIZE = 1;

    private final String mnemonic;
    private final List<SourceOperand> written;
    private final Prefixes prefixes;
    private final int codeBits;
    private final int column;

    private final List<Candidate> found = new ArrayList<>();
    /** Widths that memory without a told size would get; more than one is an error. */
    private final Set<Integer> memoryWidths = new TreeSet<>();
    /** Widths that it could have been told. */
    private final Set<Integer> possibleWidths = new TreeSet<>();
    private final Set<Integer> counts = new TreeSet<>();
    private String impossible;
    private boolean otherMode;
    private boolean lockRefused;

    Matcher(String mnemonic, List<SourceOperand> written, Prefixes prefixes, int codeBits, int column) {
        this.mnemonic = mnemonic;
        this.written = written;
        this.prefixes = prefixes;
        this.codeBits = codeBits;
        this.column = column;
    }

    /** At least one candidate. */
    List<Candidate> candidates() throws SourceError {
        List<Entry> entries = Mnemonics.find(mnemonic);
        if (entries.isEmpty()) {
            throw new SourceError(column, "unknown instruction '" + mnemonic + "'");
        }
        for (Entry entry : entries) {
            for (List<SourceOperand> operands : readings(entry)) {
                match(entry, operands.toArray(new SourceOperand[0]));
            }
        }
        if (found.isEmpty()) {
            throw refusal(entries);
        }
        if (memoryWidths.size() > 1) {
            throw new SourceError(unsizedMemory(), "the size of this memory operand is not told: write "
                    + possibleWidths.stream().map(Matcher::sizeWord).collect(Collectors.joining(" or ")) + " before it");
        }
        found.sort(Comparator.comparingInt(Candidate::length).thenComparingInt(c -> c.penalty));
        return found;
    }

    // ---- what the operands may stand for

    /** The operands as the form has them, in every way in which what is written may be read. */
    private List<List<SourceOperand>> readings(Entry entry) {
        List<String> takes = entry.form().operands();
        List<List<SourceOperand>> readings = new ArrayList<>();
        int count = takes.size() - (entry.predicate() >= 0 ? 1 : 0);
        counts.add(count);
        if (written.size() == count) {
            List<SourceOperand> operands = new ArrayList<>(written);
            if (entry.predicate() >= 0) {
                operands.add(null);
            }
            readings.add(operands);
            if (count == 2 && (mnemonic.equals("xchg") || mnemonic.equals("test") && written.get(1) instanceof Memory)) {
                readings.add(List.of(written.get(1), written.get(0)));
            }
        } else if (written.isEmpty()) {
            List<SourceOperand> implied = implied(entry);
            if (implied != null) {
                readings.add(implied);
            }
        } else if (written.size() == count - 1 && takes.getLast().equals("XMM0")) {
            List<SourceOperand> operands = new ArrayList<>(written);
            operands.add(null);
            readings.add(operands);
        } else if (written.size() == 2 && count == 3 && mnemonic.equals("imul") && written.get(1) instanceof Number) {
            readings.add(List.of(written.get(0), written.get(0), written.get(1)));
        }
        return readings;
    }

    /** Operands that may be left out: those of strings under a name with the size, the ten of AAM, st(1) of the x87. */
    private static List<SourceOperand> implied(Entry entry) {
        List<String> takes = entry.form().operands();
        List<SourceOperand> none = new ArrayList<>();
        boolean string = false;
        for (String operand : takes) {
            Place place = OperandCode.of(operand).place();
            string |= place == Place.STRING_SOURCE || place == Place.STRING_DESTINATION || place == Place.TABLE_ENTRY;
            if (place != Place.FIXED && place != Place.STRING_SOURCE && place != Place.STRING_DESTINATION && place != Place.TABLE_ENTRY) {
                string = false;
                break;
            }
            none.add(null);
        }
        if (string && (entry.alias() || takes.contains("BBb"))) {
            return none;
        }
        return switch (entry.form().insn().mnemonic()) {
            case "AAM", "AAD" -> List.of(new Number(new Expression.Constant(10, 0), 0, Distance.ANY, 0));
            case "FADDP", "FMULP", "FSUBP", "FSUBRP", "FDIVP", "FDIVRP" -> List.of(stack(1), stack(0));
            case "FXCH", "FCOM", "FCOMP", "FUCOM", "FUCOMP" -> takes.equals(List.of("STi")) ? List.of(stack(1)) : null;
            default -> null;
        };
    }

    private static SourceOperand stack(int index) {
        return new Register(new Reg(RegisterClass.X87, index, 80), index == 0 ? "st" : "st()", 0);
    }

    // ---- forms

    private void match(Entry entry, SourceOperand[] operands) {
        Form form = entry.form();
        if (form.is(codeBits == 64 ? "i64" : "o64") || codeBits != 64 && form.operandSize() == 64) {
            otherMode = true;
            return;
        }
        for (int operandBits : operandSizes(form)) {
            if (entry.operandBits() == 0 || entry.operandBits() == operandBits) {
                match(entry, operands, operandBits);
            }
        }
    }

    private int[] operandSizes(Form form) {
        if (form.operandSize() != 0) {
            boolean reachable = form.operandSize() != 32 || codeBits != 64 || !form.is("d64");
            return reachable ? new int[] {form.operandSize()} : new int[0];
        }
        int usual = usual(form);
        if (form.is("f64") && codeBits == 64) {
            return new int[] {64};
        }
        if (form.prefix() == 0x66 || form.prefix() == 0 || form.isVex()) {
            return codeBits == 64 ? new int[] {32, 64} : new int[] {form.isVex() ? 32 : codeBits};
        }
        if (codeBits == 64) {
            return usual == 64 ? new int[] {64, 16} : new int[] {32, 64, 16};
        }
        return new int[] {codeBits, 48 - codeBits};
    }

    private int usual(Form form) {
        return codeBits != 64 ? form.isVex() ? 32 : codeBits : form.is("d64") || form.is("f64") ? 64 : 32;
    }

    private void match(Entry entry, SourceOperand[] operands, int operandBits) {
        Form form = entry.form();
        OperandCode[] codes = new OperandCode[operands.length];
        boolean pinned = form.operandSize() != 0 || entry.operandBits() != 0 || prefixes.operandBits() == operandBits;
        if (prefixes.operandBits() != 0 && prefixes.operandBits() != operandBits) {
            return;
        }
        Set<Integer> unsized = new TreeSet<>();
        for (int i = 0; i < operands.length; i++) {
            codes[i] = OperandCode.of(form.operands().get(i));
            if (operands[i] == null) {
                continue;
            }
            int match = match(form, codes[i], operands[i], operandBits);
            if (match == NO) {
                return;
            }
            pinned |= match == PINS_SIZE;
            if (operands[i] instanceof Memory m && m.bits() == 0 && !form.is("nosize")) {
                OperandCode memory = codes[i].memory() != null ? codes[i].memory() : codes[i];
                unsized.add(memory.width().bits(operandBits, codeBits));
            }
        }
        possibleWidths.addAll(unsized);
        boolean longFar = codes.length > 0 && codes[0].place() == Place.FAR_POINTER && codeBits == 16;
        if (!pinned && operandBits != usual(form) && !longFar || isNop(form, operands, operandBits)) {
            return;
        }
        if (prefixes.lock() && !(form.is("lock") && operands.length > 0 && operands[0] instanceof Memory)) {
            lockRefused = true;
            return;
        }
        add(entry, codes, operands, operandBits);
        memoryWidths.addAll(unsized);
    }

    /** {@code xchg eax, eax} is not NOP, whose encoding it would get: in 64-bit code it clears the upper half of RAX. */
    private boolean isNop(Form form, SourceOperand[] operands, int operandBits) {
        return form.plusRegister() && form.opcode() == 0x90 && form.map() == 0 && operands[0] instanceof Register r && r.reg().index() == 0
                && operandBits != (codeBits == 16 ? 32 : 16);
    }

    private void add(Entry entry, OperandCode[] codes, SourceOperand[] operands, int operandBits) {
        Memory memory = null;
        for (SourceOperand operand : operands) {
            memory = operand instanceof Memory m ? m : memory;
        }
        int addressBits = addressBits(entry.form(), memory);
        int penalty = 0;
        for (int i = 0; i < codes.length; i++) {
            if (operands[i] instanceof Register r && r.reg().registerClass() == RegisterClass.X87 && r.written().equals("st()") == codes[i].text().equals("ST")) {
                penalty++;
            }
        }
        byte[] bytes = prefixes.bytes(entry.waits());
        for (int displacementBytes : displacements(entry.form(), memory, addressBits)) {
            Candidate candidate = new Candidate(entry.form(), codes, operands, operandBits, penalty, codeBits, bytes, addressBits, entry.predicate(),
                    displacementBytes);
            if (candidate.impossible() == null) {
                found.add(candidate);
            } else {
                impossible = candidate.impossible();
            }
        }
    }

    private int addressBits(Form form, Memory memory) {
        if (form.addressSize() != 0) {
            return form.addressSize();
        }
        if (memory != null && memory.addressBits() != 0) {
            return memory.addressBits();
        }
        return prefixes.addressBits() != 0 ? prefixes.addressBits() : codeBits;
    }

    private static int[] displacements(Form form, Memory memory, int addressBits) {
        if (memory == null || !form.modrm()) {
            return new int[] {0};
        }
        int full = addressBits == 16 ? 2 : 4;
        if (memory.isAbsolute() || memory.base() == Mem.RIP || memory.base() < 0 && addressBits != 16) {
            return new int[] {full};
        }
        if (memory.displacement() == null) {
            // [bp] and [rbp] have no encoding without a displacement: that one means an address without a base.
            boolean needsOne = addressBits == 16 ? memory.base() == 5 && memory.index() < 0 : (memory.base() & 7) == 5;
            return new int[] {needsOne ? 1 : 0};
        }
        return switch (memory.displacementBits()) {
            case 8 -> new int[] {1};
            case 0 -> new int[] {1, full};
            default -> new int[] {full};
        };
    }

    // ---- operands

    private int match(Form form, OperandCode code, SourceOperand operand, int operandBits) {
        int width = code.width().bits(operandBits, codeBits);
        boolean follows = switch (code.width()) {
            case V, Z, Y, P, A -> true;
            default -> false;
        };
        return switch (operand) {
            case Register r -> register(form, code, r.reg(), width, follows);
            case Memory m -> {
                OperandCode memory = code.memory() != null ? code.memory() : code;
                // After "far" a size is that of the offset.
                int bits = m.far() ? operandBits : memory.width().bits(operandBits, codeBits);
                yield memory(form, memory, m, bits, code.memory() == null && follows);
            }
            case Number n -> number(code, n, width, operandBits);
            case FarAddress f -> code.place() != Place.FAR_POINTER || f.bits() != 0 && f.bits() != operandBits ? NO : f.bits() != 0 ? PINS_SIZE : YES;
        };
    }

    private int register(Form form, OperandCode code, Reg reg, int width, boolean follows) {
        int yes = follows ? PINS_SIZE : YES;
        boolean general = reg.registerClass() == RegisterClass.GENERAL && reg.index() != Mem.RIP || reg.registerClass() == RegisterClass.HIGH_BYTE;
        return switch (code.place()) {
            case RM_GENERAL_ONLY -> {
                if (form.insn().means().equals("mov_to_segment")) {
                    // The size of the register makes no difference.
                    yield general && reg.bits() >= 16 && (reg.bits() < 64 || codeBits == 64) ? YES : NO;
                }
                yield general && reg.bits() == width ? yes : NO;
            }
            case RM_GENERAL, REG_GENERAL, OPCODE_GENERAL, VVVV_GENERAL -> general && reg.bits() == width ? yes : NO;
            case REG_SEGMENT -> reg.registerClass() == RegisterClass.SEGMENT && !(reg.index() == 1 && form.insn().means().equals("mov_to_segment")) ? YES : NO;
            case REG_CONTROL -> is(reg, RegisterClass.CONTROL);
            case REG_DEBUG -> is(reg, RegisterClass.DEBUG);
            case REG_MMX, RM_MMX, RM_MMX_ONLY -> is(reg, RegisterClass.MMX);
            case REG_XMM, RM_XMM, RM_XMM_ONLY -> is(reg, RegisterClass.XMM);
            case RM_X87 -> is(reg, RegisterClass.X87);
            case FIXED -> {
                boolean same = reg.registerClass() == code.fixed().registerClass() && reg.index() == code.fixed().index();
                yield same && (reg.registerClass() != RegisterClass.GENERAL || reg.bits() == width) ? yes : NO;
            }
            default -> NO;
        };
    }

    private static int is(Reg reg, RegisterClass registerClass) {
        return reg.registerClass() == registerClass ? YES : NO;
    }

    private int memory(Form form, OperandCode code, Memory memory, int width, boolean follows) {
        boolean sizeFits = memory.bits() == 0 || memory.bits() == width || form.is("nosize");
        int yes = follows && memory.bits() != 0 && !form.is("nosize") ? PINS_SIZE : YES;
        if (!sizeFits) {
            return NO;
        }
        return switch (code.place()) {
            case RM_GENERAL, RM_MMX, RM_XMM -> memory.far() ? NO : yes;
            case MEMORY -> {
                boolean farTransfer = form.insn().is("branch") || form.insn().is("call");
                boolean isFar = memory.far() || memory.bits() == 48 || memory.bits() == 80 || memory.bits() == 32 && codeBits == 64;
                yield farTransfer && code.width() == Width.P && !isFar || memory.far() && !farTransfer ? NO : yes;
            }
            case OFFSET -> memory.isAbsolute() && !memory.relative() ? !mnemonic.equals("movabs") || addressBits(form, memory) == 64 ? yes : NO : NO;
            case STRING_SOURCE -> isOnly(memory, 6) ? yes : NO;
            case STRING_DESTINATION -> isOnly(memory, 7) && memory.segment() <= 0 ? yes : NO;
            case TABLE_ENTRY -> isOnly(memory, 3) ? yes : NO;
            default -> NO;
        };
    }

    private static boolean isOnly(Memory memory, int register) {
        boolean base = memory.base() == register && memory.index() < 0;
        boolean index16 = memory.base() < 0 && memory.index() == register && memory.addressBits() == 16;
        return (base || index16) && memory.displacement() == null;
    }

    private static int number(OperandCode code, Number number, int width, int operandBits) {
        switch (code.place()) {
            case ONE -> {
                return number.bits() == 0 || number.bits() == 8 ? YES : NO;
            }
            case RELATIVE -> {
                boolean isShort = code.width() == Width.B;
                if (number.distance() == Distance.SHORT && !isShort || number.distance() == Distance.NEAR && isShort) {
                    return NO;
                }
                return number.bits() == 0 ? YES : number.bits() == operandBits && !isShort ? PINS_SIZE : NO;
            }
            case IMMEDIATE -> {
                if (number.bits() == 0) {
                    return YES;
                }
                if (code.signExtended()) {
                    return number.bits() == 8 ? YES : number.bits() == operandBits ? PINS_SIZE : NO;
                }
                boolean fits = number.bits() == width || number.bits() == operandBits && width == 32;
                return !fits ? NO : code.width() == Width.Z || code.width() == Width.V ? PINS_SIZE : YES;
            }
            default -> {
                return NO;
            }
        }
    }

    // ---- refusals

    private SourceError refusal(List<Entry> entries) {
        if (lockRefused) {
            return new SourceError(column, "'" + mnemonic + "' takes no lock prefix here");
        }
        if (impossible != null) {
            return new SourceError(column, impossible);
        }
        for (SourceOperand operand : written) {
            if (codeBits != 64 && operand instanceof Register r && r.reg().registerClass() == RegisterClass.GENERAL && r.reg().bits() == 64) {
                return new SourceError(r.column(), r.written() + " exists in 64-bit code only");
            }
        }
        if (otherMode && entries.stream().allMatch(e -> e.form().is(codeBits == 64 ? "i64" : "o64") || e.form().operandSize() == 64)) {
            return new SourceError(column, "'" + mnemonic + "' does not exist in " + codeBits + "-bit code");
        }
        if (!counts.contains(written.size())) {
            return new SourceError(column, "'" + mnemonic + "' takes " + counts.stream().map(String::valueOf).collect(Collectors.joining(" or "))
                    + " operands, not " + written.size());
        }
        Set<String> takes = new LinkedHashSet<>();
        for (Entry entry : entries) {
            if (entry.form().operands().size() == written.size()) {
                takes.add(entry.form().operands().stream().map(Matcher::describe).collect(Collectors.joining(",")));
            }
        }
        int at = written.isEmpty() ? column : written.get(0).column();
        return new SourceError(at, "'" + mnemonic + "' does not take these operands; it takes " + takes.stream().limit(8).collect(Collectors.joining("  ")));
    }

    private int unsizedMemory() {
        for (SourceOperand operand : written) {
            if (operand instanceof Memory m && m.bits() == 0) {
                return m.column();
            }
        }
        return column;
    }

    private static String sizeWord(int bits) {
        return switch (bits) {
            case 8 -> "byte";
            case 16 -> "word";
            case 32 -> "dword";
            case 48 -> "fword";
            case 64 -> "qword";
            case 80 -> "tword";
            default -> "oword";
        };
    }

    /** The manual's words for an operand: {@code r/m32}. */
    private static String describe(String operand) {
        OperandCode code = OperandCode.of(operand);
        String bits = switch (code.width()) {
            case B -> "8";
            case W -> "16";
            case D -> "32";
            case Q -> "64";
            case DQ -> "128";
            case T -> "80";
            case V -> "16/32/64";
            case Z -> "16/32";
            case Y, N -> "32/64";
            default -> "";
        };
        return switch (code.place()) {
            case RM_GENERAL -> "r/m" + bits;
            case REG_GENERAL, OPCODE_GENERAL, VVVV_GENERAL, RM_GENERAL_ONLY -> "r" + bits;
            case MEMORY, STRING_SOURCE, STRING_DESTINATION, TABLE_ENTRY, OFFSET -> "m" + bits;
            case REG_SEGMENT -> "sreg";
            case REG_CONTROL -> "cr";
            case REG_DEBUG -> "dr";
            case REG_MMX, RM_MMX_ONLY -> "mm";
            case RM_MMX -> "mm/m64";
            case REG_XMM, RM_XMM_ONLY -> "xmm";
            case RM_XMM -> "xmm/m" + bits;
            case IMMEDIATE -> "imm" + bits;
            case RELATIVE -> "label";
            case FAR_POINTER -> "selector:offset";
            case RM_X87 -> "st(i)";
            case FIXED -> operand.toLowerCase(java.util.Locale.ROOT);
            case ONE -> "1";
        };
    }
}
