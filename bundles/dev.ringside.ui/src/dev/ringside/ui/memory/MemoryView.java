package dev.ringside.ui.memory;

import dev.ringside.machine.MachineControl.AddressKind;
import dev.ringside.machine.MachineControl.MemoryBytes;
import dev.ringside.machine.MachineControl.PortRange;
import dev.ringside.ui.GuestViewPart;
import dev.ringside.ui.LatestAnswer;
import dev.ringside.ui.guest.AddressMarks;
import dev.ringside.ui.guest.GuestVcpu;
import java.util.List;
import java.util.OptionalLong;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.Separator;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.IWorkbenchActionConstants;
import org.eclipse.ui.actions.ActionFactory;
import org.eclipse.ui.handlers.IHandlerService;

/**
 * Guest memory by linear or by physical address: scrolls through all of it, marks what differs from the stop before, writes what is typed, searches, and sets data
 * watchpoints. At a stop it asks once, for the pages on the screen. Ports are shown with the devices that answer them; they are read and written only when the user says so.
 */
public final class MemoryView extends GuestViewPart implements HexCanvas.Owner {
    public static final String ID = "dev.ringside.ui.memory";

    private static final String GO_TO_LINE = "org.eclipse.ui.edit.text.goto.line";
    private static final int VIRTUAL = 0;
    private static final int PHYSICAL = 1;
    private static final int PORTS = 2;
    /** A PC's RAM leaves this much room below 4 GiB to devices. */
    private static final long HOLE_START = 3L << 30;
    private static final long HOLE_BYTES = 1L << 30;
    private static final long FIRST_4_GIB = 1L << 32;
    /** How far a search by linear address goes: the space has no end worth waiting for. */
    private static final long VIRTUAL_SEARCH_BYTES = 1L << 30;
    private static final int MOST_COPIED_BYTES = 1 << 16;
    /** A longer row of ports is a slip of the hand. */
    private static final int MOST_PORTS_READ = 256;

    private final MemoryPages pages = new MemoryPages();
    private final PortBytes ports = new PortBytes();
    private final Runnable marksListener = this::marksChanged;
    private AddressMarks marks;
    private Combo kind;
    private Text address;
    private Label meaning;
    private HexCanvas hex;
    private SearchBar searchBar;
    private LatestAnswer<MemoryBytes> bytes;
    private LatestAnswer<OptionalLong> places;
    private LatestAnswer<Void> edits;
    private LatestAnswer<List<PortRange>> portMaps;
    private LatestAnswer<byte[]> portReads;
    private Action find;
    private Action readPorts;
    private Action watchWrites;
    private Action watchAccesses;
    /** Edits that are on their way: what the machine tells of the first must not undo what was typed meanwhile. */
    private int writing;

    @Override
    protected Control createPage(Composite parent) {
        Composite page = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().numColumns(3).spacing(4, 2).applyTo(page);
        kind = new Combo(page, SWT.READ_ONLY);
        kind.setItems("Virtual", "Physical", "Ports");
        kind.select(VIRTUAL);
        kind.setToolTipText("Linear addresses through the page tables of this CPU, guest-physical addresses, or ports");
        kind.addListener(SWT.Selection, event -> kindChanged());
        address = new Text(page, SWT.BORDER);
        address.setMessage("Address, symbol or register");
        address.setToolTipText("Where to go: 0x100000, start_kernel+0x1c, rsp (Ctrl+L)");
        address.addListener(SWT.DefaultSelection, event -> goTo(address.getText().strip()));
        GridDataFactory.fillDefaults().hint(190, SWT.DEFAULT).align(SWT.FILL, SWT.CENTER).applyTo(address);
        meaning = new Label(page, SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, false).align(SWT.FILL, SWT.CENTER).applyTo(meaning);
        hex = new HexCanvas(page, pages, this);
        GridDataFactory.fillDefaults().grab(true, true).span(3, 1).applyTo(hex.control());
        searchBar = new SearchBar(page, this::startSearch, this::found, () -> hex.control().setFocus());
        GridDataFactory.fillDefaults().grab(true, false).span(3, 1).exclude(true).applyTo(searchBar.control());
        bytes = new LatestAnswer<>(page);
        places = new LatestAnswer<>(page);
        edits = new LatestAnswer<>(page);
        portMaps = new LatestAnswer<>(page);
        portReads = new LatestAnswer<>(page);
        marks = getSite().getService(AddressMarks.class);
        marks.addListener(marksListener);
        contributeActions();
        return page;
    }

    /** Of memory; while ports are shown, no memory is asked for. */
    private AddressKind kind() {
        return isVirtual() ? AddressKind.VIRTUAL : AddressKind.PHYSICAL;
    }

    private boolean isVirtual() {
        return kind.getSelectionIndex() == VIRTUAL;
    }

    private boolean isPorts() {
        return kind.getSelectionIndex() == PORTS;
    }

    private ShownBytes bytesShown() {
        return isPorts() ? ports : pages;
    }

    // Following the guest

    @Override
    protected void show(GuestVcpu now, GuestVcpu before) {
        bytes.cancel();
        if (now == null) {
            searchBar.cancel();
            forget();
            return;
        }
        if (!isSameMachine(now, before)) {
            searchBar.cancel();
            forget();
            hex.space(spaceBytes(now, 0));
            goTo(now, start(now), 1);
        } else if (now.stopNumber() != before.stopNumber()) {
            pages.nextStop();
            ports.nextStop();
        } else if (writing == 0 && !now.isRunning()) {
            pages.outdate();
            ports.outdate();
        }
        hex.watched(isVirtual() ? marks.watched(now.symbols()) : List.of());
        hex.stale(now.isRunning());
        if (!now.isRunning()) {
            read(now);
        }
        describe();
    }

    private void forget() {
        pages.forget();
        ports.forget();
    }

    private long start(GuestVcpu vcpu) {
        return isVirtual() ? vcpu.pc() : 0;
    }

    private void read(GuestVcpu vcpu) {
        if (isPorts()) {
            readPortMap(vcpu);
        } else {
            readPages(vcpu);
        }
    }

    /** Which ports there are; not what they hold. */
    private void readPortMap(GuestVcpu vcpu) {
        if (!ports.isMapKnown()) {
            portMaps.ask(vcpu.portMap(), map -> {
                ports.map(map);
                hex.redraw();
                describe();
            }, this::say);
        }
    }

    /** Asks for the pages on the screen that are not known, in one request. */
    private void readPages(GuestVcpu vcpu) {
        long first = hex.top() >>> MemoryPages.PAGE_SHIFT;
        long last = hex.top() + hex.visibleBytes() - 1 >>> MemoryPages.PAGE_SHIFT;
        while (first <= last && pages.isKnown(first)) {
            first++;
        }
        while (first <= last && pages.isKnown(last)) {
            last--;
        }
        if (first > last) {
            hex.redraw();
            return;
        }
        AddressKind asked = kind();
        bytes.ask(vcpu.readMemory(asked, first << MemoryPages.PAGE_SHIFT, (int) (last - first + 1) << MemoryPages.PAGE_SHIFT), read -> {
            if (asked == kind() && !isPorts()) {
                pages.put(read);
                hex.redraw();
                describe();
            }
        }, this::say);
    }

    /** @param shownAddress beyond RAM there may be ROM and devices */
    private long spaceBytes(GuestVcpu vcpu, long shownAddress) {
        if (isVirtual()) {
            return 0;
        }
        if (isPorts()) {
            return PortBytes.PORTS;
        }
        long ram = vcpu.memoryBytes() > HOLE_START ? vcpu.memoryBytes() + HOLE_BYTES : vcpu.memoryBytes();
        return Long.compareUnsigned(shownAddress, ram) < 0 ? ram : Math.max(FIRST_4_GIB, (shownAddress | MemoryPages.PAGE_BYTES - 1) + 1);
    }

    private void kindChanged() {
        GuestVcpu vcpu = shown();
        searchBar.cancel();
        pages.forget();
        hex.show(bytesShown());
        watchWrites.setEnabled(isVirtual());
        watchAccesses.setEnabled(isVirtual());
        find.setEnabled(!isPorts());
        if (isPorts()) {
            searchBar.close(); // looking for a byte would read every port
        }
        readPorts.setEnabled(isPorts());
        if (vcpu != null) {
            hex.space(spaceBytes(vcpu, 0));
            hex.watched(isVirtual() ? marks.watched(vcpu.symbols()) : List.of());
            goTo(vcpu, start(vcpu), 1);
            read(vcpu);
        }
    }

    /** As if it had been typed: an address, a symbol or a register. */
    public void goTo(String expression) {
        GuestVcpu vcpu = shown();
        if (vcpu == null || expression.isEmpty()) {
            return;
        }
        places.ask(addressOf(vcpu, expression), found -> {
            if (found.isEmpty()) {
                say(noAddress(expression));
            } else if (isPorts() && Long.compareUnsigned(found.getAsLong(), PortBytes.PORTS) >= 0) {
                say("\"" + expression + "\" is no port: ports end at 0xffff");
            } else {
                say(null);
                goTo(vcpu, found.getAsLong(), 1);
                hex.control().setFocus();
            }
        }, this::say);
    }

    private void goTo(GuestVcpu vcpu, long where, int lengthBytes) {
        if (kind.getSelectionIndex() == PHYSICAL) {
            hex.space(spaceBytes(vcpu, where));
        }
        hex.goTo(where, lengthBytes);
    }

    @Override
    public void scrolled() {
        if (shown() != null) {
            read(shown());
        }
    }

    @Override
    public void selected() {
        if (isPorts()) {
            ports.cursorAt(hex.cursor());
        }
        describe();
    }

    /** The bytes at the cursor as numbers, least significant first, and the symbol they are in. */
    private void describe() {
        GuestVcpu vcpu = shown();
        if (vcpu == null) {
            return;
        }
        String text = isPorts() ? portMeaning(hex.selectionStart()) : memoryMeaning(vcpu, hex.selectionStart());
        if (!meaning.getText().equals(text)) {
            meaning.setText(text);
            meaning.setToolTipText(text);
        }
    }

    private String portMeaning(long port) {
        String device = ports.device(port);
        String words = device == null ? "no device answers here" : ports.at(port) < 0 ? device + "   not read: Enter reads it, and may change the device" : device;
        return "0x" + Long.toHexString(port) + "  " + words;
    }

    private String memoryMeaning(GuestVcpu vcpu, long at) {
        StringBuilder text = new StringBuilder("0x" + Long.toHexString(at));
        String symbol = isVirtual() ? vcpu.symbols().nameOf(at) : null;
        if (symbol != null) {
            text.append("  ").append(symbol);
        }
        for (int size : new int[] {4, 8}) {
            OptionalLong value = number(at, size);
            if (value.isPresent()) {
                text.append("   u").append(8 * size).append(" 0x").append(Long.toHexString(value.getAsLong()));
            }
        }
        if (hex.selectionLength() > 1) {
            text.append("   ").append(hex.selectionLength()).append(" bytes");
        }
        return text.toString();
    }

    private OptionalLong number(long at, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            int octet = pages.at(at + i);
            if (octet < 0) {
                return OptionalLong.empty();
            }
            value |= (long) octet << 8 * i;
        }
        return OptionalLong.of(value);
    }

    // Writing

    @Override
    public void typed(long at, byte value, boolean complete) {
        if (isPorts() && !complete) {
            ports.halfTyped(at, value); // a device gets a byte once
        } else {
            write(at, new byte[] {value});
        }
    }

    private void write(long at, byte[] written) {
        GuestVcpu vcpu = shown();
        if (vcpu == null || !vcpu.canChange()) {
            say((isPorts() ? "ports" : "memory") + " can only be changed while the guest stands still");
            return;
        }
        if (isPorts()) {
            writePorts(vcpu, at, written);
            return;
        }
        for (int i = 0; i < written.length; i++) {
            pages.set(at + i, written[i]);
        }
        hex.redraw();
        writing++;
        edits.ask(vcpu.writeMemory(kind(), at, written).whenComplete((done, failed) -> hex.control().getDisplay().asyncExec(() -> writing--)),
                done -> {
                    say(null);
                    describe();
                }, problem -> {
                    say(problem);
                    pages.outdate();
                    scrolled();
                });
    }

    // Ports

    private void writePorts(GuestVcpu vcpu, long at, byte[] written) {
        if (at + written.length > PortBytes.PORTS) {
            say("there are more bytes than ports from 0x%x on".formatted(at));
            return;
        }
        ports.wasWritten(at, written.length);
        hex.redraw();
        edits.ask(vcpu.writePorts((int) at, written), done -> say(null), this::say);
    }

    /** The Enter key asks a device, which its author may have made to notice. */
    @Override
    public void entered() {
        GuestVcpu vcpu = shown();
        if (vcpu == null || !isPorts()) {
            return;
        }
        if (vcpu.isRunning()) {
            say("ports can only be read while the guest stands still");
            return;
        }
        if (hex.selectionLength() > MOST_PORTS_READ) {
            say("%,d ports are selected; at most %d are read at once".formatted(hex.selectionLength(), MOST_PORTS_READ));
            return;
        }
        long first = hex.selectionStart();
        portReads.ask(vcpu.readPorts((int) first, hex.selectionLength()), read -> {
            say(null);
            ports.wasRead(first, read);
            hex.redraw();
            describe();
        }, this::say);
    }

    private void paste() {
        Clipboard clipboard = new Clipboard(hex.control().getDisplay());
        Object text = clipboard.getContents(TextTransfer.getInstance());
        clipboard.dispose();
        if (text != null) {
            try {
                write(hex.selectionStart(), BytePattern.parse(text.toString()));
            } catch (IllegalArgumentException notBytes) {
                say(notBytes.getMessage());
            }
        }
    }

    // Searching

    /** From behind the cursor to the end. */
    private MemorySearch startSearch(byte[] wanted) {
        GuestVcpu vcpu = shown();
        if (vcpu == null || isPorts()) {
            return null;
        }
        long from = hex.selectionStart() + 1;
        long length = isVirtual() ? VIRTUAL_SEARCH_BYTES : Math.max(0, spaceBytes(vcpu, hex.cursor()) - from);
        return MemorySearch.start(vcpu, kind(), wanted, from, length);
    }

    private void found(long where, int lengthBytes) {
        if (shown() != null) {
            goTo(shown(), where, lengthBytes);
        }
    }

    /** Shows the bar and looks for {@code pattern} from behind the cursor on, as if it had been typed. */
    public void find(String pattern) {
        searchBar.open();
        searchBar.find(pattern);
    }

    // Watchpoints

    private void marksChanged() {
        if (shown() != null && isVirtual()) {
            hex.watched(marks.watched(shown().symbols()));
        }
    }

    private void watch(boolean onRead) {
        if (shown() != null && isVirtual()) {
            marks.watch(hex.selectionStart(), hex.selectionLength(), onRead, true, shown().symbols());
        }
    }

    // Actions

    private void contributeActions() {
        Action goTo = action("Go to Address\tCtrl+L", "go-to", () -> {
            address.setFocus();
            address.selectAll();
        });
        find = action("Find Bytes\tCtrl+F", "find", () -> searchBar.open());
        Action copy = action("Copy\tCtrl+C", "copy", () -> copy(selectedText()));
        Action paste = action("Paste Bytes\tCtrl+V", "copy", this::paste);
        readPorts = action("Read Selected Ports\tEnter", "read-ports", this::entered);
        readPorts.setEnabled(false);
        watchWrites = action("Watch Selection for Writes", "watch", () -> watch(false));
        watchAccesses = action("Watch Selection for Accesses", "watch", () -> watch(true));

        var bars = getViewSite().getActionBars();
        bars.getToolBarManager().add(goTo);
        bars.getToolBarManager().add(find);
        bars.getToolBarManager().add(readPorts);
        bars.getToolBarManager().add(watchWrites);
        bars.setGlobalActionHandler(ActionFactory.COPY.getId(), copy);
        bars.setGlobalActionHandler(ActionFactory.PASTE.getId(), paste);
        bars.setGlobalActionHandler(ActionFactory.FIND.getId(), find);
        getSite().getService(IHandlerService.class).activateHandler(GO_TO_LINE, handler(goTo));

        MenuManager menu = new MenuManager();
        menu.add(goTo);
        menu.add(find);
        menu.add(readPorts);
        menu.add(new Separator());
        menu.add(watchWrites);
        menu.add(watchAccesses);
        menu.add(new Separator());
        menu.add(copy);
        menu.add(paste);
        menu.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS));
        hex.control().setMenu(menu.createContextMenu(hex.control()));
    }

    private String selectedText() {
        StringBuilder text = new StringBuilder();
        int length = Math.min(hex.selectionLength(), MOST_COPIED_BYTES);
        for (int i = 0; i < length; i++) {
            int octet = bytesShown().at(hex.selectionStart() + i);
            text.append(i == 0 ? "" : " ").append(octet < 0 ? "??" : "%02x".formatted(octet));
        }
        return text.toString();
    }

    /** The rows on the screen as text, for scripts and tests. */
    public String text() {
        return hex.text();
    }

    /** Selects bytes, as a drag of the mouse would; scrolls to them when they are not on the screen. For scripts and tests. */
    public void select(long where, int lengthBytes) {
        hex.goTo(where, lengthBytes);
    }

    /** Whether the byte is marked as different from the stop before. */
    public boolean isChanged(long where) {
        return bytesShown().isChanged(where);
    }

    /** What the search bar says of the last search. */
    public String searchOutcome() {
        return searchBar.outcome();
    }

    /** Address of the first selected byte. */
    public long selection() {
        return hex.selectionStart();
    }

    /** By physical addresses, or else by linear ones; as if it had been chosen. */
    public void showPhysical(boolean physical) {
        kind.select(physical ? PHYSICAL : VIRTUAL);
        kindChanged();
    }

    /** As if ports had been chosen. */
    public void showPorts() {
        kind.select(PORTS);
        kindChanged();
    }

    /** What stands beside the address: the symbol or the device, and what the bytes mean. */
    public String meaning() {
        return meaning.getText();
    }

    @Override
    protected void themeChanged() {
        hex.measure();
        super.themeChanged();
    }

    @Override
    public void setFocus() {
        if (shown() == null) {
            super.setFocus();
        } else {
            hex.control().setFocus();
        }
    }

    @Override
    public void dispose() {
        if (marks != null) {
            marks.removeListener(marksListener);
        }
        if (searchBar != null) {
            searchBar.cancel();
        }
        super.dispose();
    }
}
