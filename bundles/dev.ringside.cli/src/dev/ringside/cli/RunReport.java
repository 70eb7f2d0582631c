package dev.ringside.cli;

import com.google.gson.JsonObject;
import dev.ringside.machine.EndReason;
import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineStatistics;
import dev.ringside.machine.StopReason;
import java.io.PrintWriter;
import java.util.Locale;

/** What is said about a run when it is over. */
record RunReport(Machine machine, StopReason stop, int status, double seconds) {

    /** Tells on stderr how the run ended, unless it simply powered off. */
    void printEnd(PrintWriter err) {
        if (stop instanceof StopReason.Ended(EndReason reason)) {
            switch (reason) {
                case EndReason.PowerOff p -> {
                }
                case EndReason.DebugExit d -> {
                }
                case EndReason.TripleFault t -> err.println("ringside: triple fault\n" + t.explanation());
                case EndReason.Reset r -> err.println("ringside: " + r.describe());
                case EndReason.Stuck s -> err.println("ringside: " + s.describe());
                case EndReason.Panicked p -> err.println("ringside: " + p.describe());
                case EndReason.DeviceFailed d -> err.println("ringside: " + d.describe());
                case EndReason.Broken b -> err.println("ringside: " + b.describe() + "\n" + b.detail());
                case EndReason.Terminated t -> err.println("ringside: stopped on request");
            }
        } else {
            err.println("ringside: stopped after " + machine.statistics().instructions() + " instructions: a limit was reached");
        }
        err.flush();
    }

    void printStatistics(PrintWriter err) {
        MachineStatistics s = machine.statistics();
        err.println("guest          " + machine.guest());
        err.printf(Locale.ROOT, "instructions   %,d%n", s.instructions());
        err.printf(Locale.ROOT, "host seconds   %.2f%n", seconds);
        err.printf(Locale.ROOT, "guest MIPS     %.1f%n", s.instructions() / 1e6 / Math.max(seconds, 1e-9));
        err.printf(Locale.ROOT, "virtual time   %.3f s%n", s.virtualNanos() / 1e9);
        err.println("exits by reason");
        s.exits().forEach((reason, count) -> err.printf(Locale.ROOT, "  %-16s %,15d%n", reason, count));
        err.println("other events");
        s.events().forEach((kind, count) -> err.printf(Locale.ROOT, "  %-16s %,15d%n", kind, count));
        var paravirt = machine.paravirt().counts();
        if (!paravirt.isEmpty()) {
            err.println("paravirtual interface " + machine.paravirt().name());
            paravirt.forEach((what, count) -> err.printf(Locale.ROOT, "  %-40s %,15d%n", what, count));
            machine.injections().forEach(fault -> err.println("  fault: " + fault.text() + (fault.done() ? " has happened" : " was not reached")));
            machine.paravirt().notices().forEach(line -> err.println("  " + line));
            machine.paravirt().hints().forEach(hint -> err.println("  hint: " + hint));
        }
        err.println("event hash     " + s.eventHash());
        for (String missing : machine.unimplemented()) {
            err.println("unimplemented  " + missing);
        }
        err.flush();
    }

    void printJson(PrintWriter err) {
        MachineStatistics s = machine.statistics();
        var json = new JsonObject();
        json.addProperty("end", stop instanceof StopReason.Ended(EndReason reason) ? reason.word() : "limit");
        json.addProperty("status", status);
        json.addProperty("instructions", s.instructions());
        json.addProperty("seconds", Math.round(seconds * 1000) / 1000.0);
        json.addProperty("guest", machine.guest());
        json.addProperty("engine", machine.engine().name());
        json.addProperty("paravirt", machine.description().paravirt());
        var exits = new JsonObject();
        s.exits().forEach(exits::addProperty);
        json.add("exits", exits);
        var events = new JsonObject();
        s.events().forEach(events::addProperty);
        json.add("events", events);
        var paravirt = new JsonObject();
        machine.paravirt().counts().forEach(paravirt::addProperty);
        json.add("paravirtEvents", paravirt);
        json.addProperty("eventHash", s.eventHash());
        err.println(json);
        err.flush();
    }

    /** For a run that never began. */
    static void printErrorJson(PrintWriter err, String message) {
        var json = new JsonObject();
        json.addProperty("end", "error");
        json.addProperty("status", ExitStatus.HOST_ERROR);
        json.addProperty("instructions", 0);
        json.addProperty("seconds", 0);
        json.addProperty("message", message);
        err.println(json);
        err.flush();
    }
}
