package dev.ringside.testkit.swtbot;

import java.util.List;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.ui.IViewPart;
import org.eclipse.ui.IViewReference;

/** A view of the workbench. */
public final class SWTBotView {
    private final IViewReference reference;

    SWTBotView(IViewReference reference) {
        this.reference = reference;
    }

    public String getTitle() {
        return Ui.call(reference::getPartName);
    }

    public IViewReference getViewReference() {
        return reference;
    }

    /** Brings it to the front and gives it the focus. */
    public SWTBotView show() {
        Ui.act(() -> reference.getPage().activate(reference.getPart(true)));
        return this;
    }

    public void setFocus() {
        show();
    }

    public boolean isActive() {
        return Ui.call(() -> reference.getPage().getActivePart() == reference.getPart(false));
    }

    /** Finds widgets in it. */
    public SWTBot bot() {
        return new SWTBot(this::control);
    }

    /** The part as its own class. */
    public <T extends IViewPart> T part(Class<T> type) {
        return Ui.call(() -> type.cast(reference.getView(true)));
    }

    /** The button of the view's own tool bar. */
    public SWTBotToolbarButton toolbarButton(String tooltip) {
        Control bar = Ui.call(() -> {
            var manager = reference.getView(true).getViewSite().getActionBars().getToolBarManager();
            return ((org.eclipse.jface.action.ToolBarManager) manager).getControl();
        });
        return new SWTBotToolbarButton(Ui.find(() -> bar, ToolItem.class, item -> SWTBot.isTooltip(item, tooltip), 0, "tool button \"" + tooltip + "\""));
    }

    private Control control() {
        var part = (org.eclipse.e4.ui.model.application.ui.basic.MPart) reference.getPart(true).getSite().getService(
                org.eclipse.e4.ui.model.application.ui.basic.MPart.class);
        return (Control) part.getWidget();
    }

    static SWTBotView find(List<IViewReference> references, String title) {
        return references.stream().filter(reference -> reference.getPartName().equals(title)).findFirst().map(SWTBotView::new)
                .orElseThrow(() -> new WidgetNotFoundException("there is no view \"" + title + "\" but "
                        + references.stream().map(IViewReference::getPartName).toList()));
    }
}
