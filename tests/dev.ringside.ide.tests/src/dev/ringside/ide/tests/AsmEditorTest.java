package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.samples.Sample;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBotTree;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyleRange;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The assembly editor, on the sample kernel's source. */
class AsmEditorTest extends UiTest {
    private static final String LIGHT = "org.eclipse.e4.ui.css.theme.e4_default";
    private static final String DARK = "org.eclipse.e4.ui.css.theme.e4_dark";

    private AsmFixture source;

    @BeforeEach
    void openTheSample() throws Exception {
        source = AsmFixture.open(bot, AsmFixture.project(Sample.KERNEL_64).getFile("kernel.asm"));
    }

    @AfterEach
    void closeIt() throws Exception {
        theme(LIGHT);
        bot.sync();
        AsmFixture.deleteProjects();
    }

    @Test
    void anErrorIsMarkedWhileTypingAndGoesWhenItIsFixed() throws Exception {
        source.waitForErrors(0);

        source.replace("mov esp, STACK_TOP", "mvo esp, STACK_TOP");
        source.waitForErrors(1);
        assertTrue(source.errors().getFirst().startsWith("mvo: "), () -> source.errors().getFirst());
        Screenshots.take(bot, "error-while-typing");

        source.replace("mvo esp, STACK_TOP", "mov esp, STACK_TOP");
        source.waitForErrors(0);
    }

    @Test
    void wordsAreColouredAndReadableInBothThemes() throws Exception {
        List<RGB> light = colours();
        assertEquals(6, Set.copyOf(light).size(), () -> "mnemonic, register, directive, number, string and comment look different: " + light);
        assertReadable(light);
        assertEquals(light.getLast(), colour(source.text().indexOf("be read, stepped")), "a comment is coloured to its end");
        assertEquals(light.getLast(), colour(source.text().indexOf("page-fault handler maps\n") + 20), "the last one of the screen, too");

        theme(DARK);
        bot.waitUntil(Conditions.that("the colours stay", () -> !colours().equals(light) && luminance(background()) < 0.1));
        assertReadable(colours());
        Screenshots.take(bot, "assembly-editor-dark");
    }

    @Test
    void theOutlineHasLabelsWithTheirLocalOnesAndLeadsToThem() {
        SWTBotTree outline = bot.viewById("org.eclipse.ui.views.ContentOutline").bot().tree();
        bot.waitUntil(Conditions.that(() -> "outline: " + names(outline), () -> names(outline).contains("print  0x10025c")));
        assertTrue(names(outline).stream().anyMatch(name -> name.startsWith("STACK_TOP  0x200000")), () -> "" + names(outline));

        outline.expandNode("print  0x10025c").select();
        assertEquals(source.lineOf("print:"), source.cursorLine());
        assertEquals(List.of(".wait", ".end"), outline.expandNode("print  0x10025c").getItems().stream().map(item -> item.getText().split(" ")[0]).toList());
    }

    @Test
    void quickOutlineFindsALabelByAPartOfItsName() {
        source.focus();
        bot.pressShortcut(SWT.CTRL, 'o');
        bot.waitUntil(Conditions.shellIsActive("Quick Outline"));
        bot.shell("Quick Outline").bot().text(0).setText("lazy_pa");
        bot.sync();
        PlatformUi.run(() -> shellText("Quick Outline").notifyListeners(SWT.DefaultSelection, new org.eclipse.swt.widgets.Event()));

        bot.waitUntil(Conditions.that(() -> "the cursor is in line " + source.cursorLine(), () -> source.cursorLine() == source.lineOf("LAZY_PAGE ")));
    }

    @Test
    void f3GoesToTheLabelUnderTheCursor() {
        source.cursorAt("call touch_lazy_page", 8);

        bot.pressShortcut(SWT.F3);

        bot.waitUntil(Conditions.that(() -> "the cursor is in line " + source.cursorLine(), () -> source.cursorLine() == source.lineOf("touch_lazy_page:")));
    }

    @Test
    void theHoverOfAnInstructionHasItsNameItsFlagsAndItsEncoding() {
        assertHover("rep stosd", 5, "STOS \u2014 Store string", "Flags: reads DF", "f3 ab at 0x");
        assertHover("or eax, 1 << 5", 1, "OR \u2014 Logical inclusive OR (SDM 2B, OR)", "writes OF SF ZF PF CF", "83 /1 ib", "Here: 83 c8 20 at 0x");
    }

    @Test
    void theHoverOfANameHasItsValue() {
        assertHover("mov eax, PML4", 10, "PML4 \u2014 constant", "Value: 0x201000");
        assertHover("call print", 6, "print \u2014 label", "Address: 0x10025c");
    }

    @Test
    void theHoverOfARegisterHasItsValueInTheGuest() throws Exception {
        VmDebugTarget guest = Guests.debug(new FakeMachine(1));
        waitForStop(guest, 0);

        assertHover("mov rbx, LAZY_PAGE", 5, "RBX \u2014 general register", "Value: 0x0000000000000000 (0)", "fake, CPU 0");
    }

    @Test
    void contentAssistCompletesMnemonicsRegistersAndLabels() {
        source.replace("                call build_page_tables", "                wrms");
        complete();
        bot.waitUntil(Conditions.that("the mnemonic is not completed", () -> source.text().contains("                wrmsr\n")));

        source.replace("                wrmsr\n", "                call install_i\n");
        source.cursorAt("call install_i\n", "call install_i".length());
        complete();
        bot.waitUntil(Conditions.that("the label is not completed", () -> source.text().contains("call install_idt\n")));

        source.replace("call install_idt\n", "mov xmm1\n");
        source.cursorAt("mov xmm1\n", "mov xmm1".length());
        complete();
        bot.waitUntil(Conditions.that("no choice is offered", () -> proposals().stream().anyMatch(proposal -> proposal.startsWith("xmm15 \u2014 register"))));
    }

    @Test
    void linesAreCommentedAndBack() {
        String before = source.text();
        source.cursorAt("call build_page_tables", 0);

        bot.pressShortcut(SWT.CTRL, '/');
        bot.waitUntil(Conditions.that("no comment", () -> source.text().contains("\n;                call build_page_tables")));
        bot.pressShortcut(SWT.CTRL, '/');
        bot.waitUntil(Conditions.that("still a comment", () -> source.text().equals(before)));
    }

    private void complete() {
        source.focus();
        bot.pressShortcut(SWT.CTRL, ' ');
    }

    private static List<String> proposals() {
        return PlatformUi.call(() -> Stream.of(Display.getCurrent().getShells()).filter(Shell::isVisible).flatMap(AsmEditorTest::controls)
                .filter(org.eclipse.swt.widgets.Table.class::isInstance).map(org.eclipse.swt.widgets.Table.class::cast)
                .flatMap(table -> Stream.of(table.getItems())).map(item -> item.getText()).toList());
    }

    /** Asks for it by F2, as a keyboard user does. */
    private void assertHover(String text, int into, String... lines) {
        source.focus();
        source.cursorAt(text, into);
        Set<Shell> before = new LinkedHashSet<>(shells());
        bot.pressShortcut(SWT.F2);
        String[] shown = new String[1];
        bot.waitUntil(Conditions.that(() -> "the hover over \"" + text + "\" shows " + shown[0], () -> {
            shown[0] = shells().stream().filter(shell -> !before.contains(shell)).map(AsmEditorTest::styledText).filter(found -> found != null).findFirst().orElse(null);
            return shown[0] != null;
        }));
        for (String line : lines) {
            assertTrue(shown[0].contains(line), () -> "\"" + line + "\" is not in:\n" + shown[0]);
        }
        source.focus();
        bot.waitUntil(Conditions.that("the hover stays open", () -> before.containsAll(shells())));
    }

    private static Set<Shell> shells() {
        return PlatformUi.call(() -> Stream.of(Display.getCurrent().getShells()).filter(Shell::isVisible).collect(java.util.stream.Collectors.toCollection(LinkedHashSet::new)));
    }

    private static String styledText(Shell shell) {
        return PlatformUi.call(() -> shell.isDisposed() ? null
                : controls(shell).filter(StyledText.class::isInstance).map(control -> ((StyledText) control).getText()).filter(text -> !text.isBlank()).findFirst().orElse(null));
    }

    private static Text shellText(String title) {
        return Stream.of(Display.getCurrent().getShells()).filter(shell -> shell.getText().equals(title)).flatMap(AsmEditorTest::controls)
                .filter(Text.class::isInstance).map(Text.class::cast).findFirst().orElseThrow();
    }

    private static Stream<Control> controls(Control root) {
        return root instanceof Composite composite ? Stream.concat(Stream.of(root), Stream.of(composite.getChildren()).flatMap(AsmEditorTest::controls)) : Stream.of(root);
    }

    private static List<String> names(SWTBotTree tree) {
        return tree.getAllItems().stream().map(item -> item.getText()).toList();
    }

    /** Of a mnemonic, a register, a directive, a number, a string, a comment. */
    private List<RGB> colours() {
        String text = source.text();
        return Stream.of("cli", "esp,", "org 0x", "0x100000", "\"Hello", "; A small").map(word -> colour(text.indexOf(word))).toList();
    }

    private RGB colour(int offset) {
        return PlatformUi.call(() -> {
            StyleRange style = source.widget().getStyleRangeAtOffset(offset);
            assertNotNull(style, () -> "no colour at " + source.widget().getText(offset, offset + 5));
            return style.foreground.getRGB();
        });
    }

    private RGB background() {
        return PlatformUi.call(() -> source.widget().getBackground().getRGB());
    }

    private void assertReadable(List<RGB> colours) {
        double paper = luminance(background());
        for (RGB colour : colours) {
            double ink = luminance(colour);
            double contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            assertTrue(contrast >= 4.5, colour + " on " + background() + " has a contrast of " + contrast);
        }
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
