/** The <em>VM Exits</em> view: how often the guest left for the hypervisor's attention, and why. */
package dev.ringside.ui.exits;
