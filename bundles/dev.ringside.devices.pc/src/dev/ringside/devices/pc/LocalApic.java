package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.InterruptAssist;
import dev.ringside.device.IoHandler;
import dev.ringside.device.LocalInterrupts;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.VcpuPins;
import dev.ringside.inspect.Inspector;
import dev.ringside.trace.TraceKind;

/**
 * A processor's Advanced Programmable Interrupt Controller in xAPIC and x2APIC mode (SDM 3A chapter 11).
 *
 * <p>Departures from the manual: interrupts reach the processor in no time, so the ICR's delivery status is always idle and a spurious vector is never
 * needed; the arbitration priority is the processor priority; the APIC ID is read-only, as on current processors.
 */
public final class LocalApic implements Device, LocalInterrupts, IoHandler {
    static final int IA32_APIC_BASE = 0x1b;
    static final int IA32_TSC_DEADLINE = 0x6e0;
    static final int X2APIC_FIRST = 0x800;
    static final int X2APIC_LAST = 0x8ff;

    private static final long BASE_BSP = 1 << 8;
    private static final long BASE_EXTD = 1 << 10;
    private static final long BASE_EN = 1 << 11;

    // Register numbers: MMIO offset / 16, MSR index - 0x800
    private static final int ID = 0x02;
    private static final int VERSION = 0x03;
    private static final int TPR = 0x08;
    private static final int APR = 0x09;
    private static final int PPR = 0x0a;
    private static final int EOI = 0x0b;
    private static final int RRD = 0x0c;
    private static final int LDR = 0x0d;
    private static final int DFR = 0x0e;
    private static final int SVR = 0x0f;
    private static final int ISR = 0x10;
    private static final int TMR = 0x18;
    private static final int IRR = 0x20;
    private static final int ESR = 0x28;
    private static final int LVT_CMCI = 0x2f;
    private static final int ICR_LOW = 0x30;
    private static final int ICR_HIGH = 0x31;
    private static final int LVT_TIMER = 0x32;
    private static final int LVT_THERMAL = 0x33;
    private static final int LVT_PERFORMANCE = 0x34;
    private static final int LVT_LINT0 = 0x35;
    private static final int LVT_LINT1 = 0x36;
    private static final int LVT_ERROR = 0x37;
    private static final int INITIAL_COUNT = 0x38;
    private static final int CURRENT_COUNT = 0x39;
    private static final int DIVIDE = 0x3e;
    private static final int SELF_IPI = 0x3f;

    /** Version 0x15, seven LVT entries, suppression of EOI broadcasts. */
    private static final int VERSION_VALUE = 0x0106_0015;
    private static final int SVR_ENABLE = 1 << 8;
    private static final int SVR_SUPPRESS_EOI = 1 << 12;
    private static final int LVT_MASK = 1 << 16;
    private static final int LVT_REMOTE_IRR = 1 << 14;
    private static final int LVT_LEVEL = 1 << 15;

    private static final int ERROR_SEND_VECTOR = 1 << 5;
    private static final int ERROR_RECEIVE_VECTOR = 1 << 6;
    private static final int ERROR_REGISTER = 1 << 7;

    /** In the order of the manual's table: CMCI, timer, thermal, performance, LINT0, LINT1, error. */
    private static final int[] LVT_REGISTERS = {LVT_CMCI, LVT_TIMER, LVT_THERMAL, LVT_PERFORMANCE, LVT_LINT0, LVT_LINT1, LVT_ERROR};
    private static final int[] LVT_WRITABLE = {0x107ff, 0x700ff, 0x107ff, 0x107ff, 0x1a7ff, 0x1a7ff, 0x100ff};

    private final String name;
    private final DeviceContext context;
    private final ApicBus bus;
    private final I8259Pair pic;
    private final VcpuPins pins;
    private final int id;
    private final LapicTimer timer;
    private int physicalAddressBits = 40;

    private long apicBase;
    private int tpr;
    private int ldr;
    private int dfr;
    private int svr;
    private final long[] isr = new long[4];
    private final long[] tmr = new long[4];
    private final long[] irr = new long[4];
    private int esr;
    private int pendingErrors;
    private long icr;
    private final int[] lvt = new int[LVT_REGISTERS.length];
    private boolean lint0;
    /** An ExtINT message from the I/O APIC that waits for the 8259's acknowledge cycle. */
    private boolean externalLatched;
    private boolean requested;
    private InterruptAssist assist;
    private boolean settling;

    /**
     * @param id APIC ID, and index of the processor; the one with 0 is the bootstrap processor
     * @param pic asked for the vector of an external interrupt
     */
    public LocalApic(String name, DeviceContext context, ApicBus bus, I8259Pair pic, VcpuPins pins, int id) {
        this.name = name;
        this.context = context;
        this.bus = bus;
        this.pic = pic;
        this.pins = pins;
        this.id = id;
        this.timer = new LapicTimer(context.clock(), name + " timer", this::timerExpired);
        bus.connect(this);
        reset();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public void physicalAddressBits(int bits) {
        physicalAddressBits = bits;
    }

    @Override
    public void tscOffset(long ticks) {
        timer.tscOffset(ticks);
    }

    boolean isHardwareEnabled() {
        return (apicBase & BASE_EN) != 0;
    }

    private boolean isX2() {
        return (apicBase & BASE_EXTD) != 0;
    }

    boolean isSoftwareEnabled() {
        return isHardwareEnabled() && (svr & SVR_ENABLE) != 0;
    }

    /** Where the processor sees its APIC in memory; -1 in x2APIC mode and while disabled. */
    long mmioBase() {
        return isHardwareEnabled() && !isX2() ? apicBase & ~0xfffL : -1;
    }

    // Memory-mapped registers (xAPIC)

    @Override
    public long read(long offset, int sizeBytes) {
        if ((offset & 0xf) + sizeBytes > 4 && (offset & 0xf) != 0) {
            return 0; // outside of the 32 bits that each 16 bytes have
        }
        int register = (int) offset >> 4;
        if (!existsInMemory(register)) {
            error(ERROR_REGISTER);
            return 0;
        }
        settle();
        return (readRegister(register) & 0xffffffffL) >>> 8 * (offset & 0xf);
    }

    @Override
    public void write(long offset, int sizeBytes, long value) {
        if ((offset & 0xf) != 0 || sizeBytes < 4) {
            context.unimplemented(this, "write of " + sizeBytes + " bytes to local APIC offset 0x" + Long.toHexString(offset)
                    + "; registers are written as aligned 32 bits");
            return;
        }
        int register = (int) offset >> 4;
        int data = (int) value;
        switch (register) {
            case ID, VERSION, APR, PPR, RRD, CURRENT_COUNT -> {
                // read-only
            }
            case LDR -> ldr = data & 0xff000000;
            case DFR -> dfr = data | 0x0fffffff;
            case ICR_HIGH -> icr = icr & 0xffffffffL | (long) (data & 0xff000000) << 32;
            case ICR_LOW -> command(icr & ~0xffffffffL | data & 0xffffffffL);
            case EOI -> endOfInterrupt();
            default -> {
                if (!existsInMemory(register)) {
                    error(ERROR_REGISTER);
                } else if (register < ISR || register >= ESR) {
                    writeRegister(register, data);
                }
            }
        }
    }

    private static boolean existsInMemory(int register) {
        return register == ID || register == VERSION || register >= TPR && register < ISR || register >= ISR && register <= ESR
                || register >= LVT_CMCI && register <= CURRENT_COUNT || register == DIVIDE;
    }

    // Model-specific registers (SDM 3A 11.12.1)

    @Override
    public boolean hasMsr(int index) {
        return index == IA32_APIC_BASE || index == IA32_TSC_DEADLINE || index >= X2APIC_FIRST && index <= X2APIC_LAST;
    }

    @Override
    public boolean canReadMsr(int index) {
        if (index < X2APIC_FIRST) {
            return hasMsr(index);
        }
        int register = index - X2APIC_FIRST;
        return isX2() && existsAsMsr(register) && register != EOI && register != SELF_IPI;
    }

    private static boolean existsAsMsr(int register) {
        return switch (register) {
            case APR, RRD, DFR, ICR_HIGH -> false;
            case SELF_IPI -> true;
            default -> existsInMemory(register);
        };
    }

    @Override
    public long readMsr(int index) {
        settle();
        return switch (index) {
            case IA32_APIC_BASE -> apicBase;
            case IA32_TSC_DEADLINE -> timer.deadline();
            case X2APIC_FIRST + ICR_LOW -> icr;
            default -> readRegister(index - X2APIC_FIRST) & 0xffffffffL;
        };
    }

    @Override
    public boolean writeMsr(int index, long value) {
        if (index == IA32_APIC_BASE) {
            return writeApicBase(value);
        }
        if (index == IA32_TSC_DEADLINE) {
            timer.deadline(value);
            return true;
        }
        return isX2() && writeX2(index - X2APIC_FIRST, value);
    }

    private boolean writeX2(int register, long value) {
        if (register == ICR_LOW) {
            if ((value & 0xfff32000L) != 0) {
                return false;
            }
            command(value & ~0x1000L);
            return true;
        }
        if (!existsAsMsr(register) || isReadOnly(register) || (value & ~x2Writable(register)) != 0) {
            return false;
        }
        switch (register) {
            case EOI -> endOfInterrupt();
            case SELF_IPI -> accept(new InterruptMessage(id, false, -1, InterruptMessage.FIXED, (int) value, false));
            default -> writeRegister(register, (int) value);
        }
        return true;
    }

    /** The bits that a write may set; others are reserved. */
    private static long x2Writable(int register) {
        int entry = lvtIndex(register);
        if (entry >= 0) {
            return LVT_WRITABLE[entry] | 0x1000 | (entry == 4 || entry == 5 ? LVT_REMOTE_IRR : 0);
        }
        return switch (register) {
            case TPR, SELF_IPI -> 0xff;
            case SVR -> 0x11ff;
            case INITIAL_COUNT -> 0xffffffffL;
            case DIVIDE -> 0xb;
            default -> 0; // EOI and ESR take only 0
        };
    }

    private static boolean isReadOnly(int register) {
        return register == ID || register == VERSION || register == PPR || register == LDR || register >= ISR && register < ESR
                || register == CURRENT_COUNT;
    }

    private boolean writeApicBase(long value) {
        long addressMask = (1L << physicalAddressBits) - 1 & ~0xfffL;
        boolean reserved = (value & ~(addressMask | BASE_BSP | BASE_EXTD | BASE_EN)) != 0;
        boolean invalid = (value & (BASE_EXTD | BASE_EN)) == BASE_EXTD;
        boolean x2ToX = isX2() && (value & BASE_EN) != 0 && (value & BASE_EXTD) == 0;
        boolean offToX2 = !isHardwareEnabled() && (value & BASE_EXTD) != 0;
        if (reserved || invalid || x2ToX || offToX2) {
            return false;
        }
        boolean wasEnabled = isHardwareEnabled();
        boolean wasX2 = isX2();
        apicBase = value;
        if (wasEnabled != isHardwareEnabled()) {
            resetRegisters(); // disabling and enabling both end in the power-up state (SDM 3A 11.4.3)
        }
        if (!wasX2 && isX2()) {
            enterX2();
        }
        bus.located(mmioBase());
        update();
        return true;
    }

    /** SDM 3A 11.12.5.1: the ID and the LDR are what hardware says, ICR high is cleared, the rest stays. */
    private void enterX2() {
        icr &= 0xffffffffL;
    }

    // Registers

    private int readRegister(int register) {
        if (register >= ISR && register < ESR) {
            long[] bits = register < TMR ? isr : register < IRR ? tmr : irr;
            int word = register & 7;
            return (int) (bits[word >> 1] >>> (word & 1) * 32);
        }
        int entry = lvtIndex(register);
        if (entry >= 0) {
            return lvt[entry];
        }
        return switch (register) {
            case ID -> isX2() ? id : id << 24;
            case VERSION -> VERSION_VALUE;
            case TPR -> tpr;
            case APR, PPR -> processorPriority();
            case LDR -> isX2() ? x2LogicalId() : ldr;
            case DFR -> dfr;
            case SVR -> svr;
            case ESR -> esr;
            case ICR_LOW -> (int) icr;
            case ICR_HIGH -> (int) (icr >>> 32);
            case INITIAL_COUNT -> (int) timer.initialCount();
            case CURRENT_COUNT -> (int) timer.currentCount();
            case DIVIDE -> timer.divideConfiguration();
            default -> 0;
        };
    }

    private void writeRegister(int register, int value) {
        int entry = lvtIndex(register);
        if (entry >= 0) {
            writeLvt(entry, value);
            return;
        }
        switch (register) {
            case TPR -> {
                tpr = value & 0xff;
                update();
            }
            case SVR -> writeSvr(value & 0x11ff);
            case ESR -> {
                esr = pendingErrors;
                pendingErrors = 0;
            }
            case INITIAL_COUNT -> timer.initialCount(value & 0xffffffffL);
            case DIVIDE -> timer.divideConfiguration(value & 0xb);
            default -> {
                // read-only
            }
        }
    }

    private static int lvtIndex(int register) {
        return register == LVT_CMCI ? 0 : register >= LVT_TIMER && register <= LVT_ERROR ? register - LVT_TIMER + 1 : -1;
    }

    private void writeLvt(int entry, int value) {
        int kept = lvt[entry] & LVT_REMOTE_IRR;
        lvt[entry] = value & LVT_WRITABLE[entry] | kept;
        if ((svr & SVR_ENABLE) == 0) {
            lvt[entry] |= LVT_MASK;
        }
        if (LVT_REGISTERS[entry] == LVT_TIMER) {
            timer.mode(value >> 17 & 3);
        }
        if (LVT_REGISTERS[entry] == LVT_LINT0 && (lvt[entry] & (LVT_MASK | LVT_LEVEL | 0x700)) == LVT_LEVEL) {
            levelLint0(lvt[entry]);
        }
        update();
    }

    private void writeSvr(int value) {
        svr = value;
        if ((value & SVR_ENABLE) == 0) {
            for (int i = 0; i < lvt.length; i++) {
                lvt[i] |= LVT_MASK;
            }
        }
        update();
    }

    private int lvt(int register) {
        return lvt[lvtIndex(register)];
    }

    private int x2LogicalId() {
        return id >> 4 << 16 | 1 << (id & 0xf);
    }

    // Local interrupt sources

    private void timerExpired() {
        deliverLocal(LVT_TIMER);
    }

    /** The performance-monitoring counters overflowed: delivers and masks the entry (SDM 3A 11.5.1). */
    public void performanceCounterOverflow() {
        deliverLocal(LVT_PERFORMANCE);
        lvt[lvtIndex(LVT_PERFORMANCE)] |= LVT_MASK;
    }

    private void error(int bit) {
        boolean isNew = (pendingErrors & bit) == 0;
        pendingErrors |= bit;
        if (isNew) {
            deliverLocal(LVT_ERROR);
        }
    }

    private void deliverLocal(int register) {
        int entry = lvt(register);
        if ((entry & LVT_MASK) != 0) {
            return;
        }
        boolean fixedOnly = register == LVT_TIMER || register == LVT_ERROR;
        int mode = fixedOnly ? InterruptMessage.FIXED : entry >> 8 & 7;
        switch (mode) {
            case InterruptMessage.FIXED -> receiveFixed(entry & 0xff, false);
            case InterruptMessage.SMI -> pins.smi();
            case InterruptMessage.NMI -> pins.nmi();
            case InterruptMessage.INIT -> initialize();
            default -> {
                // ExtINT is for LINT0, which is a level and not an event.
            }
        }
    }

    /** The LINT0 pin, which carries INTR of the 8259As. */
    void lint0(boolean high) {
        boolean rises = high && !lint0;
        lint0 = high;
        int entry = lvt(LVT_LINT0);
        int mode = entry >> 8 & 7;
        if (isHardwareEnabled() && (entry & LVT_MASK) == 0 && mode != InterruptMessage.EXTINT) {
            if (mode == InterruptMessage.FIXED && (entry & LVT_LEVEL) != 0) {
                levelLint0(entry);
            } else if (rises) {
                deliverLocal(LVT_LINT0);
            }
        }
        update();
    }

    private void levelLint0(int entry) {
        if (lint0 && (entry & LVT_REMOTE_IRR) == 0) {
            lvt[lvtIndex(LVT_LINT0)] |= LVT_REMOTE_IRR;
            receiveFixed(entry & 0xff, true);
        }
    }

    /** The LINT1 pin, which carries the chipset's NMI. */
    void lint1() {
        if (isHardwareEnabled()) {
            deliverLocal(LVT_LINT1);
        } else {
            pins.nmi();
        }
    }

    // Sending

    private void command(long value) {
        icr = value & ~0x1000L;
        int low = (int) value;
        int mode = low >> 8 & 7;
        int vector = low & 0xff;
        boolean level = (low & 0x8000) != 0;
        boolean asserted = (low & 0x4000) != 0;
        int destination = isX2() ? (int) (value >>> 32) : (int) (value >>> 56);
        if (context.trace().wants(TraceKind.APIC_IPI)) {
            context.trace().emit(TraceKind.APIC_IPI, context.instructions(), id, destination & 0xffffffffL, vector, mode, 0);
        }
        if (mode == InterruptMessage.INIT && level && !asserted) {
            return; // INIT level de-assert only synchronises arbitration IDs, which nothing here has
        }
        if (mode <= InterruptMessage.LOWEST_PRIORITY && vector < 16) {
            error(ERROR_SEND_VECTOR);
            return;
        }
        if (mode == 3 || mode == InterruptMessage.EXTINT) {
            context.unimplemented(this, "interrupt command with reserved delivery mode " + mode);
            return;
        }
        var message = new InterruptMessage(destination, (low & 0x800) != 0, isX2() ? -1 : 0xff, mode, vector, false);
        switch (low >> 18 & 3) {
            case 0 -> bus.deliver(message);
            case 1 -> accept(message);
            case 2 -> bus.broadcast(message, this, true);
            default -> bus.broadcast(message, this, false);
        }
    }

    // Receiving

    /** Whether {@code message} names this APIC (SDM 3A 11.6.2, 11.12.10). */
    boolean matches(InterruptMessage message) {
        if (!isHardwareEnabled()) {
            return false;
        }
        int destination = message.destination();
        if (message.isBroadcast()) {
            return true;
        }
        if (!message.logical()) {
            return destination == id;
        }
        if (isX2()) {
            int own = x2LogicalId();
            return destination >>> 16 == own >>> 16 && (destination & own & 0xffff) != 0;
        }
        int own = ldr >>> 24;
        if (dfr >>> 28 == 0xf) {
            return (destination & own) != 0;
        }
        boolean sameCluster = destination >> 4 == own >> 4 || destination >> 4 == 0xf;
        return sameCluster && (destination & own & 0xf) != 0;
    }

    /** Takes a message that is for this APIC. @return whether it was accepted */
    boolean accept(InterruptMessage message) {
        if (!isHardwareEnabled()) {
            return false;
        }
        switch (message.mode()) {
            case InterruptMessage.FIXED, InterruptMessage.LOWEST_PRIORITY -> {
                if ((svr & SVR_ENABLE) == 0) {
                    return false;
                }
                receiveFixed(message.vector(), message.level());
            }
            case InterruptMessage.SMI -> pins.smi();
            case InterruptMessage.NMI -> pins.nmi();
            case InterruptMessage.INIT -> initialize();
            case InterruptMessage.STARTUP -> pins.startup(message.vector());
            case InterruptMessage.EXTINT -> {
                externalLatched = true;
                update();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void initialize() {
        resetRegisters();
        update();
        pins.init();
    }

    private void receiveFixed(int vector, boolean level) {
        if (vector < 16) {
            error(ERROR_RECEIVE_VECTOR);
            return;
        }
        settle();
        set(irr, vector, true);
        set(tmr, vector, level);
        update();
    }

    @Override
    public void assist(InterruptAssist newAssist) {
        assist = newAssist;
    }

    /** Passes on what the guest has told a paravirtual interface about the interrupts in service. */
    private void settle() {
        if (assist != null && !settling) {
            settling = true;
            assist.settle();
            settling = false;
        }
    }

    @Override
    public void request(int vector) {
        receiveFixed(vector, false);
    }

    // To the processor

    /** PPR (SDM 3A 11.8.3.1): the higher of the task's class and of the class in service. */
    int processorPriority() {
        int inService = Math.max(0, highest(isr));
        return tpr >> 4 >= inService >> 4 ? tpr : inService & 0xf0;
    }

    private int deliverable() {
        int vector = highest(irr);
        return vector >= 0 && vector >> 4 > processorPriority() >> 4 ? vector : -1;
    }

    private boolean externalRequested() {
        if (!isHardwareEnabled()) {
            return lint0; // LINT0 is the processor's INTR pin
        }
        int entry = lvt(LVT_LINT0);
        boolean virtualWire = (entry & LVT_MASK) == 0 && (entry >> 8 & 7) == InterruptMessage.EXTINT;
        return virtualWire && lint0 || externalLatched && pic.requested();
    }

    private void update() {
        boolean now = externalRequested() || isHardwareEnabled() && deliverable() >= 0;
        if (now != requested) {
            requested = now;
            pins.intr(now);
        }
    }

    @Override
    public boolean requested() {
        return requested;
    }

    @Override
    public int acknowledge() {
        settle();
        if (externalRequested()) {
            externalLatched = false;
            int vector = pic.acknowledge();
            update();
            return vector;
        }
        int vector = isHardwareEnabled() ? deliverable() : -1;
        if (vector >= 0) {
            set(irr, vector, false);
            set(isr, vector, true);
            update();
            if (assist != null && !assist.taken(vector, isSet(tmr, vector) || highest(irr) >= 0)) {
                endOfInterrupt();
            }
        }
        return vector;
    }

    @Override
    public void endOfInterrupt() {
        settle();
        int vector = highest(isr);
        if (vector < 0) {
            return;
        }
        set(isr, vector, false);
        if (context.trace().wants(TraceKind.EOI)) {
            context.trace().emit(TraceKind.EOI, context.instructions(), id, id, vector, 0, 0);
        }
        if (isSet(tmr, vector)) {
            endLevelLint0(vector);
            if ((svr & SVR_SUPPRESS_EOI) == 0) {
                bus.endOfInterrupt(vector);
            }
        }
        update();
        if (assist != null) {
            assist.ended(vector);
        }
    }

    private void endLevelLint0(int vector) {
        int entry = lvt(LVT_LINT0);
        if ((entry & LVT_REMOTE_IRR) != 0 && (entry & 0xff) == vector) {
            lvt[lvtIndex(LVT_LINT0)] = entry & ~LVT_REMOTE_IRR;
            if ((entry & LVT_MASK) == 0) {
                levelLint0(entry & ~LVT_REMOTE_IRR);
            }
        }
    }

    @Override
    public int cr8() {
        return tpr >> 4;
    }

    @Override
    public void cr8(int value) {
        settle();
        tpr = (value & 0xf) << 4;
        update();
    }

    private static boolean isSet(long[] bits, int vector) {
        return (bits[vector >> 6] >>> vector & 1) != 0;
    }

    private static void set(long[] bits, int vector, boolean on) {
        if (on) {
            bits[vector >> 6] |= 1L << vector;
        } else {
            bits[vector >> 6] &= ~(1L << vector);
        }
    }

    private static int highest(long[] bits) {
        for (int word = 3; word >= 0; word--) {
            if (bits[word] != 0) {
                return word * 64 + 63 - Long.numberOfLeadingZeros(bits[word]);
            }
        }
        return -1;
    }

    /** What firmware leaves behind on the bootstrap processor: virtual wire mode (MultiProcessor Specification 3.6.2.2). */
    void enterVirtualWireMode() {
        writeSvr(SVR_ENABLE | 0xff);
        writeLvt(lvtIndex(LVT_LINT0), InterruptMessage.EXTINT << 8);
        writeLvt(lvtIndex(LVT_LINT1), InterruptMessage.NMI << 8);
    }

    // Life

    @Override
    public void reset() {
        apicBase = ApicBus.DEFAULT_BASE | BASE_EN | (id == 0 ? BASE_BSP : 0);
        resetRegisters();
        bus.located(mmioBase());
        update();
    }

    /** SDM 3A 11.4.7.1: the state after power-up, reset and INIT. IA32_APIC_BASE stays. */
    private void resetRegisters() {
        tpr = 0;
        ldr = 0;
        dfr = 0xffffffff;
        svr = 0xff;
        for (int i = 0; i < 4; i++) {
            isr[i] = 0;
            tmr[i] = 0;
            irr[i] = 0;
        }
        esr = 0;
        pendingErrors = 0;
        icr = 0;
        for (int i = 0; i < lvt.length; i++) {
            lvt[i] = LVT_MASK;
        }
        externalLatched = false;
        timer.reset();
    }

    @Override
    public void save(StateWriter out) {
        out.putLong("IA32_APIC_BASE", apicBase);
        out.putInt("TPR", tpr);
        out.putInt("LDR", ldr);
        out.putInt("DFR", dfr);
        out.putInt("SVR", svr);
        for (int i = 0; i < 4; i++) {
            out.putLong("ISR" + i, isr[i]);
            out.putLong("TMR" + i, tmr[i]);
            out.putLong("IRR" + i, irr[i]);
        }
        out.putInt("ESR", esr);
        out.putInt("pendingErrors", pendingErrors);
        out.putLong("ICR", icr);
        out.putInts("LVT", lvt);
        out.putBoolean("LINT0", lint0);
        out.putBoolean("externalLatched", externalLatched);
        out.putBoolean("requested", requested);
        timer.save(out);
    }

    @Override
    public void restore(StateReader in) {
        apicBase = in.getLong("IA32_APIC_BASE");
        tpr = in.getInt("TPR");
        ldr = in.getInt("LDR");
        dfr = in.getInt("DFR");
        svr = in.getInt("SVR");
        for (int i = 0; i < 4; i++) {
            isr[i] = in.getLong("ISR" + i);
            tmr[i] = in.getLong("TMR" + i);
            irr[i] = in.getLong("IRR" + i);
        }
        esr = in.getInt("ESR");
        pendingErrors = in.getInt("pendingErrors");
        icr = in.getLong("ICR");
        in.getInts("LVT", lvt);
        lint0 = in.getBoolean("LINT0");
        externalLatched = in.getBoolean("externalLatched");
        requested = in.getBoolean("requested");
        timer.restore(in);
        bus.located(mmioBase());
        pins.intr(requested);
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("IA32_APIC_BASE", apicBase, 64).text("mode", !isHardwareEnabled() ? "disabled" : isX2() ? "x2APIC" : "xAPIC")
                .hex("ID", isX2() ? id : id << 24, 32).hex("version", VERSION_VALUE, 32).hex("TPR", tpr, 32).hex("PPR", processorPriority(), 32)
                .hex("LDR", isX2() ? x2LogicalId() : ldr, 32).hex("DFR", dfr, 32).hex("SVR", svr, 32).text("ISR", vectors(isr)).text("TMR", vectors(tmr))
                .text("IRR", vectors(irr)).hex("ESR", esr, 32).hex("ICR", icr, 64).hex("LVT CMCI", lvt[0], 32).hex("LVT timer", lvt[1], 32)
                .hex("LVT thermal", lvt[2], 32).hex("LVT performance", lvt[3], 32).hex("LVT LINT0", lvt[4], 32).hex("LVT LINT1", lvt[5], 32)
                .hex("LVT error", lvt[6], 32).child("timer", timer).flag("INTR", requested);
    }

    private static String vectors(long[] bits) {
        var text = new StringBuilder();
        for (int vector = 0; vector < 256; vector++) {
            if (isSet(bits, vector)) {
                text.append(text.isEmpty() ? "" : " ").append("%02x".formatted(vector));
            }
        }
        return text.isEmpty() ? "none" : text.toString();
    }
}
