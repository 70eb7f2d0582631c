package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.Rflags.ZF;

import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.MemFlags;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** Single bits, bit scans and counts, BMI1 and BMI2 but for its shifts, CRC32. */
final class BitSemantics {
    /** {@code (source, mask)} */
    private static final Helper PDEP = new Helper("x86.pdep", Type.I64, List.of(Type.I64, Type.I64), Set.of(),
        (state, source, mask, x, y) -> Long.expand(source, mask));
    private static final Helper PEXT = new Helper("x86.pext", Type.I64, List.of(Type.I64, Type.I64), Set.of(),
        (state, source, mask, x, y) -> Long.compress(source, mask));
    /** {@code (crc, data, bytes of data)} */
    private static final Helper CRC32C = new Helper("x86.crc32c", Type.I32, List.of(Type.I32, Type.I64, Type.I32), Set.of(),
        (state, crc, data, bytes, x) -> crc32c((int) crc, data, (int) bytes) & 0xffff_ffffL);

    private BitSemantics() {
    }

    static void collect(Collection<Helper> to) {
        to.addAll(List.of(PDEP, PEXT, CRC32C));
    }

    static void register(BiConsumer<String, Semantics> table) {
        table.accept("bt", BitSemantics::bt);
        table.accept("bts", x -> change(x, (b, old, bit) -> b.or(old, bit)));
        table.accept("btr", x -> change(x, (b, old, bit) -> b.and(old, b.not(bit))));
        table.accept("btc", x -> change(x, (b, old, bit) -> b.xor(old, bit)));
        table.accept("bsf", x -> scan(x, true));
        table.accept("bsr", x -> scan(x, false));
        table.accept("tzcnt", x -> count(x, true));
        table.accept("lzcnt", x -> count(x, false));
        table.accept("popcnt", BitSemantics::popcnt);
        table.accept("andn", BitSemantics::andn);
        table.accept("bextr", BitSemantics::bextr);
        table.accept("blsi", BitSemantics::blsi);
        table.accept("blsr", BitSemantics::blsr);
        table.accept("blsmsk", BitSemantics::blsmsk);
        table.accept("bzhi", BitSemantics::bzhi);
        table.accept("pdep", x -> parallel(x, PDEP));
        table.accept("pext", x -> parallel(x, PEXT));
        table.accept("crc32", BitSemantics::crc32);
    }

    private interface Change {
        Value apply(IrBuilder b, Value old, Value bit);
    }

    private static void bt(Lift x) {
        IrBuilder b = x.b();
        Value old = x.isMemory(0) ? b.load(x.type(0), bitAddress(x, false), x.memFlags(0)) : x.read(0);
        x.flags().carry(b.trunc(b.shr(old, x.read(1, old.type())), Type.I1));
    }

    private static void change(Lift x, Change change) {
        IrBuilder b = x.b();
        Type type = x.type(0);
        Value index = x.read(1, type);
        Value bit = b.shl(b.constant(type, 1), index);
        Value old;
        if (x.isMemory(0)) {
            Value address = bitAddress(x, true);
            int flags = x.memFlags(0) | (x.insn().lock() ? MemFlags.LOCKED : 0);
            old = b.load(type, address, flags | MemFlags.WRITE_INTENT);
            b.store(address, change.apply(b, old, bit), flags);
        } else {
            old = x.read(0);
            x.write(0, change.apply(b, old, bit));
        }
        x.flags().carry(b.trunc(b.shr(old, index), Type.I1));
    }

    /** A register index reaches beyond the operand: it selects a word, signed, relative to the address. An immediate does not. */
    private static Value bitAddress(Lift x, boolean write) {
        if (!(x.operand(1) instanceof Operand.Reg)) {
            return x.address(0, write);
        }
        IrBuilder b = x.b();
        Operand.Mem mem = (Operand.Mem) x.operand(0);
        int log2Bits = Integer.numberOfTrailingZeros(mem.bits());
        Value words = b.sar(b.sext(x.read(1), Type.I64), log2Bits);
        Value offset = b.add(x.offset(mem), b.shl(words, log2Bits - 3));
        return x.linear(mem.segment(), x.wrapped(offset, mem.addressBits()), mem.bits() / 8, write);
    }

    /** With a source of 0, ZF is set and the destination keeps its value, all 64 bits of it, as processors do and AMD documents. */
    private static void scan(Lift x, boolean forward) {
        IrBuilder b = x.b();
        Value source = x.read(1);
        Type type = source.type();
        Value index = forward ? b.ctz(source) : b.sub(b.constant(type, type.bits() - 1), b.clz(source));
        x.gprUnless(b.isZero(source), ((Operand.Reg) x.operand(0)).index(), index);
        x.flags().logic(source);
    }

    private static void count(Lift x, boolean trailing) {
        IrBuilder b = x.b();
        Value source = x.read(1);
        Value count = trailing ? b.ctz(source) : b.clz(source);
        x.write(0, count);
        x.flags().logic(count, b.isZero(source));
    }

    private static void popcnt(Lift x) {
        IrBuilder b = x.b();
        Value source = x.read(1);
        x.write(0, b.popcnt(source));
        x.flags().explicit(b.shl(b.zext(b.isZero(source), Type.I64), Integer.numberOfTrailingZeros(ZF)));
    }

    private static void andn(Lift x) {
        Value result = x.b().and(x.b().not(x.read(1)), x.read(2));
        x.write(0, result);
        x.flags().logic(result);
    }

    private static void bextr(Lift x) {
        IrBuilder b = x.b();
        Value source = x.read(1);
        Type type = source.type();
        Value control = x.read(2);
        Value start = b.and(control, b.constant(type, 0xff));
        Value length = b.and(b.shr(control, 8), b.constant(type, 0xff));
        Value zero = b.constant(type, 0);
        Value shifted = b.select(fits(b, start), b.shr(source, start), zero);
        Value result = b.select(fits(b, length), b.and(shifted, lowOnes(b, length)), shifted);
        x.write(0, result);
        x.flags().logic(result);
    }

    private static void bzhi(Lift x) {
        IrBuilder b = x.b();
        Value source = x.read(1);
        Value index = b.and(x.read(2), b.constant(source.type(), 0xff));
        Value fits = fits(b, index);
        Value result = b.select(fits, b.and(source, lowOnes(b, index)), source);
        x.write(0, result);
        x.flags().logic(result, b.not(fits));
    }

    /** Whether {@code amount} is below the width. */
    private static Value fits(IrBuilder b, Value amount) {
        return b.ltu(amount, b.constant(amount.type(), amount.type().bits()));
    }

    private static Value lowOnes(IrBuilder b, Value count) {
        Value one = b.constant(count.type(), 1);
        return b.sub(b.shl(one, count), one);
    }

    private static void blsi(Lift x) {
        IrBuilder b = x.b();
        Value source = x.read(1);
        Value result = b.and(source, b.neg(source));
        x.write(0, result);
        x.flags().logic(result, b.isNotZero(source));
    }

    private static void blsr(Lift x) {
        IrBuilder b = x.b();
        Value source = x.read(1);
        Value result = b.and(source, b.sub(source, b.constant(source.type(), 1)));
        x.write(0, result);
        x.flags().logic(result, b.isZero(source));
    }

    private static void blsmsk(Lift x) {
        IrBuilder b = x.b();
        Value source = x.read(1);
        Value result = b.xor(source, b.sub(source, b.constant(source.type(), 1)));
        x.write(0, result);
        x.flags().logic(result, b.isZero(source));
    }

    private static void parallel(Lift x, Helper helper) {
        IrBuilder b = x.b();
        Value result = b.call(helper, b.zext(x.read(1), Type.I64), b.zext(x.read(2), Type.I64));
        x.write(0, b.trunc(result, x.type(0)));
    }

    private static void crc32(Lift x) {
        IrBuilder b = x.b();
        Value data = x.read(1);
        Value crc = b.call(CRC32C, b.trunc(x.read(0), Type.I32), b.zext(data, Type.I64), b.constant(Type.I32, data.type().bytes()));
        x.write(0, b.zext(crc, x.type(0)));
    }

    /** The polynomial 11EDC6F41H, bits reflected (SDM 2A, CRC32). */
    private static int crc32c(int crc, long data, int bytes) {
        for (int i = 0; i < bytes; i++) {
            crc = crc >>> 8 ^ CRC_TABLE[(crc ^ (int) (data >>> 8 * i)) & 0xff];
        }
        return crc;
    }

    private static final int[] CRC_TABLE = new int[256];

    static {
        for (int i = 0; i < 256; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc >>> 1 ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
            }
            CRC_TABLE[i] = crc;
        }
    }
}
