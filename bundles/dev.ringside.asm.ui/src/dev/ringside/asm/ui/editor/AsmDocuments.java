package dev.ringside.asm.ui.editor;

import dev.ringside.asm.core.AsmProblem;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IMarker;
import org.eclipse.jface.text.source.IAnnotationModel;
import org.eclipse.ui.editors.text.TextFileDocumentProvider;
import org.eclipse.ui.texteditor.ResourceMarkerAnnotationModel;

/** Text files whose builder's errors are not drawn in the editor: it shows those of the text as it is now. */
final class AsmDocuments extends TextFileDocumentProvider {
    @Override
    protected IAnnotationModel createAnnotationModel(IFile file) {
        return new ResourceMarkerAnnotationModel(file) {
            @Override
            protected boolean isAcceptable(IMarker marker) {
                return super.isAcceptable(marker) && !AsmProblem.MARKER.equals(typeOf(marker));
            }
        };
    }

    private static String typeOf(IMarker marker) {
        try {
            return marker.getType();
        } catch (org.eclipse.core.runtime.CoreException gone) {
            return null; // deleted meanwhile; the model will hear of it
        }
    }
}
