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
 *
 * <h2>Nothing outside guest memory</h2>
 *
 * Regions load and store through raw addresses, and a wrong one would end the JVM. None is ever made from what the guest says alone:
 * <ul>
 * <li>The address is the guest-virtual one plus the addend of its TLB entry, and the region has just found that this entry's tag is the page of
 * the access's <em>last</em> byte. An entry is chosen by the page of the first byte, so an access over a page's end never matches, wherever it is.
 * <li>Nobody but {@link dev.ringside.engine.SoftMmu} writes entries, and only for whole pages of guest memory. An empty tag is −1,
 * which is no page's address.
 * <li>Between the comparison and the access nothing runs: helpers that a region calls touch neither memory nor the TLB. Whatever takes memory away
 * or moves it (the map of the machine, paging, watchpoints) empties the entries first, on the same thread.
 * <li>Where entries are in the host's memory depends on bits of the address that are masked to the table's size.
 * <li>Slots are elements of an array, at places that are constants when the region is made.
 * </ul>
 */
package dev.ringside.engine.translator;
