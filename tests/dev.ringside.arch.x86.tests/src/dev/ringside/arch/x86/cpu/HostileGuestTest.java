package dev.ringside.arch.x86.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.ringside.arch.Access;
import dev.ringside.arch.RegisterGroup;
import dev.ringside.arch.Translation;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86State;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tables, registers and system instructions at random: whatever a guest does ends in an exception of its own, a halt or a shutdown, in bounded
 * time, and never in one of Java's. A failure names the seed.
 */
class HostileGuestTest {
    private static final int STEPS = 400, GUESTS = 60;
    /** Opcodes whose ModRM byte and immediates are then random. */
    private static final String[] OPCODES = {"0f00", "0f01", "0f02", "0f03", "0f05", "0f06", "0f07", "0f20", "0f22", "0f21", "0f23", "0f30", "0f32", "0f34",
        "0f35", "0fa2", "0fae", "f30fae", "0fb2", "0fb4", "0fb5", "0fa1", "0fa9", "660f3882", "6c", "6d", "6e", "6f", "f36c", "f36f", "8e", "8c", "9a", "ea", "ca",
        "cb", "cc", "cd", "ce", "cf", "48cf", "66cf", "f1", "fa", "fb", "ff", "48ff", "e4", "ed", "ef", "9c", "9d", "07", "17", "1f", "c4", "c5", "63", "62", "f4",
        "8b", "89", "50", "58", "c8", "c9", "a4", "f3a4", "f3ab", "0fc7"};

    @ParameterizedTest
    @ValueSource(strings = {"long", "protected", "real"})
    void randomSystemCodeAndTablesNeverEscape(String mode) {
        for (int seed = 0; seed < GUESTS; seed++) {
            int thisSeed = seed;
            assertThatCode(() -> assertTimeout(Duration.ofSeconds(60), () -> run(mode, thisSeed)))
                .as("mode %s, seed %d", mode, seed).doesNotThrowAnyException();
        }
    }

    private static void run(String mode, int seed) {
        var random = new Random(seed);
        SystemMachine m = switch (mode) {
            case "long" -> SystemMachine.longMode();
            case "protected" -> SystemMachine.protectedMode();
            default -> SystemMachine.realMode();
        };
        corrupt(m, random);
        for (int step = 0; step < STEPS; step++) {
            if (m.cpu.isShutdown() || m.cpu.isHalted() || m.cpu.pc() < 0 || m.cpu.pc() > 0x1f0000 || random.nextInt(12) == 0) {
                m = revived(m, mode, random);
            }
            place(m, random);
            m.step();
            if (random.nextInt(8) == 0) {
                m.bus.vectors.add(random.nextInt(256));
                m.cpu.interruptRequested = true;
            }
            if (random.nextInt(30) == 0) {
                m.cpu.nmi();
            }
        }
        m.cpu.explainTranslation(random.nextLong());
        m.cpu.explainShutdown();
        m.cpu.registerGroups().stream().flatMap(g -> g.registers().stream()).forEach(r -> r.read().get());
    }

    /** A fresh processor now and then, or everything would end in the first shutdown; sometimes at level 3. */
    private static SystemMachine revived(SystemMachine old, String mode, Random random) {
        SystemMachine m = "long".equals(mode) ? SystemMachine.longMode() : "real".equals(mode) ? SystemMachine.realMode() : SystemMachine.protectedMode();
        corrupt(m, random);
        if (!"real".equals(mode) && random.nextBoolean()) {
            m.atCpl3();
        }
        return m;
    }

    private static void corrupt(SystemMachine m, Random random) {
        int[] tables = {SystemMachine.GDT, SystemMachine.TSS, SystemMachine.IDT, SystemMachine.PML4, SystemMachine.PDPT, SystemMachine.PD, SystemMachine.PT};
        for (int i = 0; i < 40; i++) {
            int at = tables[random.nextInt(tables.length)] + random.nextInt(256);
            m.ram.put(at, (byte) (m.ram.get(at) ^ 1 << random.nextInt(8)));
        }
        m.cpu.gdtLimit = random.nextInt(0x200);
        for (int r = 0; r < 16; r++) {
            m.cpu.slots[r] = switch (random.nextInt(5)) {
                case 0 -> random.nextLong();
                case 1 -> random.nextInt(0x200000);
                case 2 -> random.nextInt(0x80);
                case 3 -> 1L << random.nextInt(64);
                default -> new int[] {0x174, 0x10, 0x1b, 0x277, 0xc0000080, 0xc0000102, 0x3000, 0x4000}[random.nextInt(8)];
            };
        }
        m.cpu.rflags(random.nextInt() & ~Rflags.VM);
        if (random.nextInt(4) == 0) {
            m.cpu.debug.set(7, random.nextInt() & 0xffffdfffL);
            m.cpu.debug.set(0, SystemMachine.CODE);
        }
        m.cpu.modeChanged();
    }

    private static void place(SystemMachine m, Random random) {
        byte[] code = new byte[15];
        random.nextBytes(code);
        byte[] opcode = HexFormat.of().parseHex(OPCODES[random.nextInt(OPCODES.length)]);
        System.arraycopy(opcode, 0, code, 0, opcode.length);
        var at = new Translation();
        if (m.cpu.translate(m.cpu.fetchAddress(m.cpu.pc()), Access.LOOK, 0, X86State.CS, at) && at.gpa >= 0 && at.gpa + 15 < m.ram.capacity()) {
            m.ram.put((int) at.gpa, code);
        }
    }

    @Test
    void pageTableThatPointsToItselfOrNowhereEndsInAFaultOrATranslation() {
        var random = new Random(1);
        var m = SystemMachine.longMode();
        var out = new Translation();
        int translated = 0;
        for (int i = 0; i < 20_000; i++) {
            m.ram.putLong(SystemMachine.PML4 + random.nextInt(512) * 8, random.nextInt(0x200) << 12 | random.nextInt(0x200));
            m.ram.putLong(SystemMachine.PML4, SystemMachine.PML4 | 7 | (random.nextInt(8) == 0 ? 1L << 45 : 0));
            long gva = random.nextInt(4) == 0 ? random.nextLong() : random.nextLong() & 0x7f_ffff_ffffL;
            assertThat(m.cpu.explainTranslation(gva)).hasSizeBetween(1, 4);
            if (m.cpu.translate(gva, Access.LOOK, 0, X86State.DS, out)) {
                translated++;
            }
        }
        assertThat(translated).isPositive();
    }

    @Test
    void everyRegisterRefusesOrTakesRandomText() {
        var random = new Random(2);
        var m = SystemMachine.longMode();
        for (int round = 0; round < 20; round++) {
            for (RegisterGroup group : m.cpu.registerGroups()) {
                group.registers().stream().filter(r -> r.write() != null).forEach(r -> {
                    String text = random.nextInt(3) == 0 ? "x" + random.nextInt() : Long.toHexString(random.nextLong() >>> random.nextInt(64));
                    try {
                        r.write().accept(text);
                    } catch (IllegalArgumentException refused) {
                        assertThat(refused.getMessage()).startsWith(r.name() + ": ").doesNotContain("\n");
                    }
                });
            }
        }
    }
}
