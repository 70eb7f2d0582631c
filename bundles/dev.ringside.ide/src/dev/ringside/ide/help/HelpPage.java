package dev.ringside.ide.help;

import dev.ringside.ide.help.HelpDocument.Kind;
import dev.ringside.ide.help.HelpDocument.Span;
import dev.ringside.ui.Palette;
import dev.ringside.ui.ThemeChanges;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.SWTException;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.custom.StyleRange;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.Font;
import org.eclipse.swt.graphics.FontData;
import org.eclipse.swt.graphics.GlyphMetrics;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Composite;

/** Shows one help page. Links are followed with the mouse, or with Tab and Enter. */
final class HelpPage {
    private static final int MARGIN = 12;

    private final StyledText text;
    private final Consumer<String> follow;
    private final Map<String, Image> images = new HashMap<>();
    private final Font title;
    private final Font heading;
    private HelpDocument document = HelpDocument.of("", "");
    private Function<String, Image> load = source -> null;

    /** @param follow gets the target of a link that the user follows */
    HelpPage(Composite parent, Consumer<String> follow) {
        this.follow = follow;
        text = new StyledText(parent, SWT.READ_ONLY | SWT.MULTI | SWT.WRAP | SWT.V_SCROLL);
        text.setMargins(MARGIN, MARGIN, MARGIN, MARGIN);
        text.setLineSpacing(3);
        title = larger(1.5);
        heading = larger(1.15);
        text.addListener(SWT.Dispose, event -> dispose());
        text.addListener(SWT.MouseUp, event -> followAt(new Point(event.x, event.y)));
        text.addListener(SWT.Traverse, event -> {
            if (event.detail == SWT.TRAVERSE_TAB_NEXT || event.detail == SWT.TRAVERSE_TAB_PREVIOUS) {
                event.doit = !selectLink(event.detail == SWT.TRAVERSE_TAB_NEXT);
            } else if (event.detail == SWT.TRAVERSE_RETURN) {
                followSelected();
            }
        });
        text.addListener(SWT.Resize, event -> style());
        text.addPaintObjectListener(event -> {
            if (event.style.data instanceof Image image && event.style.metrics != null) {
                Rectangle size = image.getBounds();
                event.gc.drawImage(image, 0, 0, size.width, size.height, event.x, event.y, event.style.metrics.width, event.ascent);
            }
        });
        text.getAccessible().addAccessibleListener(new AccessibleAdapter() {
            @Override
            public void getName(AccessibleEvent event) {
                event.result = "Help page";
            }
        });
        ThemeChanges.listen(text, this::style);
    }

    private Font larger(double factor) {
        FontData[] data = JFaceResources.getDefaultFont().getFontData();
        for (FontData each : data) {
            each.setHeight((int) Math.round(each.getHeight() * factor));
            each.setStyle(SWT.BOLD);
        }
        return new Font(text.getDisplay(), data);
    }

    StyledText control() {
        return text;
    }

    /** @param loader gives the picture for an {@code src}, or null */
    void show(HelpDocument page, Function<String, Image> loader) {
        images.values().stream().filter(Objects::nonNull).forEach(Image::dispose);
        images.clear();
        document = page;
        load = loader;
        text.setText(page.text());
        style();
        text.setTopIndex(0);
        text.setCaretOffset(0);
    }

    /** Again after a change of theme or width: colours and the sizes of pictures depend on them. */
    private void style() {
        RGB background = text.getBackground().getRGB();
        boolean dark = Palette.isDark(background);
        Color link = dark ? new Color(120, 175, 255) : new Color(0, 85, 190);
        Color code = dark ? new Color(140, 210, 195) : new Color(0, 95, 90);
        text.setStyleRanges(new StyleRange[0]);
        List<Span> spans = document.spans();
        for (int i = spans.size() - 1; i >= 0; i--) { // outer ones first
            Span span = spans.get(i);
            StyleRange style = new StyleRange();
            style.start = span.start();
            style.length = span.length();
            switch (span.kind()) {
                case TITLE -> style.font = title;
                case HEADING -> style.font = heading;
                case BOLD -> style.fontStyle = SWT.BOLD;
                case ITALIC -> style.fontStyle = SWT.ITALIC;
                case CODE -> {
                    style.font = JFaceResources.getTextFont();
                    style.foreground = code;
                }
                case LINK -> {
                    style.underline = true;
                    style.underlineStyle = SWT.UNDERLINE_LINK;
                    style.foreground = link;
                }
                case IMAGE -> picture(span, style);
            }
            text.setStyleRange(style);
        }
    }

    private void picture(Span span, StyleRange style) {
        Image image = images.computeIfAbsent(span.target(), this::loaded);
        if (image != null) {
            Rectangle size = image.getBounds();
            int width = Math.max(1, Math.min(size.width, text.getClientArea().width - 2 * MARGIN - 4));
            style.metrics = new GlyphMetrics(size.height * width / size.width, 0, width);
            style.data = image;
        }
    }

    private Image loaded(String source) {
        try {
            return load.apply(source);
        } catch (SWTException notAPicture) {
            return null; // its caption stays
        }
    }

    private void followAt(Point point) {
        int offset = text.getOffsetAtPoint(point);
        if (offset >= 0 && text.getSelectionCount() == 0) {
            document.spans().stream().filter(span -> span.kind() == Kind.LINK && offset >= span.start() && offset < span.start() + span.length()).findFirst()
                    .ifPresent(span -> follow.accept(span.target()));
        }
    }

    private boolean selectLink(boolean forward) {
        int from = forward ? text.getSelection().y : text.getSelection().x;
        List<Span> links = document.spans().stream().filter(span -> span.kind() == Kind.LINK).toList();
        Span next = forward ? links.stream().filter(span -> span.start() >= from).findFirst().orElse(null)
                : links.reversed().stream().filter(span -> span.start() + span.length() <= from).findFirst().orElse(null);
        if (next != null) {
            text.setSelection(next.start(), next.start() + next.length());
        }
        return next != null;
    }

    private void followSelected() {
        Point selection = text.getSelection();
        document.spans().stream().filter(span -> span.kind() == Kind.LINK && span.start() == selection.x && selection.y > selection.x).findFirst()
                .ifPresent(span -> follow.accept(span.target()));
    }

    private void dispose() {
        images.values().stream().filter(Objects::nonNull).forEach(Image::dispose);
        title.dispose();
        heading.dispose();
    }
}
