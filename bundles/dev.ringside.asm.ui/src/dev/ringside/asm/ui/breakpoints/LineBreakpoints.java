package dev.ringside.asm.ui.breakpoints;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.x86.asm.X86Assembler;
import dev.ringside.asm.core.BuiltProgram;
import dev.ringside.asm.ui.editor.AsmEditor;
import dev.ringside.debug.core.DebugCore;
import dev.ringside.debug.core.SourceLineBreakpoint;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.IBreakpointManager;
import org.eclipse.debug.core.model.IBreakpoint;
import org.eclipse.debug.ui.actions.IToggleBreakpointsTarget;
import org.eclipse.jface.text.ITextSelection;
import org.eclipse.jface.viewers.ISelection;
import org.eclipse.ui.IWorkbenchPart;

/** Sets a breakpoint on a line, or on the next one with code, or takes it away. */
public final class LineBreakpoints implements IToggleBreakpointsTarget {
    @Override
    public void toggleLineBreakpoints(IWorkbenchPart part, ISelection selection) {
        if (!(part instanceof AsmEditor editor) || !(selection instanceof ITextSelection text)) {
            return;
        }
        IFile file = editor.getEditorInput().getAdapter(IFile.class);
        if (file != null) {
            int line = codeLine(editor.document().get(), text.getStartLine() + 1);
            toggle(file, line, editor.addressBreakpoints(line));
        }
    }

    /** Nothing stops at a comment: the breakpoint goes to the instruction behind. While the text has errors the line is taken as it is. */
    private static int codeLine(String text, int line) {
        AssemblyResult result = new X86Assembler().assemble("", text);
        return result.hasErrors() ? line : BuiltProgram.codeLineFrom(result, line).orElse(line);
    }

    /** Markers belong to the workspace, which may be busy: the change is made in the background. */
    private static void toggle(IFile file, int line, List<? extends IBreakpoint> onItsAddress) {
        Stream<IBreakpoint> onLine = Stream.of(manager().getBreakpoints(DebugCore.ID))
                .filter(breakpoint -> breakpoint instanceof SourceLineBreakpoint ours && ours.source().equals(file) && ours.line() == line);
        List<IBreakpoint> there = Stream.concat(onLine, onItsAddress.stream()).toList();
        Job.createSystem("Toggle Breakpoint", monitor -> {
            if (there.isEmpty()) {
                SourceLineBreakpoint.create(file, line);
            } else {
                manager().removeBreakpoints(there.toArray(IBreakpoint[]::new), true);
            }
        }).schedule();
    }

    private static IBreakpointManager manager() {
        return DebugPlugin.getDefault().getBreakpointManager();
    }

    @Override
    public boolean canToggleLineBreakpoints(IWorkbenchPart part, ISelection selection) {
        return part instanceof AsmEditor && selection instanceof ITextSelection;
    }

    @Override
    public void toggleMethodBreakpoints(IWorkbenchPart part, ISelection selection) {
        // Assembly has none.
    }

    @Override
    public boolean canToggleMethodBreakpoints(IWorkbenchPart part, ISelection selection) {
        return false;
    }

    @Override
    public void toggleWatchpoints(IWorkbenchPart part, ISelection selection) {
        // They belong to addresses, not to lines.
    }

    @Override
    public boolean canToggleWatchpoints(IWorkbenchPart part, ISelection selection) {
        return false;
    }
}
