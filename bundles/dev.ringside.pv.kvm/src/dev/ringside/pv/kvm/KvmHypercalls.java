package dev.ringside.pv.kvm;

import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RBX;
import static dev.ringside.arch.x86.X86State.RCX;
import static dev.ringside.arch.x86.X86State.RDX;
import static dev.ringside.arch.x86.X86State.RSI;

import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.FeatureTable.Selection;
import dev.ringside.pv.HypercallInstruction;
import dev.ringside.pv.HypercallLog;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.PvVcpu;
import dev.ringside.pv.TableFile;
import dev.ringside.trace.TraceKind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Hypercalls (hypercalls.rst): number in RAX, arguments in RBX, RCX, RDX, RSI, result in RAX; outside of 64-bit mode the lower halves. Privilege is asked before the
 * number is looked at.
 */
final class KvmHypercalls {
    static final int KVM_HC_VAPIC_POLL_IRQ = 1, KVM_HC_KICK_CPU = 5, KVM_HC_CLOCK_PAIRING = 9, KVM_HC_SEND_IPI = 10, KVM_HC_SCHED_YIELD = 11,
        KVM_HC_MAP_GPA_RANGE = 12;
    static final long KVM_ENOSYS = 1000, KVM_EFAULT = 14, KVM_EINVAL = 22, KVM_EPERM = 1, KVM_EOPNOTSUPP = 95;

    private static final int CLOCK_PAIRING_WALLCLOCK = 0;
    /** struct kvm_clock_pairing: s64 sec, s64 nsec, u64 tsc, u32 flags, u32 pad[9]. */
    private static final int PAIRING_BYTES = 64;
    private static final long NANOS = 1_000_000_000;
    /** ICR bits 11 (logical destination) and 19:18 (shorthand): the bitmap names the destinations. */
    private static final long ICR_DESTINATION_BITS = 0xc0800;
    private static final int NMI = 4;

    private record Row(String name, String feature, String arguments) {
    }

    private static final Map<Long, Row> TABLE = new LinkedHashMap<>();

    static {
        for (String[] row : TableFile.rows(KvmHypercalls.class, "/kvm/hypercalls.table", 4)) {
            TABLE.put(Long.parseLong(row[0]), new Row(row[1], row[2], row[3]));
        }
    }

    private final ParavirtContext context;
    private final Selection features;
    private final Shared shared;
    private final HypercallLog log = new HypercallLog(KvmHypercalls::name, KvmHypercalls::words, KvmHypercalls::result);
    /** How long the next hypercall of each processor takes. */
    private final long[] slowNanos;

    KvmHypercalls(ParavirtContext context, Selection features, Shared shared) {
        this.context = context;
        this.features = features;
        this.shared = shared;
        slowNanos = new long[context.vcpus().size()];
    }

    static String name(long number) {
        Row row = TABLE.get(number);
        return row == null ? "hypercall " + number : row.name;
    }

    private static String words(long number, long[] arguments) {
        Row row = TABLE.get(number);
        return HypercallLog.named(row == null ? "a0, a1, a2, a3" : row.arguments, arguments);
    }

    private static String result(long value) {
        return switch ((int) -value) {
            case (int) KVM_ENOSYS -> "-KVM_ENOSYS";
            case (int) KVM_EFAULT -> "-KVM_EFAULT";
            case (int) KVM_EINVAL -> "-KVM_EINVAL";
            case (int) KVM_EPERM -> "-KVM_EPERM";
            case (int) KVM_EOPNOTSUPP -> "-KVM_EOPNOTSUPP";
            default -> Long.toString(value);
        };
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

    HypercallLog log() {
        return log;
    }

    void call(PvVcpu vcpu) {
        var cpu = (X86Cpu) vcpu.cpu();
        HypercallInstruction.fix(cpu);
        boolean wide = cpu.is64BitCode();
        long number = argument(cpu, RAX, wide);
        long a0 = argument(cpu, RBX, wide);
        long a1 = argument(cpu, RCX, wide);
        long a2 = argument(cpu, RDX, wide);
        long a3 = argument(cpu, RSI, wide);
        context.trace(TraceKind.HYPERCALL, vcpu, number, a0, a1, a2);
        long result = cpu.cpl() != 0 ? -KVM_EPERM : result(number, a0, a1, a2, a3, vcpu);
        log.add(vcpu, cpu.fetchAddress(cpu.pc()), number, a0, a1, a2, a3, result);
        cpu.gpr(RAX, wide ? result : result & 0xffffffffL);
        long nanos = slowNanos[vcpu.index()];
        if (nanos > 0) {
            slowNanos[vcpu.index()] = 0;
            context.stall(nanos);
        }
    }

    private static long argument(X86Cpu cpu, int register, boolean wide) {
        return wide ? cpu.gpr(register) : cpu.gpr(register) & 0xffffffffL;
    }

    private long result(long number, long a0, long a1, long a2, long a3, PvVcpu vcpu) {
        Row row = TABLE.get(number);
        if (row == null || !row.feature.equals("-") && !features.has(row.feature)) {
            return -KVM_ENOSYS;
        }
        return switch ((int) number) {
            case KVM_HC_VAPIC_POLL_IRQ -> 0;
            case KVM_HC_KICK_CPU -> kick(a1);
            case KVM_HC_CLOCK_PAIRING -> pairClocks(a0, a1, vcpu);
            case KVM_HC_SEND_IPI -> sendIpi(a0, a1, a2, a3, ((X86Cpu) vcpu.cpu()).is64BitCode() ? 64 : 32);
            case KVM_HC_SCHED_YIELD -> yieldTo(a0);
            case KVM_HC_MAP_GPA_RANGE -> mapGpaRange(a0, a1);
            default -> -KVM_ENOSYS;
        };
    }

    private PvVcpu withApicId(long id) {
        return context.vcpus().stream().filter(v -> v.apic().id() == id).findFirst().orElse(null);
    }

    private long kick(long apicId) {
        PvVcpu target = withApicId(apicId);
        if (target != null) {
            target.kick();
        }
        return 0;
    }

    private long yieldTo(long apicId) {
        PvVcpu target = withApicId(apicId);
        if (target != null) {
            context.yieldTo(target.index());
        }
        return 0;
    }

    /** @param bits of each half of the bitmap: a register's */
    private long sendIpi(long low, long high, long min, long icr, int bits) {
        if ((icr & ICR_DESTINATION_BITS) != 0) {
            return -KVM_EINVAL;
        }
        long delivered = deliver(low, min & 0xffffffffL, icr, bits);
        return delivered + deliver(high, (min & 0xffffffffL) + bits, icr, bits);
    }

    private long deliver(long bitmap, long first, long icr, int bits) {
        long delivered = 0;
        for (PvVcpu vcpu : context.vcpus()) {
            long bit = vcpu.apic().id() - first;
            if (bit < 0 || bit >= bits || (bitmap >>> bit & 1) == 0) {
                continue;
            }
            if ((icr >> 8 & 7) == NMI) {
                vcpu.nmi();
            } else {
                vcpu.apic().request((int) icr & 0xff);
            }
            delivered++;
        }
        return delivered;
    }

    private long pairClocks(long gpa, long type, PvVcpu vcpu) {
        if (type != CLOCK_PAIRING_WALLCLOCK) {
            return -KVM_EOPNOTSUPP;
        }
        if (!shared.isRam(gpa, PAIRING_BYTES)) {
            return -KVM_EFAULT;
        }
        long now = context.clock().nanos();
        shared.put(gpa, 8, context.epochSeconds() + now / NANOS);
        shared.put(gpa + 8, 8, now % NANOS);
        shared.put(gpa + 16, 8, vcpu.tsc());
        for (int i = 24; i < PAIRING_BYTES; i += 8) {
            shared.put(gpa + i, 8, 0);
        }
        return 0;
    }

    /** Nothing is encrypted here, so both kinds of pages are the same. */
    private static long mapGpaRange(long gpa, long pages) {
        long first = gpa >>> 12;
        boolean valid = (gpa & 0xfff) == 0 && pages != 0 && Long.compareUnsigned(first + pages, first) > 0;
        return valid ? 0 : -KVM_EINVAL;
    }

    void inspect(Inspector out) {
        out.child("hypercall log", log);
    }
}
