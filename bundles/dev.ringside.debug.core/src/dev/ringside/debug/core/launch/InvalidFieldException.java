package dev.ringside.debug.core.launch;

/** A field of a launch configuration that cannot be used. The message is one line: the field, the value, and what would be right. */
public final class InvalidFieldException extends Exception {
    private static final long serialVersionUID = 1;

    private final String field;

    InvalidFieldException(String field, String problem) {
        super(field + ": " + problem);
        this.field = field;
    }

    /** The field as the launch dialog labels it. */
    public String field() {
        return field;
    }
}
