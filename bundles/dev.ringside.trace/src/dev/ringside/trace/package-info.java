/**
 * The vocabulary of things that happen in a virtual machine, and the cheap path that records them.
 *
 * <p>An event is six numbers: its {@link dev.ringside.trace.TraceKind}, the machine's retired-instruction count, the virtual CPU, and up to
 * four operands whose names the kind declares. Names are those of the Linux KVM tracepoints where one exists.
 *
 * <pre>{@code
 * if (sink.wants(TraceKind.PIO)) sink.emit(TraceKind.PIO, instructions, vcpu, 1, 0x3f8, 1, 'A');
 * }</pre>
 */
package dev.ringside.trace;
