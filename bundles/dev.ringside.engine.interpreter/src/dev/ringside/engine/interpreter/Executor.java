package dev.ringside.engine.interpreter;

import dev.ringside.arch.Cpu;
import dev.ringside.engine.SoftMmu;
import dev.ringside.memory.RawMemory;
import java.util.Arrays;

/**
 * Runs blocks. {@link #loop} is where guests spend their time. Two things keep it fast: it stays below the 8000 bytes of bytecode beyond which
 * HotSpot compiles no method (a test holds it to that), and it calls nothing, because no register survives a call in compiled Java and a loop
 * with calls keeps its variables on the stack. What needs a call leaves the loop and comes back.
 */
final class Executor {
    /** Why {@link #run} came back; {@link #nextPc} is where to go on. */
    static final int LINK_0 = 0, LINK_1 = 1, INDIRECT = 2, LEFT = 3, LEFT_AT_PC = 4;
    /** Inside {@link #run} only: the operation before {@link #ip} needs a call; {@link #block} is about to run and is hot. */
    private static final int SLOW = 5, HOT = 6;

    private static final int CACHE_SIZE = 4096;
    private static final long PAGE = -4096;

    private final Cpu cpu;
    private final SoftMmu mmu;
    private final CodeArena arena;
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

    /** Behind the operation that needs a call. */
    private int ip;

    // Where a fault came from: see at().
    int faultCode;
    long faultBudget;

    /** {@link Cpu#instructions} when the run began, and how many it may retire. */
    private long startInstructions;
    private long allowed;

    /** For inspection: how many instructions regions have retired. */
    long retiredInRegions;
    /** What could retire when the region that runs was entered. */
    private long entered;

    private final Promotion promotion;
    private final FastFrame frame;

    Executor(Cpu cpu, SoftMmu mmu, CodeArena arena, Promotion promotion) {
        this.cpu = cpu;
        this.mmu = mmu;
        this.arena = arena;
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
        startInstructions = cpu.instructions;
        allowed = start.count + budget;
        long left = budget;
        if (--start.runsLeft == 0) {
            leave(start, HOT, 0, left);
        } else {
            left = loop(start, start.start, left);
        }
        while (exit >= SLOW) {
            if (exit == HOT) {
                hot();
            } else {
                left = slow(left);
            }
            if (exit == SLOW) {
                left = loop(block, ip, left);
            }
        }
        return left;
    }

    /** Before {@link #block} runs. */
    private void hot() {
        if (block.isCounted()) {
            promotion.hot(block, epoch, this::recall);
        }
        ip = block.start;
        exit = SLOW;
    }

    private long loop(Block start, int startIp, long startBudget) {
        final long[] s = slots;
        final long[] tlb = mmu.longs(mmuIndex);
        final long now = epoch;
        Block block = start;
        final long[] code = arena.words;
        int ip = startIp;
        long budget = startBudget;
        while (true) {
            long w = code[ip++];
            int d = (int) w >>> 16;
            int a = (int) (w >>> 32) & 0xffff;
            // A slot's number is not negative, so one shift serves both: what is computed here, every operation pays for.
            int imm = (int) (w >> 48);
            int b = imm;
            boolean holds;
            switch ((int) w & 0xff) {
                case Micro.ADD:
                    s[d] = s[a] + s[b];
                    continue;
                case Micro.SUB:
                    s[d] = s[a] - s[b];
                    continue;
                case Micro.MUL:
                    s[d] = s[a] * s[b];
                    continue;
                case Micro.AND:
                    s[d] = s[a] & s[b];
                    continue;
                case Micro.OR:
                    s[d] = s[a] | s[b];
                    continue;
                case Micro.XOR:
                    s[d] = s[a] ^ s[b];
                    continue;
                case Micro.ADDI:
                    s[d] = s[a] + imm;
                    continue;
                case Micro.MULI:
                    s[d] = s[a] * imm;
                    continue;
                case Micro.ANDI:
                    s[d] = s[a] & imm;
                    continue;
                case Micro.ORI:
                    s[d] = s[a] | imm;
                    continue;
                case Micro.XORI:
                    s[d] = s[a] ^ imm;
                    continue;
                case Micro.SHL:
                    s[d] = s[a] << s[b];
                    continue;
                case Micro.SHR:
                    s[d] = s[a] >>> s[b];
                    continue;
                case Micro.SAR:
                    s[d] = s[a] >> s[b];
                    continue;
                case Micro.SHLI:
                    s[d] = s[a] << b;
                    continue;
                case Micro.SHRI:
                    s[d] = s[a] >>> b;
                    continue;
                case Micro.SARI:
                    s[d] = s[a] >> b;
                    continue;
                case Micro.ROTL:
                    s[d] = Long.rotateLeft(s[a], (int) s[b]);
                    continue;
                case Micro.ROTR:
                    s[d] = Long.rotateRight(s[a], (int) s[b]);
                    continue;
                case Micro.ROTLI:
                    s[d] = Long.rotateLeft(s[a], b);
                    continue;
                case Micro.NEG:
                    s[d] = -s[a];
                    continue;
                case Micro.NOT:
                    s[d] = ~s[a];
                    continue;
                case Micro.EQ:
                    s[d] = s[a] == s[b] ? 1 : 0;
                    continue;
                case Micro.NE:
                    s[d] = s[a] != s[b] ? 1 : 0;
                    continue;
                case Micro.LTU:
                    s[d] = Long.compareUnsigned(s[a], s[b]) < 0 ? 1 : 0;
                    continue;
                case Micro.LEU:
                    s[d] = Long.compareUnsigned(s[a], s[b]) <= 0 ? 1 : 0;
                    continue;
                case Micro.LTS:
                    s[d] = s[a] < s[b] ? 1 : 0;
                    continue;
                case Micro.LES:
                    s[d] = s[a] <= s[b] ? 1 : 0;
                    continue;
                case Micro.EQI:
                    s[d] = s[a] == imm ? 1 : 0;
                    continue;
                case Micro.NEI:
                    s[d] = s[a] != imm ? 1 : 0;
                    continue;
                case Micro.LTUI:
                    s[d] = Long.compareUnsigned(s[a], imm) < 0 ? 1 : 0;
                    continue;
                case Micro.LEUI:
                    s[d] = Long.compareUnsigned(s[a], imm) <= 0 ? 1 : 0;
                    continue;
                case Micro.LTSI:
                    s[d] = s[a] < imm ? 1 : 0;
                    continue;
                case Micro.LESI:
                    s[d] = s[a] <= imm ? 1 : 0;
                    continue;
                case Micro.BR_EQ:
                    holds = s[a] == s[b];
                    break;
                case Micro.BR_NE:
                    holds = s[a] != s[b];
                    break;
                case Micro.BR_LTU:
                    holds = Long.compareUnsigned(s[a], s[b]) < 0;
                    break;
                case Micro.BR_LEU:
                    holds = Long.compareUnsigned(s[a], s[b]) <= 0;
                    break;
                case Micro.BR_LTS:
                    holds = s[a] < s[b];
                    break;
                case Micro.BR_LES:
                    holds = s[a] <= s[b];
                    break;
                case Micro.BR_EQI:
                    holds = s[a] == imm;
                    break;
                case Micro.BR_NEI:
                    holds = s[a] != imm;
                    break;
                case Micro.BR_LTUI:
                    holds = Long.compareUnsigned(s[a], imm) < 0;
                    break;
                case Micro.BR_LEUI:
                    holds = Long.compareUnsigned(s[a], imm) <= 0;
                    break;
                case Micro.BR_LTSI:
                    holds = s[a] < imm;
                    break;
                case Micro.BR_LESI:
                    holds = s[a] <= imm;
                    break;
                case Micro.ADD + Micro.W32:
                    s[d] = s[a] + s[b] & 0xffff_ffffL;
                    continue;
                case Micro.SUB + Micro.W32:
                    s[d] = s[a] - s[b] & 0xffff_ffffL;
                    continue;
                case Micro.MUL + Micro.W32:
                    s[d] = s[a] * s[b] & 0xffff_ffffL;
                    continue;
                case Micro.AND + Micro.W32:
                    s[d] = s[a] & s[b] & 0xffff_ffffL;
                    continue;
                case Micro.OR + Micro.W32:
                    s[d] = (s[a] | s[b]) & 0xffff_ffffL;
                    continue;
                case Micro.XOR + Micro.W32:
                    s[d] = (s[a] ^ s[b]) & 0xffff_ffffL;
                    continue;
                case Micro.ADDI + Micro.W32:
                    s[d] = s[a] + imm & 0xffff_ffffL;
                    continue;
                case Micro.MULI + Micro.W32:
                    s[d] = s[a] * imm & 0xffff_ffffL;
                    continue;
                case Micro.ANDI + Micro.W32:
                    s[d] = s[a] & imm & 0xffff_ffffL;
                    continue;
                case Micro.ORI + Micro.W32:
                    s[d] = (s[a] | imm) & 0xffff_ffffL;
                    continue;
                case Micro.XORI + Micro.W32:
                    s[d] = (s[a] ^ imm) & 0xffff_ffffL;
                    continue;
                case Micro.SHL + Micro.W32:
                    s[d] = (int) s[a] << (int) s[b] & 0xffff_ffffL;
                    continue;
                case Micro.SHR + Micro.W32:
                    s[d] = (int) s[a] >>> (int) s[b] & 0xffff_ffffL;
                    continue;
                case Micro.SAR + Micro.W32:
                    s[d] = (int) s[a] >> (int) s[b] & 0xffff_ffffL;
                    continue;
                case Micro.SHLI + Micro.W32:
                    s[d] = (int) s[a] << b & 0xffff_ffffL;
                    continue;
                case Micro.SHRI + Micro.W32:
                    s[d] = (int) s[a] >>> b & 0xffff_ffffL;
                    continue;
                case Micro.SARI + Micro.W32:
                    s[d] = (int) s[a] >> b & 0xffff_ffffL;
                    continue;
                case Micro.ROTL + Micro.W32:
                    s[d] = Integer.rotateLeft((int) s[a], (int) s[b]) & 0xffff_ffffL;
                    continue;
                case Micro.ROTR + Micro.W32:
                    s[d] = Integer.rotateRight((int) s[a], (int) s[b]) & 0xffff_ffffL;
                    continue;
                case Micro.ROTLI + Micro.W32:
                    s[d] = Integer.rotateLeft((int) s[a], b) & 0xffff_ffffL;
                    continue;
                case Micro.NEG + Micro.W32:
                    s[d] = -s[a] & 0xffff_ffffL;
                    continue;
                case Micro.NOT + Micro.W32:
                    s[d] = ~s[a] & 0xffff_ffffL;
                    continue;
                case Micro.ZEXT + Micro.W32:
                    s[d] = s[a] & 0xffff_ffffL;
                    continue;
                case Micro.EQ + Micro.W32:
                    s[d] = (int) s[a] == (int) s[b] ? 1 : 0;
                    continue;
                case Micro.NE + Micro.W32:
                    s[d] = (int) s[a] != (int) s[b] ? 1 : 0;
                    continue;
                case Micro.LTU + Micro.W32:
                    s[d] = (s[a] & 0xffff_ffffL) < (s[b] & 0xffff_ffffL) ? 1 : 0;
                    continue;
                case Micro.LEU + Micro.W32:
                    s[d] = (s[a] & 0xffff_ffffL) <= (s[b] & 0xffff_ffffL) ? 1 : 0;
                    continue;
                case Micro.LTS + Micro.W32:
                    s[d] = (int) s[a] < (int) s[b] ? 1 : 0;
                    continue;
                case Micro.LES + Micro.W32:
                    s[d] = (int) s[a] <= (int) s[b] ? 1 : 0;
                    continue;
                case Micro.EQI + Micro.W32:
                    s[d] = (int) s[a] == imm ? 1 : 0;
                    continue;
                case Micro.NEI + Micro.W32:
                    s[d] = (int) s[a] != imm ? 1 : 0;
                    continue;
                case Micro.LTUI + Micro.W32:
                    s[d] = (s[a] & 0xffff_ffffL) < (imm & 0xffff_ffffL) ? 1 : 0;
                    continue;
                case Micro.LEUI + Micro.W32:
                    s[d] = (s[a] & 0xffff_ffffL) <= (imm & 0xffff_ffffL) ? 1 : 0;
                    continue;
                case Micro.LTSI + Micro.W32:
                    s[d] = (int) s[a] < imm ? 1 : 0;
                    continue;
                case Micro.LESI + Micro.W32:
                    s[d] = (int) s[a] <= imm ? 1 : 0;
                    continue;
                case Micro.BR_EQ + Micro.W32:
                    holds = (int) s[a] == (int) s[b];
                    break;
                case Micro.BR_NE + Micro.W32:
                    holds = (int) s[a] != (int) s[b];
                    break;
                case Micro.BR_LTU + Micro.W32:
                    holds = (s[a] & 0xffff_ffffL) < (s[b] & 0xffff_ffffL);
                    break;
                case Micro.BR_LEU + Micro.W32:
                    holds = (s[a] & 0xffff_ffffL) <= (s[b] & 0xffff_ffffL);
                    break;
                case Micro.BR_LTS + Micro.W32:
                    holds = (int) s[a] < (int) s[b];
                    break;
                case Micro.BR_LES + Micro.W32:
                    holds = (int) s[a] <= (int) s[b];
                    break;
                case Micro.BR_EQI + Micro.W32:
                    holds = (int) s[a] == imm;
                    break;
                case Micro.BR_NEI + Micro.W32:
                    holds = (int) s[a] != imm;
                    break;
                case Micro.BR_LTUI + Micro.W32:
                    holds = (s[a] & 0xffff_ffffL) < (imm & 0xffff_ffffL);
                    break;
                case Micro.BR_LEUI + Micro.W32:
                    holds = (s[a] & 0xffff_ffffL) <= (imm & 0xffff_ffffL);
                    break;
                case Micro.BR_LTSI + Micro.W32:
                    holds = (int) s[a] < imm;
                    break;
                case Micro.BR_LESI + Micro.W32:
                    holds = (int) s[a] <= imm;
                    break;
                case Micro.NARROW: {
                    int sh = (int) w >>> 8 & 0x3f;
                    long mask = -1L >>> sh;
                    switch ((int) code[ip++]) {
                        case Micro.ADD:
                            s[d] = s[a] + s[b] & mask;
                            continue;
                        case Micro.SUB:
                            s[d] = s[a] - s[b] & mask;
                            continue;
                        case Micro.MUL:
                            s[d] = s[a] * s[b] & mask;
                            continue;
                        case Micro.AND:
                            s[d] = s[a] & s[b] & mask;
                            continue;
                        case Micro.OR:
                            s[d] = (s[a] | s[b]) & mask;
                            continue;
                        case Micro.XOR:
                            s[d] = (s[a] ^ s[b]) & mask;
                            continue;
                        case Micro.ADDI:
                            s[d] = s[a] + imm & mask;
                            continue;
                        case Micro.MULI:
                            s[d] = s[a] * imm & mask;
                            continue;
                        case Micro.ANDI:
                            s[d] = s[a] & imm & mask;
                            continue;
                        case Micro.ORI:
                            s[d] = (s[a] | imm) & mask;
                            continue;
                        case Micro.XORI:
                            s[d] = (s[a] ^ imm) & mask;
                            continue;
                        case Micro.SHL:
                            s[d] = s[a] << (s[b] & 63 - sh) & mask;
                            continue;
                        case Micro.SHR:
                            s[d] = (s[a] & mask) >>> (s[b] & 63 - sh) & mask;
                            continue;
                        case Micro.SAR:
                            s[d] = s[a] << sh >> sh >> (s[b] & 63 - sh) & mask;
                            continue;
                        case Micro.SHLI:
                            s[d] = s[a] << b & mask;
                            continue;
                        case Micro.SHRI:
                            s[d] = (s[a] & mask) >>> b & mask;
                            continue;
                        case Micro.SARI:
                            s[d] = s[a] << sh >> sh >> b & mask;
                            continue;
                        case Micro.ROTL: {
                            long v = s[a] & mask;
                            int n = (int) s[b] & 63 - sh;
                            s[d] = (v << n | v >>> 64 - sh - n) & mask;
                            continue;
                        }
                        case Micro.ROTR: {
                            long v = s[a] & mask;
                            int n = -(int) s[b] & 63 - sh;
                            s[d] = (v << n | v >>> 64 - sh - n) & mask;
                            continue;
                        }
                        case Micro.ROTLI: {
                            long v = s[a] & mask;
                            s[d] = (v << b | v >>> 64 - sh - b) & mask;
                            continue;
                        }
                        case Micro.NEG:
                            s[d] = -s[a] & mask;
                            continue;
                        case Micro.NOT:
                            s[d] = ~s[a] & mask;
                            continue;
                        case Micro.ZEXT:
                            s[d] = s[a] & mask;
                            continue;
                        case Micro.EQ:
                            s[d] = s[a] << sh == s[b] << sh ? 1 : 0;
                            continue;
                        case Micro.NE:
                            s[d] = s[a] << sh != s[b] << sh ? 1 : 0;
                            continue;
                        case Micro.LTU:
                            s[d] = Long.compareUnsigned(s[a] << sh, s[b] << sh) < 0 ? 1 : 0;
                            continue;
                        case Micro.LEU:
                            s[d] = Long.compareUnsigned(s[a] << sh, s[b] << sh) <= 0 ? 1 : 0;
                            continue;
                        case Micro.LTS:
                            s[d] = s[a] << sh < s[b] << sh ? 1 : 0;
                            continue;
                        case Micro.LES:
                            s[d] = s[a] << sh <= s[b] << sh ? 1 : 0;
                            continue;
                        case Micro.EQI:
                            s[d] = s[a] << sh == (long) imm << sh ? 1 : 0;
                            continue;
                        case Micro.NEI:
                            s[d] = s[a] << sh != (long) imm << sh ? 1 : 0;
                            continue;
                        case Micro.LTUI:
                            s[d] = Long.compareUnsigned(s[a] << sh, (long) imm << sh) < 0 ? 1 : 0;
                            continue;
                        case Micro.LEUI:
                            s[d] = Long.compareUnsigned(s[a] << sh, (long) imm << sh) <= 0 ? 1 : 0;
                            continue;
                        case Micro.LTSI:
                            s[d] = s[a] << sh < (long) imm << sh ? 1 : 0;
                            continue;
                        case Micro.LESI:
                            s[d] = s[a] << sh <= (long) imm << sh ? 1 : 0;
                            continue;
                        case Micro.BR_EQ:
                            holds = s[a] << sh == s[b] << sh;
                            break;
                        case Micro.BR_NE:
                            holds = s[a] << sh != s[b] << sh;
                            break;
                        case Micro.BR_LTU:
                            holds = Long.compareUnsigned(s[a] << sh, s[b] << sh) < 0;
                            break;
                        case Micro.BR_LEU:
                            holds = Long.compareUnsigned(s[a] << sh, s[b] << sh) <= 0;
                            break;
                        case Micro.BR_LTS:
                            holds = s[a] << sh < s[b] << sh;
                            break;
                        case Micro.BR_LES:
                            holds = s[a] << sh <= s[b] << sh;
                            break;
                        case Micro.BR_EQI:
                            holds = s[a] << sh == (long) imm << sh;
                            break;
                        case Micro.BR_NEI:
                            holds = s[a] << sh != (long) imm << sh;
                            break;
                        case Micro.BR_LTUI:
                            holds = Long.compareUnsigned(s[a] << sh, (long) imm << sh) < 0;
                            break;
                        case Micro.BR_LEUI:
                            holds = Long.compareUnsigned(s[a] << sh, (long) imm << sh) <= 0;
                            break;
                        case Micro.BR_LTSI:
                            holds = s[a] << sh < (long) imm << sh;
                            break;
                        case Micro.BR_LESI:
                            holds = s[a] << sh <= (long) imm << sh;
                            break;
                        default:
                            return slow(block, ip, budget);
                    }
                    break;
                }
                case Micro.MOV:
                    s[d] = s[a];
                    continue;
                case Micro.MOVI:
                    s[d] = w >> 32;
                    continue;
                case Micro.MOVL:
                    s[d] = code[ip++];
                    continue;
                case Micro.MOV2:
                    s[d] = s[a];
                    s[(int) code[ip++]] = s[b];
                    continue;
                case Micro.MOV_MOVI: {
                    s[d] = s[a];
                    int pair = (int) code[ip++];
                    s[pair & 0xffff] = pair >> 16;
                    continue;
                }
                case Micro.MOV2_MOVI: {
                    s[d] = s[a];
                    long more = code[ip++];
                    s[(int) (more >>> 48)] = s[b];
                    s[(int) more & 0xffff] = (int) more >> 16;
                    continue;
                }
                case Micro.MOV_MOVI2: {
                    s[d] = s[a];
                    long pairs = code[ip++];
                    s[(int) pairs & 0xffff] = (int) pairs >> 16;
                    s[(int) (pairs >>> 32) & 0xffff] = pairs >> 48;
                    continue;
                }
                case Micro.MOVI2: {
                    long pairs = code[ip++];
                    s[(int) pairs & 0xffff] = (int) pairs >> 16;
                    s[(int) (pairs >>> 32) & 0xffff] = pairs >> 48;
                    continue;
                }
                case Micro.SEXT:
                    s[d] = s[a] << (int) (w >>> 8) >> (int) (w >>> 8);
                    continue;
                case Micro.SEXT32:
                    s[d] = s[a] << (int) (w >>> 8) >> (int) (w >>> 8) & 0xffff_ffffL;
                    continue;
                case Micro.SELECT: {
                    int other = (int) code[ip++];
                    s[d] = (s[a] & 1) != 0 ? s[b] : s[other];
                    continue;
                }
                case Micro.DEPOSIT: {
                    long mask = code[ip++];
                    s[d] = s[a] & ~mask | s[b] << (int) (w >>> 8) & mask;
                    continue;
                }
                case Micro.LOAD8: {
                    long gva = s[a] + imm;
                    int entry = (int) (gva >>> SoftMmu.LONGS_SHIFT) & SoftMmu.LONGS_MASK;
                    if (tlb[entry] != (gva & PAGE)) {
                        return slow(block, ip, budget);
                    }
                    s[d] = RawMemory.getByte(gva + tlb[entry + 2]);
                    continue;
                }
                case Micro.LOAD16: {
                    long gva = s[a] + imm;
                    int entry = (int) (gva >>> SoftMmu.LONGS_SHIFT) & SoftMmu.LONGS_MASK;
                    if (tlb[entry] != (gva + 1 & PAGE)) {
                        return slow(block, ip, budget);
                    }
                    s[d] = RawMemory.getShort(gva + tlb[entry + 2]);
                    continue;
                }
                case Micro.LOAD32: {
                    long gva = s[a] + imm;
                    int entry = (int) (gva >>> SoftMmu.LONGS_SHIFT) & SoftMmu.LONGS_MASK;
                    if (tlb[entry] != (gva + 3 & PAGE)) {
                        return slow(block, ip, budget);
                    }
                    s[d] = RawMemory.getInt(gva + tlb[entry + 2]) & 0xffff_ffffL;
                    continue;
                }
                case Micro.LOAD64: {
                    long gva = s[a] + imm;
                    int entry = (int) (gva >>> SoftMmu.LONGS_SHIFT) & SoftMmu.LONGS_MASK;
                    if (tlb[entry] != (gva + 7 & PAGE)) {
                        return slow(block, ip, budget);
                    }
                    s[d] = RawMemory.getLong(gva + tlb[entry + 2]);
                    continue;
                }
                case Micro.STORE8: {
                    long gva = s[a] + imm;
                    int entry = (int) (gva >>> SoftMmu.LONGS_SHIFT) & SoftMmu.LONGS_MASK;
                    if (tlb[entry + 1] != (gva & PAGE)) {
                        return slow(block, ip, budget);
                    }
                    RawMemory.putByte(gva + tlb[entry + 2], (int) s[d]);
                    continue;
                }
                case Micro.STORE16: {
                    long gva = s[a] + imm;
                    int entry = (int) (gva >>> SoftMmu.LONGS_SHIFT) & SoftMmu.LONGS_MASK;
                    if (tlb[entry + 1] != (gva + 1 & PAGE)) {
                        return slow(block, ip, budget);
                    }
                    RawMemory.putShort(gva + tlb[entry + 2], (int) s[d]);
                    continue;
                }
                case Micro.STORE32: {
                    long gva = s[a] + imm;
                    int entry = (int) (gva >>> SoftMmu.LONGS_SHIFT) & SoftMmu.LONGS_MASK;
                    if (tlb[entry + 1] != (gva + 3 & PAGE)) {
                        return slow(block, ip, budget);
                    }
                    RawMemory.putInt(gva + tlb[entry + 2], (int) s[d]);
                    continue;
                }
                case Micro.STORE64: {
                    long gva = s[a] + imm;
                    int entry = (int) (gva >>> SoftMmu.LONGS_SHIFT) & SoftMmu.LONGS_MASK;
                    if (tlb[entry + 1] != (gva + 7 & PAGE)) {
                        return slow(block, ip, budget);
                    }
                    RawMemory.putLong(gva + tlb[entry + 2], s[d]);
                    continue;
                }
                case Micro.INDEX:
                    s[d] = s[a] + (s[b] << (int) (w >>> 8));
                    continue;
                case Micro.JUMP:
                    holds = true;
                    break;
                case Micro.JUMPR: {
                    long pc = s[a];
                    Block next = cache[cacheIndex(pc)];
                    if (next.pc == pc && next.key == block.key && next.epoch == now && budget >= next.count) {
                        // What Block.went does.
                        if (block.next0 != next) {
                            block.next1 = block.next0;
                            block.next0 = next;
                        }
                        budget -= next.count;
                        block = next;
                        ip = next.start;
                        if (--next.runsLeft == 0) {
                            return leave(next, HOT, 0, budget);
                        }
                        continue;
                    }
                    return leave(block, INDIRECT, pc, budget);
                }
                case Micro.LEAVE:
                    return leave(block, LEFT, s[a], budget);
                case Micro.LEAVE_AT_PC:
                    return leave(block, LEFT_AT_PC, 0, budget);
                case Micro.RAISE_IF:
                    if ((s[a] & 1) != 0) {
                        return slow(block, ip, budget);
                    }
                    continue;
                default:
                    return slow(block, ip, budget);
            }
            // The end of a block: on to the next while its link holds.
            Block next = holds ? block.next0 : block.next1;
            if (next.epoch != now || budget < next.count) {
                return holds ? leave(block, LINK_0, block.targets[0], budget) : leave(block, LINK_1, block.targets[1], budget);
            }
            budget -= next.count;
            block = next;
            ip = next.start;
            if (--next.runsLeft == 0) {
                return leave(next, HOT, 0, budget);
            }
        }
    }

    private long leave(Block left, int exit, long nextPc, long budget) {
        this.block = left;
        this.exit = exit;
        this.nextPc = nextPc;
        return budget;
    }

    private long slow(Block running, int ip, long budget) {
        this.block = running;
        this.ip = ip;
        exit = SLOW;
        return budget;
    }

    /** Something thrown from now on comes from the operation at {@code index}; {@code budget} is what would be left behind its block. */
    void at(Block running, int index, long budget) {
        block = running;
        faultCode = index;
        faultBudget = budget;
    }

    /** As {@link #at}, inside a region. */
    void atInRegion(Block running, int index, long budget) {
        at(running, index, budget);
        retiredInRegions += entered - budget - (running.count - running.instructionAt(index));
    }

    /**
     * Does what the loop left, and moves {@link #ip} behind it.
     *
     * @return the budget that is left; {@link #exit} is another than {@link #SLOW} when the run ends here
     */
    private long slow(long budget) {
        if (((int) arena.words[ip - 1] & 0xff) == Micro.ENTER) {
            return enter(budget);
        }
        at(block, ip - 1 - block.base, budget);
        operation();
        return budget;
    }

    /** Runs regions as long as one leads to another. */
    private long enter(long budget) {
        frame.epoch = epoch;
        long left = budget;
        while (true) {
            Region region = block.region;
            entered = left + block.count;
            int where = region.code.run(frame, mmu.table(mmuIndex), (int) left);
            retiredInRegions += entered - frame.budget;
            region.runs++;
            region.retired += entered - frame.budget;
            left = frame.budget;
            block = region.members[where >>> FastCode.MEMBER_SHIFT & FastCode.MEMBER_MASK];
            int how = where >>> FastCode.KIND_SHIFT;
            if (how == FastCode.BEFORE) {
                return leave(block, INDIRECT, block.pc, left);
            }
            Block next;
            if (how == FastCode.RESUME) {
                ip = block.base + (where & FastCode.INDEX_MASK);
                retiredInRegions -= block.count - block.instructionAt(where & FastCode.INDEX_MASK);
                long w = block.code[where & FastCode.INDEX_MASK];
                if (((int) w & 0xff) != Micro.JUMPR) {
                    return left;
                }
                long pc = slots[(int) (w >>> 32) & 0xffff];
                next = cache[cacheIndex(pc)];
                if (next.pc != pc || next.key != block.key || next.epoch != epoch || left < next.count) {
                    return left;
                }
                if (block.next0 != next) {
                    block.went(next);
                }
            } else {
                boolean holds = how == FastCode.LINK_0;
                next = holds ? block.next0 : block.next1;
                if (next.epoch != epoch || left < next.count) {
                    return holds ? leave(block, LINK_0, block.targets[0], left) : leave(block, LINK_1, block.targets[1], left);
                }
            }
            left -= next.count;
            block = next;
            ip = next.start;
            if (!next.entersRegion()) {
                return --next.runsLeft == 0 ? leave(next, HOT, 0, left) : left;
            }
        }
    }

    private void operation() {
        long[] code = arena.words;
        long[] s = slots;
        long w = code[ip - 1];
        int d = (int) w >>> 16;
        int a = (int) (w >>> 32) & 0xffff;
        int b = (int) (w >>> 48);
        int imm = (int) (w >> 48);
        switch ((int) w & 0xff) {
            case Micro.LOAD8 -> s[d] = load(s[a] + imm, 1);
            case Micro.LOAD16 -> s[d] = load(s[a] + imm, 2);
            case Micro.LOAD32 -> s[d] = load(s[a] + imm, 4);
            case Micro.LOAD64 -> s[d] = load(s[a] + imm, 8);
            case Micro.STORE8 -> store(s[a] + imm, 1, s[d]);
            case Micro.STORE16 -> store(s[a] + imm, 2, s[d]);
            case Micro.STORE32 -> store(s[a] + imm, 4, s[d]);
            case Micro.STORE64 -> store(s[a] + imm, 8, s[d]);
            case Micro.RAISE_IF -> throw (d & 0x100) != 0 ? cpu.fault.set(d & 0xff, (int) s[b]) : cpu.fault.set(d & 0xff);
            case Micro.CALL -> s[d] = call(code[ip++], s[a], s[b]);
            case Micro.CALL_IN_TIME -> {
                timeIs(faultBudget + block.count - block.instructionAt(faultCode));
                s[d] = call(code[ip++], s[a], s[b]);
                timeIsOver();
            }
            case Micro.RARE -> {
                int more = (int) code[ip++];
                int what = more >>> 16;
                int flags = RareOperations.isAccess(what) ? block.faults.flagsAt(faultCode) : 0;
                RareOperations.run(what, s, a, b, more & 0xffff, d, mmu, mmuIndex, flags);
            }
            default -> throw new AssertionError("operation " + ((int) w & 0xff));
        }
    }

    private long call(long more, long a, long b) {
        return block.bodies[(int) (more >>> 32)].call(cpu, a, b, slots[(int) more & 0xffff], slots[(int) more >>> 16]);
    }

    // Time

    /** From now on {@link Cpu#instructions} counts all before the one behind which, itself included, {@code left} may still retire in this run. */
    void timeIs(long left) {
        cpu.instructions = startInstructions + allowed - left;
    }

    /** {@link Cpu#instructions} is again what it was when the run began; also after something was thrown. */
    void timeIsOver() {
        cpu.instructions = startInstructions;
    }

    private long load(long gva, int sizeBytes) {
        return mmu.load(gva, sizeBytes, block.faults.flagsAt(faultCode), mmuIndex);
    }

    private void store(long gva, int sizeBytes, long value) {
        mmu.store(gva, sizeBytes, value, block.faults.flagsAt(faultCode), mmuIndex);
    }
}
