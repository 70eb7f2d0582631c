package dev.ringside.ui.serial;

import dev.ringside.ui.Icons;
import dev.ringside.ui.Palette;
import dev.ringside.ui.ThemeChanges;
import dev.ringside.ui.guest.GuestFocus;
import dev.ringside.ui.guest.GuestVcpu;
import dev.ringside.ui.guest.SerialChannel;
import java.io.OutputStream;
import java.util.Arrays;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.IAction;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.tm.internal.terminal.control.ITerminalListener;
import org.eclipse.tm.internal.terminal.control.ITerminalViewControl;
import org.eclipse.tm.internal.terminal.control.TerminalViewControlFactory;
import org.eclipse.tm.internal.terminal.provisional.api.ITerminalConnector;
import org.eclipse.tm.internal.terminal.provisional.api.TerminalConnectorExtension;
import org.eclipse.tm.internal.terminal.provisional.api.TerminalState;
import org.eclipse.ui.actions.ActionFactory;
import org.eclipse.ui.part.ViewPart;

/** The first serial line of the machine in focus as a terminal: shows what was sent since the start of the run, types into the guest. */
public final class SerialConsoleView extends ViewPart {
    public static final String ID = "dev.ringside.ui.serialConsole";

    private static final String CONNECTOR = "dev.ringside.ui.serialConnector";
    private static final int LINES_KEPT = 10_000;

    private final GuestFocus.Listener focusListener = this::focusChanged;
    private GuestFocus focus;
    private ITerminalViewControl terminal;
    private SerialConnector connector;
    private SerialPump pump;
    private Object machine;

    @Override
    public void createPartControl(Composite parent) {
        ITerminalConnector made = TerminalConnectorExtension.makeTerminalConnector(CONNECTOR);
        terminal = TerminalViewControlFactory.makeControl(new Silent(), parent, new ITerminalConnector[] {made});
        terminal.setBufferLineLimit(LINES_KEPT);
        takeColours(parent);
        ThemeChanges.listen(parent, () -> takeColours(parent));
        terminal.setConnector(made);
        terminal.connectTerminal();
        connector = made.getAdapter(SerialConnector.class);
        contributeActions();
        focus = getSite().getService(GuestFocus.class);
        focus.addListener(focusListener);
    }

    /**
     * The terminal's paper is white, or black when inverted. It draws each row as a picture of its own, whose edges let a little of the control's background through
     * where a point is more than one pixel: with another colour there, every row has a thin line under it.
     */
    private void takeColours(Composite parent) {
        boolean dark = Palette.isDark(parent.getBackground().getRGB());
        terminal.setInvertedColors(dark);
        terminal.getControl().setBackground(parent.getDisplay().getSystemColor(dark ? SWT.COLOR_BLACK : SWT.COLOR_WHITE));
    }

    private void focusChanged(GuestVcpu vcpu) {
        if (vcpu == null || vcpu.machine() == machine) {
            return; // the last words of a machine that is gone stay readable
        }
        machine = vcpu.machine();
        setContentDescription(vcpu.machineName() + " \u2014 COM1");
        if (pump != null) {
            pump.stop();
        }
        terminal.clearTerminal();
        SerialChannel channel = vcpu.serial();
        connector.typeInto(new Typing(channel));
        pump = SerialPump.start(channel, connector.toScreen());
    }

    private void contributeActions() {
        Action clear = new Action("Clear Console", Icons.descriptor("clear")) {
            @Override
            public void run() {
                terminal.clearTerminal();
            }
        };
        Action lock = new Action("Scroll Lock", IAction.AS_CHECK_BOX) {
            @Override
            public void run() {
                terminal.setScrollLock(isChecked());
            }
        };
        lock.setImageDescriptor(Icons.descriptor("scroll-lock"));
        var bars = getViewSite().getActionBars();
        bars.getToolBarManager().add(clear);
        bars.getToolBarManager().add(lock);
        bars.setGlobalActionHandler(ActionFactory.COPY.getId(), action("Copy", terminal::copy));
        bars.setGlobalActionHandler(ActionFactory.PASTE.getId(), action("Paste", terminal::paste));
        bars.setGlobalActionHandler(ActionFactory.SELECT_ALL.getId(), action("Select All", terminal::selectAll));
    }

    private static Action action(String text, Runnable body) {
        return new Action(text) {
            @Override
            public void run() {
                body.run();
            }
        };
    }

    /** Types as a user would, for scripts and tests. */
    public void type(String text) {
        text.chars().forEach(letter -> terminal.sendKey((char) letter));
    }

    /** What the terminal holds, without the blanks that fill it. */
    public String text() {
        terminal.selectAll();
        String all = terminal.getSelection();
        return all == null ? "" : all.strip();
    }

    @Override
    public void setFocus() {
        terminal.setFocus();
    }

    @Override
    public void dispose() {
        if (focus != null) {
            focus.removeListener(focusListener);
        }
        if (pump != null) {
            pump.stop();
        }
        if (terminal != null) {
            terminal.disposeTerminal();
        }
        super.dispose();
    }

    private static final class Silent implements ITerminalListener {
        @Override
        public void setState(TerminalState state) {
            // A serial line is always connected.
        }

        @Override
        public void setTerminalTitle(String title) {
            // The view's title is the machine's name.
        }
    }

    private static final class Typing extends OutputStream {
        private final SerialChannel channel;

        Typing(SerialChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int octet) {
            channel.send(new byte[] {(byte) octet});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            channel.send(Arrays.copyOfRange(bytes, offset, offset + length));
        }
    }
}
