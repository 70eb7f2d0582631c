package dev.ringside.ui.disassembly;

import dev.ringside.machine.MachineControl.DisassembledLine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A stretch of disassembled guest memory, in address order, that grows at both ends as the user scrolls. Immutable. */
final class Listing {
    static final Listing EMPTY = new Listing(List.of());

    /** What is far from where the user looks is dropped, or scrolling would collect the whole memory. */
    private static final int MOST_LINES = 480;

    private final List<DisassembledLine> lines;

    private Listing(List<DisassembledLine> lines) {
        this.lines = lines;
    }

    static Listing of(List<DisassembledLine> lines) {
        return new Listing(List.copyOf(lines));
    }

    int size() {
        return lines.size();
    }

    DisassembledLine line(int index) {
        return lines.get(index);
    }

    long address(int index) {
        return lines.get(index).instruction().pc();
    }

    /** The line that starts at {@code address}, or −1. */
    int indexOf(long address) {
        for (int i = 0; i < lines.size(); i++) {
            if (address(i) == address) {
                return i;
            }
        }
        return -1;
    }

    /** The address after the last line. */
    long end() {
        DisassembledLine last = lines.getLast();
        return last.instruction().pc() + last.instruction().lengthBytes();
    }

    Listing append(List<DisassembledLine> more) {
        List<DisassembledLine> grown = new ArrayList<>(lines);
        grown.addAll(more);
        return new Listing(List.copyOf(grown.subList(Math.max(0, grown.size() - MOST_LINES), grown.size())));
    }

    Listing prepend(List<DisassembledLine> more) {
        List<DisassembledLine> grown = new ArrayList<>(more);
        grown.addAll(lines);
        return new Listing(List.copyOf(grown.subList(0, Math.min(MOST_LINES, grown.size()))));
    }

    /** Whether {@code read} is what this listing shows from line {@code first} on: same places, same bytes. */
    boolean agrees(int first, List<DisassembledLine> read) {
        if (first < 0 || first + read.size() > lines.size()) {
            return false;
        }
        for (int i = 0; i < read.size(); i++) {
            DisassembledLine now = read.get(i);
            DisassembledLine then = lines.get(first + i);
            if (now.instruction().pc() != then.instruction().pc() || !Arrays.equals(now.bytes(), then.bytes())) {
                return false;
            }
        }
        return true;
    }
}
