package dev.ringside.testkit.swtbot;

import java.io.File;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.Tree;

/** Finds widgets below a control, waiting for those that are not there yet. */
public class SWTBot {
    private final Callable<? extends Control> root;

    /** Looks in the active shell. */
    public SWTBot() {
        this(SWTBot::frontShell);
    }

    SWTBot(Callable<? extends Control> root) {
        this.root = root;
    }

    /** Without a window manager no shell may be active; then it is the one opened last. */
    private static Shell frontShell() {
        Shell active = Display.getCurrent().getActiveShell();
        Shell[] shells = Display.getCurrent().getShells();
        return active != null || shells.length == 0 ? active : shells[shells.length - 1];
    }

    public SWTBotButton button(String text) {
        return new SWTBotButton(find(Button.class, button -> (button.getStyle() & SWT.CHECK) == 0 && plain(button.getText()).equals(text), 0,
                "button \"" + text + "\""));
    }

    public SWTBotCheckBox checkBox(String text) {
        return new SWTBotCheckBox(find(Button.class, button -> (button.getStyle() & SWT.CHECK) != 0 && plain(button.getText()).equals(text), 0,
                "check box \"" + text + "\""));
    }

    public SWTBotRadio radio(String text) {
        return new SWTBotRadio(find(Button.class, button -> (button.getStyle() & SWT.RADIO) != 0 && plain(button.getText()).equals(text), 0,
                "radio button \"" + text + "\""));
    }

    /** The text field after the label {@code label}, or after the radio button or check box of that name. */
    public SWTBotText textWithLabel(String label) {
        return new SWTBotText(find(Text.class, text -> isBehindLabel(text, label), 0, "text field with label \"" + label + "\""));
    }

    /** The combo after the label {@code label}. */
    public SWTBotCombo comboBoxWithLabel(String label) {
        return new SWTBotCombo(find(Combo.class, combo -> isBehindLabel(combo, label), 0, "combo with label \"" + label + "\""));
    }

    private static boolean isBehindLabel(Control control, String label) {
        Control[] siblings = control.getParent().getChildren();
        for (int i = 1; i < siblings.length; i++) {
            String before = siblings[i - 1] instanceof Label name ? name.getText() : siblings[i - 1] instanceof Button choice ? choice.getText() : "";
            if (siblings[i] == control && plain(before).equals(label)) {
                return true;
            }
        }
        return false;
    }

    public SWTBotText text(int index) {
        return new SWTBotText(find(Text.class, text -> true, index, "text field " + index));
    }

    /** A read-only text that begins so, as dialogs show their messages. */
    public SWTBotText text(String beginning) {
        return new SWTBotText(find(Text.class, text -> text.getText().strip().startsWith(beginning), 0, "text \"" + beginning + "\u2026\""));
    }

    /** A label that contains this. */
    public String label(String part) {
        Label label = find(Label.class, candidate -> candidate.getText().contains(part), 0, "label with \"" + part + "\"");
        return Ui.call(label::getText);
    }

    public SWTBotLink link(String part) {
        return new SWTBotLink(find(Link.class, link -> link.getText().contains(part), 0, "link with \"" + part + "\""));
    }

    public SWTBotTable table() {
        return new SWTBotTable(find(Table.class, table -> true, 0, "table"));
    }

    public SWTBotTree tree() {
        return new SWTBotTree(find(Tree.class, tree -> true, 0, "tree"));
    }

    /** @param tooltip without the key in parentheses that the workbench adds */
    public SWTBotToolbarButton toolbarButtonWithTooltip(String tooltip) {
        return new SWTBotToolbarButton(find(ToolItem.class, item -> isTooltip(item, tooltip), 0, "tool button \"" + tooltip + "\""));
    }

    static boolean isTooltip(ToolItem item, String tooltip) {
        return item.getToolTipText() != null && item.getToolTipText().replaceFirst(" \\(.*\\)$", "").equals(tooltip);
    }

    /** The dialog or window with this title. */
    public SWTBotShell shell(String title) {
        Ui.waitUntil(Conditions.shellIsActive(title), Ui.TIMEOUT_MILLIS);
        return new SWTBotShell(Ui.shells().stream().filter(shell -> Ui.call(shell::getText).equals(title)).findFirst().orElseThrow());
    }

    public SWTBotShell activeShell() {
        return new SWTBotShell(Ui.call(SWTBot::frontShell));
    }

    public SWTBotMenu menu(String text) {
        return SWTBotMenu.find(Ui.call(() -> ((Shell) root.call()).getMenuBar()), text);
    }

    public void waitUntil(ICondition condition) {
        waitUntil(condition, Ui.TIMEOUT_MILLIS);
    }

    public void waitUntil(ICondition condition, long timeoutMillis) {
        Ui.waitUntil(condition, timeoutMillis);
    }

    /** Waits until everything that is queued for the UI thread now has been done. */
    public void sync() {
        Ui.display().syncExec(() -> { });
    }

    /** The whole screen as a PNG file; folders are made. */
    public void captureScreenshot(String fileName) {
        captureScreenshot(fileName, () -> Display.getCurrent().getBounds());
    }

    /** The part of the screen that {@code area} tells on the UI thread. */
    void captureScreenshot(String fileName, Callable<Rectangle> area) {
        File file = new File(fileName).getAbsoluteFile();
        file.getParentFile().mkdirs();
        Rectangle bounds = Ui.call(area);
        Ui.letPaint();
        Ui.run(() -> {
            Display display = Display.getCurrent();
            Image image = new Image(display, bounds.width, bounds.height);
            GC gc = new GC(display);
            gc.copyArea(image, bounds.x, bounds.y);
            gc.dispose();
            ImageLoader loader = new ImageLoader();
            loader.data = new ImageData[] {withoutBlackEdges(image)};
            loader.save(file.getPath(), SWT.IMAGE_PNG);
            image.dispose();
        });
    }

    /** Without a window manager a window's bounds count a frame that nobody draws: black at the right and at the bottom. */
    private static ImageData withoutBlackEdges(Image image) {
        ImageData data = image.getImageData();
        int width = data.width;
        int height = data.height;
        while (height > 1 && isBlack(data, 0, height - 1, width, height)) {
            height--;
        }
        while (width > 1 && isBlack(data, width - 1, 0, width, height)) {
            width--;
        }
        Image cropped = new Image(image.getDevice(), width, height);
        GC gc = new GC(cropped);
        gc.drawImage(image, 0, 0, width, height, 0, 0, width, height);
        gc.dispose();
        ImageData result = cropped.getImageData();
        cropped.dispose();
        return result;
    }

    private static boolean isBlack(ImageData data, int left, int top, int right, int bottom) {
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                RGB colour = data.palette.getRGB(data.getPixel(x, y));
                if (colour.red + colour.green + colour.blue != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private <T extends org.eclipse.swt.widgets.Widget> T find(Class<T> type, Predicate<T> wanted, int index, String sought) {
        return Ui.find(root, type, wanted, index, sought);
    }

    private static String plain(String text) {
        return text.replace("&", "");
    }
}
