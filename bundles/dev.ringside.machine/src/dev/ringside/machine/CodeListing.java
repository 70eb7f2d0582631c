package dev.ringside.machine;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.DisassembledInstruction;
import dev.ringside.arch.DisassembledInstruction.FlowKind;
import dev.ringside.machine.MachineControl.DisassembledLine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Guest code as text, looked at without disturbing the guest. */
final class CodeListing {
    private static final int LONGEST = 15;
    /** Without needless prefixes. */
    private static final int LONGEST_CALL = 8;

    private CodeListing() {
    }

    /** The instruction that {@code vcpu} runs next. */
    static DisassembledInstruction at(Machine machine, int vcpu) {
        Cpu cpu = machine.cpu(vcpu);
        long address = cpu.fetchAddress(cpu.pc());
        byte[] bytes = look(machine, vcpu, address, LONGEST);
        return machine.architecture().disassembler().disassemble(CodeSource.of(bytes, 0, bytes.length), cpu.addressBits(), address, machine.symbols());
    }

    /** Whether a call ends at {@code address}, as before every place to which a function returns. */
    static boolean followsCall(Machine machine, int vcpu, long address) {
        byte[] bytes = look(machine, vcpu, address - LONGEST_CALL, LONGEST_CALL);
        for (int length = 2; length <= LONGEST_CALL && bytes.length == LONGEST_CALL; length++) {
            DisassembledInstruction call = line(machine, vcpu, address - LONGEST_CALL, bytes, LONGEST_CALL - length).instruction();
            if (call.valid() && call.kind() == FlowKind.CALL && call.lengthBytes() == length) {
                return true;
            }
        }
        return false;
    }

    static List<DisassembledLine> around(Machine machine, int vcpu, long address, int before, int after) {
        var lines = new ArrayList<DisassembledLine>(before(machine, vcpu, address, before));
        byte[] bytes = look(machine, vcpu, address, after * LONGEST);
        for (int at = 0; lines.size() < before + after && at < bytes.length;) {
            DisassembledLine line = line(machine, vcpu, address, bytes, at);
            lines.add(line);
            at += line.instruction().lengthBytes();
        }
        return List.copyOf(lines);
    }

    /**
     * Instructions that end exactly at {@code address}. Where they start cannot be known; the start is taken that is farthest back and from which
     * decoding arrives at {@code address} without a bad instruction.
     */
    private static List<DisassembledLine> before(Machine machine, int vcpu, long address, int count) {
        int window = Math.min(count * 8 + LONGEST, 1024);
        long start = address - window;
        byte[] bytes = new byte[window];
        int unreadable = 0;
        while (unreadable < window && machine.vcpus().get(vcpu).look(start + unreadable, bytes, unreadable, window - unreadable) < window - unreadable) {
            unreadable += 4096 - (int) (start + unreadable & 4095);
        }
        for (int from = Math.min(unreadable, window); from < window; from++) {
            var lines = new ArrayList<DisassembledLine>();
            int at = from;
            while (at < window) {
                DisassembledLine line = line(machine, vcpu, start, bytes, at);
                if (!line.instruction().valid()) {
                    break;
                }
                lines.add(line);
                at += line.instruction().lengthBytes();
            }
            if (at == window) {
                return lines.subList(Math.max(0, lines.size() - count), lines.size());
            }
        }
        return List.of();
    }

    private static DisassembledLine line(Machine machine, int vcpu, long base, byte[] bytes, int at) {
        long address = base + at;
        DisassembledInstruction instruction = machine.architecture().disassembler()
            .disassemble(CodeSource.of(bytes, at, bytes.length), machine.cpu(vcpu).addressBits(), address, machine.symbols());
        String name = machine.symbols().nameOf(address);
        return new DisassembledLine(instruction, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + instruction.lengthBytes())),
            name != null && name.indexOf('+') < 0 ? name : null);
    }

    private static byte[] look(Machine machine, int vcpu, long address, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        return Arrays.copyOf(bytes, machine.vcpus().get(vcpu).look(address, bytes, 0, lengthBytes));
    }
}
