package dev.ringside.cli;

import dev.ringside.arch.Architecture;
import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.CodeSource;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.DisassembledInstruction;
import dev.ringside.arch.WalkStep;
import dev.ringside.loader.GuestImage;
import dev.ringside.loader.ImageBytes;
import dev.ringside.loader.ImageException;
import dev.ringside.loader.Multiboot1Format;
import dev.ringside.machine.EndReason;
import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineBuilder;
import dev.ringside.machine.MachineDescription;
import dev.ringside.machine.MachineException;
import dev.ringside.machine.MachineProviders;
import dev.ringside.machine.StopReason;
import dev.ringside.samples.Sample;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ringside demo}: boots the sample kernel, stops, steps, explains a page fault, and tells what happened. */
@Command(name = "demo", mixinStandardHelpOptions = true, description = "A headless tour on the embedded sample kernel.")
final class DemoCommand implements Callable<Integer> {
    private static final long LIMIT = 100_000_000;
    private static final int STEPS = 3;
    private static final int LONGEST = 15;

    @Spec
    private CommandSpec spec;

    private PrintWriter out;
    private Machine machine;
    private AssemblyResult program;

    @Override
    public Integer call() throws HostError, MachineException {
        out = spec.commandLine().getOut();
        Architecture architecture = AsmCommand.architecture();
        program = Sample.KERNEL_64.assemble(architecture.assembler());
        title("1. Build");
        out.printf("%s: %d source lines, %d bytes at %#x, entry %s%n", Sample.KERNEL_64.fileName(), Sample.KERNEL_64.source().lines().count(),
            program.bytes().length, program.origin(), "start");
        try (Machine built = new MachineBuilder(MachineProviders.onClassPath(), Disks::open).build(MachineDescription.of(null), image())) {
            machine = built;
            machine.serial().listen(this::serial);
            boolean complete = stopAndStep() && explainFault() && finish();
            out.flush();
            return complete ? ExitStatus.OK : ExitStatus.HOST_ERROR;
        }
    }

    private GuestImage image() throws HostError {
        try {
            GuestImage image = new Multiboot1Format().load(new ImageBytes(Sample.KERNEL_64.fileName(), program.bytes())).orElseThrow();
            return new GuestImage(image.format(), image.segments(), Sample.symbols(program), image.protocol());
        } catch (ImageException e) {
            throw new HostError(e.getMessage());
        }
    }

    private boolean stopAndStep() {
        title("2. Boot, and stop where the kernel touches a page that is not there");
        if (!runTo("touch_lazy_page")) {
            return false;
        }
        Map<String, String> before = registers();
        for (int i = 0; i < STEPS; i++) {
            out.println(line());
            machine.step(0);
            Map<String, String> after = registers();
            after.forEach((name, value) -> {
                if (!value.equals(before.get(name))) {
                    out.printf("      %s %s -> %s%n", name, before.get(name), value);
                }
            });
            before.putAll(after);
        }
        return true;
    }

    private boolean explainFault() {
        title("3. A page fault, explained");
        long address = program.symbols().get("LAZY_PAGE");
        if (!runTo("page_fault_entry")) {
            return false;
        }
        out.printf("#PF at %#x, stopped at the handler. What the page tables say:%n", address);
        walk(address);
        if (!runTo("start_timer")) {
            return false;
        }
        out.println("After the handler:");
        walk(address);
        return true;
    }

    private boolean finish() {
        title("4. On to the end: five timer interrupts, then power-off");
        machine.run(LIMIT);
        endSerialLine();
        title("5. What happened");
        out.printf(Locale.ROOT, "%,d instructions in %.3f s of virtual time; %s%n", machine.statistics().instructions(),
            machine.statistics().virtualNanos() / 1e9, machine.end() == null ? "still running" : machine.end().describe());
        out.println("exits by reason:");
        machine.statistics().exits().forEach((reason, count) -> out.printf(Locale.ROOT, "  %-16s %,8d%n", reason, count));
        out.println("other events:");
        machine.statistics().events().forEach((kind, count) -> out.printf(Locale.ROOT, "  %-16s %,8d%n", kind, count));
        out.println("event hash " + machine.statistics().eventHash());
        return machine.end() instanceof EndReason.PowerOff;
    }

    private void walk(long address) {
        for (WalkStep step : machine.cpu(0).explainTranslation(address)) {
            out.printf("  %-6s @ %#-10x = %016x  %-20s %s%n", step.table(), step.entryGpa(), step.entry(), step.bits(), step.verdict());
        }
    }

    /** Runs to a label. @return false when the guest ended before */
    private boolean runTo(String label) {
        long address = program.symbols().get(label);
        var breakpoint = machine.engine().breakpoints().addExecution(address);
        StopReason stop = machine.run(LIMIT);
        machine.engine().breakpoints().remove(breakpoint);
        endSerialLine();
        return stop instanceof StopReason.Breakpoint;
    }

    private String line() {
        Cpu cpu = machine.cpu(0);
        long address = cpu.fetchAddress(cpu.pc());
        byte[] bytes = new byte[LONGEST];
        int readable = machine.vcpus().getFirst().look(address, bytes, 0, LONGEST);
        DisassembledInstruction insn = machine.architecture().disassembler()
            .disassemble(CodeSource.of(bytes, 0, readable), cpu.addressBits(), address, machine.symbols());
        return "  %x  %s".formatted(address, insn.text());
    }

    private Map<String, String> registers() {
        var values = new LinkedHashMap<String, String>();
        machine.cpu(0).registerGroups().getFirst().registers().forEach(r -> values.put(r.name(), r.read().get()));
        return values;
    }

    private boolean inSerialLine;

    private void serial(int octet) {
        if (octet == '\r') {
            return;
        }
        if (!inSerialLine) {
            out.print("  ttyS0| ");
        }
        out.print((char) octet);
        inSerialLine = octet != '\n';
    }

    private void endSerialLine() {
        if (inSerialLine) {
            out.println();
            inSerialLine = false;
        }
    }

    private void title(String text) {
        endSerialLine();
        out.println();
        out.println(text);
    }
}
