package dev.ringside.testkit.swtbot;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Menu;
import org.eclipse.swt.widgets.MenuItem;

/** An entry of a menu. */
public final class SWTBotMenu extends AbstractSWTBot<MenuItem> {
    private SWTBotMenu(MenuItem widget) {
        super(widget);
    }

    static SWTBotMenu find(Menu menu, String text) {
        AtomicReference<MenuItem> found = new AtomicReference<>();
        Ui.waitUntil(Conditions.that(() -> "no menu entry \"" + text + "\" but " + Ui.call(() -> names(menu)), () -> {
            Ui.run(() -> {
                Ui.send(menu, SWT.Show);
                for (MenuItem item : menu.getItems()) {
                    if (plain(item).equals(text)) {
                        found.set(item);
                    }
                }
            });
            return found.get() != null;
        }), Ui.TIMEOUT_MILLIS / 2);
        return new SWTBotMenu(found.get());
    }

    private static List<String> names(Menu menu) {
        return List.of(menu.getItems()).stream().map(SWTBotMenu::plain).toList();
    }

    /** Without mnemonic and shortcut. */
    private static String plain(MenuItem item) {
        return item.getText().replace("&", "").replaceFirst("\t.*", "");
    }

    public SWTBotMenu menu(String text) {
        return find(Ui.call(widget::getMenu), text);
    }

    @Override
    public boolean isEnabled() {
        return Ui.call(widget::isEnabled);
    }

    /** Waits until it is enabled: the workbench decides that a little later than what it depends on. */
    public void click() {
        Ui.waitUntil(Conditions.that(() -> "the menu entry \"" + Ui.call(() -> plain(widget)) + "\" is disabled", this::isEnabled), Ui.TIMEOUT_MILLIS / 2);
        Ui.act(() -> Ui.send(widget, SWT.Selection));
    }
}
