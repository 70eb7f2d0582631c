package dev.ringside.machine;

import dev.ringside.device.Clock;
import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DmaMemory;
import dev.ringside.device.IoHandler;
import dev.ringside.device.IrqLine;
import dev.ringside.device.ShadowRam;
import dev.ringside.device.Timer;
import dev.ringside.trace.TraceSink;
import java.util.function.Consumer;

/**
 * The machine as a plug-in's device sees it. What the device's handlers and timers throw ends the run with one clear line: a plug-in can break its guest, and nothing else.
 * Reads that fail answer all ones, as an empty bus does.
 */
final class GuardedContext implements DeviceContext {
    private final DeviceContext machine;
    private final String device;
    private final Consumer<String> failed;

    GuardedContext(DeviceContext machine, String device, Consumer<String> failed) {
        this.machine = machine;
        this.device = device;
        this.failed = failed;
    }

    private void guard(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | LinkageError fault) {
            fail(fault);
        }
    }

    private void fail(Throwable fault) {
        StackTraceElement[] trace = fault.getStackTrace();
        failed.accept("device '" + device + "' failed: " + fault + (trace.length == 0 ? "" : " at " + trace[0]) + "; update or uninstall its plug-in");
    }

    private IoHandler guarded(IoHandler handler) {
        return new IoHandler() {
            @Override
            public long read(long offset, int sizeBytes) {
                try {
                    return handler.read(offset, sizeBytes);
                } catch (RuntimeException | LinkageError fault) {
                    fail(fault);
                    return -1;
                }
            }

            @Override
            public void write(long offset, int sizeBytes, long value) {
                guard(() -> handler.write(offset, sizeBytes, value));
            }
        };
    }

    @Override
    public void claimPorts(Device owner, int first, int count, IoHandler handler) {
        machine.claimPorts(owner, first, count, guarded(handler));
    }

    @Override
    public Region claimMovablePorts(Device owner, int count, IoHandler handler) {
        return machine.claimMovablePorts(owner, count, guarded(handler));
    }

    @Override
    public Region claimMmio(Device owner, long gpa, long sizeBytes, IoHandler handler) {
        return machine.claimMmio(owner, gpa, sizeBytes, guarded(handler));
    }

    @Override
    public Clock clock() {
        Clock clock = machine.clock();
        return new Clock() {
            @Override
            public long nanos() {
                return clock.nanos();
            }

            @Override
            public Timer newTimer(String name, Runnable onExpiry) {
                return clock.newTimer(name, () -> guard(onExpiry));
            }
        };
    }

    @Override
    public DmaMemory memory() {
        return machine.memory();
    }

    @Override
    public TraceSink trace() {
        return machine.trace();
    }

    @Override
    public IrqLine gsi(int gsi) {
        return machine.gsi(gsi);
    }

    @Override
    public void end(EndRequest request) {
        machine.end(request);
    }

    @Override
    public void unimplemented(Device owner, String what) {
        machine.unimplemented(owner, what);
    }

    @Override
    public int currentVcpu() {
        return machine.currentVcpu();
    }

    @Override
    public long instructions() {
        return machine.instructions();
    }

    @Override
    public ShadowRam shadowRam() {
        return machine.shadowRam();
    }

    @Override
    public void a20(boolean enabled) {
        machine.a20(enabled);
    }

    @Override
    public void forgetMapping(long gpa) {
        machine.forgetMapping(gpa);
    }
}
