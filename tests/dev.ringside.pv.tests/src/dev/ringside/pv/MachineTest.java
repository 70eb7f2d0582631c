package dev.ringside.pv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.arch.VcpuBus;
import dev.ringside.loader.RawFormat;
import dev.ringside.loader.SymbolTable;
import dev.ringside.machine.EndReason;
import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineBuilder;
import dev.ringside.machine.MachineDescription;
import dev.ringside.machine.MachineException;
import dev.ringside.machine.MachineProviders;
import dev.ringside.machine.StopReason;
import java.io.IOException;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Interfaces in a whole machine: clocks against each other, turns, overlays, interrupts that end without a register. */
class MachineTest {
    private static final long CODE = 0x100000;
    private static final long PVCLOCK = 0x20000, TSC_PAGE = 0x30000, STEAL = 0x21000;
    private static final String LOOP = "40 ebfd"; // inc eax; jmp
    private static final long APIC = 0xfee00000L, HPET = 0xfed00000L;
    private static final int PM_TIMER = 0x608;
    private static final double PM_TIMER_NANOS = 1e9 / 3_579_545;

    private static Machine machine(String paravirt, int cpus, String code) throws MachineException {
        var description = MachineDescription.of(null).withCpus(cpus).withParavirt(paravirt).withNoReboot(true);
        var builder = new MachineBuilder(MachineProviders.onClassPath(), (file, writable) -> {
            throw new IOException("no disks here");
        });
        return builder.build(description, RawFormat.of(HexFormat.of().parseHex(code.replace(" ", "")), CODE, SymbolTable.empty()));
    }

    /** Starts processor 1 at 0x8000 in a loop of its own. */
    private static void startSecond(Machine machine) {
        startSecond(machine, "ebfe");
    }

    /** Starts processor 1 at 0x8000, in real mode. */
    private static void startSecond(Machine machine, String code) {
        VcpuBus bus = machine.cpu(0).bus;
        byte[] bytes = HexFormat.of().parseHex(code.replace(" ", ""));
        machine.memory().poke(0x8000, bytes, 0, bytes.length);
        bus.mmioWrite(APIC + 0x310, 4, 1 << 24);
        bus.mmioWrite(APIC + 0x300, 4, 0x4500);
        bus.mmioWrite(APIC + 0x300, 4, 0x4608);
    }

    /**
     * TSC, pvclock, reference TSC page, reference counter MSR, HPET and PM timer, on two processors, over a hundred million instructions and five hundred hypercalls that take 10 ms each:
     * within one tick of each other, and none ever goes backwards. The processors read the TSC themselves, over and over; the stops come anywhere in that. The run is longer
     * than the 4.7 s after which the PM timer begins anew.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyClockTellsTheSameTime(long seed) throws MachineException {
        var random = new Random(seed);
        // rdtsc; mov [0x500], eax; mov [0x504], edx; jmp
        try (Machine machine = machine("kvm+hyperv", 2, "0f31 a300050000 891504050000 ebf1")) {
            // The same at 0x510, in real mode, and a hypercall: xor eax, eax; vmcall
            startSecond(machine, "0f31 66a31005 6689161405 31c0 0f01c1 ebee");
            machine.cpu(0).bus.mmioWrite(HPET + 0x10, 8, 1);
            long hpetStart = machine.cpu(0).bus.nanos();
            long hpetTickNanos = machine.cpu(0).bus.mmioRead(HPET + 4, 4) / 1_000_000;
            machine.cpu(0).bus.writeMsr(0x40000021, TSC_PAGE | 1);
            for (int i = 0; i < 2; i++) {
                machine.cpu(i).bus.writeMsr(0x4b564d01, PVCLOCK + 0x100 * i | 1);
            }
            long pmTicks = pmTicks(machine, 0);
            var last = new long[6];
            for (int i = 0; i < 500; i++) {
                machine.inject("slow-hypercall", machine.statistics().instructions(), 1);
                assertThat(machine.run(20_000 + random.nextInt(i % 4 == 0 ? 1_500_000 : 50_000))).isInstanceOf(StopReason.Limit.class);
                int cpu = machine.currentVcpu();
                VcpuBus bus = machine.cpu(cpu).bus;
                long nanos = bus.nanos();
                long tsc = machine.memory().read(0x500 + 0x10 * cpu, 8);
                long pv = pvclock(machine, PVCLOCK + 0x100 * cpu, nanos);
                long page = Math.unsignedMultiplyHigh(nanos, machine.memory().read(TSC_PAGE + 8, 8)) + machine.memory().read(TSC_PAGE + 16, 8);
                long counter = bus.readMsr(0x40000020);
                long hpet = bus.mmioRead(HPET + 0xf0, 8) * hpetTickNanos + hpetStart;
                pmTicks += pmTicks(machine, cpu) - pmTicks & 0xffffff;

                assertThat(nanos - tsc).as("instructions since the RDTSC whose result is stored: a round, and the one before the store").isBetween(0L, cpu == 0 ? 5L : 7L);
                assertThat(pv).isEqualTo(nanos);
                assertThat(page).isEqualTo(nanos / 100);
                assertThat(counter).isEqualTo(nanos / 100);
                assertThat(hpet).isBetween(nanos - hpetTickNanos - 1, nanos + 1);
                assertThat(pmTicks * PM_TIMER_NANOS).isBetween(nanos - PM_TIMER_NANOS, (double) nanos + 1);
                long[] now = {tsc, pv, page, counter, hpet, pmTicks};
                for (int k = 0; k < now.length; k++) {
                    assertThat(now[k]).isGreaterThanOrEqualTo(last[k]);
                }
                last = now;
            }
            assertThat(last[1]).as("nanoseconds").isGreaterThan(4_700_000_000L);
        }
    }

    private static long pmTicks(Machine machine, int cpu) {
        return machine.cpu(cpu).bus.portRead(PM_TIMER, 4) & 0xffffff;
    }

    private static long pvclock(Machine machine, long gpa, long tsc) {
        long delta = tsc - machine.memory().read(gpa + 8, 8) << machine.memory().read(gpa + 28, 1);
        var product = BigInteger.valueOf(delta).multiply(BigInteger.valueOf(machine.memory().read(gpa + 24, 4)));
        return machine.memory().read(gpa + 16, 8) + product.shiftRight(32).longValueExact();
    }

    @Test
    void twoBusyProcessorsStealFromEachOther() throws MachineException {
        try (Machine machine = machine("kvm", 2, LOOP)) {
            startSecond(machine);
            machine.cpu(0).bus.writeMsr(0x4b564d03, STEAL | 1);

            machine.run(2_000_000);

            assertThat(machine.memory().read(STEAL, 8)).as("about half of the time").isBetween(900_000L, 1_100_000L);
            assertThat(machine.memory().read(STEAL + 8, 4) & 1).isZero();
        }
    }

    @Test
    void aloneNothingIsStolen() throws MachineException {
        try (Machine machine = machine("kvm", 1, LOOP)) {
            machine.cpu(0).bus.writeMsr(0x4b564d03, STEAL | 1);

            machine.run(2_000_000);

            assertThat(machine.memory().read(STEAL, 8)).isZero();
        }
    }

    @Test
    void faultHappensAtItsInstruction() throws MachineException {
        try (Machine machine = machine("kvm", 1, LOOP)) {
            machine.cpu(0).bus.writeMsr(0x4b564d03, STEAL | 1);
            machine.inject("steal-burst", 5000);

            machine.run(5000);
            assertThat(machine.memory().read(STEAL, 8)).isZero();
            machine.run(1);

            assertThat(machine.memory().read(STEAL, 8)).isEqualTo(100_000_000);
        }
    }

    @Test
    void faultThatTheInterfaceDoesNotHaveIsRefusedWithTheList() throws MachineException {
        try (Machine machine = machine("kvm", 1, LOOP)) {
            assertThatThrownBy(() -> machine.inject("lost-event", 1)).hasMessageContaining("'lost-event'").hasMessageContaining("steal-burst");
        }
    }

    /** KVM_FEATURE_MSI_EXT_DEST_ID: bits 11:5 of the address are bits 14:8 of the destination; without it they are ignored. */
    @ParameterizedTest
    @CsvSource({"kvm, fee00000, true", "kvm, fee00020, false", "kvm, fee00fe0, false", "'kvm,-kvm-msi-ext-dest-id', fee00020, true", "hyperv, fee00020, true",
        "kvm+hyperv, fee00020, false"})
    void messageToAnExtendedDestinationIsNobodyElses(String paravirt, String address, boolean arrives) throws MachineException {
        try (Machine machine = machine(paravirt, 1, LOOP)) {
            machine.cpu(0).bus.mmioWrite(APIC + 0xf0, 4, 0x1ff);

            machine.board().msi(Long.parseLong(address, 16), 0x41);

            assertThat(machine.cpu(0).bus.mmioRead(APIC + 0x220, 4)).as("IRR of vectors 0x40 to 0x5f").isEqualTo(arrives ? 2 : 0);
        }
    }

    @Test
    void wrongInterfaceIsAMachineException() {
        assertThatThrownBy(() -> machine("vmware", 1, LOOP)).isInstanceOf(MachineException.class).hasMessageContaining("'vmware'").hasMessageContaining("hyperv, kvm");
    }

    @Test
    void guestIdleEndsWithAnInterruptThatIsMasked() throws MachineException {
        // mov ecx, 0x400000f0; rdmsr; mov dx, 0xf4; mov al, 1; out dx, al
        try (Machine machine = machine("hyperv", 1, "b9f0000040 0f32 66baf400 b001 ee")) {
            VcpuBus bus = machine.cpu(0).bus;
            bus.mmioWrite(APIC + 0xf0, 4, 0x1ff);
            bus.mmioWrite(APIC + 0x3e0, 4, 0xb);
            bus.mmioWrite(APIC + 0x320, 4, 0x30);
            bus.mmioWrite(APIC + 0x380, 4, 100_000);

            assertThat(machine.run(1000)).isEqualTo(new StopReason.Ended(new EndReason.DebugExit(1)));

            assertThat(machine.statistics().virtualNanos()).isGreaterThanOrEqualTo(100_000);
            assertThat(machine.paravirt().counts()).containsEntry("guest idle", 1L);
        }
    }

    @Test
    void kickBeforeTheHaltLetsItPass() throws MachineException {
        // cli; hlt; mov dx, 0xf4; mov al, 1; out dx, al
        try (Machine machine = machine("kvm", 1, "fa f4 66baf400 b001 ee")) {
            machine.cpu(0).kick();

            assertThat(machine.run(1000)).isEqualTo(new StopReason.Ended(new EndReason.DebugExit(1)));
        }
        try (Machine machine = machine("kvm", 1, "fa f4 66baf400 b001 ee")) {
            assertThat(machine.run(1000)).isInstanceOfSatisfying(StopReason.Ended.class, e -> assertThat(e.reason()).isInstanceOf(EndReason.Stuck.class));
        }
    }

    @Test
    void hypercallOfThirtyTwoBitCodeUsesLowerHalves() throws MachineException {
        // mov eax, 100; vmcall; mov edx, eax; out... : the result is at 0x500
        try (Machine machine = machine("kvm", 1, "b864000000 0f01c1 a300050000 66baf400 b001 ee")) {
            machine.run(1000);

            assertThat((int) machine.memory().read(0x500, 4)).isEqualTo(-1000);
        }
    }

    /** hypercalls.rst, KVM_HC_SEND_IPI: each half of the bitmap is a register, so outside of 64-bit mode the upper one begins 32 above the lowest ID. */
    @Test
    void bitmapOfThirtyTwoBitCodeHasTwiceThirtyTwoBits() throws MachineException {
        // mov eax, 10; xor ebx, ebx; mov ecx, 1; xor edx, edx; mov esi, 0xfd; vmcall; mov [0x500], eax; out
        try (Machine machine = machine("kvm", 33, "b80a000000 31db b901000000 31d2 befd000000 0f01c1 a300050000 66baf400 b001 ee")) {
            machine.run(1000);

            assertThat(machine.memory().read(0x500, 4)).as("delivered to APIC ID 32").isEqualTo(1);
        }
    }

    /** TLFS "Hypercall Inputs": outside of 64-bit mode EDX:EAX is the control value and the result, EBX:ECX the input's address, EDI:ESI the output's. */
    @Test
    void hypervHypercallOfThirtyTwoBitCodeUsesPairsOfRegisters() throws MachineException {
        // mov ecx, 0x40000000; mov eax, 1; xor edx, edx; wrmsr; inc ecx; mov eax, 0x20001; wrmsr; mov esp, 0x7000; mov ebp, 0x20000
        String enable = "b900000040 b801000000 31d2 0f30 41 b801000200 0f30 bc00700000 bd00000200";
        // mov eax, 2; xor edx, edx; xor ebx, ebx; mov ecx, 0x3000?; call ebp; mov [0x500 or 8], eax; mov [... + 4], edx
        String misaligned = "b802000000 31d2 31db b904000300 ffd5 a300050000 891504050000";
        String proper = "b802000000 31d2 31db b900000300 ffd5 a308050000 89150c050000";
        try (Machine machine = machine("hyperv", 1, enable + misaligned + proper + "66baf400 b001 ee")) {
            machine.memory().write(0x30008, 8, 1); // all processors
            machine.memory().write(0x500, 8, -1L);
            machine.memory().write(0x508, 8, -1L);

            assertThat(machine.run(1000)).isEqualTo(new StopReason.Ended(new EndReason.DebugExit(1)));

            assertThat(machine.memory().read(0x500, 8)).as("HV_STATUS_INVALID_ALIGNMENT").isEqualTo(4);
            assertThat(machine.memory().read(0x508, 8)).as("HV_STATUS_SUCCESS").isZero();
            assertThat(machine.paravirt().counts()).containsEntry("HvCallFlushVirtualAddressSpace", 2L);
        }
    }

    @Test
    void pageThatTheHostTookComesBackWithItsContents() throws MachineException {
        // mov eax, [0x50000]; mov [0x500], eax; out
        try (Machine machine = machine("kvm", 1, "a100000500 a300050000 66baf400 b001 ee")) {
            machine.memory().write(0x50000, 4, 0x12345678);
            assertThat(machine.memory().takeAway(0x50000)).isTrue();
            assertThat(machine.memory().isAbsent(0x50fff)).isTrue();
            assertThat(machine.memory().absentPages()).containsExactly(0x50000);

            machine.run(1000);

            assertThat(machine.memory().isAbsent(0x50000)).isFalse();
            assertThat(machine.memory().read(0x500, 4)).isEqualTo(0x12345678);
        }
    }

    @Test
    void injectedCounterJumpIsSeenByRdtsc() throws MachineException {
        // rdtsc; mov [0x500], eax; mov [0x504], edx; out
        try (Machine machine = machine("kvm", 1, "0f31 a300050000 891504050000 66baf400 b001 ee")) {
            machine.inject("tsc-jump", 0);
            machine.run(1000);

            assertThat(machine.memory().read(0x500, 8)).isBetween(1_000_000_000L, 1_000_000_100L);
        }
    }

    @Test
    void resetForgetsTheInterfacesState() throws MachineException {
        // mov ecx, 0x40000003; mov eax, 1; xor edx, edx; wrmsr
        try (Machine machine = machine("hyperv", 1, "b903000040 b801000000 31d2 0f30 ebfe")) {
            assertThat(machine.run(1000)).isEqualTo(new StopReason.Ended(new EndReason.Reset("HV_X64_MSR_RESET")));
        }
    }
}
