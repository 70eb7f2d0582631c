package dev.ringside.devices.pc;

import dev.ringside.device.CharSink;
import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IrqLine;
import dev.ringside.device.SerialPort;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;
import dev.ringside.inspect.Inspector;
import java.util.ArrayDeque;

/**
 * National Semiconductor PC16550D, "Universal Asynchronous Receiver/Transmitter with FIFOs", in a PC: OUT2 gates the interrupt.
 *
 * <p>Departures from the datasheet: the line is set to 8N1 after a reset, as a PC's firmware leaves it, so that a guest may write without setting it up;
 * transmission completes at once, whatever the divisor. The far end has perfect flow control: it sends one
 * character per character time, waits while the FIFO is full, and holds its characters until the guest listens (the received-data interrupt is enabled,
 * or LSR was read {@value #POLLS_THAT_LISTEN} times with nothing sent in between), so that piped input is not lost to a driver that clears the FIFOs while it starts.
 */
public final class Ns16550a implements Device, SerialPort, ByteIo {
    static final int IER_ERBFI = 0x01;
    static final int IER_ETBEI = 0x02;
    static final int IER_ELSI = 0x04;
    static final int IER_EDSSI = 0x08;
    static final int IIR_NONE = 0x01;
    static final int IIR_MODEM = 0x00;
    static final int IIR_THRE = 0x02;
    static final int IIR_DATA = 0x04;
    static final int IIR_LINE = 0x06;
    static final int IIR_TIMEOUT = 0x0c;
    static final int LCR_8N1 = 0x03;
    static final int LCR_BREAK = 0x40;
    static final int LCR_DLAB = 0x80;
    static final int MCR_DTR = 0x01;
    static final int MCR_RTS = 0x02;
    static final int MCR_OUT1 = 0x04;
    static final int MCR_OUT2 = 0x08;
    static final int MCR_LOOP = 0x10;
    static final int LSR_DR = 0x01;
    static final int LSR_OE = 0x02;
    static final int LSR_BI = 0x10;
    static final int LSR_THRE = 0x20;
    static final int LSR_TEMT = 0x40;
    static final int LSR_FIFO_ERROR = 0x80;
    /** CTS, DSR and DCD: a terminal that is switched on. */
    private static final int FAR_END_READY = 0xb0;
    private static final int FIFO_DEPTH = 16;
    private static final int POLLS_THAT_LISTEN = 16;
    private static final int[] TRIGGER_LEVELS = {1, 4, 8, 14};

    private final String name;
    private final DeviceContext context;
    private final IrqLine irq;
    private final Timer characterTimer;
    private final Timer timeoutTimer;
    private CharSink sink = CharSink.NONE;
    private final ArrayDeque<Integer> wire = new ArrayDeque<>();

    private final int[] fifo = new int[FIFO_DEPTH];
    private int fifoHead;
    private int fifoCount;
    private int ier;
    private int fcr;
    private int lcr;
    private int mcr;
    private int lsrErrors;
    private int modem;
    private int modemDeltas;
    private int scratch;
    private int divisor;
    private boolean thrEmptyPending;
    private boolean timeoutPending;
    private int polls;

    /** @param firstPort 0x3F8 for COM1 */
    public Ns16550a(String name, DeviceContext context, int firstPort, IrqLine irq) {
        this.name = name;
        this.context = context;
        this.irq = irq;
        this.characterTimer = context.clock().newTimer(name + " character", this::nextCharacter);
        this.timeoutTimer = context.clock().newTimer(name + " timeout", this::characterTimeout);
        reset();
        context.claimPorts(this, firstPort, 8, this);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void connect(CharSink newSink) {
        sink = newSink;
    }

    @Override
    public void receive(int octet) {
        wire.add(octet & 0xff);
        if (!characterTimer.isArmed() && listening()) {
            nextCharacter();
        }
    }

    @Override
    public int readByte(int offset) {
        return switch (offset) {
            case 0 -> dlab() ? divisor & 0xff : readReceiverBuffer();
            case 1 -> dlab() ? divisor >> 8 : ier;
            case 2 -> readInterruptIdentification();
            case 3 -> lcr;
            case 4 -> mcr;
            case 5 -> readLineStatus();
            case 6 -> readModemStatus();
            case 7 -> scratch;
            default -> 0xff;
        };
    }

    @Override
    public void writeByte(int offset, int value) {
        switch (offset) {
            case 0 -> {
                if (dlab()) {
                    divisor = divisor & 0xff00 | value;
                } else {
                    transmit(value);
                }
            }
            case 1 -> {
                if (dlab()) {
                    divisor = divisor & 0xff | value << 8;
                } else {
                    writeInterruptEnable(value & 0x0f);
                }
            }
            case 2 -> writeFifoControl(value);
            case 3 -> writeLineControl(value);
            case 4 -> writeModemControl(value & 0x1f);
            case 7 -> scratch = value;
            default -> {
                // LSR and MSR: writing them is for factory tests only.
            }
        }
        updateIrq();
    }

    private boolean dlab() {
        return (lcr & LCR_DLAB) != 0;
    }

    private boolean fifoEnabled() {
        return (fcr & 1) != 0;
    }

    private int capacity() {
        return fifoEnabled() ? FIFO_DEPTH : 1;
    }

    private int characterMask() {
        return 0xff >> 3 - (lcr & 3);
    }

    // Transmitter

    private void transmit(int octet) {
        polls = 0;
        int character = octet & characterMask();
        if ((mcr & MCR_LOOP) != 0) {
            arrive(character);
        } else {
            sink.accept(character);
        }
        thrEmptyPending = true;
    }

    // Receiver

    private int readReceiverBuffer() {
        if (fifoCount == 0) {
            return fifo[fifoHead] & 0xff;
        }
        int character = fifo[fifoHead];
        if (fifoCount > 1 || fifoEnabled()) {
            fifoHead = (fifoHead + 1) % FIFO_DEPTH;
        }
        fifoCount--;
        timeoutPending = false;
        revealErrors();
        armTimeout();
        if (!wire.isEmpty() && !characterTimer.isArmed()) {
            characterTimer.arm(context.clock().nanos() + characterNanos());
        }
        updateIrq();
        return character & 0xff;
    }

    private void nextCharacter() {
        if (wire.isEmpty() || !listening() || fifoCount >= capacity() || (mcr & MCR_LOOP) != 0) {
            return;
        }
        arrive(wire.remove() & characterMask());
        if (!wire.isEmpty()) {
            characterTimer.arm(context.clock().nanos() + characterNanos());
        }
        updateIrq();
    }

    private boolean listening() {
        return (ier & IER_ERBFI) != 0 || polls >= POLLS_THAT_LISTEN;
    }

    /** @param entry the character, with its error bits of LSR in bits 15:8 */
    private void arrive(int entry) {
        if (fifoCount >= capacity()) {
            lsrErrors |= LSR_OE;
            if (!fifoEnabled()) {
                fifo[fifoHead] = entry;
            }
            return;
        }
        fifo[(fifoHead + fifoCount) % FIFO_DEPTH] = entry;
        fifoCount++;
        timeoutPending = false;
        if (fifoCount == 1) {
            revealErrors();
        }
        armTimeout();
    }

    /** Errors belong to a character and show when it reaches the top of the FIFO. */
    private void revealErrors() {
        if (fifoCount > 0) {
            lsrErrors |= fifo[fifoHead] >> 8;
            fifo[fifoHead] &= 0xff;
        }
    }

    private boolean errorInFifo() {
        for (int i = 0; i < fifoCount; i++) {
            if (fifo[(fifoHead + i) % FIFO_DEPTH] >> 8 != 0) {
                return true;
            }
        }
        return (lsrErrors & ~LSR_OE) != 0;
    }

    private void armTimeout() {
        if (fifoEnabled() && fifoCount > 0) {
            timeoutTimer.arm(context.clock().nanos() + 4 * characterNanos());
        } else {
            timeoutTimer.cancel();
        }
    }

    private void characterTimeout() {
        timeoutPending = fifoEnabled() && fifoCount > 0;
        updateIrq();
    }

    private long characterNanos() {
        int bits = 1 + 5 + (lcr & 3) + ((lcr & 8) != 0 ? 1 : 0) + ((lcr & 4) != 0 ? 2 : 1);
        return PcClocks.nanos(16L * Math.max(1, divisor) * bits, PcClocks.UART_HZ);
    }

    // Interrupts

    private int readInterruptIdentification() {
        int source = interruptSource();
        if (source == IIR_THRE) {
            thrEmptyPending = false;
            updateIrq();
        }
        return source | (fifoEnabled() ? 0xc0 : 0);
    }

    private int interruptSource() {
        if ((ier & IER_ELSI) != 0 && lsrErrors != 0) {
            return IIR_LINE;
        }
        if ((ier & IER_ERBFI) != 0 && fifoCount >= (fifoEnabled() ? TRIGGER_LEVELS[fcr >> 6] : 1)) {
            return IIR_DATA;
        }
        if ((ier & IER_ERBFI) != 0 && timeoutPending) {
            return IIR_TIMEOUT;
        }
        if ((ier & IER_ETBEI) != 0 && thrEmptyPending) {
            return IIR_THRE;
        }
        if ((ier & IER_EDSSI) != 0 && modemDeltas != 0) {
            return IIR_MODEM;
        }
        return IIR_NONE;
    }

    private void updateIrq() {
        irq.set((mcr & MCR_OUT2) != 0 && interruptSource() != IIR_NONE);
    }

    private void writeInterruptEnable(int value) {
        if ((value & ~ier & IER_ETBEI) != 0) {
            thrEmptyPending = true;
        }
        ier = value;
        if (!wire.isEmpty() && !characterTimer.isArmed() && listening()) {
            characterTimer.arm(context.clock().nanos() + characterNanos());
        }
    }

    // Control and status

    private void writeFifoControl(int value) {
        boolean toggled = ((value ^ fcr) & 1) != 0;
        if (toggled || (value & 2) != 0) {
            fifoHead = 0;
            fifoCount = 0;
            timeoutPending = false;
            timeoutTimer.cancel();
        }
        if (toggled || (value & 4) != 0) {
            thrEmptyPending = true;
        }
        fcr = (value & 1) != 0 ? value & 0xc9 : 0;
    }

    private void writeLineControl(int value) {
        boolean breakStarts = (value & ~lcr & LCR_BREAK) != 0;
        lcr = value;
        if (breakStarts && (mcr & MCR_LOOP) != 0) {
            arrive(LSR_BI << 8);
        }
    }

    private int readLineStatus() {
        polls = Math.min(polls + 1, POLLS_THAT_LISTEN);
        if (!wire.isEmpty() && !characterTimer.isArmed()) {
            nextCharacter();
        }
        int value = LSR_THRE | LSR_TEMT | lsrErrors | (fifoCount > 0 ? LSR_DR : 0) | (fifoEnabled() && errorInFifo() ? LSR_FIFO_ERROR : 0);
        lsrErrors = 0;
        updateIrq();
        return value;
    }

    private void writeModemControl(int value) {
        mcr = value;
        setModemInputs((mcr & MCR_LOOP) != 0 ? loopedModemInputs() : FAR_END_READY);
    }

    private int loopedModemInputs() {
        return ((mcr & MCR_RTS) != 0 ? 0x10 : 0) | ((mcr & MCR_DTR) != 0 ? 0x20 : 0) | ((mcr & MCR_OUT1) != 0 ? 0x40 : 0)
                | ((mcr & MCR_OUT2) != 0 ? 0x80 : 0);
    }

    private void setModemInputs(int inputs) {
        int changed = (inputs ^ modem) >> 4;
        modemDeltas |= changed & 0x0b;
        if ((changed & 0x04) != 0 && (inputs & 0x40) == 0) {
            modemDeltas |= 0x04; // TERI: only the trailing edge of RI counts
        }
        modem = inputs;
    }

    private int readModemStatus() {
        int value = modem | modemDeltas;
        modemDeltas = 0;
        updateIrq();
        return value;
    }

    @Override
    public void reset() {
        fifoHead = 0;
        fifoCount = 0;
        ier = 0;
        fcr = 0;
        lcr = LCR_8N1;
        mcr = 0;
        lsrErrors = 0;
        modem = FAR_END_READY;
        modemDeltas = 0;
        scratch = 0;
        divisor = 12;
        thrEmptyPending = false;
        timeoutPending = false;
        polls = 0;
        characterTimer.cancel();
        timeoutTimer.cancel();
        irq.set(false);
    }

    @Override
    public void save(StateWriter out) {
        out.putInts("fifo", fifo);
        out.putInt("fifoHead", fifoHead);
        out.putInt("fifoCount", fifoCount);
        out.putInt("IER", ier);
        out.putInt("FCR", fcr);
        out.putInt("LCR", lcr);
        out.putInt("MCR", mcr);
        out.putInt("LSR", lsrErrors);
        out.putInt("modem", modem);
        out.putInt("modemDeltas", modemDeltas);
        out.putInt("SCR", scratch);
        out.putInt("divisor", divisor);
        out.putBoolean("thrEmptyPending", thrEmptyPending);
        out.putBoolean("timeoutPending", timeoutPending);
        out.putInt("polls", polls);
        byte[] waiting = new byte[wire.size()];
        int i = 0;
        for (int octet : wire) {
            waiting[i++] = (byte) octet;
        }
        out.putBytes("wire", waiting);
        TimerState.save(out, "character", characterTimer);
        TimerState.save(out, "timeout", timeoutTimer);
    }

    @Override
    public void restore(StateReader in) {
        in.getInts("fifo", fifo);
        fifoHead = in.getInt("fifoHead");
        fifoCount = in.getInt("fifoCount");
        ier = in.getInt("IER");
        fcr = in.getInt("FCR");
        lcr = in.getInt("LCR");
        mcr = in.getInt("MCR");
        lsrErrors = in.getInt("LSR");
        modem = in.getInt("modem");
        modemDeltas = in.getInt("modemDeltas");
        scratch = in.getInt("SCR");
        divisor = in.getInt("divisor");
        thrEmptyPending = in.getBoolean("thrEmptyPending");
        timeoutPending = in.getBoolean("timeoutPending");
        polls = in.getInt("polls");
        wire.clear();
        for (byte octet : in.getBytes("wire")) {
            wire.add(octet & 0xff);
        }
        TimerState.restore(in, "character", characterTimer);
        TimerState.restore(in, "timeout", timeoutTimer);
        updateIrq();
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("IER", ier, 8).hex("IIR", interruptSource() | (fifoEnabled() ? 0xc0 : 0), 8).hex("FCR", fcr, 8).hex("LCR", lcr, 8)
                .hex("MCR", mcr, 8).hex("LSR", LSR_THRE | LSR_TEMT | lsrErrors | (fifoCount > 0 ? LSR_DR : 0), 8).hex("MSR", modem | modemDeltas, 8)
                .hex("SCR", scratch, 8).hex("DLM:DLL", divisor, 16).decimal("characters in FIFO", fifoCount).decimal("characters on the wire", wire.size());
    }
}
