package dev.ringside.engine.interpreter;

import dev.ringside.arch.Cpu;
import dev.ringside.engine.Breakpoints;
import dev.ringside.engine.Engine;
import dev.ringside.engine.EngineConfig;
import dev.ringside.engine.Vcpu;
import dev.ringside.inspect.Inspector;
import dev.ringside.ir.GuestState;
import dev.ringside.memory.CodeListener;
import dev.ringside.memory.MapListener;
import dev.ringside.memory.PhysicalMemory;
import java.util.ArrayList;
import java.util.List;

/** One machine under the interpreter, or under it and what gives its hot blocks faster code: what its processors share. */
public final class InterpreterEngine implements Engine, CodeListener, MapListener {
    private final String name;
    private final EngineConfig config;
    private final Promotion promotion;
    private final Breakpoints breakpoints = new Breakpoints();
    private final BlockCache blocks;
    private final List<InterpreterVcpu> vcpus = new ArrayList<>();

    InterpreterEngine(EngineConfig config) {
        this("interpreter", config, Promotion.NONE);
    }

    public InterpreterEngine(String name, EngineConfig config, Promotion promotion) {
        this.name = name;
        this.config = config;
        this.promotion = promotion;
        int stateSlots = config.architecture().layout().slotCount();
        blocks = new BlockCache(config.architecture().lifter(), config.memory(), breakpoints, config.trace(), stateSlots,
                stateSlots + GuestState.SPARE_SLOTS, promotion);
        config.memory().addCodeListener(this);
        config.memory().addMapListener(this);
        breakpoints.onChange(this::breakpointsChanged);
    }

    @Override
    public String name() {
        return name;
    }

    /** Who gives its hot blocks faster code. */
    public Promotion promotion() {
        return promotion;
    }

    @Override
    public PhysicalMemory memory() {
        return config.memory();
    }

    @Override
    public Breakpoints breakpoints() {
        return breakpoints;
    }

    @Override
    public Vcpu newVcpu(Cpu cpu) {
        var vcpu = new InterpreterVcpu(cpu, config.memory(), breakpoints, blocks, promotion);
        vcpus.add(vcpu);
        return vcpu;
    }

    @Override
    public void flushCode() {
        blocks.flush();
    }

    /** Blocks are cut at breakpoints, and watched pages have no translations: both are made anew. */
    private void breakpointsChanged() {
        blocks.flush();
        blocks.forgetAlone();
        vcpus.forEach(v -> v.mmu().flushTlb(true));
    }

    @Override
    public void codeWritten(long hostAddress, int lengthBytes) {
        blocks.codeWritten(hostAddress, lengthBytes);
    }

    @Override
    public void codeAppeared(long hostPage) {
        for (InterpreterVcpu vcpu : vcpus) {
            vcpu.mmu().forgetWrites(hostPage);
        }
    }

    @Override
    public void mapChanged(long gpa, long sizeBytes) {
        vcpus.forEach(v -> v.mmu().flushTlb(true));
    }

    @Override
    public void inspect(Inspector out) {
        out.decimal("blocks", blocks.size()).decimal("blocks' bytes", blocks.sizeBytes()).decimal("lifted", blocks.lifted).decimal("invalidated", blocks.invalidated);
        if (promotion != Promotion.NONE) {
            out.decimal("retiredInRegions", vcpus.stream().mapToLong(InterpreterVcpu::retiredInRegions).sum());
        }
        promotion.inspect(out);
    }

    @Override
    public void close() {
        config.memory().removeListeners(this, this);
        blocks.forget();
        promotion.close();
    }
}
