package dev.ringside.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Commands of the contract that later work brings. They say so, and end with status 125. */
abstract sealed class NotInThisBuild implements Callable<Integer> {
    @Parameters(hidden = true)
    private List<String> ignored;

    private final String name;

    NotInThisBuild(String name) {
        this.name = name;
    }

    @Override
    public Integer call() throws HostError {
        throw new HostError("the command '" + name + "' is not in this build");
    }

    @Command(name = "check", description = "Runs scenario files (not in this build).")
    static final class Check extends NotInThisBuild {
        Check() {
            super("check");
        }
    }

    @Command(name = "jvm", description = "Runs a class or jar on the JVM model (not in this build).")
    static final class Jvm extends NotInThisBuild {
        Jvm() {
            super("jvm");
        }
    }

    @Command(name = "art", description = "Runs a dex file on the ART model (not in this build).")
    static final class Art extends NotInThisBuild {
        Art() {
            super("art");
        }
    }
}
