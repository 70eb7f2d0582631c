/** The <em>Registers</em> view. */
package dev.ringside.ui.registers;
