package dev.ringside.engine.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.EntryState;
import dev.ringside.arch.x86.X86Architecture;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ListingTest {
    private static final long AT = 0x1000;
    private static final X86Architecture X86 = new X86Architecture();

    private static Listing list(String source) {
        byte[] code = X86.assembler().assemble("test", "org 0x1000\nstart:\n" + source).bytes();
        var cpu = X86.newCpu(0);
        cpu.enter(new EntryState(EntryState.Mode.LONG_64, AT, Map.of(), 0, 0, 0, 8, 0x10));
        return Listing.of(X86, cpu.modeKey(), AT, pc -> pc < AT || pc >= AT + code.length ? null : CodeSource.of(code, (int) (pc - AT), code.length), 100);
    }

    @Test
    void loopGoesBackToItselfAndCountsWhatItRuns() {
        Listing listing = list("add rax, rcx\ndec ecx\njnz start");

        assertThat(listing.rows()).extracting(Listing.Row::pc).containsExactly(0x1000L, 0x1003L, 0x1005L);
        List<String> first = listing.rows().getFirst().bytecode();
        assertThat(first).startsWith("iinc budget, -3", "iload budget").contains("lload rax", "lload rcx", "ladd");
        String top = first.stream().filter(line -> line.endsWith(":")).findFirst().orElseThrow();
        assertThat(listing.frame()).as("the registers are fetched once, before the loop").contains("lstore rax", "goto " + top.replace(":", ""));
        assertThat(listing.bytecodeBytes()).isPositive();
    }

    @Test
    void optimizerLeavesOutFlagsThatAreOverwritten() {
        Listing.Row sum = list("add rax, rcx\nand edx, 1\ncmp ecx, 7\nje start").rows().get(1);

        assertThat(sum.ir()).anyMatch(line -> line.contains("put.i64 cc_dst"));
        assertThat(sum.optimized()).noneMatch(line -> line.contains("put.i64 cc_dst"));
    }

    @Test
    void whereThereIsNoCodeThereIsNothingToList() {
        assertThat(Listing.of(X86, 0, AT, pc -> null, 100).rows()).isEmpty();
    }
}
