package dev.ringside.cli;

import dev.ringside.machine.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Sends stdin to the guest's serial line. On a terminal, keys arrive one by one without echo, and Ctrl-A X ends the run; the terminal is put back as
 * it was afterwards. Input reaches the guest when it comes, so a run that is given input this way repeats only if the input comes at the same time.
 */
final class SerialInput implements AutoCloseable {
    private static final int CTRL_A = 1;

    private final Machine machine;
    private final InputStream in;
    private final Runnable quit;
    private final String savedTerminal;

    SerialInput(Machine machine, InputStream in, Runnable quit) {
        this.machine = machine;
        this.in = in;
        this.quit = quit;
        savedTerminal = System.console() != null && System.console().isTerminal() ? stty("-g") : null;
        if (savedTerminal != null) {
            stty("-icanon", "-echo", "-isig", "min", "1");
            Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        }
        machine.inputOpen(true);
        Thread.ofPlatform().daemon().name("Serial input").start(this::pump);
    }

    private void pump() {
        byte[] buffer = new byte[1024];
        boolean escaped = false;
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (savedTerminal != null && n == 1) {
                    if (escaped && (buffer[0] == 'x' || buffer[0] == 'X')) {
                        quit.run();
                        break;
                    }
                    boolean prefix = !escaped && buffer[0] == CTRL_A;
                    escaped = prefix;
                    if (prefix) {
                        continue;
                    }
                }
                machine.sendSerial(Arrays.copyOf(buffer, n));
            }
        } catch (IOException e) {
            // A terminal that went away is the end of input.
        }
        machine.inputOpen(false);
    }

    @Override
    public void close() {
        if (savedTerminal != null) {
            stty(savedTerminal);
        }
    }

    /** @return what stty printed, or null when there is none */
    private static String stty(String... arguments) {
        var command = new java.util.ArrayList<String>();
        command.add("stty");
        command.addAll(Arrays.asList(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.INHERIT).start();
            String printed = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII).trim();
            return process.waitFor() == 0 ? printed : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
