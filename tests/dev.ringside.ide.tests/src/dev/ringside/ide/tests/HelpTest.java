package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.ide.help.HelpDocument;
import dev.ringside.ide.help.HelpDocument.Kind;
import dev.ringside.ide.help.HelpDocument.Span;
import dev.ringside.ide.help.HelpView;
import dev.ringside.samples.Sample;
import dev.ringside.testkit.swtbot.Conditions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.help.HelpSystem;
import org.eclipse.help.IToc;
import org.eclipse.help.ITopic;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CTabFolder;
import org.eclipse.swt.custom.CTabItem;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.commands.ICommandService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Help is complete, and F1 finds it. */
class HelpTest extends UiTest {
    @Test
    void everyTopicHasAPageAndEveryLinkLeadsSomewhere() throws Exception {
        TreeSet<String> pages = new TreeSet<>();
        for (IToc toc : HelpSystem.getTocs()) {
            collect(toc.getTopics(), pages);
        }
        assertTrue(pages.stream().filter(page -> page.startsWith("/dev.ringside.ide/")).count() >= 16, pages::toString);
        List<String> broken = new ArrayList<>();
        for (String page : pages) {
            try (InputStream in = HelpDocument.open(page)) {
                assertNotNull(in, page);
                for (Span span : HelpDocument.read(in).spans()) {
                    if (span.kind() == Kind.LINK && !leadsSomewhere(page, span.target()) || span.kind() == Kind.IMAGE && HelpDocument.open(resolved(page, span.target())) == null) {
                        broken.add(page + " -> " + span.target());
                    }
                }
            }
        }

        assertEquals(List.of(), broken);
    }

    private static void collect(ITopic[] topics, TreeSet<String> pages) {
        for (ITopic topic : topics) {
            if (topic.getHref() != null) {
                pages.add(topic.getHref());
            }
            collect(topic.getSubtopics(), pages);
        }
    }

    private static boolean leadsSomewhere(String page, String target) throws IOException {
        if (target.startsWith("command:org.eclipse.equinox.p2.")) {
            return true; // in the product, not here
        }
        if (target.startsWith("command:")) {
            return PlatformUi.call(() -> PlatformUI.getWorkbench().getService(ICommandService.class).getCommand(target.substring("command:".length())).isDefined());
        }
        return HelpDocument.open(resolved(page, target)) != null;
    }

    private static String resolved(String page, String target) {
        return URI.create(page).resolve(target).toString();
    }

    @ParameterizedTest
    @CsvSource({
        "org.eclipse.debug.ui.DebugView, Debug view",
        "org.eclipse.debug.ui.BreakpointView, Breakpoints view",
        "org.eclipse.ui.navigator.ProjectExplorer, Guest projects",
        "org.eclipse.ui.views.ContentOutline, Assembly editor",
        "org.eclipse.ui.views.ProblemView, Guest projects",
        "dev.ringside.ui.disassembly, Disassembly view",
        "dev.ringside.ui.registers, Registers view",
        "dev.ringside.ui.memory, Memory view",
        "dev.ringside.ui.machine, Machine view",
        "dev.ringside.ui.vmExits, VM Exits view",
        "dev.ringside.ui.pageWalk, Page Walk view",
        "dev.ringside.ui.paravirt, Paravirtual Interface view",
        "org.eclipse.ui.cheatsheets.views.CheatSheetView, Running and stepping"})
    void f1OpensThePageOfTheActiveView(String view, String title) {
        bot.viewById(view).show();

        bot.pressShortcut(SWT.F1);

        waitForPage(title);
    }

    /** F1 in a terminal is the guest's. */
    @Test
    void theSerialConsolesPageIsOpenedFromTheMenu() {
        bot.viewById("dev.ringside.ui.serialConsole").show();

        bot.menu("Help").menu("Show Context Help").click();

        waitForPage("Serial Console view");
    }

    @Test
    void f1OpensThePageOfTheEditor() throws Exception {
        AsmFixture.open(bot, AsmFixture.project(Sample.BOOT_SECTOR).getFile("boot.asm"));

        bot.pressShortcut(SWT.F1);

        waitForPage("Assembly editor");
        Screenshots.take(bot, "help-view");
        AsmFixture.deleteProjects();
    }

    @Test
    void f1InTheLaunchDialogExplainsItsTabBesideIt() {
        bot.viewByTitle("Disassembly").bot().link("Boot my kernel").click();
        bot.shell("Debug Configurations").bot().textWithLabel("Image:");
        PlatformUi.run(() -> {
            for (Control control = imageField(); control != null; control = control.getParent()) {
                if (control.isListening(SWT.Help)) {
                    control.notifyListeners(SWT.Help, new Event());
                    return;
                }
            }
            throw new AssertionError("nobody listens to F1");
        });

        waitForWindow("Guest tab of a launch configuration");
    }

    @Test
    void f1InTheLaunchDialogExplainsThePlatformsTabToo() {
        bot.viewByTitle("Disassembly").bot().link("Boot my kernel").click();
        bot.shell("Debug Configurations").bot().textWithLabel("Image:");
        PlatformUi.run(() -> {
            CTabItem common = Stream.of(Display.getCurrent().getShells()).flatMap(HelpTest::controls).filter(CTabFolder.class::isInstance)
                    .flatMap(folder -> Stream.of(((CTabFolder) folder).getItems())).filter(item -> item.getText().equals("Common")).findFirst().orElseThrow();
            common.getParent().setSelection(common);
            controls(common.getControl()).filter(control -> control.isListening(SWT.Help)).findFirst().orElseThrow().notifyListeners(SWT.Help, new Event());
        });

        waitForWindow("Common tab of a launch configuration");
    }

    private void waitForWindow(String title) {
        bot.waitUntil(Conditions.that("no window opens", () -> PlatformUi.call(() -> Stream.of(Display.getCurrent().getShells())
                .anyMatch(shell -> shell.getText().equals("Help") && pageIn(shell).startsWith(title)))));
    }

    @Test
    void theCheatSheetOpensFromTheHelpMenu() {
        bot.menu("Help").menu("Step Your First Kernel").click();

        bot.waitUntil(Conditions.that("no cheat sheet", () -> PlatformUi.call(() -> AsmFixture.page().findView("org.eclipse.ui.cheatsheets.views.CheatSheetView") != null)));
        PlatformUi.run(() -> AsmFixture.page().hideView(AsmFixture.page().findView("org.eclipse.ui.cheatsheets.views.CheatSheetView")));
    }

    @Test
    void pagesBecomeTextWithMarks() throws Exception {
        HelpDocument page = HelpDocument.read(new ByteArrayInputStream("""
                <html><head><title>x</title></head><body><h1>Title</h1>
                <p>Some <b>bold</b> words,
                and <a href="y.html">a link</a>.</p><ul><li>one</li><li>two</li></ul>
                <table><tr><td>F5</td><td>steps</td></tr></table></body></html>""".getBytes(StandardCharsets.UTF_8)));

        assertEquals("Title\n\nSome bold words, and a link.\n \u2022  one\n \u2022  two\n\nF5\tsteps\n", page.text());
        assertTrue(page.spans().contains(new Span(Kind.LINK, page.text().indexOf("a link"), 6, "y.html")), () -> "" + page.spans());
    }

    private void waitForPage(String title) {
        bot.waitUntil(Conditions.that("no help is shown", () -> PlatformUi.call(() -> AsmFixture.page().findView(HelpView.ID) != null)));
        HelpView view = bot.viewByTitle("Help").part(HelpView.class);
        bot.waitUntil(Conditions.that(() -> "help shows " + PlatformUi.call(view::text).lines().findFirst(), () -> PlatformUi.call(view::text).startsWith(title + "\n")));
    }

    private static Control imageField() {
        return Stream.of(Display.getCurrent().getShells()).filter(shell -> shell.getText().equals("Debug Configurations")).flatMap(HelpTest::controls)
                .filter(control -> control instanceof Text text && text.getMessage().startsWith("A kernel")).findFirst().orElseThrow();
    }

    private static String pageIn(Shell shell) {
        return controls(shell).filter(StyledText.class::isInstance).map(control -> ((StyledText) control).getText()).findFirst().orElse("");
    }

    private static Stream<Control> controls(Control root) {
        return root instanceof Composite composite ? Stream.concat(Stream.of(root), Stream.of(composite.getChildren()).flatMap(HelpTest::controls)) : Stream.of(root);
    }
}
