/**
 * What a virtual device is to its author: port and memory regions, interrupt lines, timers in virtual time, access to guest memory, a
 * description of its registers, and save and restore.
 *
 * <p>A device is constructed with a {@link dev.ringside.device.DeviceContext} and connects itself: it claims regions, takes lines, makes timers. It
 * runs on the machine's thread only, never blocks, never reads the wall clock.
 */
package dev.ringside.device;
