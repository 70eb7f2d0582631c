package dev.ringside.arch.x86;

import dev.ringside.arch.Architecture;
import dev.ringside.arch.Assembler;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.Disassembler;
import dev.ringside.arch.Lifter;
import dev.ringside.arch.x86.asm.X86Assembler;
import dev.ringside.arch.x86.cpu.SystemHelpers;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.arch.x86.lift.SemanticsTable;
import dev.ringside.arch.x86.lift.X86Lifter;
import dev.ringside.arch.x86.text.X86Disassembler;
import dev.ringside.ir.Helper;
import dev.ringside.ir.StateLayout;
import java.util.ArrayList;
import java.util.Collection;

/** The x86 architecture as a service: everything else of this bundle behind the contract of {@code arch}. */
public final class X86Architecture implements Architecture {
    @Override
    public String name() {
        return "x86-64";
    }

    @Override
    public StateLayout layout() {
        return X86State.LAYOUT;
    }

    @Override
    public Collection<Helper> helpers() {
        var all = new ArrayList<Helper>(SemanticsTable.integerHelpers());
        all.addAll(SemanticsTable.floatingHelpers());
        all.addAll(SystemHelpers.all());
        return all;
    }

    @Override
    public Cpu newCpu(int index) {
        return new X86Cpu(index);
    }

    @Override
    public Lifter lifter() {
        return new X86Lifter();
    }

    @Override
    public Disassembler disassembler() {
        return new X86Disassembler();
    }

    @Override
    public Assembler assembler() {
        return new X86Assembler();
    }
}
