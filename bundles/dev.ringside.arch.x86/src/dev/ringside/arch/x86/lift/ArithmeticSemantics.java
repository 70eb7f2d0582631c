package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.LazyFlags.IMUL;
import static dev.ringside.arch.x86.LazyFlags.MUL;
import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RDX;

import dev.ringside.arch.x86.X86State;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.function.BiConsumer;

/** ADD to CMP, INC, DEC, NEG, NOT, TEST, ADCX, ADOX, the multiplications and divisions, and CBW to CQO. */
final class ArithmeticSemantics {
    private ArithmeticSemantics() {
    }

    static void register(BiConsumer<String, Semantics> table) {
        table.accept("add", ArithmeticSemantics::add);
        table.accept("adc", ArithmeticSemantics::adc);
        table.accept("sub", ArithmeticSemantics::sub);
        table.accept("sbb", ArithmeticSemantics::sbb);
        table.accept("cmp", ArithmeticSemantics::cmp);
        table.accept("and", ArithmeticSemantics::and);
        table.accept("or", ArithmeticSemantics::or);
        table.accept("xor", ArithmeticSemantics::xor);
        table.accept("test", ArithmeticSemantics::test);
        table.accept("inc", ArithmeticSemantics::inc);
        table.accept("dec", ArithmeticSemantics::dec);
        table.accept("not", x -> x.write(0, x.b().not(x.modify(0))));
        table.accept("neg", ArithmeticSemantics::neg);
        table.accept("adcx", ArithmeticSemantics::adcx);
        table.accept("adox", ArithmeticSemantics::adox);
        table.accept("mul", x -> multiply(x, MUL));
        table.accept("imul", x -> multiply(x, IMUL));
        table.accept("imul_trunc", ArithmeticSemantics::imulTruncated);
        table.accept("mulx", ArithmeticSemantics::mulx);
        table.accept("div", x -> divide(x, false));
        table.accept("idiv", x -> divide(x, true));
        table.accept("cbw", ArithmeticSemantics::cbw);
        table.accept("cwd", ArithmeticSemantics::cwd);
    }

    private static void add(Lift x) {
        Value left = x.modify(0);
        Value right = x.read(1, left.type());
        Value sum = x.b().add(left, right);
        x.write(0, sum);
        x.flags().add(left, right, sum);
    }

    private static void adc(Lift x) {
        IrBuilder b = x.b();
        Value left = x.modify(0);
        Value right = x.read(1, left.type());
        Value carry = x.flags().carry();
        Value sum = b.add(b.add(left, right), b.zext(carry, left.type()));
        x.write(0, sum);
        x.flags().adc(left, right, carry, sum);
    }

    private static void sub(Lift x) {
        Value left = x.modify(0);
        Value right = x.read(1, left.type());
        Value difference = x.b().sub(left, right);
        x.write(0, difference);
        x.flags().sub(left, right, difference);
    }

    private static void sbb(Lift x) {
        IrBuilder b = x.b();
        Value left = x.modify(0);
        Value right = x.read(1, left.type());
        Value borrow = x.flags().carry();
        Value difference = b.sub(b.sub(left, right), b.zext(borrow, left.type()));
        x.write(0, difference);
        x.flags().sbb(left, right, borrow, difference);
    }

    private static void cmp(Lift x) {
        Value left = x.read(0);
        Value right = x.read(1, left.type());
        x.flags().sub(left, right, x.b().sub(left, right));
    }

    private static void and(Lift x) {
        Value left = x.modify(0);
        Value result = sameRegister(x) ? left : x.b().and(left, x.read(1, left.type()));
        x.write(0, result);
        x.flags().logic(result);
    }

    private static void or(Lift x) {
        Value left = x.modify(0);
        Value result = sameRegister(x) ? left : x.b().or(left, x.read(1, left.type()));
        x.write(0, result);
        x.flags().logic(result);
    }

    /** A register with itself is how programs write zero: it does not depend on the register. */
    private static void xor(Lift x) {
        Value result;
        if (sameRegister(x)) {
            result = x.b().constant(x.type(0), 0);
        } else {
            Value left = x.modify(0);
            result = x.b().xor(left, x.read(1, left.type()));
        }
        x.write(0, result);
        x.flags().logic(result);
    }

    private static void test(Lift x) {
        Value left = x.read(0);
        x.flags().logic(sameRegister(x) ? left : x.b().and(left, x.read(1, left.type())));
    }

    private static boolean sameRegister(Lift x) {
        return x.operand(0).equals(x.operand(1));
    }

    private static void inc(Lift x) {
        Value from = x.modify(0);
        Value result = x.b().add(from, x.b().constant(from.type(), 1));
        x.write(0, result);
        x.flags().inc(from, result);
    }

    private static void dec(Lift x) {
        Value from = x.modify(0);
        Value result = x.b().sub(from, x.b().constant(from.type(), 1));
        x.write(0, result);
        x.flags().dec(from, result);
    }

    private static void neg(Lift x) {
        Value right = x.modify(0);
        Value result = x.b().neg(right);
        x.write(0, result);
        x.flags().sub(x.b().constant(right.type(), 0), right, result);
    }

    private static void adcx(Lift x) {
        x.flags().carry(addWithCarryOut(x, x.flags().carry()));
    }

    private static void adox(Lift x) {
        x.flags().overflow(addWithCarryOut(x, x.flags().condition(0)));
    }

    private static Value addWithCarryOut(Lift x, Value carryIn) {
        IrBuilder b = x.b();
        Value left = x.read(0);
        Value right = x.read(1);
        Value partial = b.add(left, right);
        Value sum = b.add(partial, b.zext(carryIn, left.type()));
        x.write(0, sum);
        return b.or(b.ltu(partial, right), b.ltu(sum, partial));
    }

    /** Accumulator times operand, into AX or rDX:rAX. */
    private static void multiply(Lift x, int kind) {
        IrBuilder b = x.b();
        Value right = x.read(0);
        Type type = right.type();
        Value left = x.gpr(RAX, type);
        if (type == Type.I64) {
            Value low = b.mul(left, right);
            Value high = kind == IMUL ? b.mulhs(left, right) : b.mulhu(left, right);
            x.gpr(RAX, low);
            x.gpr(RDX, high);
            x.flags().multiply(kind, type, low, high);
            return;
        }
        Value product = b.mul(extended(b, left, kind), extended(b, right, kind));
        if (type == Type.I8) {
            x.gpr(RAX, b.trunc(product, Type.I16));
        } else {
            x.gpr(RAX, b.trunc(product, type));
            x.gpr(RDX, b.trunc(b.shr(product, type.bits()), type));
        }
        x.flags().multiply(kind, type, product, null);
    }

    private static Value extended(IrBuilder b, Value v, int kind) {
        return kind == IMUL ? b.sext(v, Type.I64) : b.zext(v, Type.I64);
    }

    /** IMUL with two or three operands: the product is cut to the operand size. */
    private static void imulTruncated(Lift x) {
        IrBuilder b = x.b();
        Type type = x.type(0);
        boolean three = x.operandCount() == 3;
        Value left = x.read(three ? 1 : 0);
        Value right = x.read(three ? 2 : 1, type);
        if (type == Type.I64) {
            Value low = b.mul(left, right);
            x.write(0, low);
            x.flags().multiply(IMUL, type, low, b.mulhs(left, right));
            return;
        }
        Value product = b.mul(b.sext(left, Type.I64), b.sext(right, Type.I64));
        x.write(0, b.trunc(product, type));
        x.flags().multiply(IMUL, type, product, null);
    }

    /** The high half is written last: it stays when both destinations are one register. */
    private static void mulx(Lift x) {
        IrBuilder b = x.b();
        Value right = x.read(2);
        Type type = right.type();
        Value left = x.gpr(RDX, type);
        if (type == Type.I64) {
            x.write(1, b.mul(left, right));
            x.write(0, b.mulhu(left, right));
            return;
        }
        Value product = b.mul(b.zext(left, Type.I64), b.zext(right, Type.I64));
        x.write(1, b.trunc(product, type));
        x.write(0, b.trunc(b.shr(product, type.bits()), type));
    }

    /** The remainder needs no second division: it is what the quotient leaves. */
    private static void divide(Lift x, boolean signed) {
        IrBuilder b = x.b();
        Type type = x.type(0);
        Value operand = x.read(0);
        Value divisor = signed ? b.sext(operand, Type.I64) : b.zext(operand, Type.I64);
        if (type == Type.I64) {
            Value low = b.get(X86State.GPR[RAX]);
            Value high = b.get(X86State.GPR[RDX]);
            Value quotient = b.call(signed ? DivideHelpers.IDIV128 : DivideHelpers.DIV128, high, low, divisor);
            x.gpr(RAX, quotient);
            x.gpr(RDX, b.sub(low, b.mul(quotient, divisor)));
            return;
        }
        Value dividend = dividend(x, type, signed);
        Value quotient = b.call(signed ? DivideHelpers.IDIV : DivideHelpers.DIV, dividend, divisor, b.constant(Type.I32, type.bits()));
        Value remainder = b.sub(dividend, b.mul(quotient, divisor));
        if (type == Type.I8) {
            Value low = b.zext(b.trunc(quotient, Type.I8), Type.I16);
            x.gpr(RAX, b.deposit(low, b.trunc(remainder, Type.I8), 8));
        } else {
            x.gpr(RAX, b.trunc(quotient, type));
            x.gpr(RDX, b.trunc(remainder, type));
        }
    }

    /** AX, DX:AX or EDX:EAX, extended to I64. */
    private static Value dividend(Lift x, Type type, boolean signed) {
        IrBuilder b = x.b();
        if (type == Type.I8) {
            Value ax = x.gpr(RAX, Type.I16);
            return signed ? b.sext(ax, Type.I64) : b.zext(ax, Type.I64);
        }
        Type wide = Type.ofBytes(type.bytes() * 2);
        Value both = b.deposit(b.zext(x.gpr(RAX, type), wide), x.gpr(RDX, type), type.bits());
        return signed ? b.sext(both, Type.I64) : b.zext(both, Type.I64);
    }

    private static void cbw(Lift x) {
        Type type = x.operandType();
        x.gpr(RAX, x.b().sext(x.gpr(RAX, Type.ofBytes(type.bytes() / 2)), type));
    }

    private static void cwd(Lift x) {
        Type type = x.operandType();
        x.gpr(RDX, x.b().sar(x.gpr(RAX, type), type.bits() - 1));
    }
}
