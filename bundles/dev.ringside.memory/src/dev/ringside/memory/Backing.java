package dev.ringside.memory;

/** Host memory behind one or more slots, and the number of its first page frame. Frames number all pages that ever were backed. */
record Backing(HostMemory host, int firstFrame) {
}
