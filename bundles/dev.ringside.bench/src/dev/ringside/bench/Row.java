package dev.ringside.bench;

/**
 * One line of the table.
 *
 * @param name as on the command line
 * @param what in a few words, for the legend
 */
public record Row(String name, String what, Group group, Unit unit) {

    /** Lines that stand together. */
    public enum Group {
        HOT_LOOPS("hot loops", "one pass, after warm-up"),
        SYSTEM("system work", "one pass, after warm-up"),
        LINUX("Debian", "from the start of the process, or of the command"),
        DEBUGGER("debugger and memory", ""),
        FIRST("to the first result", "from the start of the process until the first pass is done"),
        WHOLE("whole run", "from the start of the process to its end, all passes");

        private final String title;
        private final String explanation;

        Group(String title, String explanation) {
            this.title = title;
            this.explanation = explanation;
        }

        public String title() {
            return title;
        }

        public String explanation() {
            return explanation;
        }

        /** Whether its rows tell the time of one pass of many. */
        boolean isInPasses() {
            return this == HOT_LOOPS || this == SYSTEM;
        }

        /** Whether its rows are not just another look at rows of other groups. */
        boolean isOfItsOwn() {
            return this != FIRST && this != WHOLE;
        }
    }

    /** What a value counts. */
    public enum Unit {
        SECONDS, MEGABYTES, PER_SECOND
    }
}
