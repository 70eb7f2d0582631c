package dev.ringside.ide;

import dev.ringside.ide.help.HelpView;
import dev.ringside.ui.disassembly.DisassemblyView;
import dev.ringside.ui.exits.VmExitsView;
import dev.ringside.ui.machine.MachineView;
import dev.ringside.ui.memory.MemoryView;
import dev.ringside.ui.pagewalk.PageWalkView;
import dev.ringside.ui.paravirt.ParavirtView;
import dev.ringside.ui.registers.RegistersView;
import dev.ringside.ui.serial.SerialConsoleView;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.ui.IFolderLayout;
import org.eclipse.ui.IPageLayout;
import org.eclipse.ui.IPerspectiveFactory;

/**
 * The <em>Ringside</em> perspective: who runs and what there is (left), what it executes (centre), what it holds (right), and, as
 * wide as both of the former because a terminal has 80 columns and a page walk long lines, what it says (bottom). An editor comes up over the disassembly; while
 * there is none, the disassembly has its place.
 */
public final class RingsidePerspective implements IPerspectiveFactory {
    static final String ID = "dev.ringside.ide.perspective";
    private static final String CHEAT_SHEETS = "org.eclipse.ui.cheatsheets.views.CheatSheetView";

    @Override
    public void createInitialLayout(IPageLayout layout) {
        layout.setEditorAreaVisible(false);
        String editors = layout.getEditorArea();

        IFolderLayout right = layout.createFolder("right", IPageLayout.RIGHT, 0.72f, editors);
        right.addView(RegistersView.ID);
        right.addView(MachineView.ID);
        right.addPlaceholder(HelpView.ID);
        right.addPlaceholder(CHEAT_SHEETS);

        IFolderLayout bottom = layout.createFolder("bottom", IPageLayout.BOTTOM, 0.74f, editors);
        bottom.addView(SerialConsoleView.ID);
        bottom.addView(IDebugUIConstants.ID_BREAKPOINT_VIEW);
        bottom.addView(MemoryView.ID);
        bottom.addView(VmExitsView.ID);
        bottom.addView(PageWalkView.ID);
        bottom.addView(ParavirtView.ID);
        bottom.addPlaceholder(IPageLayout.ID_PROBLEM_VIEW);

        IFolderLayout left = layout.createFolder("left", IPageLayout.LEFT, 0.32f, editors);
        left.addView(IDebugUIConstants.ID_DEBUG_VIEW);

        IFolderLayout project = layout.createFolder("project", IPageLayout.BOTTOM, 0.5f, "left");
        project.addView(IPageLayout.ID_PROJECT_EXPLORER);
        project.addView(IPageLayout.ID_OUTLINE);

        IFolderLayout centre = layout.createFolder("centre", IPageLayout.BOTTOM, 0.52f, editors);
        centre.addView(DisassemblyView.ID);

        layout.addActionSet(IDebugUIConstants.DEBUG_ACTION_SET);
        layout.addActionSet(IDebugUIConstants.LAUNCH_ACTION_SET);
        layout.addShowViewShortcut(IDebugUIConstants.ID_DEBUG_VIEW);
        layout.addShowViewShortcut(DisassemblyView.ID);
        layout.addShowViewShortcut(RegistersView.ID);
        layout.addShowViewShortcut(SerialConsoleView.ID);
        layout.addShowViewShortcut(IDebugUIConstants.ID_BREAKPOINT_VIEW);
        layout.addShowViewShortcut(MachineView.ID);
        layout.addShowViewShortcut(MemoryView.ID);
        layout.addShowViewShortcut(VmExitsView.ID);
        layout.addShowViewShortcut(PageWalkView.ID);
        layout.addShowViewShortcut(ParavirtView.ID);
        layout.addShowViewShortcut(IPageLayout.ID_PROJECT_EXPLORER);
        layout.addShowViewShortcut(IPageLayout.ID_OUTLINE);
        layout.addShowViewShortcut(IPageLayout.ID_PROBLEM_VIEW);
        layout.addShowViewShortcut(HelpView.ID);
        layout.addNewWizardShortcut("dev.ringside.asm.ui.newGuestProject");
        layout.addNewWizardShortcut("org.eclipse.ui.wizards.new.file");
        layout.addNewWizardShortcut("org.eclipse.ui.wizards.new.folder");
        layout.addPerspectiveShortcut(ID);
    }
}
