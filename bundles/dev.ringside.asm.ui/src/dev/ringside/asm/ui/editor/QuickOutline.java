package dev.ringside.asm.ui.editor;

import dev.ringside.asm.core.AsmSource.Symbol;
import java.util.List;
import java.util.Locale;
import org.eclipse.jface.dialogs.PopupDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.viewers.Viewer;
import org.eclipse.jface.viewers.ViewerFilter;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;

/** All names of a source over its editor: type a part of one, Enter goes there. */
final class QuickOutline extends PopupDialog {
    private static final Point SIZE = new Point(420, 360);

    private final AsmEditor editor;
    private final List<Symbol> symbols;
    private Text filter;
    private TableViewer names;

    QuickOutline(Shell parent, AsmEditor editor) {
        super(parent, SWT.RESIZE, true, true, false, false, false, null, "Enter goes to the selected name, Escape closes");
        this.editor = editor;
        this.symbols = editor.source().symbols();
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText("Quick Outline");
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        Composite area = (Composite) super.createDialogArea(parent);
        GridLayoutFactory.fillDefaults().margins(4, 4).applyTo(area);
        filter = new Text(area, SWT.SEARCH | SWT.ICON_SEARCH);
        filter.setMessage("Part of a label or constant");
        GridDataFactory.fillDefaults().grab(true, false).applyTo(filter);
        names = new TableViewer(area, SWT.V_SCROLL | SWT.SINGLE);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(names.getControl());
        names.setContentProvider(ArrayContentProvider.getInstance());
        names.setLabelProvider(new SymbolLabels(editor.model()));
        names.addFilter(new ViewerFilter() {
            @Override
            public boolean select(Viewer viewer, Object parentElement, Object element) {
                return ((Symbol) element).name().toLowerCase(Locale.ROOT).contains(filter.getText().strip().toLowerCase(Locale.ROOT));
            }
        });
        names.setInput(symbols);
        filter.addListener(SWT.Modify, event -> {
            names.refresh();
            selectFirst();
        });
        filter.addListener(SWT.KeyDown, event -> {
            if (event.keyCode == SWT.ARROW_DOWN || event.keyCode == SWT.ARROW_UP) {
                move(event.keyCode == SWT.ARROW_DOWN ? 1 : -1);
                event.doit = false;
            }
        });
        filter.addListener(SWT.DefaultSelection, event -> go());
        names.addOpenListener(event -> go());
        selectFirst();
        return area;
    }

    private void selectFirst() {
        Object first = names.getElementAt(0);
        names.setSelection(first == null ? StructuredSelection.EMPTY : new StructuredSelection(first), true);
    }

    private void move(int by) {
        int at = names.getTable().getSelectionIndex() + by;
        if (at >= 0 && at < names.getTable().getItemCount()) {
            names.setSelection(new StructuredSelection(names.getElementAt(at)), true);
        }
    }

    private void go() {
        if (names.getStructuredSelection().getFirstElement() instanceof Symbol symbol) {
            close();
            editor.goTo(symbol);
            editor.setFocus();
        }
    }

    @Override
    protected Control getFocusControl() {
        return filter;
    }

    @Override
    protected Point getDefaultSize() {
        return SIZE;
    }

    @Override
    protected Point getDefaultLocation(Point size) {
        Control text = editor.viewer().getControl();
        Point corner = text.toDisplay(0, 0);
        return new Point(corner.x + Math.max(0, (text.getSize().x - size.x) / 2), corner.y + 20);
    }
}
