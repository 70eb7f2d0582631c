package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBot;
import dev.ringside.testkit.swtbot.SWTBotTreeItem;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The views can be read in the light and in the dark theme, also when it changes under them. */
class ThemeTest extends UiTest {
    private static final String LIGHT = "org.eclipse.e4.ui.css.theme.e4_default";
    private static final String DARK = "org.eclipse.e4.ui.css.theme.e4_dark";

    /** As WCAG 2 counts; 3 is its least for large or bold text. */
    private static final double READABLE = 3;
    /** What cannot be used may have less. */
    private static final double FAINT = 3.5;

    @AfterEach
    void backToLight() {
        theme(LIGHT);
    }

    @Test
    void changedAndUnchangedRegistersAreReadableInBoth() throws Exception {
        FakeMachine machine = new FakeMachine(1);
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 1);
        machine.say("\u001b[32mlogin:\u001b[0m ");
        RGB lightBackground = registers().backgroundColor();
        assertReadable("rip");
        assertReadable("rbx");

        theme(DARK);
        bot.waitUntil(Conditions.that("the theme stays light", () -> !registers().backgroundColor().equals(lightBackground)));
        bot.waitUntil(Conditions.that(() -> "rip has " + register("rip").foregroundColor(1), () -> contrast("rip") >= READABLE));

        assertReadable("rbx");
        assertNotEquals(register("rbx").foregroundColor(1), register("rip").foregroundColor(1));
        Screenshots.take(bot, "dark-theme");
    }

    @Test
    void theBreakpointDialogSaysWhatIsWrongInTheDarkToo() throws Exception {
        Guests.debug(new FakeMachine(1));
        theme(DARK);
        bot.menu("Run").menu("Add Breakpoint at Address\u2026").click();
        SWTBot dialog = bot.shell("Add Breakpoint").bot();
        dialog.textWithLabel("Address or symbol:").setText("loop+");

        Text message = dialog.text("\"loop+\" is neither").widget;

        bot.waitUntil(Conditions.that(() -> "the message has a contrast of " + contrastOf(message), () -> contrastOf(message) >= READABLE));
        Screenshots.take(bot, "add-breakpoint-dark");
        dialog.button("Cancel").click();
    }

    private static double contrastOf(Control control) {
        return PlatformUi.call(() -> contrast(control.getForeground().getRGB(), control.getBackground().getRGB()));
    }

    /** GTK changes its own colours later than the style sheets are applied. */
    @Test
    void whatWasDarkOnceCanBeReadInTheLightAgain() throws Exception {
        Guests.debug(new FakeMachine(1));
        theme(DARK);
        bot.waitUntil(Conditions.that(() -> "not dark: " + unreadable(), () -> luminance(paper()) < 0.1 && unreadable().isEmpty()));

        theme(LIGHT);

        bot.waitUntil(Conditions.that(() -> "not light: " + unreadable(), () -> luminance(paper()) > 0.8 && unreadable().isEmpty()));
        bot.waitUntil(Conditions.that(() -> "the registers are drawn with a contrast of " + drawnContrast(registers().widget), () -> drawnContrast(registers().widget) > 7));
        Guests.removeAll();
        bot.waitUntil(Conditions.that(() -> "without a guest: " + unreadable(), () -> unreadable().isEmpty()));
    }

    /** Between its rows, on a screen of twice the density, the control's own background comes through. */
    @Test
    void theConsoleStandsOnTheColourThatItDraws() throws Exception {
        FakeMachine machine = new FakeMachine(1);
        waitForStop(Guests.debug(machine), 0);
        for (String theme : List.of(LIGHT, DARK, LIGHT)) {
            theme(theme);
            machine.say("one\r\ntwo\r\n");
            bot.waitUntil(Conditions.that(() -> theme + ": it stands on " + paperOf(console()) + " and draws " + drawn(console()),
                    () -> paperOf(console()).equals(drawn(console())) && luminance(drawn(console())) > 0.8 == theme.equals(LIGHT)));
        }
    }

    private static Canvas console() {
        return PlatformUi.call(() -> controls(PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell())
                .filter(control -> control instanceof Canvas && control.isVisible() && control.getClass().getName().contains("terminal")).map(Canvas.class::cast).findFirst().orElseThrow());
    }

    private static RGB paperOf(Control control) {
        return PlatformUi.call(() -> control.getBackground().getRGB());
    }

    /** At a point of the second row, where nothing is written. */
    private static RGB drawn(Control control) {
        return PlatformUi.call(() -> {
            Image point = new Image(control.getDisplay(), 1, 1);
            GC gc = new GC(control);
            gc.copyArea(point, 300, 25);
            gc.dispose();
            ImageData data = point.getImageData();
            point.dispose();
            return data.palette.getRGB(data.getPixel(0, 0));
        });
    }

    /** Else it would look as if it could be pressed: in the dark, what is paled stands out. */
    @Test
    void aButtonThatCannotBePressedStandsBackInBothThemes() throws Exception {
        bot.waitUntil(Conditions.that(() -> "in the light, it is drawn with a contrast of " + drawnContrast("Step Over"), () -> drawnContrast("Step Over") < FAINT));
        theme(DARK);
        bot.waitUntil(Conditions.that("not dark", () -> luminance(bot.viewByTitle("Debug").bot().tree().backgroundColor()) < 0.1));
        bot.waitUntil(Conditions.that(() -> "in the dark, it is drawn with a contrast of " + drawnContrast("Step Over"), () -> drawnContrast("Step Over") < FAINT));

        waitForStop(Guests.debug(new FakeMachine(1)), 0);

        bot.waitUntil(Conditions.that(() -> "it is as faint as before: " + drawnContrast("Step Over"), () -> drawnContrast("Step Over") > FAINT));
    }

    private static double drawnContrast(String button) {
        return PlatformUi.call(() -> {
            ToolItem item = controls(PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell()).filter(ToolBar.class::isInstance)
                    .flatMap(bar -> Stream.of(((ToolBar) bar).getItems())).filter(tool -> String.valueOf(tool.getToolTipText()).replace("&", "").startsWith(button))
                    .findFirst().orElseThrow();
            return drawnContrast(item.getParent(), item.getBounds());
        });
    }

    private static double drawnContrast(Tree tree) {
        return PlatformUi.call(() -> drawnContrast(tree, tree.getItem(0).getTextBounds(0)));
    }

    /** Between the darkest and the lightest point of what is on the screen there. */
    private static double drawnContrast(Control control, Rectangle area) {
        Image drawn = new Image(control.getDisplay(), area.width, area.height);
        GC gc = new GC(control);
        gc.copyArea(drawn, area.x, area.y);
        gc.dispose();
        ImageData points = drawn.getImageData();
        drawn.dispose();
        List<RGB> colours = IntStream.range(0, points.width * points.height)
                .mapToObj(point -> points.palette.getRGB(points.getPixel(point % points.width, point / points.width)))
                .sorted(Comparator.comparingDouble(ThemeTest::luminance)).toList();
        return contrast(colours.getFirst(), colours.getLast());
    }

    private RGB paper() {
        return PlatformUi.call(() -> disassembly().widget.getBackground().getRGB());
    }

    /** Every control on the screen whose text can hardly be told from what it stands on. */
    private static List<String> unreadable() {
        return PlatformUi.call(() -> controls(PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell())
                .filter(control -> control.isVisible() && (control instanceof Label || control instanceof Link || control instanceof Tree || control instanceof Table))
                .filter(control -> contrast(control.getForeground().getRGB(), control.getBackground().getRGB()) < READABLE
                        || control instanceof Link link && contrast(link.getLinkForeground().getRGB(), link.getBackground().getRGB()) < READABLE)
                .map(control -> control + " " + (control instanceof Link link ? link.getLinkForeground() : control.getForeground()) + " on " + control.getBackground()).toList());
    }

    private static Stream<Control> controls(Control root) {
        return root instanceof Composite composite ? Stream.concat(Stream.of(root), Stream.of(composite.getChildren()).flatMap(ThemeTest::controls)) : Stream.of(root);
    }

    private void assertReadable(String name) {
        assertTrue(contrast(name) >= READABLE, name + " has a contrast of " + contrast(name));
    }

    private double contrast(String name) {
        SWTBotTreeItem item = register(name);
        return contrast(item.foregroundColor(1), registers().backgroundColor());
    }

    private static double contrast(RGB ink, RGB paper) {
        double text = luminance(ink);
        double background = luminance(paper);
        return (Math.max(text, background) + 0.05) / (Math.min(text, background) + 0.05);
    }

    private static double luminance(RGB colour) {
        return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
    }

    private static double linear(int channel) {
        double share = channel / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }

    private static void theme(String id) {
        PlatformUi.run(() -> ((IThemeEngine) PlatformUI.getWorkbench().getDisplay().getData("org.eclipse.e4.ui.css.swt.theme")).setTheme(id, false));
    }
}
