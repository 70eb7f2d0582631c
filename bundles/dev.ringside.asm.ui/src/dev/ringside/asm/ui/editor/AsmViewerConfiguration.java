package dev.ringside.asm.ui.editor;

import java.util.Map;
import org.eclipse.core.runtime.IAdaptable;
import org.eclipse.jface.action.ToolBarManager;
import org.eclipse.jface.preference.IPreferenceStore;
import org.eclipse.jface.text.DefaultInformationControl;
import org.eclipse.jface.text.IDocument;
import org.eclipse.jface.text.ITextHover;
import org.eclipse.jface.text.contentassist.ContentAssistant;
import org.eclipse.jface.text.contentassist.IContentAssistant;
import org.eclipse.jface.text.information.IInformationPresenter;
import org.eclipse.jface.text.information.InformationPresenter;
import org.eclipse.jface.text.hyperlink.IHyperlinkDetector;
import org.eclipse.jface.text.presentation.IPresentationReconciler;
import org.eclipse.jface.text.presentation.PresentationReconciler;
import org.eclipse.jface.text.reconciler.IReconciler;
import org.eclipse.jface.text.reconciler.MonoReconciler;
import org.eclipse.jface.text.rules.DefaultDamagerRepairer;
import org.eclipse.jface.text.source.ISourceViewer;
import org.eclipse.ui.editors.text.TextSourceViewerConfiguration;

/** What the text viewer of an {@link AsmEditor} is made of. */
final class AsmViewerConfiguration extends TextSourceViewerConfiguration {
    private static final int PAUSE_MILLIS = 250;
    private static final int HOVER_COLUMNS = 90;
    private static final int HOVER_LINES = 20;

    private final AsmEditor editor;

    AsmViewerConfiguration(AsmEditor editor, IPreferenceStore preferences) {
        super(preferences);
        this.editor = editor;
    }

    @Override
    public IPresentationReconciler getPresentationReconciler(ISourceViewer viewer) {
        PresentationReconciler reconciler = new PresentationReconciler();
        DefaultDamagerRepairer words = new DefaultDamagerRepairer(editor.tokens());
        reconciler.setDamager(words, IDocument.DEFAULT_CONTENT_TYPE);
        reconciler.setRepairer(words, IDocument.DEFAULT_CONTENT_TYPE);
        return reconciler;
    }

    @Override
    public IReconciler getReconciler(ISourceViewer viewer) {
        MonoReconciler reconciler = new MonoReconciler(new LiveProblems(viewer, editor.model(), editor.getEditorInput().getName()), false);
        reconciler.setDelay(PAUSE_MILLIS);
        return reconciler;
    }

    @Override
    public ITextHover getTextHover(ISourceViewer viewer, String contentType) {
        return new AsmHover(editor);
    }

    @Override
    public ITextHover getTextHover(ISourceViewer viewer, String contentType, int stateMask) {
        return getTextHover(viewer, contentType);
    }

    /** F2 shows what the mouse would, in a window that takes the focus. */
    @Override
    public IInformationPresenter getInformationPresenter(ISourceViewer viewer) {
        InformationPresenter presenter = new InformationPresenter(parent -> new DefaultInformationControl(parent, (ToolBarManager) null, new HoverText()));
        presenter.setInformationProvider(new AsmHover(editor), IDocument.DEFAULT_CONTENT_TYPE);
        presenter.setSizeConstraints(HOVER_COLUMNS, HOVER_LINES, true, true);
        return presenter;
    }

    @Override
    public IContentAssistant getContentAssistant(ISourceViewer viewer) {
        ContentAssistant assistant = new ContentAssistant();
        assistant.setContentAssistProcessor(new AsmCompletion(editor), IDocument.DEFAULT_CONTENT_TYPE);
        assistant.setInformationControlCreator(parent -> new DefaultInformationControl(parent, "", new HoverText()));
        assistant.enableAutoInsert(true);
        assistant.enableColoredLabels(true);
        assistant.setStatusLineVisible(false);
        return assistant;
    }

    @Override
    public IHyperlinkDetector[] getHyperlinkDetectors(ISourceViewer viewer) {
        return new IHyperlinkDetector[] {new AsmLinks(editor)};
    }

    @Override
    protected Map<String, IAdaptable> getHyperlinkDetectorTargets(ISourceViewer viewer) {
        return Map.of();
    }

    @Override
    public String[] getDefaultPrefixes(ISourceViewer viewer, String contentType) {
        return new String[] {";", ""};
    }
}
