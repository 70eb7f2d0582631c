/** Real guests: files out of Debian's packages, and initial RAM disks for its kernel. Whoever asks for what cannot be had is skipped, with the reason. */
package dev.ringside.testkit.guests;
