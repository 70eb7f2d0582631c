/**
 * The devices of a PC: what was once a board full of chips. Each class is one chip after its datasheet; {@link dev.ringside.devices.pc.PcBoard} solders
 * them together.
 *
 * <pre>
 *            +--------+  INTR  +-----------+ intr nmi smi init startup
 *  gsi 0-15 -| 8259A  |--LINT0-| LocalApic |--------------------------- VcpuPins
 *      |     | pair   |    |   +-----------+
 *      |     +--------+    |        | ApicBus
 *      |     +--------+    |   +-----------+
 *      +-----| IoApic |----+---| LocalApic |- ...
 *  gsi 16-23-|        |        +-----------+
 *            +--------+
 * </pre>
 *
 * All time comes from {@link dev.ringside.device.Clock}; see {@link dev.ringside.devices.pc.PcClocks} for the frequencies.
 */
package dev.ringside.devices.pc;
