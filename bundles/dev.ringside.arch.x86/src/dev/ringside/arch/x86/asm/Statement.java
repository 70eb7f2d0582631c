package dev.ringside.arch.x86.asm;

import java.util.List;

/** What a line says, apart from its label. */
sealed interface Statement {
    /** {@code name:}. */
    record Label(String name, int column) implements Statement {
    }

    /** {@code name equ value}. */
    record Equ(String name, Expression value, int column) implements Statement {
    }

    /** {@code org address}. */
    record Org(Expression address, int column) implements Statement {
    }

    /** An instruction with its encodings, shortest first, and the one that layout has got to: it only goes on to longer ones, so layout ends. */
    final class Instruction implements Statement {
        final List<Candidate> candidates;
        int choice;

        Instruction(List<Candidate> candidates) {
            this.candidates = candidates;
        }
    }

    /** {@code db dw dd dq}. */
    record Data(int unitBytes, List<Item> items) implements Statement {
        /** One of the two: a number, or the bytes of a string. */
        record Item(Expression number, byte[] text, int column) {
        }
    }

    /** {@code resb resw resd resq}: zeros in a flat binary. */
    record Reserve(int unitBytes, Expression count) implements Statement {
    }

    /** {@code align n}: NOPs behind code, zeros behind data. */
    record Align(Expression boundary) implements Statement {
    }

    /** {@code times count statement}. */
    record Times(Expression count, Statement body) implements Statement {
    }

    /** A statement and where it stands. */
    record Line(int number, int column, Statement statement) {
    }
}
