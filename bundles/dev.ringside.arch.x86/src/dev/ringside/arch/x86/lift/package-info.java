/**
 * Instructions to IR. {@link dev.ringside.arch.x86.lift.X86Lifter} decodes and checks, {@link dev.ringside.arch.x86.lift.SemanticsTable} finds the
 * meaning that the table's {@code means} column names, and the meaning emits IR through a {@link dev.ringside.arch.x86.lift.Lift}:
 *
 * {@snippet :
 * private static void add(Lift x) {
 *     Value left = x.modify(0);
 *     Value right = x.read(1, left.type());
 *     Value sum = x.b().add(left, right);
 *     x.write(0, sum);
 *     x.flags().add(left, right, sum);
 * }
 * }
 *
 * <p>Rules for a meaning: registers are put after the last access that may fault; memory that will be written is loaded with {@code modify}, so
 * that it faults as a write before anything has changed; flags are put last. What IR does not express is a helper, with the effects it really
 * has: one without effects may be dropped, moved and merged by engines.
 *
 * <p>{@link dev.ringside.arch.x86.lift.Flags} keeps the arithmetic flags lazy ({@link dev.ringside.arch.x86.LazyFlags}) and turns a condition
 * behind a comparison in the same block into one comparison.
 */
package dev.ringside.arch.x86.lift;
