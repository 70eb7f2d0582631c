/** The <em>Machine</em> view: {@link dev.ringside.ui.machine.Part} is what is known of the machine, {@link dev.ringside.ui.machine.MachineTree} what of it is drawn. */
package dev.ringside.ui.machine;
