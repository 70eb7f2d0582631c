package dev.ringside.asm.ui.editor;

import dev.ringside.arch.Assembler;
import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.AssemblyResult.AssemblyError;
import dev.ringside.arch.x86.asm.X86Assembler;
import dev.ringside.asm.core.AsmSource;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.jface.text.IDocument;
import org.eclipse.jface.text.IRegion;
import org.eclipse.jface.text.Position;
import org.eclipse.jface.text.reconciler.DirtyRegion;
import org.eclipse.jface.text.reconciler.IReconcilingStrategy;
import org.eclipse.jface.text.reconciler.IReconcilingStrategyExtension;
import org.eclipse.jface.text.source.Annotation;
import org.eclipse.jface.text.source.IAnnotationModel;
import org.eclipse.jface.text.source.IAnnotationModelExtension;
import org.eclipse.jface.text.source.ISourceViewer;

/** Assembles the text a moment after the last key, on the reconciler's thread, and shows the errors in it. */
final class LiveProblems implements IReconcilingStrategy, IReconcilingStrategyExtension {
    /** The platform's look of an error in a text. */
    static final String ERROR = "org.eclipse.ui.workbench.texteditor.error";

    private final Assembler assembler = new X86Assembler();
    private final ISourceViewer viewer;
    private final AsmModel model;
    private final String fileName;
    private IDocument document;
    private Map<Annotation, Position> shown = Map.of();

    LiveProblems(ISourceViewer viewer, AsmModel model, String fileName) {
        this.viewer = viewer;
        this.model = model;
        this.fileName = fileName;
    }

    @Override
    public void setDocument(IDocument text) {
        document = text;
    }

    @Override
    public void initialReconcile() {
        assemble();
    }

    @Override
    public void reconcile(DirtyRegion dirty, IRegion part) {
        assemble();
    }

    @Override
    public void reconcile(IRegion partition) {
        assemble();
    }

    private void assemble() {
        String text = document.get();
        AsmSource source = new AsmSource(text);
        AssemblyResult result = assembler.assemble(fileName, text);
        show(source, result);
        model.assembled(source, result);
    }

    private void show(AsmSource source, AssemblyResult result) {
        IAnnotationModel annotations = viewer.getAnnotationModel();
        if (annotations == null) {
            return; // the editor has been closed
        }
        Map<Annotation, Position> problems = new HashMap<>();
        for (AssemblyError error : result.errors()) {
            int[] range = source.wordRange(error.line(), error.column());
            problems.put(new AsmError(error), new Position(range[0], range[1] - range[0]));
        }
        ((IAnnotationModelExtension) annotations).replaceAnnotations(shown.keySet().toArray(Annotation[]::new), problems);
        shown = problems;
    }

    @Override
    public void setProgressMonitor(IProgressMonitor monitor) {
        // An assembly takes milliseconds and is not worth cancelling.
    }

    /** An error in the text as it is now, saved or not. */
    static final class AsmError extends Annotation {
        private final AssemblyError error;

        AsmError(AssemblyError error) {
            super(ERROR, false, error.message());
            this.error = error;
        }

        AssemblyError error() {
            return error;
        }
    }
}
