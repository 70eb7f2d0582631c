package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.samples.Sample;
import dev.ringside.testkit.swtbot.SWTBotTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Menu;
import org.eclipse.swt.widgets.MenuItem;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.Test;

/** Menus and tool bars have what belongs to a virtualization IDE, and every button has a name. */
class MenusTest extends UiTest {
    private static final List<String> FOREIGN = List.of("Team", "Ant", "Java", "Compare", "Replace With", "External Tools", "Refactor", "Profile", "Coverage", "Working Set", "Restore from Local",
            "Disconnect", "Use Step Filters", "Drop To Frame");

    @Test
    void theMenuBarHasNothingOfOtherProducts() throws Exception {
        AsmFixture.open(bot, AsmFixture.project(Sample.BOOT_SECTOR).getFile("boot.asm"));

        List<String> entries = PlatformUi.call(() -> entries(shell().getMenuBar(), ""));

        assertEquals(List.of("File", "Edit", "Navigate", "Run", "Window", "Help"), entries.stream().filter(entry -> !entry.contains("/")).toList());
        assertEquals(List.of(), foreign(entries), () -> String.join("\n", entries));
        AsmFixture.deleteProjects();
    }

    @Test
    void theMenuOfAProjectHasNothingOfOtherProducts() throws Exception {
        AsmFixture.project(Sample.BOOT_SECTOR);
        bot.viewById("org.eclipse.ui.navigator.ProjectExplorer").show();
        SWTBotTree tree = bot.viewByTitle("Project Explorer").bot().tree();
        tree.getAllItems().getFirst().select();

        List<String> entries = PlatformUi.call(() -> entries(tree.widget.getMenu(), ""));

        assertTrue(entries.contains("Debug As"), () -> String.join("\n", entries));
        assertEquals(List.of(), foreign(entries), () -> String.join("\n", entries));
        AsmFixture.deleteProjects();
    }

    @Test
    void everyToolButtonHasANameForThoseWhoDoNotSeeIt() {
        List<String> nameless = PlatformUi.call(() -> controls(shell()).filter(ToolBar.class::isInstance).filter(Control::isVisible)
                .flatMap(bar -> Stream.of(((ToolBar) bar).getItems()))
                .filter(item -> (item.getStyle() & SWT.SEPARATOR) == 0 && item.getText().isBlank() && (item.getToolTipText() == null || item.getToolTipText().isBlank()))
                .map(MenusTest::describe).toList());

        assertEquals(List.of(), nameless);
    }

    @Test
    void theToolBarHasOnlyWhatAGuestCanDo() {
        bot.sync();

        List<String> names = PlatformUi.call(() -> controls(shell()).filter(ToolBar.class::isInstance).filter(Control::isVisible)
                .flatMap(bar -> Stream.of(((ToolBar) bar).getItems())).map(ToolItem::getToolTipText).filter(Objects::nonNull)
                .map(name -> name.replace("&", "")).toList());

        assertTrue(names.stream().anyMatch(name -> name.startsWith("Step Over")), () -> String.join("\n", names));
        assertEquals(List.of(), foreign(names), () -> String.join("\n", names));
    }

    @Test
    void theToolBarFitsTheSmallestWindow() {
        bot.sync();
        List<String> hidden = PlatformUi.call(() -> controls(shell()).filter(control -> control instanceof ToolBar bar && bar.getItemCount() > 0 && bar.getSize().x > 0 && bar.isVisible())
                .filter(bar -> bar.computeSize(SWT.DEFAULT, SWT.DEFAULT).x > bar.getSize().x + 2).map(bar -> bar + " " + bar.getBounds()).toList());

        assertEquals(List.of(), hidden);
    }

    private static String describe(ToolItem item) {
        return item + " " + item.getData();
    }

    private static List<String> foreign(List<String> entries) {
        return entries.stream().filter(entry -> FOREIGN.stream().anyMatch(word -> entry.substring(entry.lastIndexOf('/') + 1).startsWith(word))).toList();
    }

    /** With what is below them, as a user would see who opens each. */
    private static List<String> entries(Menu menu, String above) {
        List<String> entries = new ArrayList<>();
        menu.notifyListeners(SWT.Show, new Event());
        for (MenuItem item : menu.getItems()) {
            String name = above + item.getText().replace("&", "").replaceFirst("\t.*", "");
            if ((item.getStyle() & SWT.SEPARATOR) == 0) {
                entries.add(name);
                if (item.getMenu() != null) {
                    entries.addAll(entries(item.getMenu(), name + "/"));
                }
            }
        }
        menu.notifyListeners(SWT.Hide, new Event());
        return entries;
    }

    private static org.eclipse.swt.widgets.Shell shell() {
        return PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell();
    }

    private static Stream<Control> controls(Control root) {
        return root instanceof Composite composite ? Stream.concat(Stream.of(root), Stream.of(composite.getChildren()).flatMap(MenusTest::controls)) : Stream.of(root);
    }
}
