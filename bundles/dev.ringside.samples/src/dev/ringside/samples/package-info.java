/** Sample guests of our own: sources to read, step and change, assembled with Ringside's assembler when they are used. */
package dev.ringside.samples;
