/** The <em>Disassembly</em> view: {@link dev.ringside.ui.disassembly.Listing} is what it holds, {@link dev.ringside.ui.disassembly.DisassemblyTable} what it draws. */
package dev.ringside.ui.disassembly;
