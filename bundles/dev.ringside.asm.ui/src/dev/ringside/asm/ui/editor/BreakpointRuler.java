package dev.ringside.asm.ui.editor;

import dev.ringside.arch.Symbolizer;
import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.DebugCore;
import dev.ringside.ui.Icons;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.eclipse.core.resources.IMarkerDelta;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.IBreakpointManager;
import org.eclipse.debug.core.IBreakpointManagerListener;
import org.eclipse.debug.core.IBreakpointsListener;
import org.eclipse.debug.core.model.IBreakpoint;
import org.eclipse.jface.text.BadLocationException;
import org.eclipse.jface.text.Position;
import org.eclipse.jface.text.source.Annotation;
import org.eclipse.jface.text.source.IAnnotationModel;
import org.eclipse.jface.text.source.IAnnotationModelExtension;
import org.eclipse.jface.text.source.IAnnotationPresentation;
import org.eclipse.jface.text.source.ImageUtilities;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Control;

/**
 * Breakpoints on addresses and symbols in an editor's ruler, on the line that was assembled to the address. Those on lines have markers on the file, which the
 * platform shows by itself.
 */
final class BreakpointRuler implements IBreakpointsListener, IBreakpointManagerListener {
    /** The platform's kind for breakpoints: shown in rulers, beside others. */
    private static final String KIND = "org.eclipse.debug.core.breakpoint";
    private static final int ABOVE_PROBLEMS = 10;

    private final AsmEditor editor;
    private final Control text;
    private final Icons icons;
    private Mark[] shown = {};

    private BreakpointRuler(AsmEditor editor, Control text) {
        this.editor = editor;
        this.text = text;
        this.icons = new Icons(text);
    }

    /** Lives as long as {@code text}. UI thread. */
    static BreakpointRuler open(AsmEditor editor, Control text) {
        BreakpointRuler ruler = new BreakpointRuler(editor, text);
        AsmModel.Listener assembled = (source, result) -> ruler.refreshSoon();
        editor.model().addListener(assembled);
        manager().addBreakpointListener(ruler);
        manager().addBreakpointManagerListener(ruler);
        text.addListener(SWT.Dispose, event -> {
            editor.model().removeListener(assembled);
            manager().removeBreakpointListener(ruler);
            manager().removeBreakpointManagerListener(ruler);
        });
        ruler.refreshSoon();
        return ruler;
    }

    /** Those on the address of a line, from 1. UI thread. */
    List<AddressBreakpoint> on(int line) {
        return Stream.of(shown).filter(mark -> mark.line == line).map(mark -> mark.breakpoint).toList();
    }

    private void refreshSoon() {
        if (!text.isDisposed()) {
            text.getDisplay().asyncExec(() -> {
                if (!text.isDisposed()) {
                    refresh();
                }
            });
        }
    }

    private void refresh() {
        IAnnotationModel annotations = editor.viewer().getAnnotationModel();
        if (annotations instanceof IAnnotationModelExtension several) {
            Map<Annotation, Position> now = new HashMap<>();
            for (IBreakpoint breakpoint : manager().getBreakpoints(DebugCore.ID)) {
                if (breakpoint instanceof AddressBreakpoint address) {
                    add(address, now);
                }
            }
            several.replaceAnnotations(shown, now);
            shown = now.keySet().toArray(Mark[]::new);
        }
    }

    private void add(AddressBreakpoint breakpoint, Map<Annotation, Position> marks) {
        OptionalLong address = breakpoint.address(labels);
        int line = address.isEmpty() ? 0 : editor.model().lineAt(address.getAsLong());
        try {
            if (line > 0 && line <= editor.document().getNumberOfLines()) {
                Image picture = icons.image(breakpoint.isActive() ? "breakpoint" : "breakpoint-disabled");
                marks.put(new Mark(breakpoint, line, picture), new Position(editor.document().getLineOffset(line - 1), 0));
            }
        } catch (BadLocationException shorterNow) {
            return; // the text is assembled again in a moment
        }
    }

    private final Symbolizer labels = new Symbolizer() {
        @Override
        public String nameOf(long address) {
            return null;
        }

        @Override
        public Long addressOf(String name) {
            OptionalLong value = editor.model().value(name);
            return value.isPresent() ? value.getAsLong() : null;
        }
    };

    private static final class Mark extends Annotation implements IAnnotationPresentation {
        private final AddressBreakpoint breakpoint;
        private final int line;
        private final Image picture;

        Mark(AddressBreakpoint breakpoint, int line, Image picture) {
            super(KIND, false, "Breakpoint on " + breakpoint.expression());
            this.breakpoint = breakpoint;
            this.line = line;
            this.picture = picture;
        }

        @Override
        public int getLayer() {
            return ABOVE_PROBLEMS;
        }

        @Override
        public void paint(GC gc, Canvas canvas, Rectangle bounds) {
            ImageUtilities.drawImage(picture, gc, canvas, bounds, SWT.CENTER, SWT.TOP);
        }
    }

    // Any thread

    @Override
    public void breakpointsAdded(IBreakpoint[] breakpoints) {
        refreshSoon();
    }

    @Override
    public void breakpointsRemoved(IBreakpoint[] breakpoints, IMarkerDelta[] deltas) {
        refreshSoon();
    }

    @Override
    public void breakpointsChanged(IBreakpoint[] breakpoints, IMarkerDelta[] deltas) {
        refreshSoon();
    }

    @Override
    public void breakpointManagerEnablementChanged(boolean enabled) {
        refreshSoon();
    }

    private static IBreakpointManager manager() {
        return DebugPlugin.getDefault().getBreakpointManager();
    }
}
