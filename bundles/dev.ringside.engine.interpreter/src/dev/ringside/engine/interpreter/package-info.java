/**
 * The reference engine: evaluates IR.
 *
 * <p>A block goes through three forms, and only the last is kept:
 *
 * <pre>
 * guest bytes ──Lifter──▶ IrBlock ──IrOptimizer──▶ IrBlock ──Lowering──▶ Block: operations (Micro) on one long[]
 * </pre>
 *
 * The {@code long[]} is the guest state with temporaries behind it, so an operation reads and writes registers in place.
 * {@link dev.ringside.engine.interpreter.BlockCache} keeps blocks by host address, program counter and mode;
 * {@link dev.ringside.engine.interpreter.Executor} runs them and goes from one to the next by links that hold while translations do;
 * {@link dev.ringside.engine.interpreter.InterpreterVcpu} is the loop around it, with events, faults, budgets and breakpoints. Why the
 * loop looks as it does is in {@code releng/decisions/0010-the-interpreters-loop.md}.
 */
package dev.ringside.engine.interpreter;
