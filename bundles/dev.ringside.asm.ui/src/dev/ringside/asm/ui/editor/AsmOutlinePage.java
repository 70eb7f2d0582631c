package dev.ringside.asm.ui.editor;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.asm.core.AsmSource;
import dev.ringside.asm.core.AsmSource.Symbol;
import java.util.Comparator;
import java.util.List;
import org.eclipse.jface.viewers.DelegatingStyledCellLabelProvider;
import org.eclipse.jface.viewers.IElementComparer;
import org.eclipse.jface.viewers.ITreeContentProvider;
import org.eclipse.jface.viewers.SelectionChangedEvent;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TreeViewer;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.views.contentoutline.ContentOutlinePage;

/** The labels of a source, local ones below theirs, and its constants; it follows the cursor. */
final class AsmOutlinePage extends ContentOutlinePage {
    private final AsmEditor editor;
    private final AsmModel.Listener listener = this::show;

    /** The editor moved the selection, or the other way round. */
    private boolean following;

    AsmOutlinePage(AsmEditor editor) {
        this.editor = editor;
    }

    boolean isDisposed() {
        return getControl() != null && getControl().isDisposed();
    }

    @Override
    public void createControl(Composite parent) {
        super.createControl(parent);
        TreeViewer tree = getTreeViewer();
        tree.setComparer(BY_NAME);
        tree.setContentProvider(new Names());
        tree.setLabelProvider(new DelegatingStyledCellLabelProvider(new SymbolLabels(editor.model())));
        tree.setInput(editor.source());
        editor.model().addListener(listener);
        tree.getControl().addListener(org.eclipse.swt.SWT.Dispose, event -> editor.model().removeListener(listener));
    }

    private void show(AsmSource source, AssemblyResult result) {
        TreeViewer tree = getTreeViewer();
        if (tree == null || tree.getControl().isDisposed()) {
            return;
        }
        tree.getControl().getDisplay().asyncExec(() -> {
            if (!tree.getControl().isDisposed()) {
                Object[] expanded = tree.getExpandedElements();
                following = true;
                tree.setInput(source);
                tree.setExpandedElements(expanded);
                following = false;
            }
        });
    }

    /** Selects what the line of an offset belongs to. */
    void select(int offset) {
        TreeViewer tree = getTreeViewer();
        if (following || tree == null || tree.getControl().isDisposed() || !(tree.getInput() instanceof AsmSource source)) {
            return;
        }
        Symbol around = source.symbols().stream().filter(symbol -> symbol.offset() <= offset).max(Comparator.comparingInt(Symbol::offset)).orElse(null);
        following = true;
        tree.setSelection(around == null ? StructuredSelection.EMPTY : new StructuredSelection(around), true);
        following = false;
    }

    @Override
    public void selectionChanged(SelectionChangedEvent event) {
        super.selectionChanged(event);
        if (!following && event.getStructuredSelection().getFirstElement() instanceof Symbol symbol) {
            following = true;
            editor.goTo(symbol);
            following = false;
        }
    }

    /** A name stays the same element when lines above it come and go. */
    private static final IElementComparer BY_NAME = new IElementComparer() {
        @Override
        public boolean equals(Object one, Object other) {
            return one instanceof Symbol a && other instanceof Symbol b ? a.name().equals(b.name()) : one.equals(other);
        }

        @Override
        public int hashCode(Object element) {
            return element instanceof Symbol symbol ? symbol.name().hashCode() : element.hashCode();
        }
    };

    private static final class Names implements ITreeContentProvider {
        private AsmSource source;

        @Override
        public void inputChanged(org.eclipse.jface.viewers.Viewer viewer, Object before, Object now) {
            source = (AsmSource) now;
        }

        @Override
        public Object[] getElements(Object input) {
            return source.symbols().stream().filter(symbol -> !symbol.isLocal()).toArray();
        }

        @Override
        public Object[] getChildren(Object element) {
            return locals((Symbol) element).toArray();
        }

        @Override
        public boolean hasChildren(Object element) {
            return !locals((Symbol) element).isEmpty();
        }

        @Override
        public Object getParent(Object element) {
            return ((Symbol) element).isLocal() ? source.symbol(((Symbol) element).parent(), 1).orElse(null) : null;
        }

        private List<Symbol> locals(Symbol parent) {
            return parent.isLocal() ? List.of() : source.symbols().stream().filter(symbol -> symbol.isLocal() && symbol.parent().equals(parent.name())).toList();
        }
    }
}
