package dev.ringside.asm.ui.editor;

import dev.ringside.asm.core.AsmSource;
import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.ui.ThemeChanges;
import java.util.List;
import org.eclipse.jface.text.IDocument;
import org.eclipse.jface.text.ITextSelection;
import org.eclipse.jface.text.source.SourceViewer;
import org.eclipse.jface.util.PropertyChangeEvent;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.editors.text.EditorsUI;
import org.eclipse.ui.editors.text.TextEditor;
import org.eclipse.ui.views.contentoutline.IContentOutlinePage;

/** The editor for assembly sources. */
public final class AsmEditor extends TextEditor {
    public static final String ID = "dev.ringside.asm.ui.editor";

    private static final String CONTEXT = "dev.ringside.asm.ui.editing";
    private static final String MENU = "dev.ringside.asm.ui.editorMenu";
    private static final String RULER_MENU = "dev.ringside.asm.ui.rulerMenu";
    private static final AsmDocuments DOCUMENTS = new AsmDocuments();

    private final AsmModel model = new AsmModel();
    private final AsmTokens tokens = new AsmTokens(AsmColours.on(new org.eclipse.swt.graphics.RGB(255, 255, 255)));
    private AsmOutlinePage outline;
    private BreakpointRuler breakpoints;

    @Override
    protected void initializeEditor() {
        super.initializeEditor();
        setDocumentProvider(DOCUMENTS);
        setPreferenceStore(EditorsUI.getPreferenceStore());
        setSourceViewerConfiguration(new AsmViewerConfiguration(this, getPreferenceStore()));
        setEditorContextMenuId(MENU);
        setRulerContextMenuId(RULER_MENU);
    }

    /** Inputs of any kind are read as text files; the registry must not choose a provider that knows nothing of ours. */
    @Override
    protected void setDocumentProvider(org.eclipse.ui.IEditorInput input) {
        setDocumentProvider(DOCUMENTS);
    }

    @Override
    protected void initializeKeyBindingScopes() {
        setKeyBindingScopes(new String[] {CONTEXT});
    }

    @Override
    public void createPartControl(Composite parent) {
        super.createPartControl(parent);
        StyledText text = text();
        // Style sheets have coloured the background by then, and again after each change of theme.
        text.getDisplay().asyncExec(this::recolour);
        ThemeChanges.listen(text, this::recolour);
        breakpoints = BreakpointRuler.open(this, text);
    }

    @Override
    protected void handlePreferenceStoreChanged(PropertyChangeEvent event) {
        super.handlePreferenceStoreChanged(event);
        if (event.getProperty().startsWith("AbstractTextEditor.Color.")) {
            recolour();
        }
    }

    private void recolour() {
        if (getSourceViewer() instanceof SourceViewer viewer && !text().isDisposed()) {
            tokens.use(AsmColours.on(text().getBackground().getRGB()));
            viewer.invalidateTextPresentation();
        }
    }

    private StyledText text() {
        return getSourceViewer().getTextWidget();
    }

    @Override
    @SuppressWarnings("unchecked") // the contract of getAdapter
    public <T> T getAdapter(Class<T> type) {
        if (type == IContentOutlinePage.class) {
            if (outline == null || outline.isDisposed()) {
                outline = new AsmOutlinePage(this);
            }
            return (T) outline;
        }
        return super.getAdapter(type);
    }

    @Override
    protected void handleCursorPositionChanged() {
        super.handleCursorPositionChanged();
        if (outline != null) {
            outline.select(cursorOffset());
        }
    }

    // For what belongs to it

    AsmTokens tokens() {
        return tokens;
    }

    public AsmModel model() {
        return model;
    }

    /** Breakpoints on the address of a line, from 1, other than those on the line itself. UI thread. */
    public List<AddressBreakpoint> addressBreakpoints(int line) {
        return breakpoints.on(line);
    }

    public IDocument document() {
        return getDocumentProvider().getDocument(getEditorInput());
    }

    /** The text as it is now. */
    AsmSource source() {
        return new AsmSource(document().get());
    }

    int cursorOffset() {
        return getSelectionProvider().getSelection() instanceof ITextSelection selection ? selection.getOffset() : 0;
    }

    void goTo(AsmSource.Symbol symbol) {
        markInNavigationHistory();
        selectAndReveal(symbol.offset(), symbol.text().length());
        markInNavigationHistory();
    }

    void say(String line) {
        getEditorSite().getActionBars().getStatusLineManager().setErrorMessage(line);
    }

    SourceViewer viewer() {
        return (SourceViewer) getSourceViewer();
    }
}
