package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringside.asm.core.GuestProject;
import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.BuiltImages;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.samples.Sample;
import java.nio.charset.StandardCharsets;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IncrementalProjectBuilder;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.swt.SWT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Disassembly view reads bytes as the processor would, in whichever mode it is. */
class DisassemblyModesTest extends UiTest {
    /** Enters 16-bit protected mode at 0x8000; 8B 08 and B8 34 12 are other instructions in other modes. */
    private static final String GUEST = """
        bits 32
        org 0x100000
        header: dd 0x1badb002, 1 << 16, -(0x1badb002 + (1 << 16)), header, header, 0, 0, start
        start:  mov ecx, [eax]
                mov esp, 0x90000
                mov esi, code16
                mov edi, 0x8000
                mov ecx, 32
                rep movsb
                lgdt [gdtr]
                jmp 0x08:0x8000
        gdt:    dq 0, 0x00009a000000ffff
        gdtr:   dw 15
                dd gdt
        bits 16
        code16: mov cx, [bx+si]
                mov ax, 0x1234
                call .sub
                hlt
        .sub:   ret
        """;

    @AfterEach
    void noProjectIsLeft() throws Exception {
        AsmFixture.deleteProjects();
    }

    @Test
    void codeIsShownInTheModeThatRunsIt() throws Exception {
        VmDebugTarget guest = debug();
        waitForStop(guest, 0);
        assertEquals("mov ecx,DWORD PTR [eax]", textAt(0x100020));

        AddressBreakpoint.create("0x8000");
        bot.pressShortcut(SWT.F8);
        waitForStop(guest, 1);

        assertEquals("mov cx,WORD PTR [bx+si]", textAt(0x8000));
        assertEquals("mov ax,0x1234", textAt(0x8002));
        assertEquals("hlt", textAt(0x8008));
    }

    @Test
    void aCallOf16BitCodeIsSteppedOver() throws Exception {
        VmDebugTarget guest = debug();
        waitForStop(guest, 0);
        AddressBreakpoint.create("0x8005");
        bot.pressShortcut(SWT.F8);
        waitForStop(guest, 1);

        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 2);

        assertEquals(0x8008, guest.stopVcpu().getTopStackFrame().pc());
    }

    private String textAt(long address) {
        return disassembly().cell(disassembly().indexOf(address(address), ADDRESS), TEXT);
    }

    private static VmDebugTarget debug() throws Exception {
        IFile source = AsmFixture.project(Sample.KERNEL_64).getFile("kernel.asm");
        source.setContents(GUEST.getBytes(StandardCharsets.UTF_8), true, false, new NullProgressMonitor());
        source.getProject().build(IncrementalProjectBuilder.INCREMENTAL_BUILD, new NullProgressMonitor());
        ILaunchConfigurationWorkingCopy configuration = Guests.configuration("modes");
        configuration.setAttribute(GuestLaunchConfiguration.IMAGE, BuiltImages.attribute(GuestProject.image(source)));
        return Guests.debug(configuration);
    }
}
