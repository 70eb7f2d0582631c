/**
 * Measures Ringside against its peers: the same guest bytes under each of our engines, under QEMU when it is installed, and on the processor itself where
 * they are user code. Each measurement is a process of its own, as a user starts it; the contenders take turns, round by round, and must agree on results.
 *
 * <pre>
 * var starter = new Starter(java, "dev.ringside.cli.Main", qemu, folder, Clock.WALL);
 * var result = new Bench(starter, List.of(Contender.values()), 5, System.err::println).run(benchmarks);
 * new ReportText(facts, result).lines().forEach(System.out::println);
 * </pre>
 *
 * The guests are under {@code guests/} in this bundle, a frame and one file for each benchmark, assembled when they are used.
 */
package dev.ringside.bench;
