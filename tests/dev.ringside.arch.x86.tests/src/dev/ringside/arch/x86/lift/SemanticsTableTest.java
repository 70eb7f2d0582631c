package dev.ringside.arch.x86.lift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.isa.Insn;
import dev.ringside.arch.x86.isa.IsaTable;
import dev.ringside.ir.Helper;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SemanticsTableTest {
    private final Set<String> means = IsaTable.load().insns().stream().map(Insn::means).collect(Collectors.toCollection(TreeSet::new));

    @Test
    void everyRowHasAMeaning() {
        Set<String> missing = new TreeSet<>(means);
        missing.removeAll(SemanticsTable.names());

        assertThat(missing).isEmpty();
    }

    @Test
    void everyMeaningHasARow() {
        Set<String> unused = new TreeSet<>(SemanticsTable.names());
        unused.removeAll(means);

        assertThat(unused).isEmpty();
    }

    @Test
    void helpersHaveNamesOfTheirOwn() {
        assertThat(SemanticsTable.integerHelpers().stream().map(Helper::name)).doesNotHaveDuplicates().allMatch(name -> name.startsWith("x86."));
    }
}
