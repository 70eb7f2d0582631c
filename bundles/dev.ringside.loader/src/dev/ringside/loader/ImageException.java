package dev.ringside.loader;

/** An image that cannot be booted: one clear line that says what, which value and what would be right. */
public final class ImageException extends Exception {
    private static final long serialVersionUID = 1L;

    public ImageException(String message) {
        super(message);
    }
}
