package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.CS;

import dev.ringside.arch.Register;
import dev.ringside.arch.RegisterGroup;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86State;
import dev.ringside.inspect.Inspector;
import dev.ringside.ir.StateField;
import dev.ringside.ir.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** The processor's registers for people: groups that a debugger shows and edits, the inspector's tree, and a summary for messages. */
final class RegisterViews {
    private static final String[] SEGMENT_NAMES = {"ES", "CS", "SS", "DS", "FS", "GS"};

    private RegisterViews() {
    }

    static List<RegisterGroup> groups(X86Cpu cpu) {
        return List.of(general(cpu), flags(cpu), segments(cpu), control(cpu), debug(cpu), msrs(cpu), x87(cpu), sse(cpu));
    }

    private static RegisterGroup general(X86Cpu cpu) {
        var list = new ArrayList<Register>();
        for (StateField field : X86State.GPR) {
            list.add(slot(cpu, field));
        }
        list.add(slot(cpu, X86State.RIP));
        return new RegisterGroup("General", list);
    }

    private static RegisterGroup flags(X86Cpu cpu) {
        var list = new ArrayList<Register>();
        list.add(number("RFLAGS", 64, cpu::rflags, value -> {
            cpu.rflags(value & ~Rflags.VM | cpu.rflags() & Rflags.VM);
            cpu.modeChanged();
        }));
        String[] names = {"CF", "PF", "AF", "ZF", "SF", "TF", "IF", "DF", "OF", "NT", "RF", "AC", "ID"};
        int[] bits = {Rflags.CF, Rflags.PF, Rflags.AF, Rflags.ZF, Rflags.SF, Rflags.TF, Rflags.IF, Rflags.DF, Rflags.OF, Rflags.NT, Rflags.RF,
            Rflags.AC, Rflags.ID};
        for (int i = 0; i < names.length; i++) {
            int bit = bits[i];
            list.add(number(names[i], 1, () -> (cpu.rflags() & bit) != 0 ? 1 : 0, value -> {
                cpu.rflags(value != 0 ? cpu.rflags() | bit : cpu.rflags() & ~bit);
                cpu.modeChanged();
            }));
        }
        list.add(number("IOPL", 2, cpu::iopl, value -> {
            cpu.rflags(cpu.rflags() & ~Rflags.IOPL | value << Rflags.IOPL_SHIFT);
            cpu.modeChanged();
        }));
        return new RegisterGroup("Flags", list);
    }

    private static RegisterGroup segments(X86Cpu cpu) {
        var list = new ArrayList<Register>();
        for (int i = 0; i < 6; i++) {
            segment(cpu, SEGMENT_NAMES[i], cpu.segments[i], list);
        }
        segment(cpu, "LDTR", cpu.ldtr, list);
        segment(cpu, "TR", cpu.tr, list);
        list.add(number("GDTR.base", 64, () -> cpu.gdtBase, value -> cpu.gdtBase = value));
        list.add(number("GDTR.limit", 16, () -> cpu.gdtLimit, value -> cpu.gdtLimit = (int) value));
        list.add(number("IDTR.base", 64, () -> cpu.idtBase, value -> cpu.idtBase = value));
        list.add(number("IDTR.limit", 16, () -> cpu.idtLimit, value -> cpu.idtLimit = (int) value));
        list.add(number("CPL", 2, () -> cpu.cpl, null));
        return new RegisterGroup("Segment", list);
    }

    /** The selector and, behind dots, the hidden part; a changed selector loads nothing by itself. */
    private static void segment(X86Cpu cpu, String name, SegmentRegister s, List<Register> list) {
        list.add(number(name, 16, () -> s.selector, value -> s.selector = (int) value));
        list.add(number(name + ".base", 64, s::base, value -> {
            s.base(value);
            cpu.modeChanged();
        }));
        list.add(number(name + ".limit", 32, () -> s.limit & 0xffffffffL, value -> {
            s.limit = (int) value;
            cpu.modeChanged();
        }));
        list.add(number(name + ".attributes", 17, () -> s.attributes, value -> {
            s.attributes = (int) value;
            cpu.modeChanged();
        }));
    }

    private static RegisterGroup control(X86Cpu cpu) {
        return new RegisterGroup("Control", List.of(
            number("CR0", 64, () -> cpu.cr0, value -> changed(cpu, () -> cpu.cr0 = value & Cr0.DEFINED | Cr0.ET)),
            number("CR2", 64, () -> cpu.cr2, value -> cpu.cr2 = value),
            number("CR3", 64, () -> cpu.cr3, value -> changed(cpu, () -> cpu.cr3 = value)),
            number("CR4", 64, () -> cpu.cr4, value -> {
                if ((value & ~Cr4.ALLOWED) != 0) {
                    throw new IllegalArgumentException("CR4: bits 0x%x are not implemented; 0x%x may be set".formatted(value & ~Cr4.ALLOWED, Cr4.ALLOWED));
                }
                changed(cpu, () -> cpu.cr4 = value);
            }),
            number("CR8", 4, () -> cpu.bus == null ? 0 : cpu.bus.taskPriority(), value -> cpu.bus.taskPriority((int) value)),
            number("XCR0", 64, () -> cpu.xcr0, value -> {
                if ((value & 1) == 0 || (value & ~3L) != 0) {
                    throw new IllegalArgumentException("XCR0: 0x%x; bit 0 must be set and only bits 1:0 exist".formatted(value));
                }
                cpu.xcr0 = value;
            })));
    }

    private static void changed(X86Cpu cpu, Runnable change) {
        change.run();
        cpu.modeChanged();
        cpu.control.flushAll();
    }

    private static RegisterGroup debug(X86Cpu cpu) {
        var list = new ArrayList<Register>();
        for (int i : new int[] {0, 1, 2, 3, 6, 7}) {
            list.add(number("DR" + i, 64, () -> cpu.debug.get(i), value -> cpu.debug.set(i, value)));
        }
        return new RegisterGroup("Debug", list);
    }

    private static RegisterGroup msrs(X86Cpu cpu) {
        var list = new ArrayList<Register>();
        list.add(number("IA32_EFER", 64, () -> cpu.efer, value -> changed(cpu, () -> cpu.efer = value)));
        list.add(number("IA32_TIME_STAMP_COUNTER", 64, () -> cpu.bus == null ? 0 : cpu.msrs.tsc(), null));
        for (int i = 0; i < MsrTable.ENTRIES.size(); i++) {
            int at = i;
            MsrTable.Entry entry = MsrTable.ENTRIES.get(i);
            boolean fixed = entry.kind() == MsrTable.Kind.RO || entry.kind() == MsrTable.Kind.NULL;
            list.add(number(entry.name(), 64, () -> cpu.msrs.valueAt(at), fixed ? null : value -> {
                if (entry.kind() == MsrTable.Kind.RW && (value & ~entry.writable()) != 0) {
                    throw new IllegalArgumentException("%s: bits 0x%x are reserved".formatted(entry.name(), value & ~entry.writable()));
                }
                if (entry.kind() == MsrTable.Kind.LINEAR && !Paging.isCanonical(value)) {
                    throw new IllegalArgumentException("%s: 0x%x is not canonical".formatted(entry.name(), value));
                }
                cpu.msrs.poke(at, value);
            }));
        }
        return new RegisterGroup("MSR", list);
    }

    private static RegisterGroup x87(X86Cpu cpu) {
        var list = new ArrayList<Register>();
        for (int i = 0; i < 8; i++) {
            int st = i;
            list.add(wide("ST" + i, 80, () -> extended(cpu, st), value -> extended(cpu, st, value)));
        }
        for (StateField field : new StateField[] {X86State.FCW, X86State.FSW, X86State.FTOP, X86State.FTAG, X86State.FOP, X86State.FIP, X86State.FCS,
            X86State.FDP, X86State.FDS}) {
            list.add(slot(cpu, field));
        }
        return new RegisterGroup("x87", list);
    }

    private static int physical(X86Cpu cpu, int st) {
        return (int) cpu.slots[X86State.FTOP.slot()] + st & 7;
    }

    private static BigInteger extended(X86Cpu cpu, int st) {
        int r = physical(cpu, st);
        return pair(cpu.slots[X86State.FPR[r].slot()], cpu.slots[X86State.FPE[r].slot()]);
    }

    private static void extended(X86Cpu cpu, int st, BigInteger value) {
        int r = physical(cpu, st);
        cpu.slots[X86State.FPR[r].slot()] = value.longValue();
        cpu.slots[X86State.FPE[r].slot()] = value.shiftRight(64).longValue();
    }

    private static RegisterGroup sse(X86Cpu cpu) {
        var list = new ArrayList<Register>();
        for (StateField field : X86State.XMM) {
            list.add(wide(name(field), 128, () -> pair(cpu.slots[field.slot()], cpu.slots[field.slot() + 1]), value -> {
                cpu.slots[field.slot()] = value.longValue();
                cpu.slots[field.slot() + 1] = value.shiftRight(64).longValue();
            }));
        }
        list.add(slot(cpu, X86State.MXCSR));
        return new RegisterGroup("SSE", list);
    }

    // Building

    private static String name(StateField field) {
        return field.name().toUpperCase(Locale.ROOT);
    }

    private static Register slot(X86Cpu cpu, StateField field) {
        Type type = field.type();
        return number(name(field), type.bits(), () -> cpu.slots[field.slot()], value -> cpu.slots[field.slot()] = value);
    }

    private static Register number(String name, int bits, LongSupplier read, LongConsumer write) {
        return wide(name, bits, () -> pair(read.getAsLong(), 0), write == null ? null : value -> write.accept(value.longValue()));
    }

    private static BigInteger pair(long low, long high) {
        return new BigInteger(Long.toUnsignedString(high)).shiftLeft(64).or(new BigInteger(Long.toUnsignedString(low)));
    }

    private static Register wide(String name, int bits, java.util.function.Supplier<BigInteger> read, java.util.function.Consumer<BigInteger> write) {
        int digits = (bits + 3) / 4;
        return new Register(name, bits, () -> {
            String hex = read.get().toString(16);
            return "0".repeat(Math.max(0, digits - hex.length())) + hex;
        }, write == null ? null : text -> write.accept(parse(name, bits, text)));
    }

    private static BigInteger parse(String name, int bits, String text) {
        BigInteger value;
        try {
            value = new BigInteger(text.strip(), 16);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s: '%s' is no hexadecimal number".formatted(name, text), e);
        }
        if (value.signum() < 0 || value.bitLength() > bits) {
            throw new IllegalArgumentException("%s: %s does not fit into %d bits".formatted(name, text.strip(), bits));
        }
        return value;
    }

    // Inspector and messages

    static void inspect(X86Cpu cpu, Inspector out) {
        out.text("mode", mode(cpu)).decimal("CPL", cpu.cpl).hex("RIP", cpu.pc(), 64).hex("RFLAGS", cpu.rflags(), 64).text("paging", cpu.paging.modeName());
        out.flag("halted", cpu.isHalted()).flag("shutdown", cpu.isShutdown()).flag("NMI blocked", cpu.events.isNmiBlocked())
            .flag("interrupt requested", cpu.interruptRequested);
        for (String line : cpu.interrupts.chain()) {
            out.text("exception", line);
        }
        for (RegisterGroup group : groups(cpu)) {
            out.child(group.name(), part -> {
                for (Register r : group.registers()) {
                    part.text(r.name(), "0x" + r.read().get());
                }
            });
        }
    }

    private static String mode(X86Cpu cpu) {
        if (!cpu.isProtected()) {
            return "real-address mode";
        }
        if (cpu.isVm86()) {
            return "virtual-8086 mode";
        }
        if (cpu.is64BitCode()) {
            return "64-bit mode";
        }
        String size = cpu.segments[CS].isBig() ? "32-bit" : "16-bit";
        return cpu.isLongMode() ? "compatibility mode, " + size : "protected mode, " + size;
    }

    /** Mode and main registers in a few lines. */
    static String summary(X86Cpu cpu) {
        var text = new StringBuilder("%s, CPL %d, %s".formatted(mode(cpu), cpu.cpl, cpu.paging.modeName()));
        for (int i = 0; i < 16; i++) {
            text.append(i % 4 == 0 ? '\n' : ' ').append("%-3s=%016x".formatted(name(X86State.GPR[i]), cpu.slots[i]));
        }
        text.append("\nRIP=%016x RFLAGS=%08x".formatted(cpu.pc(), cpu.rflags()));
        text.append("\nCR0=%08x CR2=%016x CR3=%016x CR4=%08x EFER=%x".formatted(cpu.cr0, cpu.cr2, cpu.cr3, cpu.cr4, cpu.efer));
        for (int i = 0; i < 6; i++) {
            SegmentRegister s = cpu.segments[i];
            text.append(i % 2 == 0 ? '\n' : ' ').append("%s=%04x base %016x limit %08x attributes %05x".formatted(SEGMENT_NAMES[i], s.selector, s.base(),
                s.limit, s.attributes));
        }
        text.append("\nGDTR=%016x:%04x IDTR=%016x:%04x TR=%04x".formatted(cpu.gdtBase, cpu.gdtLimit, cpu.idtBase, cpu.idtLimit, cpu.tr.selector));
        return text.toString();
    }
}
