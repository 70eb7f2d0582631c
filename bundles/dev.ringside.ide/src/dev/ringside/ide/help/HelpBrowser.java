package dev.ringside.ide.help;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import org.eclipse.core.commands.common.CommandException;
import org.eclipse.core.runtime.Status;
import org.eclipse.help.HelpSystem;
import org.eclipse.help.IToc;
import org.eclipse.help.ITopic;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.program.Program;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.handlers.IHandlerService;
import org.eclipse.ui.statushandlers.StatusManager;

/** Pages, and the way from one to the next and back. Addresses are the platform's: {@code /plug-in/path}. */
final class HelpBrowser {
    /** The page that is made of all tables of contents. */
    static final String CONTENTS = "/contents";

    private static final String COMMAND = "command:";

    private final HelpPage page;
    private final Deque<String> back = new ArrayDeque<>();
    private String current;

    HelpBrowser(Composite parent) {
        page = new HelpPage(parent, this::follow);
    }

    Control control() {
        return page.control();
    }

    String text() {
        return page.control().getText();
    }

    void open(String href) {
        if (current != null && !current.equals(href)) {
            back.push(current);
        }
        display(href);
    }

    void back() {
        if (!back.isEmpty()) {
            display(back.pop());
        }
    }

    private void display(String href) {
        current = href;
        page.show(document(href), this::image);
    }

    private static HelpDocument document(String href) {
        try (InputStream in = href.equals(CONTENTS) ? contents() : HelpDocument.open(href)) {
            return in == null ? HelpDocument.of("There is no such page", href) : HelpDocument.read(in);
        } catch (IOException failed) {
            return HelpDocument.of("This page cannot be shown", href + ": " + failed.getMessage());
        }
    }

    /** As a page: the tables of contents of all plug-ins. */
    private static InputStream contents() {
        StringBuilder html = new StringBuilder("<html><body><h1>Help</h1>");
        for (IToc toc : HelpSystem.getTocs()) {
            html.append("<h2>").append(escaped(toc.getLabel())).append("</h2>");
            topics(toc.getTopics(), html);
        }
        return new java.io.ByteArrayInputStream(html.append("</body></html>").toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static void topics(ITopic[] topics, StringBuilder html) {
        if (topics.length == 0) {
            return;
        }
        html.append("<ul>");
        for (ITopic topic : topics) {
            String label = escaped(topic.getLabel());
            html.append("<li>").append(topic.getHref() == null ? "<b>" + label + "</b>" : "<a href=\"" + escaped(topic.getHref()) + "\">" + label + "</a>").append("</li>");
            topics(topic.getSubtopics(), html);
        }
        html.append("</ul>");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }

    private Image image(String source) {
        try (InputStream in = HelpDocument.open(resolved(source))) {
            return in == null ? null : new Image(page.control().getDisplay(), in);
        } catch (IOException unreadable) {
            return null; // the caption stays
        }
    }

    private void follow(String target) {
        if (target.startsWith(COMMAND)) {
            execute(target.substring(COMMAND.length()));
        } else if (target.matches("https?://.*")) {
            Program.launch(target);
        } else {
            open(resolved(target));
        }
    }

    private String resolved(String target) {
        return target.startsWith("/") ? target : URI.create(current).resolve(target).toString();
    }

    private static void execute(String command) {
        try {
            PlatformUI.getWorkbench().getService(IHandlerService.class).executeCommand(command, null);
        } catch (CommandException failed) {
            StatusManager.getManager().handle(Status.error("\"" + command + "\" cannot be done now: " + failed.getMessage(), failed), StatusManager.SHOW);
        }
    }
}
