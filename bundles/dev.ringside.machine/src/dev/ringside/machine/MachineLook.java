package dev.ringside.machine;

import dev.ringside.arch.Cpu;
import dev.ringside.arch.Register;
import dev.ringside.arch.RegisterGroup;
import dev.ringside.engine.Vcpu;
import dev.ringside.machine.MachineControl.AddressKind;
import dev.ringside.machine.MachineControl.Frame;
import dev.ringside.machine.MachineControl.HypercallLine;
import dev.ringside.machine.MachineControl.MemoryBytes;
import dev.ringside.machine.MachineControl.ParavirtActivity;
import dev.ringside.machine.MachineControl.RegisterGroupValues;
import dev.ringside.machine.MachineControl.RegisterValue;
import dev.ringside.pv.ParavirtInterface;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** Answers a debugger's questions about a machine that stands still, without disturbing it. */
final class MachineLook {
    private static final int MAX_FRAMES = 64;

    private MachineLook() {
    }

    static List<RegisterGroupValues> registers(Cpu cpu) {
        return cpu.registerGroups().stream().map(MachineLook::values).toList();
    }

    private static RegisterGroupValues values(RegisterGroup group) {
        return new RegisterGroupValues(group.name(), group.registers().stream()
            .map(r -> new RegisterValue(r.name(), r.bits(), r.read().get(), r.write() != null)).toList());
    }

    static void setRegister(Cpu cpu, String name, String digits) {
        Register register = cpu.registerGroups().stream().flatMap(g -> g.registers().stream()).filter(r -> r.name().equalsIgnoreCase(name)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("there is no register '" + name + "'"));
        if (register.write() == null) {
            throw new IllegalArgumentException("register '" + name + "' cannot be changed");
        }
        register.write().accept(digits);
    }

    static MemoryBytes read(Machine machine, AddressKind kind, int vcpu, long address, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        boolean[] readable = new boolean[lengthBytes];
        for (int done = 0; done < lengthBytes;) {
            int inPage = (int) Math.min(lengthBytes - done, 4096 - (address + done & 4095));
            if (readPage(machine, kind, vcpu, address + done, bytes, done, inPage)) {
                Arrays.fill(readable, done, done + inPage, true);
            }
            done += inPage;
        }
        return new MemoryBytes(address, bytes, readable);
    }

    private static boolean readPage(Machine machine, AddressKind kind, int vcpu, long address, byte[] into, int offset, int length) {
        return switch (kind) {
            case VIRTUAL -> machine.vcpus().get(vcpu).look(address, into, offset, length) == length;
            case PHYSICAL -> {
                boolean backed = machine.memory().isBacked(address);
                if (backed) {
                    machine.memory().read(address, into, offset, length);
                }
                yield backed;
            }
        };
    }

    static void write(Machine machine, AddressKind kind, int vcpu, long address, byte[] bytes) {
        int written = switch (kind) {
            case VIRTUAL -> machine.vcpus().get(vcpu).poke(address, bytes, 0, bytes.length);
            case PHYSICAL -> {
                machine.memory().poke(address, bytes, 0, bytes.length);
                yield machine.memory().isBacked(address) ? bytes.length : 0;
            }
        };
        if (written < bytes.length) {
            throw new IllegalArgumentException("there is no memory at %#x".formatted(address + written));
        }
    }

    static ParavirtActivity paravirtActivity(Machine machine) {
        ParavirtInterface paravirt = machine.paravirt();
        List<HypercallLine> calls = paravirt.hypercalls().stream().map(call -> new HypercallLine(call.instructions(), call.vcpu(), call.caller(),
            machine.symbols().nameOf(call.caller()), call.name(), call.arguments(), call.result())).toList();
        return new ParavirtActivity(paravirt.name(), calls, List.copyOf(paravirt.hints()), Collections.unmodifiableMap(new LinkedHashMap<>(paravirt.injectable())),
            Set.copyOf(paravirt.machineWide()), List.copyOf(machine.injections()));
    }

    /**
     * The innermost frame; the one that called it, when it stands at a symbol and so has pushed nothing yet; then those that the frame-pointer chain leads to, as
     * long as it goes up the stack. Code that uses the frame pointer for something else is told by this, that its callers have not called anything.
     */
    static List<Frame> frames(Machine machine, int vcpuIndex) {
        Vcpu vcpu = machine.vcpus().get(vcpuIndex);
        Cpu cpu = vcpu.cpu();
        int size = cpu.addressBits() / 8;
        var frames = new ArrayList<Frame>();
        long pc = cpu.fetchAddress(cpu.pc());
        long framePointer = cpu.framePointer();
        frames.add(new Frame(0, pc, machine.symbols().nameOf(pc), framePointer, cpu.stackPointer()));
        long below = cpu.stackPointer();
        byte[] pair = new byte[2 * size];
        if (isSymbol(machine, pc) && vcpu.look(below, pair, 0, size) == size && CodeListing.followsCall(machine, vcpuIndex, little(pair, 0, size))) {
            long caller = little(pair, 0, size);
            below += size;
            frames.add(new Frame(1, caller, machine.symbols().nameOf(caller), framePointer, below));
        }
        while (frames.size() < MAX_FRAMES && Long.compareUnsigned(framePointer, below) >= 0 && vcpu.look(framePointer, pair, 0, pair.length) == pair.length) {
            long caller = little(pair, size, size);
            if (!CodeListing.followsCall(machine, vcpuIndex, caller)) {
                break;
            }
            long stackPointer = framePointer + pair.length;
            below = framePointer + 1;
            framePointer = little(pair, 0, size);
            frames.add(new Frame(frames.size(), caller, machine.symbols().nameOf(caller), framePointer, stackPointer));
        }
        return List.copyOf(frames);
    }

    private static boolean isSymbol(Machine machine, long address) {
        String name = machine.symbols().nameOf(address);
        return name != null && name.indexOf('+') < 0;
    }

    private static long little(byte[] bytes, int at, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (bytes[at + i] & 0xffL) << 8 * i;
        }
        return value;
    }
}
