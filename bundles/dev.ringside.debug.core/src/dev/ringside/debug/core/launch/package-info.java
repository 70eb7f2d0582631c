/** From a launch configuration "Guest kernel" to a machine that stands at its entry. */
package dev.ringside.debug.core.launch;
