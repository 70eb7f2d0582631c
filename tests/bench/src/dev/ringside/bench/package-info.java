/**
 * Programs that measure engines. Not tests: a number is judged by a person who knows what else the host was doing.
 *
 * <pre>
 * java @releng/jvm.flags -cp … dev.ringside.bench.InterpreterBench interpreter 8
 * </pre>
 *
 * The Debian boot is measured with {@code ./ringside run --stats}.
 */
package dev.ringside.bench;
