package dev.ringside.machine;

import dev.ringside.arch.Cpu;
import dev.ringside.arch.DisassembledInstruction;
import dev.ringside.arch.DisassembledInstruction.FlowKind;
import dev.ringside.engine.Breakpoints;
import java.util.function.Predicate;

/** The ways to run a machine for a debugger. A plan is advanced in parts, so that its owner can answer questions in between. */
final class Stepper {
    /** Instructions in one part: a few milliseconds on any host. */
    private static final long PART = 5_000_000;
    /** Single steps in one part. */
    private static final int PART_STEPS = 20_000;

    private final Machine machine;
    /** Counts what a stop has hit, and tells whether the run goes on all the same. */
    private final Predicate<StopReason> passes;

    Stepper(Machine machine, Predicate<StopReason> passes) {
        this.machine = machine;
        this.passes = passes;
    }

    /** @param reason null while the plan is not complete; {@link StopReason.Suspended} when something interrupted the part */
    record Outcome(int vcpu, StopReason reason) {
    }

    /** A way to run. */
    interface Plan {
        /** Runs a part. */
        Outcome advance();

        /** Takes back what the plan had set up. */
        default void close() {
        }
    }

    Plan run() {
        return () -> part(machine.run(PART));
    }

    Plan into(int vcpu) {
        return () -> new Outcome(vcpu, step(vcpu));
    }

    /** What is passed lies behind the instruction: the step is complete. */
    private StopReason step(int vcpu) {
        StopReason reason = machine.step(vcpu);
        return passes.test(reason) ? new StopReason.Stepped() : reason;
    }

    Plan to(long address) {
        return until(machine.engine().breakpoints().addExecution(address), address, -1);
    }

    /** A call, a repetition or an interrupt runs to the instruction behind it; everything else is one step. */
    Plan over(int vcpu) {
        DisassembledInstruction now = CodeListing.at(machine, vcpu);
        boolean runs = now.kind() == FlowKind.CALL || now.kind() == FlowKind.REPEAT || now.kind() == FlowKind.INTERRUPT;
        return runs ? behind(vcpu, now) : into(vcpu);
    }

    /** Steps, over calls, until a return has left the frame that the stack pointer was in. */
    Plan out(int vcpu) {
        Cpu cpu = machine.cpu(vcpu);
        long frame = cpu.stackPointer();
        return new Plan() {
            private Plan call;

            @Override
            public Outcome advance() {
                for (int i = 0; i < PART_STEPS; i++) {
                    if (call != null) {
                        Outcome outcome = call.advance();
                        if (!(outcome.reason() instanceof StopReason.Stepped)) {
                            return outcome;
                        }
                        close();
                        continue;
                    }
                    DisassembledInstruction now = CodeListing.at(machine, vcpu);
                    if (now.kind() == FlowKind.CALL || now.kind() == FlowKind.REPEAT || now.kind() == FlowKind.INTERRUPT) {
                        call = behind(vcpu, now);
                        continue;
                    }
                    boolean leaves = now.kind() == FlowKind.RETURN && Long.compareUnsigned(cpu.stackPointer(), frame) >= 0;
                    StopReason reason = step(vcpu);
                    if (leaves || !(reason instanceof StopReason.Stepped)) {
                        return new Outcome(vcpu, reason);
                    }
                    var here = new StopReason.Breakpoint(cpu.fetchAddress(cpu.pc()));
                    if (machine.engine().breakpoints().stopsAt(here.address(), cpu) && !passes.test(here)) {
                        return new Outcome(vcpu, here);
                    }
                }
                return new Outcome(vcpu, null);
            }

            @Override
            public void close() {
                if (call != null) {
                    call.close();
                    call = null;
                }
            }
        };
    }

    /** To the instruction behind {@code now}, in this frame: a recursive call's return does not count. */
    private Plan behind(int vcpu, DisassembledInstruction now) {
        Cpu cpu = machine.cpu(vcpu);
        long frame = cpu.stackPointer();
        long next = cpu.fetchAddress(cpu.pc() + now.lengthBytes());
        machine.vcpus().get(vcpu).stepOverBreakpoint(); // one under the program counter has had its stop
        var breakpoint = machine.engine().breakpoints().addExecution(next,
            c -> c == cpu && Long.compareUnsigned(c.stackPointer(), frame) >= 0);
        return until(breakpoint, next, vcpu);
    }

    /** @param vcpu who must arrive for the step to be complete, −1 for anybody */
    private Plan until(Breakpoints.Execution breakpoint, long address, int vcpu) {
        return new Plan() {
            @Override
            public Outcome advance() {
                StopReason reason = machine.run(PART);
                boolean arrived = reason instanceof StopReason.Breakpoint b && b.address() == address && (vcpu < 0 || vcpu == machine.currentVcpu());
                return arrived ? new Outcome(machine.currentVcpu(), new StopReason.Stepped()) : part(reason);
            }

            @Override
            public void close() {
                machine.engine().breakpoints().remove(breakpoint);
            }
        };
    }

    private Outcome part(StopReason reason) {
        return new Outcome(machine.currentVcpu(), reason instanceof StopReason.Limit || passes.test(reason) ? null : reason);
    }
}
