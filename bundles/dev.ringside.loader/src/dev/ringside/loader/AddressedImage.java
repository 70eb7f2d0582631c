package dev.ringside.loader;

/** The address fields that both Multiboot versions share: a flat image that says itself where it goes. */
final class AddressedImage {
    private AddressedImage() {
    }

    /**
     * @param headerOffset where the header is in the file
     * @param headerAddress where the header is to be in memory
     * @param loadEnd 0 to load the whole file
     * @param bssEnd 0 for none
     */
    static Segment segment(ImageBytes image, int headerOffset, long headerAddress, long loadAddress, long loadEnd, long bssEnd) throws ImageException {
        long fileOffset = headerOffset - (headerAddress - loadAddress);
        if (loadAddress > headerAddress || fileOffset < 0) {
            throw new ImageException("image '" + image.name() + "' has Multiboot addresses that do not fit the file: header_addr %#x, load_addr %#x"
                .formatted(headerAddress, loadAddress));
        }
        long end = loadEnd == 0 ? loadAddress + image.length() - fileOffset : loadEnd;
        if (end < loadAddress) {
            throw new ImageException("image '" + image.name() + "' has a Multiboot load_end_addr %#x below its load_addr %#x".formatted(end, loadAddress));
        }
        byte[] bytes = image.slice(fileOffset, end - loadAddress);
        return new Segment(loadAddress, bytes, Math.max(bytes.length, bssEnd - loadAddress));
    }
}
