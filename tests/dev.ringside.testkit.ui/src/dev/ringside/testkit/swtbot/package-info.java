/**
 * Drives the real workbench from a test's thread. Classes and methods have the names of SWTBot, which is not in Maven Central
 * (releng/decisions/0003-swtbot-shaped-test-support.md): a test moves there by changing its imports. Only what our tests use is here.
 *
 * <pre>{@code
 * SWTWorkbenchBot bot = new SWTWorkbenchBot();
 * bot.viewByTitle("Disassembly").bot().table().doubleClick(4, 0);
 * bot.waitUntil(Conditions.that("breakpoint set", () -> ...));
 * }</pre>
 *
 * <p>Widgets are read with {@code Display.syncCall} and acted on with events queued to the UI thread, so that an action may open a modal dialog.
 */
package dev.ringside.testkit.swtbot;
