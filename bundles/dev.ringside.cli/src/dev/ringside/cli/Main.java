package dev.ringside.cli;

import dev.ringside.machine.MachineException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code ringside COMMAND}. Serial output goes to stdout untouched; Ringside's own words go to stderr.
 */
@Command(name = "ringside", mixinStandardHelpOptions = true, version = "Ringside 1.0.0",
    header = "Boots guest kernels and shows every step.",
    subcommands = {RunCommand.class, DemoCommand.class, AsmCommand.class, DisasmCommand.class, TranslateCommand.class, BenchCommand.class,
        NotInThisBuild.Check.class, NotInThisBuild.Jvm.class, NotInThisBuild.Art.class, CommandLine.HelpCommand.class},
    footer = {"", "Without a command, ./ringside opens the IDE; ./ringside test runs the tests.",
        "Exit status: the guest's own, 0 when it powered off, 124 when a limit was reached, 125 for an error on the host, 126 when the guest cannot go on."})
public final class Main implements Runnable {
    private Main() {
    }

    public static void main(String[] args) {
        int status = run(null, null, args);
        if (System.out.checkError() && status == ExitStatus.OK) {
            System.err.println("ringside: standard output cannot be written to its end; some of it is missing");
            status = ExitStatus.HOST_ERROR;
        }
        System.exit(status);
    }

    /** The exit status of a command line. @param out null for stdout; {@code err} null for stderr */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        var line = new CommandLine(new Main());
        if (out != null) {
            line.setOut(out).setErr(err);
        }
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
        boolean isTop = command.getParent() == null;
        err.println("ringside: " + oneLine(whatIsWrong(e, isTop)) + " (see ringside " + (isTop ? "" : command.getCommandName() + " ") + "--help)");
        return ExitStatus.HOST_ERROR;
    }

    /** picocli's message, in the user's words where it speaks of Java's types and of positions. */
    private static String whatIsWrong(ParameterException e, boolean isTop) {
        if (e instanceof UnmatchedArgumentException u && !u.isUnknownOption()) {
            String first = u.getUnmatched().getFirst();
            return !isTop ? "unexpected argument '" + first + "'" : "unknown command '" + first + "'; there are "
                + String.join(", ", e.getCommandLine().getSubcommands().keySet());
        }
        return e.getMessage().replaceFirst("is not an? (int|long)$", "is not a whole number").replaceFirst("is not a double$", "is not a number");
    }

    /** A name may hold anything; a message is one line all the same. */
    private static String oneLine(String message) {
        return message.replaceAll("\\p{Cntrl}+", " ");
    }

    /** What the world did is one line; what we did wrong is shown whole, for a report. */
    private static int failed(Exception e, CommandLine command) throws Exception {
        if (e instanceof HostError || e instanceof MachineException) {
            command.getErr().println("ringside: " + oneLine(e.getMessage()));
            return ExitStatus.HOST_ERROR;
        }
        throw e;
    }
}
