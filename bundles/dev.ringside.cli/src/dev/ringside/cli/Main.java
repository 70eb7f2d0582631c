package dev.ringside.cli;

import dev.ringside.machine.MachineException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/**
 * {@code ringside COMMAND}. Serial output goes to stdout untouched; Ringside's own words go to stderr.
 */
@Command(name = "ringside", mixinStandardHelpOptions = true, version = "Ringside 1.0.0",
    header = "Boots guest kernels and shows every step.",
    subcommands = {RunCommand.class, DemoCommand.class, AsmCommand.class, DisasmCommand.class, NotInThisBuild.Translate.class, NotInThisBuild.Check.class,
        NotInThisBuild.Jvm.class, NotInThisBuild.Art.class, NotInThisBuild.Bench.class, CommandLine.HelpCommand.class},
    footer = {"", "Without a command, ./ringside opens the IDE; ./ringside test runs the tests.",
        "Exit status: the guest's own, 0 when it powered off, 124 when a limit was reached, 125 for an error on the host, 126 when the guest cannot go on."})
public final class Main implements Runnable {
    private Main() {
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** The exit status of a command line. */
    static int run(String... args) {
        var line = new CommandLine(new Main());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(Main::badOption);
        line.setExecutionExceptionHandler((e, command, result) -> failed(e, command));
        return line.execute(args);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.err);
    }

    private static int badOption(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("ringside: " + e.getMessage().lines().findFirst().orElse("bad command line") + " (see ringside "
            + (command.getCommandName().equals("ringside") ? "" : command.getCommandName() + " ") + "--help)");
        return ExitStatus.HOST_ERROR;
    }

    /** What the world did is one line; what we did wrong is shown whole, for a report. */
    private static int failed(Exception e, CommandLine command) throws Exception {
        if (e instanceof HostError || e instanceof MachineException) {
            command.getErr().println("ringside: " + e.getMessage());
            return ExitStatus.HOST_ERROR;
        }
        throw e;
    }
}
