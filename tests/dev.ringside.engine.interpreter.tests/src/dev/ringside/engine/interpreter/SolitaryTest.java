package dev.ringside.engine.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SolitaryTest {
    private static final long PAGE = 0x7f12_3456_7000L;

    private final Solitary solitary = new Solitary();

    @Test
    void nextOneIsFoundInThePageAndOnlyBehind() {
        solitary.add(PAGE + 64);
        solitary.add(PAGE + 4095);
        solitary.add(PAGE + 4096);

        assertThat(solitary.distanceToNext(PAGE, 4096)).isEqualTo(64);
        assertThat(solitary.distanceToNext(PAGE + 63, 4033)).isEqualTo(1);
        assertThat(solitary.distanceToNext(PAGE + 64, 4032)).isEqualTo(4031);
        assertThat(solitary.distanceToNext(PAGE + 64, 100)).isEqualTo(100);
        assertThat(solitary.distanceToNext(PAGE + 4095, 1)).isEqualTo(1);
        assertThat(solitary.distanceToNext(PAGE - 1, 1)).isEqualTo(1);
    }

    @Test
    void agreesWithASet() {
        var random = new Random(7);
        var set = new TreeSet<Long>();
        for (int i = 0; i < 2000; i++) {
            long host = PAGE + random.nextInt(3 * 4096);
            set.add(host);
            solitary.add(host);
            long at = PAGE + random.nextInt(3 * 4096);
            int most = (int) (4096 - (at & 4095));
            Long next = set.higher(at);
            assertThat(solitary.contains(at)).isEqualTo(set.contains(at));
            assertThat(solitary.distanceToNext(at, most)).isEqualTo(next == null ? most : (int) Math.min(most, next - at));
        }
    }

    @Test
    void tooManyAreForgotten() {
        for (int i = 0; i < 10_001; i++) {
            solitary.add(PAGE + 2L * i);
        }

        assertThat(solitary.contains(PAGE)).isFalse();
        assertThat(solitary.contains(PAGE + 20_000)).isTrue();
    }
}
