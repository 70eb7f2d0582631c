package dev.ringside.loader;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Asks the formats in order of priority. */
public final class ImageLoader {
    private final List<ImageFormat> formats;

    public ImageLoader(List<ImageFormat> formats) {
        this.formats = formats.stream().sorted(Comparator.comparingInt(ImageFormat::priority).reversed()).toList();
    }

    /** @return empty when no format knows the image */
    public Optional<GuestImage> load(ImageBytes image) throws ImageException {
        for (ImageFormat format : formats) {
            var found = format.load(image);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Names of the formats, for messages. */
    public String names() {
        return String.join(", ", formats.stream().map(ImageFormat::name).toList());
    }
}
