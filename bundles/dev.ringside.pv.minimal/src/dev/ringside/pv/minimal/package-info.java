/** The least that a guest can be told: that there is a hypervisor, and how fast its clocks run. */
package dev.ringside.pv.minimal;
