package dev.ringside.engine.interpreter;

import dev.ringside.arch.Cpu;
import dev.ringside.engine.SoftMmu;
import dev.ringside.memory.RawMemory;
import java.util.Arrays;

/**
 * Runs blocks. {@link #run} is the loop in which guests spend their time: it stays below the 8000 bytes of bytecode beyond which HotSpot
 * compiles no method, and a test holds it to that.
 */
final class Executor {
    /** Why {@link #run} came back; {@link #nextPc} is where to go on. */
    static final int LINK_0 = 0, LINK_1 = 1, INDIRECT = 2, LEFT = 3, LEFT_AT_PC = 4;

    private static final int CACHE_SIZE = 4096;
    private static final long PAGE = -4096;

    private final Cpu cpu;
    private final SoftMmu mmu;
    private final long[] slots;
    /** Blocks by program counter, for jumps to computed addresses. An entry holds while its epoch does. */
    private final Block[] cache = new Block[CACHE_SIZE];

    // Set before a run
    int mmuIndex;
    long epoch;

    // The result of a run
    int exit;
    long nextPc;
    /** The block that was left. */
    Block block = Block.NONE;

    // Where a fault came from: kept before everything that may throw.
    int faultCode;
    long faultBudget;

    private final Promotion promotion;
    private final FastFrame frame;

    Executor(Cpu cpu, SoftMmu mmu) {
        this(cpu, mmu, Promotion.NONE);
    }

    Executor(Cpu cpu, SoftMmu mmu, Promotion promotion) {
        this.cpu = cpu;
        this.mmu = mmu;
        this.promotion = promotion;
        frame = new FastFrame(cpu, this);
        slots = cpu.slots;
        Arrays.fill(cache, Block.NONE);
    }

    private static int cacheIndex(long pc) {
        return (int) (pc ^ pc >>> 12) & CACHE_SIZE - 1;
    }

    /** Makes {@code block} known to jumps to computed addresses. */
    void remember(Block block) {
        cache[cacheIndex(block.pc)] = block;
    }

    Block recall(long pc) {
        return cache[cacheIndex(pc)];
    }

    /**
     * Runs {@code start} and what follows it, as far as links and {@code budget} reach.
     *
     * @param budget instructions that may still retire after {@code start}
     * @return what is left of it
     */
    long run(Block start, long budget) {
        final long[] s = slots;
        final long tlb = mmu.table(mmuIndex);
        final long now = epoch;
        Block b = start;
        int[] code = b.code;
        int ip = 0;
        while (true) {
            int w = code[ip];
            int x = code[ip + 1];
            int a = w >>> 8 & 0xfff;
            int bb = w >>> 20;
            int d = x & 0xfff;
            ip += 2;
            boolean holds;
            switch (w & 0xff) {
                case Micro.MOV:
                    s[d] = s[a];
                    continue;
                case Micro.MOVI:
                    s[d] = w & 0xfff00000 | x >>> 12;
                    continue;
                case Micro.MOVL:
                    s[d] = code[ip] & 0xffff_ffffL | (long) code[ip + 1] << 32;
                    ip += 2;
                    continue;
                case Micro.MOV2:
                    s[d] = s[a];
                    s[x >>> 12 & 0xfff] = s[bb];
                    continue;
                case Micro.MOV_MOVI:
                    s[d] = s[a];
                    x = code[ip++];
                    s[x & 0xfff] = x >> 12;
                    continue;
                case Micro.MOV2_MOVI:
                    s[d] = s[a];
                    s[x >>> 12 & 0xfff] = s[bb];
                    x = code[ip++];
                    s[x & 0xfff] = x >> 12;
                    continue;
                case Micro.MOV_MOVI2:
                    s[d] = s[a];
                    x = code[ip];
                    s[x & 0xfff] = x >> 12;
                    x = code[ip + 1];
                    s[x & 0xfff] = x >> 12;
                    ip += 2;
                    continue;
                case Micro.MOVI2:
                    x = code[ip];
                    s[x & 0xfff] = x >> 12;
                    x = code[ip + 1];
                    s[x & 0xfff] = x >> 12;
                    ip += 2;
                    continue;
                case Micro.ADD:
                    s[d] = s[a] + s[bb];
                    continue;
                case Micro.SUB:
                    s[d] = s[a] - s[bb];
                    continue;
                case Micro.MUL:
                    s[d] = s[a] * s[bb];
                    continue;
                case Micro.AND:
                    s[d] = s[a] & s[bb];
                    continue;
                case Micro.OR:
                    s[d] = s[a] | s[bb];
                    continue;
                case Micro.XOR:
                    s[d] = s[a] ^ s[bb];
                    continue;
                case Micro.ADDI:
                    s[d] = s[a] + (w & 0xfff00000 | x >>> 12);
                    continue;
                case Micro.MULI:
                    s[d] = s[a] * (w & 0xfff00000 | x >>> 12);
                    continue;
                case Micro.ANDI:
                    s[d] = s[a] & (w & 0xfff00000 | x >>> 12);
                    continue;
                case Micro.ORI:
                    s[d] = s[a] | (w & 0xfff00000 | x >>> 12);
                    continue;
                case Micro.XORI:
                    s[d] = s[a] ^ (w & 0xfff00000 | x >>> 12);
                    continue;
                // A shift by x >>> 12 is one by sh: the amount counts modulo 64.
                case Micro.ADDM:
                    s[d] = s[a] + s[bb] & -1L >>> (x >>> 12);
                    continue;
                case Micro.SUBM:
                    s[d] = s[a] - s[bb] & -1L >>> (x >>> 12);
                    continue;
                case Micro.MULM:
                    s[d] = s[a] * s[bb] & -1L >>> (x >>> 12);
                    continue;
                case Micro.ANDM:
                    s[d] = s[a] & s[bb] & -1L >>> (x >>> 12);
                    continue;
                case Micro.ORM:
                    s[d] = (s[a] | s[bb]) & -1L >>> (x >>> 12);
                    continue;
                case Micro.XORM:
                    s[d] = (s[a] ^ s[bb]) & -1L >>> (x >>> 12);
                    continue;
                case Micro.ADDIM:
                    s[d] = s[a] + ((w & 0xfff00000 | x >>> 12) >> 6) & -1L >>> (x >>> 12);
                    continue;
                case Micro.ANDIM:
                    s[d] = s[a] & (w & 0xfff00000 | x >>> 12) >> 6 & -1L >>> (x >>> 12);
                    continue;
                case Micro.ORIM:
                    s[d] = (s[a] | (w & 0xfff00000 | x >>> 12) >> 6) & -1L >>> (x >>> 12);
                    continue;
                case Micro.XORIM:
                    s[d] = (s[a] ^ (w & 0xfff00000 | x >>> 12) >> 6) & -1L >>> (x >>> 12);
                    continue;
                case Micro.SHL:
                    s[d] = s[a] << (s[bb] & ~(x >>> 12) & 63) & -1L >>> (x >>> 12);
                    continue;
                case Micro.SHR:
                    s[d] = (s[a] & -1L >>> (x >>> 12)) >>> (s[bb] & ~(x >>> 12) & 63);
                    continue;
                case Micro.SAR:
                    s[d] = s[a] << (x >>> 12) >> (x >>> 12) >> (s[bb] & ~(x >>> 12) & 63) & -1L >>> (x >>> 12);
                    continue;
                case Micro.SHLI:
                    s[d] = s[a] << (x >>> 18) & -1L >>> (x >>> 12);
                    continue;
                case Micro.SHRI:
                    s[d] = (s[a] & -1L >>> (x >>> 12)) >>> (x >>> 18);
                    continue;
                case Micro.SARI:
                    s[d] = s[a] << (x >>> 12) >> (x >>> 12) >> (x >>> 18) & -1L >>> (x >>> 12);
                    continue;
                case Micro.NEG:
                    s[d] = -s[a] & -1L >>> (x >>> 12);
                    continue;
                case Micro.NOT:
                    s[d] = ~s[a] & -1L >>> (x >>> 12);
                    continue;
                case Micro.ZEXT:
                    s[d] = s[a] & -1L >>> (x >>> 12);
                    continue;
                case Micro.SEXT:
                    s[d] = s[a] << (x >>> 12) >> (x >>> 12) & -1L >>> (x >>> 18);
                    continue;
                case Micro.SELECT:
                    s[d] = (s[a] & 1) != 0 ? s[bb] : s[code[ip]];
                    ip++;
                    continue;
                case Micro.DEPOSIT: {
                    long mask = -1L >>> (x >>> 18) << (x >>> 24);
                    s[d] = s[a] & ~mask | s[bb] << (x >>> 24) & mask;
                    continue;
                }
                case Micro.EQ:
                    s[d] = s[a] << (x >>> 12) == s[bb] << (x >>> 12) ? 1 : 0;
                    continue;
                case Micro.NE:
                    s[d] = s[a] << (x >>> 12) != s[bb] << (x >>> 12) ? 1 : 0;
                    continue;
                case Micro.LTU:
                    s[d] = Long.compareUnsigned(s[a] << (x >>> 12), s[bb] << (x >>> 12)) < 0 ? 1 : 0;
                    continue;
                case Micro.LEU:
                    s[d] = Long.compareUnsigned(s[a] << (x >>> 12), s[bb] << (x >>> 12)) <= 0 ? 1 : 0;
                    continue;
                case Micro.LTS:
                    s[d] = s[a] << (x >>> 12) < s[bb] << (x >>> 12) ? 1 : 0;
                    continue;
                case Micro.LES:
                    s[d] = s[a] << (x >>> 12) <= s[bb] << (x >>> 12) ? 1 : 0;
                    continue;
                case Micro.EQI:
                    s[d] = s[a] << (x >>> 12) == (long) ((w & 0xfff00000 | x >>> 12) >> 6) << (x >>> 12) ? 1 : 0;
                    continue;
                case Micro.NEI:
                    s[d] = s[a] << (x >>> 12) != (long) ((w & 0xfff00000 | x >>> 12) >> 6) << (x >>> 12) ? 1 : 0;
                    continue;
                case Micro.LTUI:
                    s[d] = Long.compareUnsigned(s[a] << (x >>> 12), (long) ((w & 0xfff00000 | x >>> 12) >> 6) << (x >>> 12)) < 0 ? 1 : 0;
                    continue;
                case Micro.LEUI:
                    s[d] = Long.compareUnsigned(s[a] << (x >>> 12), (long) ((w & 0xfff00000 | x >>> 12) >> 6) << (x >>> 12)) <= 0 ? 1 : 0;
                    continue;
                case Micro.LTSI:
                    s[d] = s[a] << (x >>> 12) < (long) ((w & 0xfff00000 | x >>> 12) >> 6) << (x >>> 12) ? 1 : 0;
                    continue;
                case Micro.LESI:
                    s[d] = s[a] << (x >>> 12) <= (long) ((w & 0xfff00000 | x >>> 12) >> 6) << (x >>> 12) ? 1 : 0;
                    continue;
                case Micro.BR_EQ:
                    holds = s[a] << (x >>> 12) == s[bb] << (x >>> 12);
                    break;
                case Micro.BR_NE:
                    holds = s[a] << (x >>> 12) != s[bb] << (x >>> 12);
                    break;
                case Micro.BR_LTU:
                    holds = Long.compareUnsigned(s[a] << (x >>> 12), s[bb] << (x >>> 12)) < 0;
                    break;
                case Micro.BR_LEU:
                    holds = Long.compareUnsigned(s[a] << (x >>> 12), s[bb] << (x >>> 12)) <= 0;
                    break;
                case Micro.BR_LTS:
                    holds = s[a] << (x >>> 12) < s[bb] << (x >>> 12);
                    break;
                case Micro.BR_LES:
                    holds = s[a] << (x >>> 12) <= s[bb] << (x >>> 12);
                    break;
                case Micro.BR_EQI:
                    holds = s[a] << (x >>> 12) == (long) ((w & 0xfff00000 | x >>> 12) >> 6) << (x >>> 12);
                    break;
                case Micro.BR_NEI:
                    holds = s[a] << (x >>> 12) != (long) ((w & 0xfff00000 | x >>> 12) >> 6) << (x >>> 12);
                    break;
                case Micro.BR_LTUI:
                    holds = Long.compareUnsigned(s[a] << (x >>> 12), (long) ((w & 0xfff00000 | x >>> 12) >> 6) << (x >>> 12)) < 0;
                    break;
                case Micro.BR_LEUI:
                    holds = Long.compareUnsigned(s[a] << (x >>> 12), (long) ((w & 0xfff00000 | x >>> 12) >> 6) << (x >>> 12)) <= 0;
                    break;
                case Micro.BR_LTSI:
                    holds = s[a] << (x >>> 12) < (long) ((w & 0xfff00000 | x >>> 12) >> 6) << (x >>> 12);
                    break;
                case Micro.BR_LESI:
                    holds = s[a] << (x >>> 12) <= (long) ((w & 0xfff00000 | x >>> 12) >> 6) << (x >>> 12);
                    break;
                case Micro.LOAD8: {
                    long gva = s[a] + (s[bb] << (x >>> 30)) + (x << 2 >> 14);
                    long entry = tlb + (gva >>> SoftMmu.INDEX_SHIFT & SoftMmu.INDEX_MASK);
                    s[d] = RawMemory.getLong(entry) == (gva & PAGE)
                            ? RawMemory.getByte(gva + RawMemory.getLong(entry + SoftMmu.ADDEND)) : load(gva, 1, b, ip, budget);
                    continue;
                }
                case Micro.LOAD16: {
                    long gva = s[a] + (s[bb] << (x >>> 30)) + (x << 2 >> 14);
                    long entry = tlb + (gva >>> SoftMmu.INDEX_SHIFT & SoftMmu.INDEX_MASK);
                    s[d] = RawMemory.getLong(entry) == (gva + 1 & PAGE)
                            ? RawMemory.getShort(gva + RawMemory.getLong(entry + SoftMmu.ADDEND)) : load(gva, 2, b, ip, budget);
                    continue;
                }
                case Micro.LOAD32: {
                    long gva = s[a] + (s[bb] << (x >>> 30)) + (x << 2 >> 14);
                    long entry = tlb + (gva >>> SoftMmu.INDEX_SHIFT & SoftMmu.INDEX_MASK);
                    s[d] = RawMemory.getLong(entry) == (gva + 3 & PAGE)
                            ? RawMemory.getInt(gva + RawMemory.getLong(entry + SoftMmu.ADDEND)) & 0xffff_ffffL : load(gva, 4, b, ip, budget);
                    continue;
                }
                case Micro.LOAD64: {
                    long gva = s[a] + (s[bb] << (x >>> 30)) + (x << 2 >> 14);
                    long entry = tlb + (gva >>> SoftMmu.INDEX_SHIFT & SoftMmu.INDEX_MASK);
                    s[d] = RawMemory.getLong(entry) == (gva + 7 & PAGE)
                            ? RawMemory.getLong(gva + RawMemory.getLong(entry + SoftMmu.ADDEND)) : load(gva, 8, b, ip, budget);
                    continue;
                }
                case Micro.STORE8: {
                    long gva = s[a] + (s[bb] << (x >>> 30)) + (x << 2 >> 14);
                    long entry = tlb + (gva >>> SoftMmu.INDEX_SHIFT & SoftMmu.INDEX_MASK);
                    if (RawMemory.getLong(entry + SoftMmu.WRITE_TAG) == (gva & PAGE)) {
                        RawMemory.putByte(gva + RawMemory.getLong(entry + SoftMmu.ADDEND), (int) s[d]);
                    } else {
                        store(gva, 1, s[d], b, ip, budget);
                    }
                    continue;
                }
                case Micro.STORE16: {
                    long gva = s[a] + (s[bb] << (x >>> 30)) + (x << 2 >> 14);
                    long entry = tlb + (gva >>> SoftMmu.INDEX_SHIFT & SoftMmu.INDEX_MASK);
                    if (RawMemory.getLong(entry + SoftMmu.WRITE_TAG) == (gva + 1 & PAGE)) {
                        RawMemory.putShort(gva + RawMemory.getLong(entry + SoftMmu.ADDEND), (int) s[d]);
                    } else {
                        store(gva, 2, s[d], b, ip, budget);
                    }
                    continue;
                }
                case Micro.STORE32: {
                    long gva = s[a] + (s[bb] << (x >>> 30)) + (x << 2 >> 14);
                    long entry = tlb + (gva >>> SoftMmu.INDEX_SHIFT & SoftMmu.INDEX_MASK);
                    if (RawMemory.getLong(entry + SoftMmu.WRITE_TAG) == (gva + 3 & PAGE)) {
                        RawMemory.putInt(gva + RawMemory.getLong(entry + SoftMmu.ADDEND), (int) s[d]);
                    } else {
                        store(gva, 4, s[d], b, ip, budget);
                    }
                    continue;
                }
                case Micro.STORE64: {
                    long gva = s[a] + (s[bb] << (x >>> 30)) + (x << 2 >> 14);
                    long entry = tlb + (gva >>> SoftMmu.INDEX_SHIFT & SoftMmu.INDEX_MASK);
                    if (RawMemory.getLong(entry + SoftMmu.WRITE_TAG) == (gva + 7 & PAGE)) {
                        RawMemory.putLong(gva + RawMemory.getLong(entry + SoftMmu.ADDEND), s[d]);
                    } else {
                        store(gva, 8, s[d], b, ip, budget);
                    }
                    continue;
                }
                case Micro.JUMP:
                    holds = true;
                    break;
                case Micro.JUMPR: {
                    long pc = s[a];
                    Block next = cache[cacheIndex(pc)];
                    if (next.pc == pc && next.key == b.key && next.epoch == now && budget >= next.count) {
                        budget -= next.count;
                        b = next;
                        code = b.code;
                        ip = 0;
                        continue;
                    }
                    return leave(b, INDIRECT, pc, budget);
                }
                case Micro.LEAVE:
                    return leave(b, LEFT, s[a], budget);
                case Micro.LEAVE_AT_PC:
                    return leave(b, LEFT_AT_PC, 0, budget);
                case Micro.RAISE_IF:
                    if ((s[a] & 1) != 0) {
                        raise(x >>> 12, s[bb], b, ip, budget);
                    }
                    continue;
                case Micro.CALL:
                    at(b, ip, budget);
                    s[d] = b.bodies[x >>> 12].call(cpu, s[a], s[bb], s[code[ip] & 0xfff], s[code[ip] >>> 12]);
                    ip++;
                    continue;
                case Micro.COUNT:
                    if ((code[ip - 1] = x - 1) == 0) {
                        promotion.hot(b, now);
                    }
                    continue;
                case Micro.ENTER: {
                    Region region = b.region;
                    frame.epoch = now;
                    int where = region.code.run(frame, tlb, (int) budget);
                    budget = frame.budget;
                    b = region.members[where >>> FastCode.MEMBER_SHIFT & FastCode.MEMBER_MASK];
                    int how = where >>> FastCode.KIND_SHIFT;
                    if (how == FastCode.RESUME) {
                        code = b.code;
                        ip = where & FastCode.INDEX_MASK;
                        continue;
                    }
                    if (how == FastCode.BEFORE) {
                        return leave(b, INDIRECT, b.pc, budget);
                    }
                    holds = how == FastCode.LINK_0;
                    break;
                }
                default:
                    rare(b, ip, budget, a, bb, d, x >>> 12);
                    ip++;
                    continue;
            }
            // The end of a block: on to the next while its link holds.
            Block next = holds ? b.next0 : b.next1;
            if (next.epoch != now || budget < next.count) {
                return holds ? leave(b, LINK_0, b.targets[0], budget) : leave(b, LINK_1, b.targets[1], budget);
            }
            budget -= next.count;
            b = next;
            code = b.code;
            ip = 0;
        }
    }

    private long leave(Block left, int exit, long nextPc, long budget) {
        block = left;
        this.exit = exit;
        this.nextPc = nextPc;
        return budget;
    }

    void at(Block running, int ip, long budget) {
        block = running;
        faultCode = ip - 2;
        faultBudget = budget;
    }

    private long load(long gva, int sizeBytes, Block running, int ip, long budget) {
        at(running, ip, budget);
        return mmu.load(gva, sizeBytes, running.faults.flagsAt(ip - 2), mmuIndex);
    }

    private void store(long gva, int sizeBytes, long value, Block running, int ip, long budget) {
        at(running, ip, budget);
        mmu.store(gva, sizeBytes, value, running.faults.flagsAt(ip - 2), mmuIndex);
    }

    private void raise(int what, long errorCode, Block running, int ip, long budget) {
        at(running, ip, budget);
        throw (what & 0x100) != 0 ? cpu.fault.set(what & 0xff, (int) errorCode) : cpu.fault.set(what & 0xff);
    }

    private void rare(Block running, int ip, long budget, int a, int b, int d, int what) {
        at(running, ip, budget);
        int flags = RareOperations.isAccess(what) ? running.faults.flagsAt(ip - 2) : 0;
        RareOperations.run(what, slots, a, b, running.code[ip], d, mmu, mmuIndex, flags);
    }
}
