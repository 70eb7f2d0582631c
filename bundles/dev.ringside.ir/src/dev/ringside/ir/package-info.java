/**
 * The small typed intermediate representation between guest instructions and engines.
 *
 * <p>A {@link dev.ringside.ir.IrBlock} is a straight run of guest instructions: values are assigned once, guest registers are read and written by
 * name ({@code get}, {@code put}), memory accesses and side exits are explicit, one terminator ends it. No architecture shows here; what the
 * operations do not express is a {@link dev.ringside.ir.Helper} that every engine calls.
 *
 * <pre>
 * block 0xffffffff81000000 {
 *   insn +0 3
 *   %0 = get.i64 rax
 *   %1 = get.i64 rbx
 *   %2 = add.i64 %0, %1
 *   put.i64 rax, %2
 *   %3 = pc +3
 *   jump next %3
 * }
 * </pre>
 */
package dev.ringside.ir;
