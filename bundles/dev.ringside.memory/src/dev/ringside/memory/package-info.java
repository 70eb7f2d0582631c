/**
 * Guest-physical memory: which addresses have memory behind them, and what must be known when that memory changes.
 *
 * <p>{@link dev.ringside.memory.PhysicalMemory} stacks {@link dev.ringside.memory.Slot}s, a later one covering earlier ones:
 *
 * <pre>
 * 0x1_0000_0000 ┌─────────────┐
 *               │ bios (ROM)  │ 0xfffc0000
 *               │   nothing   │ the machine's bus answers
 *               │     ram     │
 *    0x000f0000 │ ┌─────────┐ │ alias of bios, disabled when PAM says RAM
 *               │ └─────────┘ │
 *             0 └─────────────┘
 * </pre>
 *
 * Memory is reserved on the host and committed when it is first touched. Engines ask for host addresses and access them through
 * {@link dev.ringside.memory.RawMemory}; everybody else reads and writes by guest-physical address.
 *
 * <pre>{@code
 * var memory = new PhysicalMemory();
 * memory.addRam("ram", 0, 512L << 20);
 * memory.write(0x1000, 4, 0xfeedface);
 * }</pre>
 */
package dev.ringside.memory;
