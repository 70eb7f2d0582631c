package dev.ringside.asm.ui.editor;

import dev.ringside.arch.x86.asm.Vocabulary;
import dev.ringside.arch.x86.isa.Operand.Reg;
import dev.ringside.arch.x86.isa.Operand.RegisterClass;
import dev.ringside.arch.x86.text.RegisterNames;
import dev.ringside.machine.MachineControl.RegisterGroupValues;
import dev.ringside.machine.MachineControl.RegisterValue;
import dev.ringside.ui.guest.GuestFocus;
import dev.ringside.ui.guest.GuestVcpu;
import dev.ringside.ui.guest.RegisterValues;
import java.math.BigInteger;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;

/** A register as the guest in focus has it. */
final class RegisterInGuest {
    private static final long PATIENCE_MILLIS = 500;

    private RegisterInGuest() {
    }

    /** For people: {@code RAX = 000000000000000a (10)}, or what the register is while no guest stands still. Waits a moment, but not on the UI thread. */
    static String describe(String name) {
        Reg register = Vocabulary.register(name).orElse(null);
        if (register == null) {
            return null;
        }
        String title = name.toUpperCase(java.util.Locale.ROOT) + " \u2014 " + what(register);
        GuestVcpu[] vcpu = new GuestVcpu[1];
        PlatformUI.getWorkbench().getDisplay().syncExec(() -> vcpu[0] = inFront());
        if (vcpu[0] == null || vcpu[0].isRunning()) {
            return title;
        }
        BigInteger value = value(register, vcpu[0]);
        return value == null ? title : HoverText.of(title, "Value: 0x" + digits(value, register.bits()) + (register.bits() <= 64 ? " (" + value + ")" : ""), "in " + vcpu[0].machineName()
                + ", CPU " + vcpu[0].index() + ", " + vcpu[0].state());
    }

    /** The pointer is over the window in front. */
    private static GuestVcpu inFront() {
        IWorkbenchWindow window = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
        return window == null ? null : window.getService(GuestFocus.class).current();
    }

    private static String what(Reg register) {
        String bits = register.bits() == 0 ? "" : register.bits() + " bits";
        return switch (register.registerClass()) {
            case GENERAL -> register.bits() == 64 || register.index() < 0 ? "general register" : "the low " + bits + " of " + whole(register);
            case HIGH_BYTE -> "bits 8 to 15 of " + whole(register);
            case SEGMENT -> "segment register";
            case CONTROL -> "control register";
            case DEBUG -> "debug register";
            case X87 -> "x87 register";
            case MMX -> "MMX register, 64 bits";
            case XMM -> "SSE register, 128 bits";
        };
    }

    /** The register of the machine that holds it. */
    private static String whole(Reg register) {
        boolean general = register.registerClass() == RegisterClass.GENERAL || register.registerClass() == RegisterClass.HIGH_BYTE;
        String name = !general ? RegisterNames.of(register) : register.index() == dev.ringside.arch.x86.isa.Operand.Mem.RIP ? "rip" : RegisterNames.general(register.index(), 64);
        return name.toUpperCase(java.util.Locale.ROOT);
    }

    private static BigInteger value(Reg register, GuestVcpu vcpu) {
        try {
            RegisterValues values = vcpu.registers().get(Display.getCurrent() == null ? PATIENCE_MILLIS : 0, TimeUnit.MILLISECONDS);
            String whole = whole(register);
            for (RegisterGroupValues group : values.groups()) {
                for (RegisterValue value : group.registers()) {
                    if (value.name().equalsIgnoreCase(whole) && !value.digits().isEmpty()) {
                        return part(register, new BigInteger(value.digits(), 16));
                    }
                }
            }
            return null;
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException | TimeoutException notNow) {
            return null; // the guest ended or is busy: the hover says what the register is
        }
    }

    private static BigInteger part(Reg register, BigInteger whole) {
        if (register.registerClass() == RegisterClass.HIGH_BYTE) {
            return whole.shiftRight(8).and(BigInteger.valueOf(0xff));
        }
        boolean part = register.registerClass() == RegisterClass.GENERAL && register.bits() < 64;
        return part ? whole.and(BigInteger.ONE.shiftLeft(register.bits()).subtract(BigInteger.ONE)) : whole;
    }

    private static String digits(BigInteger value, int bits) {
        String digits = value.toString(16);
        int width = bits / 4;
        return digits.length() >= width ? digits : "0".repeat(width - digits.length()) + digits;
    }
}
