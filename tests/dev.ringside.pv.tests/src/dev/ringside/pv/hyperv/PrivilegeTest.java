package dev.ringside.pv.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pv.PvFixture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who has which privilege may do what (TLFS 4.2.2 and the tables of leaves 0x40000003 and 0x40000004): a row for every documented bit, entered by hand from the
 * specification, independent of the tables that the interface reads. Taking one bit away takes exactly its MSRs (#GP) and hypercalls (access denied) away.
 */
class PrivilegeTest {
    /** Bit; MSRs that become #GP without it; hypercalls that become HV_STATUS_ACCESS_DENIED without it. {@code *}: no hypercall at all (#UD). */
    private static final String ROWS = """
        3.eax.0   40000010                            -
        3.eax.1   40000020                            -
        3.eax.2   40000080-40000084,40000090-4000009f -
        3.eax.3   400000b0-400000b7                   -
        3.eax.4   40000070-40000073                   -
        3.eax.5   40000000,40000001                   *
        3.eax.6   40000002                            -
        3.eax.7   40000003                            -
        3.eax.8   -                                   -
        3.eax.9   40000021                            -
        3.eax.10  400000f0                            -
        3.eax.11  40000022,40000023                   -
        3.eax.12  -                                   -
        3.eax.13  40000106-40000108                   -
        3.eax.14  -                                   -
        3.eax.15  40000118                            -
        3.ebx.0   -                                   -
        3.ebx.1   -                                   0046
        3.ebx.2   -                                   -
        3.ebx.3   -                                   -
        3.ebx.4   -                                   005c
        3.ebx.5   -                                   005d
        3.ebx.6   -                                   -
        3.ebx.7   -                                   -
        3.ebx.8   -                                   -
        3.ebx.11  -                                   -
        3.ebx.12  -                                   -
        3.ebx.13  -                                   -
        3.ebx.14  -                                   -
        3.ebx.16  -                                   -
        3.ebx.17  -                                   0050,0051
        3.ebx.20  -                                   8001
        3.ebx.21  -                                   -
        3.ebx.22  -                                   -
        3.edx.0   -                                   -
        3.edx.1   -                                   -
        3.edx.2   -                                   -
        3.edx.3   -                                   -
        3.edx.4   -                                   -
        3.edx.5   -                                   -
        3.edx.6   -                                   -
        3.edx.7   -                                   -
        3.edx.8   -                                   -
        3.edx.9   -                                   -
        3.edx.10  40000100-40000105                   -
        3.edx.11  400000f1-400000f5                   -
        3.edx.12  -                                   -
        3.edx.13  -                                   -
        3.edx.14  -                                   -
        3.edx.15  -                                   -
        3.edx.17  -                                   -
        3.edx.18  -                                   -
        3.edx.19  -                                   -
        3.edx.20  -                                   -
        3.edx.21  -                                   -
        3.edx.23  -                                   -
        3.edx.26  -                                   -
        4.eax.0   -                                   -
        4.eax.1   -                                   -
        4.eax.2   -                                   0002,0003,0013,0014
        4.eax.3   -                                   -
        4.eax.4   -                                   -
        4.eax.5   -                                   -
        4.eax.6   -                                   -
        4.eax.7   -                                   -
        4.eax.8   -                                   -
        4.eax.9   -                                   -
        4.eax.10  -                                   000b,0015
        4.eax.11  -                                   0013,0014,0015
        4.eax.12  -                                   -
        4.eax.13  -                                   -
        4.eax.14  -                                   -
        4.eax.15  -                                   -
        4.eax.17  -                                   -
        4.eax.18  -                                   -
        """;

    /** The bits with a meaning in the specification: "Hypervisor Feature Identification", "Implementation Recommendations", HV_PARTITION_PRIVILEGE_MASK. */
    private static final Map<String, String> DOCUMENTED = Map.of("3.eax", "0-13", "3.ebx", "0-2,4-8,11,12,16,17,20,21", "3.ecx", "-",
        "3.edx", "0-15,17-21,23,26", "4.eax", "0-15,17,18");
    /** Reserved in the specification's text; named in the headers of later versions. */
    private static final Map<String, String> NAMED_LATER = Map.of("3.eax", "14,15", "3.ebx", "3,13,14,22");

    private static final List<String> REGISTERS = List.of("eax", "ebx", "ecx", "edx");
    private static final int ACCESS_DENIED = 6;

    record Row(String bit, Set<Integer> msrs, Set<Integer> hypercalls, boolean all) {
        @Override
        public String toString() {
            return bit;
        }
    }

    static Stream<Row> rows() {
        return ROWS.lines().map(line -> line.strip().split(" +")).map(c -> new Row(c[0], numbers(c[1]), c[2].equals("*") ? Set.of() : numbers(c[2]), c[2].equals("*")));
    }

    private static Set<Integer> numbers(String cell) {
        Set<Integer> all = new TreeSet<>();
        if (!cell.equals("-")) {
            for (String part : cell.split(",")) {
                String[] ends = part.split("-");
                for (int i = Integer.parseUnsignedInt(ends[0], 16); i <= Integer.parseUnsignedInt(ends[ends.length - 1], 16); i++) {
                    all.add(i);
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void withoutTheBitExactlyItsRegistersAndCallsAreGone(Row row) {
        Set<String> granted = everything();
        granted.remove(name(row.bit));
        try (var machine = with(granted)) {
            assertThat(refusedMsrs(machine)).containsExactlyInAnyOrderElementsOf(row.msrs);
            if (row.all) {
                assertThat(machine.vmcall()).isEqualTo(6);
            } else {
                assertThat(deniedHypercalls(machine)).containsExactlyInAnyOrderElementsOf(row.hypercalls);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theBitShowsInItsPlaceAndNowhereElse(Row row) {
        String[] place = row.bit.split("\\.");
        try (var machine = with(Set.of(name(row.bit)))) {
            for (int leaf = 3; leaf <= 4; leaf++) {
                var expected = new int[4];
                if (leaf == Integer.parseInt(place[0])) {
                    expected[REGISTERS.indexOf(place[1])] = 1 << Integer.parseInt(place[2]);
                }
                expected[1] |= leaf == 4 ? 0xfff : 0;
                assertThat(machine.cpuid(0x40000000 + leaf)).containsExactly(expected);
            }
        }
    }

    @Test
    void withoutAnyPrivilegeEveryRegisterIsGp() {
        try (var machine = with(Set.of())) {
            assertThat(refusedMsrs(machine)).hasSize(all().size());
        }
    }

    @Test
    void everyBitThatTheInterfaceKnowsHasARowHere() {
        Set<String> here = rows().map(Row::bit).collect(Collectors.toSet());

        assertThat(Privileges.TABLE.values().stream().map(r -> r.bit().leaf() + "." + REGISTERS.get(r.bit().register()) + "." + r.bit().bit()))
            .containsExactlyInAnyOrderElementsOf(here);
    }

    @Test
    void everyDocumentedBitHasARowAndNoReservedBitDoes() {
        Set<String> documented = bits(DOCUMENTED);
        Set<String> known = new TreeSet<>(documented);
        known.addAll(bits(NAMED_LATER));
        Set<String> here = rows().map(Row::bit).collect(Collectors.toSet());

        assertThat(here).containsAll(documented).isSubsetOf(known);
    }

    private static Set<String> bits(Map<String, String> ranges) {
        Set<String> all = new TreeSet<>();
        ranges.forEach((register, cell) -> {
            for (String part : cell.equals("-") ? new String[0] : cell.split(",")) {
                String[] ends = part.split("-");
                for (int bit = Integer.parseInt(ends[0]); bit <= Integer.parseInt(ends[ends.length - 1]); bit++) {
                    all.add(register + "." + bit);
                }
            }
        });
        return all;
    }

    @Test
    void registersBetweenTheDefinedOnesAreGp() {
        try (var machine = with(everything())) {
            for (int index = 0x40000000; index < 0x40000200; index++) {
                if (!all().contains(index)) {
                    int msr = index;
                    assertThat(machine.faults(() -> machine.rdmsr(msr))).as(Integer.toHexString(index)).isTrue();
                    assertThat(machine.faults(() -> machine.wrmsr(msr, 0))).as(Integer.toHexString(index)).isTrue();
                }
            }
        }
    }

    private static Set<Integer> all() {
        return rows().flatMap(row -> row.msrs.stream()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> everything() {
        return new LinkedHashSet<>(Privileges.TABLE.keySet());
    }

    private static String name(String bit) {
        for (Map.Entry<String, Privileges.Row> e : Privileges.TABLE.entrySet()) {
            var b = e.getValue().bit();
            if (bit.equals(b.leaf() + "." + REGISTERS.get(b.register()) + "." + b.bit())) {
                return e.getKey();
            }
        }
        throw new AssertionError("the interface has no privilege " + bit);
    }

    private static PvFixture with(Set<String> granted) {
        var machine = new PvFixture(1);
        var identity = new Identity("Microsoft Hv", 14393, 10, 0, 0, 0, 0, 0xfff);
        return machine.attach(new HypervInterface(identity, new Privileges(granted), 0x40000000, machine, false, false));
    }

    /** MSRs of which neither reading nor writing goes; those with one way of access are asked for that. */
    private static List<Integer> refusedMsrs(PvFixture machine) {
        var refused = new ArrayList<Integer>();
        for (int index : all()) {
            boolean writeOnly = index == 0x40000070;
            boolean gone = writeOnly ? machine.faults(() -> machine.wrmsr(index, 0)) : machine.faults(() -> machine.rdmsr(index));
            if (gone) {
                refused.add(index);
            }
        }
        return refused;
    }

    private static List<Integer> deniedHypercalls(PvFixture machine) {
        machine.wrmsr(0x40000000, 0x8100_0000_0000_0000L);
        machine.wrmsr(0x40000001, 0x20001);
        var denied = new ArrayList<Integer>();
        for (int code : Arrays.asList(0x2, 0x3, 0xb, 0x13, 0x14, 0x15, 0x46, 0x50, 0x51, 0x5c, 0x5d, 0x8001)) {
            machine.cpu(0).gpr(1, code);
            assertThat(machine.vmcall()).isEqualTo(-1);
            if ((machine.cpu(0).gpr(0) & 0xffff) == ACCESS_DENIED) {
                denied.add(code);
            }
        }
        return denied;
    }
}
