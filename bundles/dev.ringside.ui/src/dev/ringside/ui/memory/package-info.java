/**
 * The <em>Memory</em> view: {@link dev.ringside.ui.memory.MemoryPages} holds what was read, {@link dev.ringside.ui.memory.HexCanvas} draws it and takes the keys,
 * {@link dev.ringside.ui.memory.MemorySearch} looks for bytes in the background.
 */
package dev.ringside.ui.memory;
