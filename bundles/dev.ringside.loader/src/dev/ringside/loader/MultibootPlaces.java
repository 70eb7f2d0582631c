package dev.ringside.loader;

import java.util.List;

/** Where Multiboot's structures and modules go: structures below 640 KiB, modules behind the image. */
final class MultibootPlaces {
    private final BootEnvironment env;
    private final Placement place;
    private final long imageEnd;

    MultibootPlaces(BootEnvironment env, List<Segment> segments) {
        this.env = env;
        place = new Placement(env.map(), segments);
        imageEnd = segments.stream().mapToLong(Segment::end).max().orElse(0x100000);
    }

    /** Its first word is the image's name. */
    static String commandLine(BootEnvironment env) {
        return env.commandLine().isEmpty() ? env.imageName() : env.imageName() + " " + env.commandLine();
    }

    /** Writes a structure and tells where it is. */
    long low(byte[] structure) throws ImageException {
        long at = place.lowest(structure.length, 16, 0x10000, 0x9f000);
        if (at < 0) {
            at = place.lowest(structure.length, 16, imageEnd, 1L << 32);
        }
        if (at < 0) {
            throw new ImageException("the image leaves no room for " + structure.length + " bytes of Multiboot information: give the machine more memory");
        }
        env.memory().write(at, structure);
        return at;
    }

    /** Writes the initrd, page-aligned behind the image, and tells where it is. */
    long module() throws ImageException {
        long at = place.lowest(env.initrd().length, 4096, imageEnd, 1L << 32);
        if (at < 0) {
            throw new ImageException("initrd '" + env.initrdName() + "' has " + env.initrd().length
                + " bytes and does not fit into memory behind the image: give the machine more with --memory");
        }
        env.memory().write(at, env.initrd());
        return at;
    }
}
