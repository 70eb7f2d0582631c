package dev.ringside.loader;

import java.util.Optional;

/** A format of guest images; found as a service. Stateless and thread-safe. */
public interface ImageFormat {
    /** Name for listings: {@code bzImage}. */
    String name();

    /** Formats with a higher number are asked first: a kernel inside a container is more than the container. */
    int priority();

    /**
     * Reads {@code image} when it has this format.
     *
     * @return empty when it is something else
     * @throws ImageException when it has this format and is damaged, hostile, or for another processor
     */
    Optional<GuestImage> load(ImageBytes image) throws ImageException;
}
