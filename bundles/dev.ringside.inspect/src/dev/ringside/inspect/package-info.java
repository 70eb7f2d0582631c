/**
 * Lets a live object describe its state as a tree of named, typed fields, without side effects: looking never disturbs.
 *
 * <pre>{@code
 * public void inspect(Inspector out) {
 *     out.hex("IER", ier, 8).flag("THRE", thre).child("fifo", fifo);
 * }
 * }</pre>
 */
package dev.ringside.inspect;
