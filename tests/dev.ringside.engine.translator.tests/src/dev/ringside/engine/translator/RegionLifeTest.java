package dev.ringside.engine.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.asm.X86Assembler;
import dev.ringside.engine.VmExit;
import dev.ringside.testkit.X86EngineMachine;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How regions come and go. */
class RegionLifeTest {
    private static final int RBX = 3;
    private static final int RSI = 6;
    private static final int RDI = 7;
    private static final String PATCHED = "patched: add ebx, 1";
    /** AL is 1 and 0 by turns. */
    private static final String TWO_FORMS = "mov eax, edx\nand eax, 1";

    private static X86EngineMachine machine(TranslatorSettings settings, String source) {
        return X86EngineMachine.longMode(new TranslatorProvider(settings)).code(0x1000, new X86Assembler().assemble("test", "org 0x1000\n" + source).bytes());
    }

    /**
     * Rounds of a loop that runs 40 times. Before each the constant of the ADD at {@code patched} is written.
     *
     * @param choose puts the constant into AL; EDX is the number of rounds left
     */
    private static String rounds(int rounds, String choose, String loop, String behind) {
        return """
            mov edx, %d
            round:
            %s
            mov [patched + 2], al
            mov ecx, 40
            again:
            %s
            dec ecx
            jnz again
            dec edx
            jnz round
            hlt
            %s""".formatted(rounds, choose, loop, behind);
    }

    @Test
    void hotRegionsAreToldWithTheirCounters() {
        try (var machine = machine(new TranslatorSettings(5, 100, false), """
            mov ecx, 1000
            inner: add eax, ecx
            dec ecx
            jnz inner
            hlt""")) {
            machine.run();

            List<HotRegion> hot = HotRegion.of(machine.engine(), 3);
            assertThat(hot).singleElement().satisfies(region -> {
                assertThat(region.pc()).isEqualTo(0x1005);
                assertThat(region.blocks()).containsExactly(0x1005L);
                assertThat(region.guestInstructions()).isEqualTo(3);
                assertThat(region.runs()).isEqualTo(1);
                assertThat(region.retired()).isBetween(3L * 990, 3L * 1000);
            });
        }
        try (var machine = X86EngineMachine.longMode("interpreter")) {
            assertThat(HotRegion.of(machine.engine(), 3)).isEmpty();
        }
    }

    /** Loops one behind the other, many rounds: no more regions than allowed are kept, and the host gets back what the others took. */
    @Test
    void theOldestRegionsGoAndTheirClassesAreUnloaded() {
        int loops = 60;
        String all = IntStream.range(0, loops).mapToObj(i -> "mov ecx, 40\nl%d: add ebx, %d\ndec ecx\njnz l%d\n".formatted(i, i, i)).collect(Collectors.joining());
        try (var machine = machine(new TranslatorSettings(4, 100, false, 8), "mov edx, 20\nround:\n" + all + "dec edx\njnz round\nhlt")) {
            long unloaded = ManagementFactory.getClassLoadingMXBean().getUnloadedClassCount();

            machine.run();

            assertThat(machine.gpr(RBX)).isEqualTo(20L * 40 * loops * (loops - 1) / 2);
            assertThat(HotRegion.of(machine.engine(), 1000)).hasSizeBetween(1, 8);
            assertThat(machine.counter("hot")).as("regions made").isGreaterThan(loops);
            System.gc();
            assertThat(ManagementFactory.getClassLoadingMXBean().getUnloadedClassCount() - unloaded).isGreaterThan(loops / 2);
        }
    }

    /** The loop's constant is another one in each round, so what was made of it is stale. */
    @Test
    void codeThatIsWrittenAgainAndAgainIsTranslatedEverMoreSeldom() {
        try (var machine = machine(new TranslatorSettings(4, 100, false), rounds(2000, "mov eax, edx", PATCHED, ""))) {
            machine.run();

            long sum = IntStream.rangeClosed(1, 2000).mapToLong(i -> (byte) i).sum() * 40;
            assertThat(machine.gpr(RBX)).isEqualTo(sum & 0xffff_ffffL);
            assertThat(machine.counter("hot")).as("regions made in 2000 rounds").isBetween(65L, 90L);
        }
    }

    /** Two forms by turns, as Linux patches its static keys: each is translated once, and comes back as it was. */
    @Test
    void codeThatIsPatchedToAndFroKeepsItsRegions() {
        try (var machine = machine(new TranslatorSettings(4, 100, false), rounds(400, TWO_FORMS, PATCHED, ""))) {
            machine.run();

            assertThat(machine.gpr(RBX)).isEqualTo(40L * 200);
            assertThat(machine.counter("hot")).as("regions made in 400 rounds").isLessThan(10);
            assertThat(machine.counter("retiredInRegions")).isGreaterThan(9L * machine.cpu().instructions / 10);
        }
    }

    /** Only what the loop calls is patched: the loop's region must not run what was there before. */
    @Test
    void aRegionSleepsWhileAnyMemberIsAnother() {
        try (var machine = machine(new TranslatorSettings(4, 100, false), rounds(300, TWO_FORMS, """
            add esi, 3
            jmp other
            back:""", """
            align 64
            other:
            patched: add ebx, 1
            jmp back"""))) {
            machine.run();

            assertThat(machine.gpr(RBX)).isEqualTo(40L * 150);
            assertThat(machine.gpr(RSI)).isEqualTo(3L * 40 * 300);
            assertThat(machine.counter("hot")).isLessThan(20);
            assertThat(machine.counter("retiredInRegions")).isGreaterThan(8L * machine.cpu().instructions / 10);
        }
    }

    /** What calls the loop stays with the interpreter: CPUID does. So the region is entered many times, and is not made again for that. */
    @Test
    void aRegionComesBackWhenItsBreakpointGoes() {
        try (var machine = machine(new TranslatorSettings(4, 100, false), """
            mov esi, 1000
            round:
            cpuid
            mov ecx, 10
            again:
            add edi, 2
            dec ecx
            jnz again
            dec esi
            jnz round
            hlt""")) {
            machine.vcpu().run(500);
            long made = machine.counter("hot");
            long loop = 0x100c;
            long runs = runs(machine, loop);
            var breakpoint = machine.engine().breakpoints().addExecution(loop + 3);

            assertThat(machine.vcpu().run(500)).isInstanceOf(VmExit.Debug.class);
            assertThat(runs(machine, loop)).isZero();
            machine.engine().breakpoints().remove(breakpoint);
            machine.run();

            assertThat(machine.gpr(RDI)).isEqualTo(20_000);
            assertThat(machine.counter("hot")).isLessThan(made + 4);
            assertThat(runs).isPositive();
            assertThat(runs(machine, loop)).as("of the region from before").isGreaterThan(runs);
            assertThat(machine.counter("retiredInRegions")).isGreaterThan(8 * machine.cpu().instructions / 10);
        }
    }

    private static long runs(X86EngineMachine machine, long pc) {
        return HotRegion.of(machine.engine(), 9).stream().filter(region -> region.pc() == pc).mapToLong(HotRegion::runs).sum();
    }
}
