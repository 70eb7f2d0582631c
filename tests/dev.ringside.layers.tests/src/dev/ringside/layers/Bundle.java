package dev.ringside.layers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One folder under {@code bundles/} as its manifest and its sources tell it (OSGi Core 8, chapter 3).
 *
 * @param name symbolic name, such as {@code dev.ringside.memory}
 * @param folder where it is
 * @param requires symbolic names in {@code Require-Bundle}
 * @param imports packages in {@code Import-Package}
 * @param exports packages in {@code Export-Package}
 * @param components files in {@code Service-Component}, relative to the bundle
 * @param isActivated whether {@code Bundle-ActivationPolicy} is there, without which a framework does not look at components
 */
record Bundle(String name, Path folder, Set<String> requires, Set<String> imports, Set<String> exports, Set<String> components, boolean isActivated) {
    static final String OURS = "dev.ringside.";

    private static final Pattern CLAUSE_SEPARATOR = Pattern.compile(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");

    static Bundle read(Path folder) {
        try (InputStream in = Files.newInputStream(folder.resolve("META-INF/MANIFEST.MF"))) {
            Attributes headers = new Manifest(in).getMainAttributes();
            String name = clauses(headers, "Bundle-SymbolicName").iterator().next();
            return new Bundle(name, folder, clauses(headers, "Require-Bundle"), clauses(headers, "Import-Package"),
                clauses(headers, "Export-Package"), clauses(headers, "Service-Component"), headers.getValue("Bundle-ActivationPolicy") != null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its name, so that a failure names bundles and does not print all they hold. */
    @Override
    public String toString() {
        return name;
    }

    /** The name in the map and in the table: without {@code dev.ringside.}. */
    String shortName() {
        return name.startsWith(OURS) ? name.substring(OURS.length()) : name;
    }

    List<Path> sources() {
        return Tree.files(folder.resolve("src")).stream().filter(file -> file.toString().endsWith(".java")).toList();
    }

    /** Packages with at least one type. */
    Set<String> packages() {
        Set<String> packages = new TreeSet<>();
        for (Path source : sources()) {
            if (!source.endsWith("package-info.java")) {
                packages.add(folder.resolve("src").relativize(source.getParent()).toString().replace('/', '.'));
            }
        }
        return packages;
    }

    /** What a header lists, parameters and directives left out. */
    private static Set<String> clauses(Attributes headers, String header) {
        String value = headers.getValue(header);
        Set<String> names = new TreeSet<>();
        if (value != null) {
            Stream.of(CLAUSE_SEPARATOR.split(value)).map(clause -> clause.split(";")[0].strip()).filter(clause -> !clause.isEmpty()).forEach(names::add);
        }
        return names;
    }
}
