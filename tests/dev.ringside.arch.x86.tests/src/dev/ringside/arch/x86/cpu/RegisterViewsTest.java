package dev.ringside.arch.x86.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.arch.Register;
import dev.ringside.arch.RegisterGroup;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86State;
import dev.ringside.inspect.InspectNode;
import org.junit.jupiter.api.Test;

class RegisterViewsTest {
    private final SystemMachine m = SystemMachine.longMode();

    private Register register(String group, String name) {
        return m.cpu.registerGroups().stream().filter(g -> g.name().equals(group)).flatMap(g -> g.registers().stream())
            .filter(r -> r.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void groupsAreThoseThatADebuggerShows() {
        assertThat(m.cpu.registerGroups()).extracting(RegisterGroup::name)
            .containsExactly("General", "Flags", "Segment", "Control", "Debug", "MSR", "x87", "SSE");
    }

    @Test
    void valuesAreHexadecimalOfTheirWidthAndCanBeWritten() {
        register("General", "RAX").write().accept("fedcba9876543210");
        assertThat(m.cpu.slots[0]).isEqualTo(0xfedcba9876543210L);
        assertThat(register("General", "RAX").read().get()).isEqualTo("fedcba9876543210");

        register("SSE", "XMM1").write().accept("0123456789abcdef0000000000000001");
        assertThat(m.cpu.slots[X86State.XMM[1].slot() + 1]).isEqualTo(0x0123456789abcdefL);
        assertThat(register("SSE", "XMM1").read().get()).isEqualTo("0123456789abcdef0000000000000001");

        m.cpu.slots[X86State.FTOP.slot()] = 6;
        register("x87", "ST1").write().accept("3fff8000000000000000");
        assertThat(m.cpu.slots[X86State.FPE[7].slot()]).isEqualTo(0x3fff);
        assertThat(register("x87", "ST1").read().get()).isEqualTo("3fff8000000000000000");
    }

    @Test
    void singleFlagsCanBeWritten() {
        register("Flags", "ZF").write().accept("1");
        assertThat(m.cpu.rflags() & Rflags.ZF).isNotZero();
        assertThat(register("Flags", "RFLAGS").read().get()).isEqualTo("0000000000000042");
    }

    @Test
    void badTextIsRefusedWithOneClearLine() {
        assertThatThrownBy(() -> register("General", "RAX").write().accept("12z")).isInstanceOf(IllegalArgumentException.class)
            .hasMessage("RAX: '12z' is no hexadecimal number");
        assertThatThrownBy(() -> register("Segment", "CS").write().accept("10000")).hasMessage("CS: 10000 does not fit into 16 bits");
        assertThatThrownBy(() -> register("Control", "CR4").write().accept("1")).hasMessageStartingWith("CR4: bits 0x1 are not implemented");
        assertThatThrownBy(() -> register("MSR", "IA32_LSTAR").write().accept("800000000000")).hasMessage("IA32_LSTAR: 0x800000000000 is not canonical");
    }

    @Test
    void readOnlyRegistersHaveNoWriter() {
        assertThat(register("MSR", "IA32_MTRRCAP").write()).isNull();
        assertThat(register("Segment", "CPL").write()).isNull();
    }

    @Test
    void changedControlRegisterTakesEffect() {
        m.flushes.clear();
        register("Control", "CR3").write().accept("9000");
        assertThat(m.cpu.cr3()).isEqualTo(0x9000);
        assertThat(m.flushes).containsExactly("all");
    }

    @Test
    void lookingAtEverythingChangesNothing() {
        long[] before = m.cpu.slots.clone();
        m.flushes.clear();

        for (RegisterGroup group : m.cpu.registerGroups()) {
            group.registers().forEach(r -> assertThat(r.read().get()).hasSize((r.bits() + 3) / 4));
        }
        for (InspectNode node : InspectNode.of(m.cpu)) {
            if (node.part() != null) {
                assertThat(InspectNode.of(node.part())).isNotEmpty();
            }
        }

        assertThat(m.cpu.slots).isEqualTo(before);
        assertThat(m.flushes).isEmpty();
        assertThat(m.bus.accesses).isEmpty();
    }

    @Test
    void inspectorSaysModeAndPagingInWords() {
        assertThat(InspectNode.of(m.cpu)).contains(new InspectNode("mode", "64-bit mode", null), new InspectNode("paging", "4-level paging", null));
        assertThat(InspectNode.of(SystemMachine.realMode().cpu)).contains(new InspectNode("mode", "real-address mode", null));
    }
}
