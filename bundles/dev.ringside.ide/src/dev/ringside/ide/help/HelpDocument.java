package dev.ringside.ide.help;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.eclipse.core.runtime.Platform;
import org.osgi.framework.Bundle;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * A help page as text with marked spans. Pages are well-formed XHTML of a few elements: {@code h1 h2 p ul ol li pre table tr td img} and inside them
 * {@code a b i code kbd br}. Other elements are read through.
 */
public final class HelpDocument {
    /** What a span is. */
    public enum Kind { TITLE, HEADING, BOLD, ITALIC, CODE, LINK, IMAGE }

    /** @param target of a link, or source of an image; else empty */
    public record Span(Kind kind, int start, int length, String target) {
    }

    /** Stands for an image in the text. */
    static final char IMAGE_CHARACTER = '\ufffc';

    private static final Set<String> BLOCKS = Set.of("h1", "h2", "p", "ul", "ol", "li", "pre", "table", "tr", "body", "div");

    private final StringBuilder text = new StringBuilder();
    private final List<Span> spans = new ArrayList<>();
    private final List<String> bullets = new ArrayList<>();

    private HelpDocument() {
    }

    /** @throws IOException also for a page that is not well-formed */
    public static HelpDocument read(InputStream in) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            HelpDocument document = new HelpDocument();
            document.children(builder.parse(in).getDocumentElement());
            return document;
        } catch (ParserConfigurationException | SAXException malformed) {
            throw new IOException("not a help page: " + malformed.getMessage(), malformed);
        }
    }

    /**
     * The file at an address of the platform's help, {@code /plug-in/path}; null when there is none. (The platform's own way to it goes through its web
     * application.)
     */
    public static InputStream open(String href) throws IOException {
        String[] parts = href.split("/", 3);
        Bundle bundle = parts.length < 3 ? null : Platform.getBundle(parts[1]);
        URL file = bundle == null ? null : bundle.getEntry(parts[2].replaceFirst("[?#].*", ""));
        return file == null ? null : file.openStream();
    }

    /** A page of text alone, for what cannot be shown. */
    static HelpDocument of(String title, String line) {
        HelpDocument document = new HelpDocument();
        document.text.append(title).append("\n\n").append(line);
        document.spans.add(new Span(Kind.TITLE, 0, title.length(), ""));
        return document;
    }

    public String text() {
        return text.toString();
    }

    /** In the order of their ends: inner ones first. */
    public List<Span> spans() {
        return spans;
    }

    private void children(Node parent) {
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element) {
                element(element);
            } else if (child.getNodeType() == Node.TEXT_NODE) {
                words(child.getNodeValue(), parent.getNodeName().equals("pre"));
            }
        }
    }

    private void words(String raw, boolean asIs) {
        if (asIs) {
            text.append(raw.strip());
            return;
        }
        String words = raw.replaceAll("\\s+", " ");
        boolean atStart = text.isEmpty() || text.charAt(text.length() - 1) == '\n' || text.charAt(text.length() - 1) == ' ' || text.charAt(text.length() - 1) == '\t';
        text.append(atStart ? words.stripLeading() : words);
    }

    private void element(Element element) {
        String name = element.getNodeName();
        if (name.equals("head")) {
            return;
        }
        if (BLOCKS.contains(name)) {
            newLine(name.equals("h1") || name.equals("h2") || name.equals("p") || name.equals("pre") || name.equals("table"));
        }
        if (name.equals("ul") || name.equals("ol")) {
            bullets.add(name.equals("ul") ? "\u2022" : "1");
        }
        if (name.equals("li")) {
            bullet();
        }
        int start = text.length();
        switch (name) {
            case "br" -> text.append('\n');
            case "img" -> {
                newLine(true);
                spans.add(new Span(Kind.IMAGE, text.length(), 1, element.getAttribute("src")));
                text.append(IMAGE_CHARACTER).append('\n');
                if (!element.getAttribute("alt").isEmpty()) {
                    spans.add(new Span(Kind.ITALIC, text.length(), element.getAttribute("alt").length(), ""));
                    text.append(element.getAttribute("alt")).append('\n');
                }
            }
            case "td" -> {
                if (start > 0 && text.charAt(start - 1) != '\n') {
                    text.append('\t');
                }
                children(element);
            }
            default -> children(element);
        }
        mark(name, start, element);
        if (name.equals("ul") || name.equals("ol")) {
            bullets.removeLast();
        }
        if (BLOCKS.contains(name)) {
            newLine(false);
        }
    }

    private void mark(String name, int start, Element element) {
        Kind kind = switch (name) {
            case "h1" -> Kind.TITLE;
            case "h2" -> Kind.HEADING;
            case "b", "strong" -> Kind.BOLD;
            case "i", "em" -> Kind.ITALIC;
            case "code", "kbd", "pre" -> Kind.CODE;
            case "a" -> Kind.LINK;
            default -> null;
        };
        int end = text.length();
        while (end > start && text.charAt(end - 1) == '\n') {
            end--;
        }
        if (kind != null && end > start) {
            spans.add(new Span(kind, start, end - start, element.getAttribute("href")));
        }
    }

    private void bullet() {
        String bullet = bullets.isEmpty() ? "\u2022" : bullets.getLast();
        text.append(' ').append(bullet.equals("\u2022") ? bullet : bullet + ".").append("  ");
        if (!bullet.equals("\u2022") && !bullets.isEmpty()) {
            bullets.set(bullets.size() - 1, String.valueOf(Integer.parseInt(bullet) + 1));
        }
    }

    /** Begins a line, after an empty one if {@code apart}. */
    private void newLine(boolean apart) {
        while (!text.isEmpty() && text.charAt(text.length() - 1) == ' ') {
            text.setLength(text.length() - 1);
        }
        if (text.isEmpty()) {
            return;
        }
        if (text.charAt(text.length() - 1) != '\n') {
            text.append('\n');
        }
        if (apart && text.length() > 1 && text.charAt(text.length() - 2) != '\n') {
            text.append('\n');
        }
    }
}
