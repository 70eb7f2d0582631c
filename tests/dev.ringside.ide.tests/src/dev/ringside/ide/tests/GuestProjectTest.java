package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.arch.x86.asm.X86Assembler;
import dev.ringside.asm.core.GuestProject;
import dev.ringside.asm.ui.editor.AsmEditor;
import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.SourceLineBreakpoint;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.BuiltImages;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.samples.Sample;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IMarker;
import org.eclipse.core.resources.IProject;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.swt.SWT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Guest projects: what the builder makes, what it says of errors, how a project is made, and breakpoints on its lines. */
class GuestProjectTest extends UiTest {
    @AfterEach
    void noProjectIsLeft() throws Exception {
        AsmFixture.deleteProjects();
    }

    @Test
    void aSourceIsAssembledWhenItIsMadeAndWhenItIsSaved() throws Exception {
        IProject project = AsmFixture.project(Sample.BOOT_SECTOR);
        IFile image = project.getFile("build/boot.bin");
        assertArrayEquals(Sample.BOOT_SECTOR.assemble(new X86Assembler()).bytes(), image.readAllBytes());
        assertEquals(512, image.readAllBytes().length);

        AsmFixture source = AsmFixture.open(bot, project.getFile("boot.asm"));
        source.replace("Hello from the boot sector.", "Good morning.");
        source.save();
        bot.waitUntil(Conditions.that("the image stays", () -> new String(image.readAllBytes(), StandardCharsets.ISO_8859_1).contains("Good morning.")));
        assertEquals(512, image.readAllBytes().length);
    }

    @Test
    void anErrorIsAMarkerWithLineAndColumnAndLeavesNoImageBehind() throws Exception {
        IProject project = AsmFixture.project(Sample.BOOT_SECTOR);
        AsmFixture source = AsmFixture.open(bot, project.getFile("boot.asm"));
        source.replace("mov si, text", "mov si, txet");
        source.save();

        IFile file = project.getFile("boot.asm");
        bot.waitUntil(Conditions.that("no marker", () -> GuestProject.errors(file).size() == 1));
        IMarker error = GuestProject.errors(file).getFirst();
        assertEquals(source.lineOf("mov si, txet"), error.getAttribute(IMarker.LINE_NUMBER, 0));
        assertEquals("line " + source.lineOf("mov si, txet") + ", column 25", error.getAttribute(IMarker.LOCATION, ""));
        assertEquals(source.text().indexOf("txet"), error.getAttribute(IMarker.CHAR_START, 0));
        bot.waitUntil(Conditions.that("the image stays", () -> !project.getFile("build/boot.bin").exists()));

        source.replace("mov si, txet", "mov si, text");
        source.save();
        bot.waitUntil(Conditions.that("the marker stays", () -> GuestProject.errors(file).isEmpty() && project.getFile("build/boot.bin").exists()));
    }

    @Test
    void anImageGoesWithItsSourceAndComesBackWhenDeleted() throws Exception {
        IProject project = AsmFixture.project(Sample.BOOT_SECTOR);
        IFile image = project.getFile("build/boot.bin");
        image.delete(true, new NullProgressMonitor());
        bot.waitUntil(Conditions.that("no image", image::exists));

        project.getFile("boot.asm").delete(true, new NullProgressMonitor());
        bot.waitUntil(Conditions.that("the image stays", () -> !image.exists()));
    }

    @Test
    void theWizardMakesAProjectFromASampleAndOpensItsSource() throws Exception {
        bot.menu("File").menu("New").menu("Guest Project").click();
        SWTBot wizard = bot.shell("New Guest Project").bot();
        wizard.textWithLabel("Project name:").setText("my boot sector");
        wizard.radio("A boot sector").click();
        Screenshots.take(bot, "new-guest-project");
        wizard.button("Finish").click();

        bot.waitUntil(Conditions.that("no editor opens", () -> AsmFixture.active() != null));
        AsmEditor editor = AsmFixture.active();
        assertEquals("boot.asm", PlatformUi.call(() -> editor.getEditorInput().getName()));
        assertTrue(ResourcesPlugin.getWorkspace().getRoot().getProject("my boot sector").getFile("build/boot.bin").exists());
    }

    @Test
    void aBreakpointGoesToTheNextLineWithCodeAndMovesWithIt() throws Exception {
        IProject project = AsmFixture.project(Sample.KERNEL_64);
        AsmFixture source = AsmFixture.open(bot, project.getFile("kernel.asm"));
        source.cursorAt("; Long mode in the order", 3);

        bot.pressShortcut(SWT.CTRL | SWT.SHIFT, 'b');
        bot.waitUntil(Conditions.that("no breakpoint", () -> Guests.breakpoints().length == 1));
        SourceLineBreakpoint breakpoint = (SourceLineBreakpoint) Guests.breakpoints()[0];
        assertEquals(source.lineOf("mov eax, cr4"), breakpoint.line());

        source.replace("start:          cli", "start:          cli\n                nop\n                nop");
        source.save();
        bot.waitUntil(Conditions.that(() -> "it is in line " + breakpoint.line(), () -> breakpoint.line() == source.lineOf("mov eax, cr4")));

        source.cursorAt("mov eax, cr4", 0);
        bot.pressShortcut(SWT.CTRL | SWT.SHIFT, 'b');
        bot.waitUntil(Conditions.that("it stays", () -> Guests.breakpoints().length == 0));
    }

    @Test
    void aBreakpointOnALabelIsInTheRulerOfItsSourceAndLeavesByTheKeyThatSetsThem() throws Exception {
        IProject project = AsmFixture.project(Sample.KERNEL_64);
        AsmFixture source = AsmFixture.open(bot, project.getFile("kernel.asm"));
        AddressBreakpoint.create("touch_lazy_page").setEnabled(false);
        AddressBreakpoint.create("print+0x1");
        AddressBreakpoint.create("no_such_label");

        int label = source.lineOf("mov rbx, LAZY_PAGE");
        int second = source.lineOf("test al, al");
        bot.waitUntil(Conditions.that(() -> "the ruler has breakpoints in lines " + source.linesOf("org.eclipse.debug.core.breakpoint"),
                () -> Set.of(label, second).equals(source.linesOf("org.eclipse.debug.core.breakpoint"))));
        source.replace("print:          lodsb", "print:          nop\n                lodsb");
        bot.waitUntil(Conditions.that("it stays behind the text", () -> Set.of(label, source.lineOf("lodsb")).equals(source.linesOf("org.eclipse.debug.core.breakpoint"))));

        source.cursorAt("mov rbx, LAZY_PAGE", 0);
        Screenshots.take(bot, "breakpoints-in-the-editor");
        bot.pressShortcut(SWT.CTRL | SWT.SHIFT, 'b');
        bot.waitUntil(Conditions.that("it stays", () -> Guests.breakpoints().length == 2));
        bot.waitUntil(Conditions.that("the ruler keeps it", () -> Set.of(source.lineOf("lodsb")).equals(source.linesOf("org.eclipse.debug.core.breakpoint"))));
    }

    @Test
    void aLaunchWhoseSourceHasErrorsSaysWhichAndWhere() throws Exception {
        IProject project = AsmFixture.project(Sample.KERNEL_64);
        IFile file = project.getFile("kernel.asm");
        file.setContents(Sample.KERNEL_64.source().replace("mov esp, STACK_TOP", "mvo esp, STACK_TOP").getBytes(StandardCharsets.UTF_8), true, false, new NullProgressMonitor());
        ILaunchConfigurationWorkingCopy configuration = Guests.configuration("broken");
        configuration.setAttribute(GuestLaunchConfiguration.IMAGE, BuiltImages.attribute(GuestProject.image(file)));

        CoreException refused = Assertions.assertThrows(CoreException.class, () -> Guests.debug(configuration));

        assertTrue(refused.getMessage().matches("Image: it cannot be built: kernel\\.asm:\\d+:17: .*mvo.*"), refused.getMessage());
    }

    @Test
    void linesHaveAddressesOnlyInTheMachineThatWasBootedFromThem() throws Exception {
        IProject project = AsmFixture.project(Sample.KERNEL_64);
        IFile file = project.getFile("kernel.asm");
        ILaunchConfigurationWorkingCopy configuration = Guests.configuration("kernel");
        configuration.setAttribute(GuestLaunchConfiguration.IMAGE, BuiltImages.attribute(GuestProject.image(file)));
        AsmFixture source = AsmFixture.open(bot, file);
        SourceLineBreakpoint breakpoint = SourceLineBreakpoint.create(file, source.lineOf("mov rbx, LAZY_PAGE"));

        VmDebugTarget kernel = Guests.debug(configuration);
        VmDebugTarget other = Guests.debug(new FakeMachine(1));

        assertEquals(kernel.machine().symbols().addressOf("touch_lazy_page").longValue(), breakpoint.address(kernel).orElseThrow());
        assertFalse(breakpoint.address(other).isPresent());
        assertEquals(List.of(source.lineOf("start:")), List.of(kernel.stopVcpu().getTopStackFrame().getLineNumber()));
    }
}
