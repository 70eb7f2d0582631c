package dev.ringside.pv.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pv.PvFixture;

/** A guest that has told its name and enabled its hypercall page. */
final class HypervFixture implements AutoCloseable {
    static final long INPUT = 0x20000, OUTPUT = 0x21000, HYPERCALL_PAGE = 0x30000;
    static final int FAST = 1 << 16;
    private static final int RAX = 0, RCX = 1, RDX = 2, R8 = 8;

    final PvFixture machine;

    HypervFixture(String spec, int cpus) {
        machine = PvFixture.of(spec, cpus, new HypervProvider());
        machine.wrmsr(0x40000000, 0x8100_0000_0000_0001L);
        machine.wrmsr(0x40000001, HYPERCALL_PAGE | 1);
    }

    HypervFixture input(long... words) {
        for (int i = 0; i < words.length; i++) {
            machine.write(INPUT + 8 * i, 8, words[i]);
        }
        return this;
    }

    /** @return the result value: status and elements done */
    long call(long control, long input, long output) {
        var cpu = machine.cpu(0);
        cpu.gpr(RCX, control);
        cpu.gpr(RDX, input);
        cpu.gpr(R8, output);
        assertThat(machine.vmcall()).as("exception").isEqualTo(-1);
        return cpu.gpr(RAX);
    }

    long call(long control) {
        return call(control, INPUT, OUTPUT);
    }

    static long rep(int code, int count, int start) {
        return code | (long) count << 32 | (long) start << 48;
    }

    @Override
    public void close() {
        machine.close();
    }
}
