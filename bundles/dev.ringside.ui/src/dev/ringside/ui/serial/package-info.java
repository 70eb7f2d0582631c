/** The <em>Serial Console</em> view: a terminal on the guest's first serial line. */
package dev.ringside.ui.serial;
