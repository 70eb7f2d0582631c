/**
 * The engine that turns hot guest code into JVM bytecode. The interpreter runs everything first and counts; blocks that run often are compiled
 * together with what they lead to, in the background, to one hidden class per {@link dev.ringside.engine.interpreter.Region}:
 *
 * <pre>
 *  interpreter ──30000 runs─▶ Translator.hot ──queue──▶ RegionCompiler ──settle──▶ Region.install
 *       ▲                                                                              │
 *       └────────── "go on at operation i of block k" ◀── FastCode.run ◀───────────────┘
 * </pre>
 *
 * What is compiled are the interpreter's own operations ({@link dev.ringside.engine.interpreter.Micro}), each slot a local variable. So a
 * region can stop before any of them, write its variables back, and the interpreter goes on as if it had come that way: that is how misses in
 * the TLB, devices, faults and rare instructions are handled, and why both engines cannot differ in what they count.
 */
package dev.ringside.engine.translator;
