package dev.ringside.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a reader must know about the host to judge a number. Neither names nor paths of the machine.
 *
 * @param load average over the last minute (1.0: one core busy), when the facts were taken
 */
public record HostFacts(LocalDate date, String processor, int cores, String system, String jvm, String qemu, double load) {

    /** @param qemu the program, or null */
    public static HostFacts now(Path qemu) {
        String cpuinfo = read("/proc/cpuinfo");
        String model = value(cpuinfo, "model name", System.getProperty("os.arch"));
        boolean isVirtual = value(cpuinfo, "flags", "").contains(" hypervisor");
        return new HostFacts(LocalDate.now(ZoneOffset.UTC), model, Runtime.getRuntime().availableProcessors(), system(isVirtual),
            "JDK " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor.version", System.getProperty("java.vendor")) + ")", qemu == null ? "not installed" : version(qemu), currentLoad());
    }

    public static double currentLoad() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** In the words of a report, without its date. */
    public List<String> lines() {
        return List.of(
            "%s, %d core%s, %s".formatted(processor, cores, cores == 1 ? "" : "s", system),
            "%s; QEMU %s".formatted(jvm, qemu));
    }

    private static String system(boolean isVirtual) {
        String distribution = read("/etc/os-release").lines().filter(l -> l.startsWith("PRETTY_NAME=")).map(l -> l.substring(12).replace("\"", "")).findFirst()
            .orElse(System.getProperty("os.name"));
        return (isVirtual ? "a virtual machine, " : "") + distribution;
    }

    /** The first line that {@code --version} prints, without the program's name. */
    private static String version(Path qemu) {
        try {
            Process process = new ProcessBuilder(qemu.toString(), "--version").redirectErrorStream(true).start();
            try (var out = process.getInputStream()) {
                String printed = new String(out.readAllBytes(), StandardCharsets.UTF_8);
                process.waitFor(5, TimeUnit.SECONDS);
                return printed.lines().findFirst().orElse("?").replace("QEMU emulator version ", "");
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return "cannot be started: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "?";
        }
    }

    private static String value(String cpuinfo, String key, String otherwise) {
        return cpuinfo.lines().filter(l -> l.startsWith(key)).map(l -> l.substring(l.indexOf(':') + 1)).map(l -> key.equals("flags") ? l : l.strip()).findFirst()
            .orElse(otherwise);
    }

    private static String read(String file) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return String.join("\n", lines.toList());
        } catch (IOException e) {
            return "";
        }
    }

    /** "0.4" */
    static String shown(double load) {
        return load < 0 ? "unknown" : String.format(Locale.ROOT, "%.1f", load);
    }
}
