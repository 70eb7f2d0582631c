package dev.ringside.bench;

import dev.ringside.arch.Architecture;
import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineBuilder;
import dev.ringside.machine.MachineDescription;
import dev.ringside.machine.MachineEvent;
import dev.ringside.machine.MachineException;
import dev.ringside.machine.MachineProviders;
import dev.ringside.machine.MachineThread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/**
 * The process behind the row "step": an image is stepped as a debugger does it, one request and one answer for each instruction, and the steps per second
 * are printed. Arguments: engine, image, steps to warm up, steps to measure.
 */
public final class StepRate {
    private StepRate() {
    }

    public static void main(String[] args) throws MachineException, InterruptedException, ExecutionException {
        var description = MachineDescription.of(Path.of(args[1])).withEngine(args[0]);
        Machine machine = new MachineBuilder(MachineProviders.onClassPath(), (file, writable) -> {
            throw new IOException("no disks here");
        }).build(description);
        var stopped = new Semaphore(0);
        try (var control = new MachineThread(machine)) {
            control.addListener(event -> {
                if (event instanceof MachineEvent.Stopped) {
                    stopped.release();
                }
            });
            control.start(true);
            stopped.acquire();
            steps(control, stopped, Integer.parseInt(args[2]));
            int measured = Integer.parseInt(args[3]);
            long start = System.nanoTime();
            steps(control, stopped, measured);
            System.out.println("steps per second: " + measured / ((System.nanoTime() - start) / 1e9));
            System.out.println("instructions: " + control.statistics().get().instructions());
        }
    }

    private static void steps(MachineThread control, Semaphore stopped, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            control.stepInto(0);
            stopped.acquire();
        }
    }
}
