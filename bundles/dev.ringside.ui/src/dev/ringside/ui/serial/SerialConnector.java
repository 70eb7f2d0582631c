package dev.ringside.ui.serial;

import java.io.OutputStream;
import org.eclipse.tm.internal.terminal.provisional.api.ITerminalControl;
import org.eclipse.tm.internal.terminal.provisional.api.TerminalState;
import org.eclipse.tm.internal.terminal.provisional.api.provider.TerminalConnectorImpl;

/** Plugs a terminal control into a guest's serial line. The terminal makes it; {@link SerialConsoleView} finds it through its adapter and wires it. */
public final class SerialConnector extends TerminalConnectorImpl {
    private volatile OutputStream toGuest = OutputStream.nullOutputStream();
    private volatile ITerminalControl terminal;

    @Override
    public void connect(ITerminalControl control) {
        super.connect(control);
        terminal = control;
        // The guest sends what it means; a line that only ends with LF is the guest's affair, and kernels send CR LF.
        control.setVT100LineWrapping(true);
        control.setState(TerminalState.CONNECTED);
    }

    /** What writes into the terminal; blocks while the terminal is behind. Null before it is connected. */
    OutputStream toScreen() {
        return terminal == null ? null : terminal.getRemoteToTerminalOutputStream();
    }

    /** Where keys go from now on. */
    void typeInto(OutputStream guest) {
        toGuest = guest;
    }

    @Override
    public OutputStream getTerminalToRemoteStream() {
        return new OutputStream() {
            @Override
            public void write(int octet) throws java.io.IOException {
                toGuest.write(octet);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws java.io.IOException {
                toGuest.write(bytes, offset, length);
            }
        };
    }

    @Override
    public String getSettingsSummary() {
        return "COM1";
    }
}
