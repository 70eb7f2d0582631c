package dev.ringside.debug.core;

import dev.ringside.machine.MachineControl.RegisterGroupValues;
import org.eclipse.debug.core.model.DebugElement;
import org.eclipse.debug.core.model.IRegister;
import org.eclipse.debug.core.model.IRegisterGroup;

/** Registers that belong together, of one virtual CPU at one stop. */
final class GuestRegisterGroup extends DebugElement implements IRegisterGroup {
    private final String name;
    private final IRegister[] registers;

    GuestRegisterGroup(VcpuThread vcpu, RegisterGroupValues values, RegisterState state) {
        super(vcpu.getDebugTarget());
        name = values.name();
        registers = values.registers().stream()
                .map(value -> new GuestRegister(vcpu, this, value, state.changed().contains(value.name())))
                .toArray(IRegister[]::new);
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getModelIdentifier() {
        return DebugCore.ID;
    }

    @Override
    public IRegister[] getRegisters() {
        return registers.clone();
    }

    @Override
    public boolean hasRegisters() {
        return registers.length > 0;
    }
}
