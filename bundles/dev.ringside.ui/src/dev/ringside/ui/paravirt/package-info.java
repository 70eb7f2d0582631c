/**
 * The <em>Paravirtual Interface</em> view: what the guest is told of its hypervisor, what both share, and what the guest asks for. {@link dev.ringside.ui.paravirt.Meanings}
 * are the words for the registers.
 */
package dev.ringside.ui.paravirt;
