/** Breakpoints by address or symbol, and how often each is passed: <em>Add Breakpoint at Address</em> and <em>Edit Breakpoint</em>. */
package dev.ringside.debug.ui.breakpoints;
