/** Faults of the paravirtual interface, chosen by the user: the command <em>Inject Fault…</em> and its dialog. */
package dev.ringside.debug.ui.inject;
