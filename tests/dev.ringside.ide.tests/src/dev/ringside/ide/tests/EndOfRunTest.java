package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.asm.core.GuestProject;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.BuiltImages;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.samples.Sample;
import dev.ringside.testkit.swtbot.Conditions;
import java.nio.charset.StandardCharsets;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IncrementalProjectBuilder;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.swt.SWT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a run ends is said in the Debug view and in the status line; what is left of it can be looked at. */
class EndOfRunTest extends UiTest {
    /** A Multiboot image, entered in 32-bit protected mode at {@code start}. */
    private static final String HEADER = """
        bits 32
        org 0x100000
        header: dd 0x1badb002, 1 << 16, -(0x1badb002 + (1 << 16)), header, header, 0, 0, start
        start:
        """;

    @AfterEach
    void noProjectIsLeft() throws Exception {
        AsmFixture.deleteProjects();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        power-off   | mov dx, 0x604 ;; mov ax, 0x2000 ;; out dx, ax           | the guest powered off
        debug exit  | mov al, 0x2a ;; out 0xf4, al                           | the guest wrote 0x2a to isa-debug-exit
        stuck       | cli ;; hlt                                             | guest is stuck: halted with interrupts off at 0x100022 (start+0x2), and nothing can wake it
        triple      | lidt [none] ;; ud2 ;; none: dw 0 ;; dd 0               | triple fault: #UD(0x0) at RIP 0x100027 \u2192 #GP(0x33) \u2192 #GP(0x6b) \u2192 #DF(0x0) \u2192 #GP(0x43)
        """)
    void theWayItEndedIsSaid(String name, String guest, String said) throws Exception {
        VmDebugTarget machine = debug(guest);
        waitForStop(machine, 0);

        bot.pressShortcut(SWT.F8);
        bot.waitUntil(Conditions.that(() -> "it goes on: " + machine.stop(), machine::isTerminated));

        assertEquals(said, machine.end().describe());
        assertEquals("ending: " + said, bot.label("ending: " + said.substring(0, 9)));
        bot.viewByTitle("Debug").bot().tree().expandNode("<terminated>ending [Guest kernel]", "ending \u2014 " + said);
        long at = machine.stopVcpu().getTopStackFrame().pc();
        bot.waitUntil(Conditions.that(() -> "RIP is " + register("RIP").cell(1), () -> register("RIP").cell(1).equals(address(at))));
        assertFalse(machine.canResume());
        Screenshots.take(bot, "ended-" + name.strip().replace(' ', '-'));
    }

    @Test
    void theLineWhereItEndedIsShown() throws Exception {
        VmDebugTarget machine = debug("lidt [none] ;; nop ;; nop ;; ud2 ;; none: dw 0 ;; dd 0");
        waitForStop(machine, 0);
        bot.waitUntil(Conditions.that("no source is shown", () -> AsmFixture.active() != null));
        AsmFixture source = AsmFixture.of(bot, AsmFixture.active());

        bot.pressShortcut(SWT.F8);

        bot.waitUntil(Conditions.that(() -> "the editor shows line " + source.cursorLine(), () -> source.cursorLine() == source.lineOf("ud2")));
        assertTrue(machine.isTerminated());
    }

    @Test
    void aResetIsTheGuestsAndTheRunGoesOn() throws Exception {
        VmDebugTarget machine = debug("mov byte [0x90000], 1 ;; mov al, 0xfe ;; out 0x64, al ;; jmp $");
        waitForStop(machine, 0);
        bot.pressShortcut(SWT.F8);
        bot.waitUntil(Conditions.that("it does not run", () -> !machine.isSuspended()));

        bot.menu("Run").menu("Suspend").click();

        waitForStop(machine, 1);
        assertFalse(machine.isTerminated());
    }

    private VmDebugTarget debug(String guest) throws Exception {
        IFile source = AsmFixture.project(Sample.KERNEL_64).getFile("kernel.asm");
        String text = HEADER + guest.replace(" ;; ", "\n") + "\n";
        source.setContents(text.getBytes(StandardCharsets.UTF_8), true, false, new NullProgressMonitor());
        source.getProject().build(IncrementalProjectBuilder.INCREMENTAL_BUILD, new NullProgressMonitor());
        ILaunchConfigurationWorkingCopy configuration = Guests.configuration("ending");
        configuration.setAttribute(GuestLaunchConfiguration.IMAGE, BuiltImages.attribute(GuestProject.image(source)));
        return Guests.debug(configuration);
    }
}
