package dev.ringside.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code ringside demo}: a headless tour on the embedded sample. */
@Command(name = "demo", mixinStandardHelpOptions = true, description = "A headless tour on the embedded sample kernel.")
final class DemoCommand implements Callable<Integer> {
    @Override
    public Integer call() throws HostError {
        throw new HostError("the sample kernel is not in this build");
    }
}
