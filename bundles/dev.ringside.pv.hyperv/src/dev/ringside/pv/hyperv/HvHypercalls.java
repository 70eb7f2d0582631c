package dev.ringside.pv.hyperv;

import dev.ringside.arch.Access;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.Translation;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.pv.HypercallInstruction;
import dev.ringside.pv.HypercallLog;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.PvVcpu;
import dev.ringside.trace.TraceKind;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Hypercalls (TLFS 3): who may make one, what malformed input gets, and in which order that is found out: unknown code, reserved bits, privilege, repetitions and
 * sizes, alignment and pages. What a call does is {@link #simple} and {@link #element}.
 */
final class HvHypercalls {
    private static final int ANY_SET = 0, ALL = 1;
    private static final long FLUSH_ALL_PROCESSORS = 1, FLUSH_FLAGS = 0xf, FLUSH_EXTENDED_RANGES = 8;
    /** Beyond so many pages, forgetting everything is quicker. */
    private static final int FLUSH_SINGLY = 64;
    private static final int FIRST_VECTOR = 0x10, LAST_VECTOR = 0xff;
    private static final long PARTITION_ID = 1, PARTITION_SELF = -1L;
    private static final int VP_SELF = -2;

    private final ParavirtContext context;
    private final List<Vp> vps;
    private final Privileges privileges;
    private final Identity identity;
    private final Ports ports;
    private final VpRegisters registers;
    private final HvParameters p;
    private final HypercallLog log = new HypercallLog(HvCall::name, HvCall::words, HvStatus::text);
    private final long[] message = new long[Synic.PAYLOAD_BYTES / 8];
    private final Translation stackPlace = new Translation();
    /** How long the next hypercall of each processor takes. */
    private final long[] slowNanos;

    HvHypercalls(ParavirtContext context, List<Vp> vps, Privileges privileges, Identity identity, Ports ports, VpRegisters registers) {
        this.context = context;
        this.vps = vps;
        this.privileges = privileges;
        this.identity = identity;
        this.ports = ports;
        this.registers = registers;
        p = new HvParameters(context.memory());
        slowNanos = new long[vps.size()];
    }

    HypercallLog log() {
        return log;
    }

    void reset() {
        log.reset();
        Arrays.fill(slowNanos, 0);
    }

    /** The next hypercall of {@code vcpu} takes {@code nanos}. */
    void slowDown(PvVcpu vcpu, long nanos) {
        slowNanos[vcpu.index()] = nanos;
    }

    void save(StateWriter out) {
        for (int i = 0; i < slowNanos.length; i++) {
            out.putLong("slow hypercall[" + i + "]", slowNanos[i]);
        }
    }

    void restore(StateReader in) {
        for (int i = 0; i < slowNanos.length; i++) {
            slowNanos[i] = in.getLong("slow hypercall[" + i + "]");
        }
    }

    /** @return false for #UD: in real mode, outside of privilege level 0, or with parameters in XMM registers and no privilege for that */
    boolean call(PvVcpu vcpu) {
        var cpu = (X86Cpu) vcpu.cpu();
        if (!cpu.isProtected() || cpu.isVm86() || cpu.cpl() != 0) {
            return false;
        }
        p.take(cpu);
        HvCall call = HvCall.TABLE.get(p.code);
        if (call != null && p.fast && usesXmm(call) && !privileges.has("XmmInputAvailable")) {
            return false;
        }
        HypercallInstruction.fix(cpu);
        context.trace(TraceKind.HV_HYPERCALL, vcpu, p.code, p.fast ? 1 : 0, p.inputGpa, p.outputGpa);
        long caller = caller(cpu);
        p.forget();
        long result = result(call, vcpu);
        if (call == null) {
            log.add(vcpu, caller, p.code, p.inputGpa, p.outputGpa, 0, 0, result);
        } else {
            log.add(vcpu, caller, p.code, p.in(0), p.in(1), p.in(2), p.in(3), result);
        }
        p.result(result);
        long nanos = slowNanos[vcpu.index()];
        if (nanos > 0) {
            slowNanos[vcpu.index()] = 0;
            context.stall(nanos);
        }
        return true;
    }

    /** Who called the hypercall page: its VMCALL is at its beginning, and the return address is what lies on the stack. */
    private long caller(X86Cpu cpu) {
        long pc = cpu.fetchAddress(cpu.pc());
        long stack = cpu.stackPointer();
        int size = cpu.addressBits() / 8;
        boolean paged = (pc & HvParameters.PAGE_BYTES - 1) == 0 && (stack & HvParameters.PAGE_BYTES - 1) <= HvParameters.PAGE_BYTES - size
            && cpu.translate(stack, Access.LOOK, Cpu.MMU_SUPERVISOR, 0, stackPlace) && context.memory().isBacked(stackPlace.gpa);
        return paged ? context.memory().read(stackPlace.gpa, size) : pc;
    }

    private int inputBytes(HvCall call) {
        return call.header() + 8 * p.variableWords + call.repInput() * p.repCount;
    }

    private boolean usesXmm(HvCall call) {
        return inputBytes(call) > 16;
    }

    private long result(HvCall call, PvVcpu vcpu) {
        if (call == null) {
            return HvStatus.INVALID_HYPERCALL_CODE;
        }
        if (p.hasReservedBits()) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        if (!privileges.allow(call.privilege()) || call.code() == HvCall.NOTIFY_LONG_SPIN_WAIT && !identity.wantsSpinNotice()) {
            return HvStatus.ACCESS_DENIED;
        }
        boolean repsFit = call.rep() ? p.repCount > 0 && p.repStart < p.repCount : p.repCount == 0 && p.repStart == 0;
        if (!repsFit || p.variableWords != 0 && !call.variable()) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        int in = inputBytes(call);
        int out = call.output() + call.repOutput() * p.repCount;
        int wrong = checkPlaces(in, out);
        if (wrong != HvStatus.SUCCESS) {
            return wrong;
        }
        p.read(in);
        return call.rep() ? repeat(call, vcpu, in) : once(call, vcpu, in);
    }

    private int checkPlaces(int in, int out) {
        if (p.fast) {
            boolean outputFits = out == 0 || privileges.has("XmmOutputAvailable") && (in + 15 & -16) + out <= HvParameters.FAST_BYTES;
            return in <= HvParameters.FAST_BYTES && outputFits ? HvStatus.SUCCESS : HvStatus.INVALID_HYPERCALL_INPUT;
        }
        boolean inputProper = in == 0 || p.isProper(p.inputGpa, in);
        boolean outputProper = out == 0 || p.isProper(p.outputGpa, out) && p.isWritable(p.outputGpa);
        return inputProper && outputProper ? HvStatus.SUCCESS : HvStatus.INVALID_ALIGNMENT;
    }

    private long once(HvCall call, PvVcpu vcpu, int in) {
        int status = simple(call, vcpu);
        if (status == HvStatus.SUCCESS && call.output() > 0) {
            p.write(0, call.output(), in);
        }
        return status;
    }

    private long repeat(HvCall call, PvVcpu vcpu, int in) {
        int status = prepare(call, vcpu);
        int done = p.repStart;
        while (status == HvStatus.SUCCESS && done < p.repCount) {
            status = element(call, done, call.header() + 8 * p.variableWords + call.repInput() * done);
            done += status == HvStatus.SUCCESS ? 1 : 0;
        }
        if (call.repOutput() > 0 && done > p.repStart) {
            p.write(call.repOutput() * p.repStart, call.repOutput() * done, in);
        }
        return status | (long) done << 32;
    }

    // Simple calls

    private int simple(HvCall call, PvVcpu vcpu) {
        switch (call.code()) {
            case HvCall.FLUSH_SPACE, HvCall.FLUSH_SPACE_EX -> {
                int status = chooseForFlush(call.code() == HvCall.FLUSH_SPACE_EX);
                if (status == HvStatus.SUCCESS) {
                    forTargets(PvVcpu::flushTlb);
                }
                return status;
            }
            case HvCall.NOTIFY_LONG_SPIN_WAIT -> {
                context.yieldTo((vcpu.index() + 1) % vps.size());
                return HvStatus.SUCCESS;
            }
            case HvCall.SEND_IPI -> {
                targets(p.in(1));
                return sendIpi(p.in(0));
            }
            case HvCall.SEND_IPI_EX -> {
                int status = targetSet(1);
                return status == HvStatus.SUCCESS ? sendIpi(p.in(0)) : status;
            }
            case HvCall.GET_PARTITION_ID -> p.out(0, PARTITION_ID);
            case HvCall.QUERY_CAPABILITIES -> p.out(0, 0);
            case HvCall.POST_MESSAGE -> {
                return postMessage();
            }
            case HvCall.SIGNAL_EVENT -> {
                // u32 connection, u16 flag number, u16 reserved
                boolean reserved = p.in(0) >>> 48 != 0;
                return reserved ? HvStatus.INVALID_PARAMETER : ports.signal((int) p.in(0) & 0xffffff, (int) (p.in(0) >>> 32) & 0xffff);
            }
            default -> throw new AssertionError("no behaviour for " + call);
        }
        return HvStatus.SUCCESS;
    }

    /** u32 connection, u32 reserved, u32 type, u32 payload size, payload. */
    private int postMessage() {
        int size = p.in32(12);
        if (size < 0 || size > Synic.PAYLOAD_BYTES || p.in32(4) != 0) {
            return HvStatus.INVALID_PARAMETER;
        }
        for (int i = 0; i < message.length; i++) {
            message[i] = p.in(2 + i);
        }
        return ports.post(p.in32(0) & 0xffffff, p.in32(8), message, size);
    }

    private int sendIpi(long vectorWord) {
        int vector = (int) vectorWord;
        if (vector < FIRST_VECTOR || vector > LAST_VECTOR || vectorWord >>> 32 != 0) {
            return HvStatus.INVALID_PARAMETER; // no virtual trust level is there to be named
        }
        forTargets(target -> target.apic().request(vector));
        return HvStatus.SUCCESS;
    }

    // Rep calls

    private int prepare(HvCall call, PvVcpu vcpu) {
        return switch (call.code()) {
            case HvCall.FLUSH_LIST -> chooseForFlush(false);
            case HvCall.FLUSH_LIST_EX -> chooseForFlush(true);
            case HvCall.GET_VP_REGISTERS, HvCall.SET_VP_REGISTERS -> chooseVp(vcpu);
            default -> throw new AssertionError("no behaviour for " + call);
        };
    }

    private int element(HvCall call, int index, int offset) {
        return switch (call.code()) {
            case HvCall.FLUSH_LIST, HvCall.FLUSH_LIST_EX -> flushRange(p.in(offset / 8));
            case HvCall.GET_VP_REGISTERS -> registers.get(chosen, p.in32(offset), p, 2 * index);
            case HvCall.SET_VP_REGISTERS -> registers.set(chosen, p.in32(offset), p.in(offset / 8 + 2), p.in(offset / 8 + 3));
            default -> throw new AssertionError("no behaviour for " + call);
        };
    }

    /** Bits 11:0 pages beyond the first; with extended ranges bit 11 says that they are of 2 MiB or 1 GiB. */
    private int flushRange(long range) {
        int more = (int) range & 0xfff;
        boolean large = (flags & FLUSH_EXTENDED_RANGES) != 0 && (range & 0x800) != 0;
        if (large || more >= FLUSH_SINGLY) {
            forTargets(PvVcpu::flushTlb);
            return HvStatus.SUCCESS;
        }
        long page = range & -4096;
        forTargets(target -> {
            for (int i = 0; i <= more; i++) {
                target.cpu().memory.flushTlbPage(page + 4096L * i);
            }
        });
        return HvStatus.SUCCESS;
    }

    private Vp chosen;

    /** u64 partition, u32 VP index, u8 trust level, 3 bytes reserved. */
    private int chooseVp(PvVcpu vcpu) {
        if (p.in(0) != PARTITION_SELF && p.in(0) != PARTITION_ID) {
            return HvStatus.INVALID_PARTITION_ID;
        }
        if (p.in32(12) != 0) {
            return HvStatus.INVALID_PARAMETER;
        }
        int index = p.in32(8) == VP_SELF ? vcpu.index() : p.in32(8);
        if (index < 0 || index >= vps.size()) {
            return HvStatus.INVALID_VP_INDEX;
        }
        chosen = vps.get(index);
        return HvStatus.SUCCESS;
    }

    // Which processors

    private long flags;
    private boolean all;
    /** A bit for each of the 64 processors that a machine may have. */
    private long mask;

    /** u64 address space, u64 flags, then a mask or a set of processors. Which address space does not matter: translations of all are forgotten. */
    private int chooseForFlush(boolean extended) {
        flags = p.in(1);
        if ((flags & ~FLUSH_FLAGS) != 0 || (flags & FLUSH_EXTENDED_RANGES) != 0 && !privileges.has("ExtendedGvaRangesForFlush")) {
            return HvStatus.INVALID_PARAMETER;
        }
        if (extended) {
            int status = targetSet(2);
            all |= (flags & FLUSH_ALL_PROCESSORS) != 0;
            return status;
        }
        targets(p.in(2));
        all = (flags & FLUSH_ALL_PROCESSORS) != 0;
        return HvStatus.SUCCESS;
    }

    private void targets(long processorMask) {
        all = false;
        mask = processorMask;
    }

    /** HV_VP_SET: u64 format, u64 valid banks, then the banks of 64 processors each that the control word counts. */
    private int targetSet(int word) {
        long format = p.in(word);
        long banks = p.in(word + 1);
        if (format != ANY_SET && format != ALL) {
            return HvStatus.INVALID_PARAMETER;
        }
        if (format == ANY_SET && Long.bitCount(banks) != p.variableWords) {
            return HvStatus.INVALID_HYPERCALL_INPUT;
        }
        all = format == ALL;
        mask = (banks & 1) != 0 && p.variableWords > 0 ? p.in(word + 2) : 0;
        return HvStatus.SUCCESS;
    }

    private void forTargets(Consumer<PvVcpu> action) {
        for (Vp vp : vps) {
            if (all || (mask >>> vp.vcpu().index() & 1) != 0) {
                action.accept(vp.vcpu());
            }
        }
    }
}
