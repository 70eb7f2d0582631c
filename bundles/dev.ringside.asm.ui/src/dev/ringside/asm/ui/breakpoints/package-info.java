/** Breakpoints on lines of a source: the ruler's double click, Ctrl+Shift+B and <em>Run ▸ Toggle Breakpoint</em>. */
package dev.ringside.asm.ui.breakpoints;
