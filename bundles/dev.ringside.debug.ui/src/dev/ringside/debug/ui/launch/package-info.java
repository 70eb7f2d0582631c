/** How users start guests: the launch dialog's tabs, the <em>Debug As</em> shortcut, and the two commands that the views' hint offers. */
package dev.ringside.debug.ui.launch;
