package dev.ringside.arch.x86.asm;

/** A number that may depend on symbols. 64 bits, wrapping. */
sealed interface Expression {
    /** What a symbol is worth, and where we are. */
    interface Scope {
        /** @throws SourceError when there is no such symbol, or its value is not known yet and must be */
        long symbol(String name, int column) throws SourceError;

        /** {@code $}: the address of the statement. */
        long here();

        /** {@code $$}: the address of the first byte. */
        long start();
    }

    long value(Scope scope) throws SourceError;

    int column();

    record Constant(long number, int column) implements Expression {
        @Override
        public long value(Scope scope) {
            return number;
        }
    }

    record Symbol(String name, int column) implements Expression {
        @Override
        public long value(Scope scope) throws SourceError {
            return scope.symbol(name, column);
        }
    }

    record Here(int column) implements Expression {
        @Override
        public long value(Scope scope) {
            return scope.here();
        }
    }

    record Start(int column) implements Expression {
        @Override
        public long value(Scope scope) {
            return scope.start();
        }
    }

    /** A register inside the brackets of a memory operand: never evaluated. */
    record RegisterTerm(dev.ringside.arch.x86.isa.Operand.Reg reg, int column) implements Expression {
        @Override
        public long value(Scope scope) throws SourceError {
            throw new SourceError(column, "a register is no number");
        }
    }

    record Unary(char operator, Expression operand, int column) implements Expression {
        @Override
        public long value(Scope scope) throws SourceError {
            long value = operand.value(scope);
            return switch (operator) {
                case '-' -> -value;
                case '~' -> ~value;
                case '!' -> value == 0 ? 1 : 0;
                default -> value;
            };
        }
    }

    record Binary(String operator, Expression left, Expression right, int column) implements Expression {
        @Override
        public long value(Scope scope) throws SourceError {
            long a = left.value(scope);
            long b = right.value(scope);
            return switch (operator) {
                case "+" -> a + b;
                case "-" -> a - b;
                case "*" -> a * b;
                case "/" -> Long.divideUnsigned(a, divisor(b));
                case "%" -> Long.remainderUnsigned(a, divisor(b));
                case "<<" -> b >= 0 && b < 64 ? a << b : 0;
                case ">>" -> b >= 0 && b < 64 ? a >>> b : 0;
                case "&" -> a & b;
                case "|" -> a | b;
                default -> a ^ b;
            };
        }

        private long divisor(long b) throws SourceError {
            if (b == 0) {
                throw new SourceError(right.column(), "division by zero");
            }
            return b;
        }
    }
}
