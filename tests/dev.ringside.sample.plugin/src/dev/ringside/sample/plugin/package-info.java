/**
 * A complete plug-in, to be read and copied: {@link dev.ringside.sample.plugin.Adder} is a device with two registers that every machine has while the plug-in is installed,
 * {@link dev.ringside.sample.plugin.AdderView} shows it, and {@link dev.ringside.sample.plugin.AdderRenderer} says in the Machine view what its numbers mean.
 */
package dev.ringside.sample.plugin;
