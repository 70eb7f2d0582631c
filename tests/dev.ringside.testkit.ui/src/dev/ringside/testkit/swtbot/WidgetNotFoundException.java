package dev.ringside.testkit.swtbot;

/** No such widget, in spite of waiting. */
public final class WidgetNotFoundException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WidgetNotFoundException(String sought) {
        super(sought);
    }
}
