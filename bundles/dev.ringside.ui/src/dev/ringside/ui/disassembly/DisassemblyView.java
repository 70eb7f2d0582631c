package dev.ringside.ui.disassembly;

import dev.ringside.arch.Symbolizer;
import dev.ringside.machine.MachineControl.DisassembledLine;
import dev.ringside.ui.Icons;
import dev.ringside.ui.LatestAnswer;
import dev.ringside.ui.NoGuestHint;
import dev.ringside.ui.disassembly.DisassemblyTable.Arrow;
import dev.ringside.ui.guest.AddressMarks;
import dev.ringside.ui.guest.AddressMarks.Mark;
import dev.ringside.ui.guest.GuestFocus;
import dev.ringside.ui.guest.GuestVcpu;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.Separator;
import org.eclipse.jface.dialogs.InputDialog;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StackLayout;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Event;
import org.eclipse.ui.IWorkbenchActionConstants;
import org.eclipse.ui.actions.ActionFactory;
import org.eclipse.ui.handlers.IHandlerService;
import org.eclipse.ui.part.ViewPart;

/**
 * Shows the code around the selected frame's program counter, in whatever mode the processor is, and follows it from stop to stop. At a stop it
 * asks once: for the lines it shows, to see whether they are still what memory holds, or for the new place.
 */
public final class DisassemblyView extends ViewPart {
    public static final String ID = "dev.ringside.ui.disassembly";

    private static final String TOGGLE_BREAKPOINT = "org.eclipse.debug.ui.commands.ToggleBreakpoint";
    private static final String RUN_TO_LINE = "org.eclipse.debug.ui.commands.RunToLine";
    private static final String GO_TO_LINE = "org.eclipse.ui.edit.text.goto.line";

    /** Of a place are fetched so many lines before it, or what the view has room for, and twice as many after it. A line costs GTK its height, seen or not. */
    private static final int LEAST_SCREEN = 24;
    private static final int LINES_MORE = 96;
    /** More lines are fetched when the user comes this close to an end. */
    private static final int EDGE = 12;

    private final GuestFocus.Listener focusListener = this::focusChanged;
    private final Runnable marksListener = this::marksChanged;
    private GuestFocus focus;
    private AddressMarks marks;
    private Composite pages;
    private StackLayout stack;
    private Control hint;
    private DisassemblyTable table;
    private LatestAnswer<List<DisassembledLine>> answer;
    private GuestVcpu shown;
    private boolean growing;

    @Override
    public void createPartControl(Composite parent) {
        focus = getSite().getService(GuestFocus.class);
        marks = getSite().getService(AddressMarks.class);
        pages = new Composite(parent, SWT.NONE);
        stack = new StackLayout();
        pages.setLayout(stack);
        hint = new NoGuestHint(pages, getSite());
        table = new DisassemblyTable(pages, this::markAt);
        answer = new LatestAnswer<>(pages);
        table.control().addListener(SWT.MouseDoubleClick, this::doubleClicked);
        table.control().getVerticalBar().addListener(SWT.Selection, event -> growAtEdges());
        table.control().addListener(SWT.MouseWheel, event -> growSoon());
        table.control().addListener(SWT.KeyDown, event -> growSoon());
        table.control().addListener(SWT.Resize, event -> growSoon());
        contributeActions();
        marks.addListener(marksListener);
        focus.addListener(focusListener);
    }

    // Following the guest

    private void focusChanged(GuestVcpu vcpu) {
        GuestVcpu before = shown;
        shown = vcpu;
        show(vcpu == null ? hint : table.control());
        if (vcpu == null) {
            answer.cancel();
            table.show(Listing.EMPTY);
            return;
        }
        if (before == null || before.machine() != vcpu.machine()) {
            table.show(Listing.EMPTY);
        }
        if (vcpu.isRunning()) {
            answer.cancel();
            growing = false;
            table.point(Arrow.NONE);
        } else {
            follow(vcpu);
        }
    }

    private void show(Control page) {
        if (stack.topControl != page) {
            stack.topControl = page;
            pages.layout();
        }
    }

    private void follow(GuestVcpu vcpu) {
        int index = table.listing().indexOf(vcpu.pc());
        if (index < 0) {
            goTo(vcpu, vcpu.pc());
            return;
        }
        if (!table.isVisible(index)) {
            table.reveal(index);
        }
        table.deselect(); // the line that executes next has its own colour; a selection would cover it
        table.point(new Arrow(vcpu.pc(), true, vcpu.isInnermost()));
        int first = table.firstVisible();
        int count = Math.min(table.visibleLines(), table.listing().size() - first);
        growing = false;
        answer.ask(vcpu.disassemble(table.listing().address(first), 0, count), lines -> {
            if (!table.listing().agrees(first, lines)) {
                goTo(vcpu, vcpu.pc());
            } else {
                growAtEdges();
            }
        }, this::say);
    }

    private void goTo(GuestVcpu vcpu, long address) {
        growing = false;
        int screen = Math.max(LEAST_SCREEN, table.visibleLines());
        answer.ask(vcpu.disassemble(address, screen, 2 * screen), lines -> {
            table.show(Listing.of(lines));
            int index = Math.max(0, table.listing().indexOf(address));
            table.reveal(index);
            if (vcpu.isRunning() || address != vcpu.pc()) {
                table.select(index);
            }
            table.point(vcpu.isRunning() ? Arrow.NONE : new Arrow(vcpu.pc(), true, vcpu.isInnermost()));
            if (table.visibleLines() > screen) {
                growAtEdges(); // the view had not its size yet when it asked
            }
        }, this::say);
    }

    // Scrolling beyond the ends

    private void growSoon() {
        pages.getDisplay().asyncExec(() -> {
            if (!pages.isDisposed()) {
                growAtEdges();
            }
        });
    }

    private void growAtEdges() {
        Listing listing = table.listing();
        if (growing || shown == null || listing.size() == 0) {
            return;
        }
        if (table.firstVisible() + table.visibleLines() > listing.size() - EDGE) {
            growing = true;
            answer.ask(shown.disassemble(listing.end(), 0, LINES_MORE), this::append, this::say);
        } else if (table.firstVisible() < EDGE) {
            growing = true;
            answer.ask(shown.disassemble(listing.address(0), LINES_MORE, 0), this::prepend, this::say);
        }
    }

    private void append(List<DisassembledLine> more) {
        grow(table.listing().append(more), more.isEmpty());
    }

    private void prepend(List<DisassembledLine> more) {
        grow(table.listing().prepend(more), more.isEmpty());
    }

    /** @param nothing when memory ends there: then it is not asked for again until the next stop */
    private void grow(Listing grown, boolean nothing) {
        if (nothing) {
            return;
        }
        long top = table.listing().address(table.firstVisible());
        long selected = table.selected() < 0 ? -1 : table.listing().address(table.selected());
        table.control().setRedraw(false);
        table.show(grown);
        if (selected != -1) {
            table.select(grown.indexOf(selected));
        }
        table.control().setRedraw(true);
        table.scrollTo(grown.indexOf(top));
        growing = false;
    }

    // Breakpoints

    private Mark markAt(long address) {
        return shown == null ? Mark.NONE : marks.at(address, shown.symbols());
    }

    private void marksChanged() {
        table.refresh();
    }

    private void doubleClicked(Event event) {
        int index = table.rulerLineAt(event);
        if (index >= 0) {
            toggle(index);
        }
    }

    private void toggle(int index) {
        if (index >= 0 && shown != null) {
            marks.toggle(table.listing().address(index), shown.symbols());
        }
    }

    private void onMark(BiConsumer<Long, Symbolizer> action) {
        int index = chosen();
        if (index >= 0 && shown != null) {
            action.accept(table.listing().address(index), shown.symbols());
        }
    }

    // Actions

    private void contributeActions() {
        Action toggle = action("Toggle Breakpoint\tCtrl+Shift+B", "breakpoint", () -> toggle(chosen()));
        Action switchOff = action("Enable or Disable Breakpoint", "breakpoint-disabled", () -> onMark(marks::switchThere));
        Action edit = action("Edit Breakpoint\u2026", "breakpoint", () -> onMark(marks::edit));
        Action runTo = action("Run to Line\tCtrl+R", "run-to", this::runToSelected);
        Action goTo = action("Go to Address\u2026\tCtrl+L", "go-to", this::askAddress);
        Action home = action("Go to Program Counter", "home", this::goHome);
        Action copy = action("Copy Line\tCtrl+C", "copy", this::copySelected);

        var bars = getViewSite().getActionBars();
        bars.getToolBarManager().add(home);
        bars.getToolBarManager().add(goTo);
        bars.setGlobalActionHandler(ActionFactory.COPY.getId(), copy);

        IHandlerService handlers = getSite().getService(IHandlerService.class);
        handlers.activateHandler(TOGGLE_BREAKPOINT, handler(toggle));
        handlers.activateHandler(RUN_TO_LINE, handler(runTo));
        handlers.activateHandler(GO_TO_LINE, handler(goTo));

        MenuManager menu = new MenuManager();
        menu.add(toggle);
        menu.add(switchOff);
        menu.add(edit);
        menu.add(runTo);
        menu.add(new Separator());
        menu.add(goTo);
        menu.add(home);
        menu.add(new Separator());
        menu.add(copy);
        menu.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS));
        menu.addMenuListener(opening -> {
            boolean there = chosen() >= 0 && markAt(table.listing().address(chosen())) != Mark.NONE;
            switchOff.setEnabled(there);
            edit.setEnabled(there);
        });
        table.control().setMenu(menu.createContextMenu(table.control()));
    }

    private static Action action(String text, String icon, Runnable body) {
        ImageDescriptor picture = Icons.descriptor(icon);
        Action action = new Action(text, picture) {
            @Override
            public void run() {
                body.run();
            }
        };
        action.setToolTipText(text.replaceFirst("\t(.*)", " ($1)"));
        return action;
    }

    private static AbstractHandler handler(Action action) {
        return new AbstractHandler() {
            @Override
            public Object execute(ExecutionEvent event) {
                action.run();
                return null;
            }
        };
    }

    /** The selected line, or else the one that executes next. */
    private int chosen() {
        return table.selected() >= 0 || shown == null ? table.selected() : table.listing().indexOf(shown.pc());
    }

    private void runToSelected() {
        if (table.selected() >= 0 && shown != null && shown.canChange()) {
            shown.runTo(table.listing().address(table.selected()));
        }
    }

    private void goHome() {
        if (shown != null && !shown.isRunning()) {
            goTo(shown, shown.pc());
        }
    }

    private void askAddress() {
        if (shown == null) {
            return;
        }
        GuestVcpu vcpu = shown;
        InputDialog dialog = new InputDialog(getSite().getShell(), "Go to Address", "Address or symbol, for example 0x100000 or start+0x1c:", "",
                text -> vcpu.addressOf(text).isPresent() ? null : text.isBlank() ? "" : "\"" + text + "\" is neither an address nor a symbol");
        if (dialog.open() == Window.OK) {
            OptionalLong address = vcpu.addressOf(dialog.getValue());
            address.ifPresent(where -> goTo(vcpu, where));
        }
    }

    private void copySelected() {
        int index = chosen();
        if (index < 0) {
            return;
        }
        DisassembledLine line = table.listing().line(index);
        Clipboard clipboard = new Clipboard(pages.getDisplay());
        clipboard.setContents(new Object[] {"%016x  %s".formatted(line.instruction().pc(), line.instruction().text())},
                new Transfer[] {TextTransfer.getInstance()});
        clipboard.dispose();
    }

    private void say(String problem) {
        growing = false;
        getViewSite().getActionBars().getStatusLineManager().setErrorMessage(problem);
    }

    @Override
    public void setFocus() {
        stack.topControl.setFocus();
    }

    @Override
    public void dispose() {
        if (focus != null) {
            focus.removeListener(focusListener);
            marks.removeListener(marksListener);
        }
        super.dispose();
    }
}
