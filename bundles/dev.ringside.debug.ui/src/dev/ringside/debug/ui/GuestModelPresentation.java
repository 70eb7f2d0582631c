package dev.ringside.debug.ui;

import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.DataWatchpoint;
import dev.ringside.debug.core.GuestBreakpoint;
import dev.ringside.debug.core.GuestFrame;
import dev.ringside.debug.core.HitCount;
import dev.ringside.debug.core.SourceLineBreakpoint;
import dev.ringside.debug.core.StopText;
import dev.ringside.debug.core.VcpuThread;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.ui.Icons;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.model.IBreakpoint;
import org.eclipse.debug.core.model.IValue;
import org.eclipse.debug.ui.IDebugModelPresentation;
import org.eclipse.debug.ui.IValueDetailListener;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.viewers.LabelProvider;
import org.eclipse.swt.graphics.Image;
import org.eclipse.ui.IEditorInput;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.ide.IDE;
import org.eclipse.ui.part.FileEditorInput;

/** Names and pictures of a machine's elements in the platform's views. Texts come from what an element already knows: nothing here waits for a guest. */
public final class GuestModelPresentation extends LabelProvider implements IDebugModelPresentation {
    /** The display is named, because the platform makes and asks presentations beside the UI thread, too. */
    private final LocalResourceManager pictures = new LocalResourceManager(JFaceResources.getResources(PlatformUI.getWorkbench().getDisplay()));

    @Override
    public String getText(Object element) {
        return switch (element) {
            case VmDebugTarget machine -> machine.getName() + (machine.isTerminated() ? ended(machine) : "");
            case VcpuThread vcpu -> vcpu.getName() + " (" + state(vcpu) + ")";
            case GuestFrame frame -> frame.getName();
            case IBreakpoint breakpoint -> place(breakpoint) == null ? null : place(breakpoint) + HitCount.suffix(breakpoint);
            default -> null; // the platform's own text
        };
    }

    /** Where a breakpoint of ours is, as lists show it; null for others. */
    public static String place(IBreakpoint breakpoint) {
        return switch (breakpoint) {
            case AddressBreakpoint address -> address.expression();
            case DataWatchpoint watchpoint -> watchpoint.describe();
            case SourceLineBreakpoint line -> line.source().getName() + ", line " + line.line();
            default -> null;
        };
    }

    private static String ended(VmDebugTarget machine) {
        return " \u2014 " + (machine.end() == null ? "terminated" : machine.end().describe());
    }

    /** The virtual CPU that caused the stop says why; the others stand still with it. */
    private static String state(VcpuThread vcpu) {
        VmDebugTarget machine = vcpu.target();
        if (vcpu.isStepping()) {
            return "stepping";
        }
        return !vcpu.isSuspended() || machine.stopVcpu() == vcpu ? StopText.brief(machine.stop()) : "suspended";
    }

    @Override
    public Image getImage(Object element) {
        ImageDescriptor picture = switch (element) {
            case VmDebugTarget machine when !machine.isTerminated() -> picture("machine");
            case GuestBreakpoint breakpoint -> Icons.descriptor(isEnabled(breakpoint) ? "breakpoint" : "breakpoint-disabled");
            case DataWatchpoint watchpoint -> Icons.descriptor(isEnabled(watchpoint) ? "watch" : "watch-disabled");
            default -> null; // the platform's own picture
        };
        return picture == null ? null : pictures.create(picture);
    }

    private static boolean isEnabled(IBreakpoint breakpoint) {
        try {
            return breakpoint.isEnabled();
        } catch (CoreException markerGone) {
            return false; // deleted since the view drew it
        }
    }

    private static ImageDescriptor picture(String name) {
        return ImageDescriptor.createFromURL(GuestModelPresentation.class.getResource("/icons/" + name + ".svg"));
    }

    @Override
    public void computeDetail(IValue value, IValueDetailListener listener) {
        try {
            listener.detailComputed(value, value.getValueString());
        } catch (DebugException failed) {
            listener.detailComputed(value, failed.getStatus().getMessage());
        }
    }

    @Override
    public void setAttribute(String attribute, Object value) {
        // Nothing can be chosen.
    }

    /** Sources have editors. Null for what only the Disassembly view shows. */
    @Override
    public IEditorInput getEditorInput(Object element) {
        return switch (element) {
            case IFile source -> new FileEditorInput(source);
            case SourceLineBreakpoint breakpoint when breakpoint.source() instanceof IFile source -> new FileEditorInput(source);
            default -> null;
        };
    }

    @Override
    public String getEditorId(IEditorInput input, Object element) {
        try {
            return input instanceof FileEditorInput source ? IDE.getEditorDescriptor(source.getFile(), true, false).getId() : null;
        } catch (PartInitException noEditor) {
            return null;
        }
    }

    @Override
    public void dispose() {
        pictures.dispose();
        super.dispose();
    }
}
