package dev.ringside.testkit.swtbot;

/** Something that a test waits for. Asked on the test's thread. */
public interface ICondition {
    boolean test() throws Exception;

    /** What the user of the test reads when it never came. */
    String getFailureMessage();
}
