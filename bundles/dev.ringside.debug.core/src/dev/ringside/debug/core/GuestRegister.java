package dev.ringside.debug.core;

import dev.ringside.machine.MachineControl.RegisterValue;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.model.DebugElement;
import org.eclipse.debug.core.model.IRegister;
import org.eclipse.debug.core.model.IRegisterGroup;
import org.eclipse.debug.core.model.IValue;
import org.eclipse.debug.core.model.IVariable;

/** One register of a virtual CPU at one stop. Values are hexadecimal digits; {@code 0x} is accepted and not needed. */
public final class GuestRegister extends DebugElement implements IRegister {
    private final VcpuThread vcpu;
    private final IRegisterGroup group;
    private final RegisterValue value;
    private final boolean changed;

    GuestRegister(VcpuThread vcpu, IRegisterGroup group, RegisterValue value, boolean changed) {
        super(vcpu.getDebugTarget());
        this.vcpu = vcpu;
        this.group = group;
        this.value = value;
        this.changed = changed;
    }

    @Override
    public String getName() {
        return value.name();
    }

    @Override
    public String getModelIdentifier() {
        return DebugCore.ID;
    }

    @Override
    public IRegisterGroup getRegisterGroup() {
        return group;
    }

    @Override
    public IValue getValue() {
        return new Digits();
    }

    @Override
    public String getReferenceTypeName() {
        return value.bits() + " bits";
    }

    @Override
    public boolean hasValueChanged() {
        return changed;
    }

    @Override
    public boolean supportsValueModification() {
        return value.writable() && vcpu.canResume();
    }

    @Override
    public void setValue(String expression) throws DebugException {
        Answers.await(vcpu.setRegister(value.name(), digits(expression)));
    }

    @Override
    public void setValue(IValue other) throws DebugException {
        setValue(other.getValueString());
    }

    @Override
    public boolean verifyValue(String expression) {
        return fits(expression, value.bits());
    }

    @Override
    public boolean verifyValue(IValue other) throws DebugException {
        return verifyValue(other.getValueString());
    }

    /** Whether the text is hexadecimal digits, with or without {@code 0x}, of at most {@code bits} bits. */
    public static boolean fits(String expression, int bits) {
        String digits = digits(expression);
        return digits.matches("[0-9a-fA-F]+") && new java.math.BigInteger(digits, 16).bitLength() <= bits;
    }

    /** What {@code MachineControl.setRegister} takes. */
    public static String digits(String expression) {
        String text = expression.strip().replace("_", "");
        return text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
    }

    private final class Digits extends DebugElement implements IValue {
        Digits() {
            super(GuestRegister.this.getDebugTarget());
        }

        @Override
        public String getValueString() {
            return value.digits().isEmpty() ? "unknown" : "0x" + value.digits();
        }

        @Override
        public String getReferenceTypeName() {
            return GuestRegister.this.getReferenceTypeName();
        }

        @Override
        public boolean isAllocated() {
            return true;
        }

        @Override
        public IVariable[] getVariables() {
            return new IVariable[0];
        }

        @Override
        public boolean hasVariables() {
            return false;
        }

        @Override
        public String getModelIdentifier() {
            return DebugCore.ID;
        }
    }
}
