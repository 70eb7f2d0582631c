package dev.ringside.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BreakpointsTest {
    private final Breakpoints breakpoints = new Breakpoints();

    @Test
    void stopsAtItsAddressWhileTheConditionHolds() {
        breakpoints.addExecution(0x1000);
        breakpoints.addExecution(0x2000, cpu -> false);

        assertThat(breakpoints.stopsAt(0x1000, null)).isTrue();
        assertThat(breakpoints.stopsAt(0x2000, null)).isFalse();
        assertThat(breakpoints.isAt(0x2000)).isTrue();
        assertThat(breakpoints.stopsAt(0x1001, null)).isFalse();
    }

    @Test
    void twoAtOneAddressAreTwo() {
        var first = breakpoints.addExecution(0x1000);
        breakpoints.addExecution(0x1000, cpu -> true);

        breakpoints.remove(first);

        assertThat(breakpoints.stopsAt(0x1000, null)).isTrue();
    }

    @Test
    void distanceIsToTheNearestBehindTheAddress() {
        breakpoints.addExecution(0x1010);
        breakpoints.addExecution(0x1008);
        breakpoints.addExecution(0x1000);

        assertThat(breakpoints.distanceToNext(0x1000, 100)).isEqualTo(8);
        assertThat(breakpoints.distanceToNext(0x1008, 100)).isEqualTo(8);
        assertThat(breakpoints.distanceToNext(0x1010, 100)).isEqualTo(100);
    }

    @Test
    void watchTouchesWhatOverlapsIt() {
        var watch = breakpoints.addWatch(0x1004, 4, false, true);

        assertThat(breakpoints.watchFor(0x1000, 4, true)).isNull();
        assertThat(breakpoints.watchFor(0x1000, 5, true)).isSameAs(watch);
        assertThat(breakpoints.watchFor(0x1007, 1, true)).isSameAs(watch);
        assertThat(breakpoints.watchFor(0x1008, 1, true)).isNull();
        assertThat(breakpoints.watchFor(0x1004, 4, false)).isNull();
    }

    @Test
    void watchMayCrossPagesAndTheEndOfTheAddressSpace() {
        breakpoints.addWatch(0x1ffe, 4, true, true);
        breakpoints.addWatch(-2, 2, true, true);

        assertThat(breakpoints.watchesPage(0x1000)).isTrue();
        assertThat(breakpoints.watchesPage(0x2abc)).isTrue();
        assertThat(breakpoints.watchesPage(0x3000)).isFalse();
        assertThat(breakpoints.watchesPage(-4096)).isTrue();
        assertThat(breakpoints.watchFor(-1, 1, true)).isNotNull();
    }

    @Test
    void everyChangeIsTold() {
        var told = new AtomicInteger();
        breakpoints.onChange(told::incrementAndGet);

        var breakpoint = breakpoints.addExecution(1);
        breakpoints.addWatch(1, 1, true, false);
        breakpoints.remove(breakpoint);
        breakpoints.remove(breakpoint);
        breakpoints.clear();

        assertThat(told).hasValue(4);
    }

    @Test
    void emptyWatchIsRefused() {
        assertThatThrownBy(() -> breakpoints.addWatch(0, 0, true, true)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("0 bytes");
    }
}
