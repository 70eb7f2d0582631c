package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IoHandler;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import java.util.ArrayList;
import java.util.List;

/**
 * Connects local APICs and the I/O APIC: carries messages to their destinations and ends of interrupt back. It also answers the page
 * (normally 0xFEE00000) at which each processor sees its own local APIC.
 */
public final class ApicBus implements Device {
    static final long DEFAULT_BASE = 0xfee00000L;
    private static final long PAGE_BYTES = 4096;

    /** Hears the end of a level-triggered interrupt. */
    @FunctionalInterface
    interface EoiListener {
        void endOfInterrupt(int vector);
    }

    private final String name;
    private final DeviceContext context;
    private final List<LocalApic> apics = new ArrayList<>();
    private final List<Page> pages = new ArrayList<>();
    private EoiListener eoiListener = vector -> {
    };
    private boolean extended;

    public ApicBus(String name, DeviceContext context) {
        this.name = name;
        this.context = context;
        page(DEFAULT_BASE);
    }

    @Override
    public String name() {
        return name;
    }

    void connect(LocalApic apic) {
        apics.add(apic);
    }

    /** {@link dev.ringside.device.Board#extendDestinations}. */
    void extendDestinations(boolean on) {
        extended = on;
    }

    boolean hasExtendedDestinations() {
        return extended;
    }

    void onEndOfInterrupt(EoiListener listener) {
        eoiListener = listener;
    }

    List<LocalApic> apics() {
        return apics;
    }

    /** A local APIC is seen at {@code base} from now on, or nowhere; makes sure that its page is answered. */
    void located(long base) {
        page(base);
        for (Page page : pages) {
            page.enable(isUsed(page.gpa));
        }
    }

    private boolean isUsed(long gpa) {
        if (apics.isEmpty()) {
            return gpa == DEFAULT_BASE;
        }
        for (LocalApic apic : apics) {
            if (apic.mmioBase() == gpa) {
                return true;
            }
        }
        return false;
    }

    /** Pages that no processor uses any more are moved, so there are never more pages than processors. */
    private void page(long gpa) {
        Page unused = null;
        for (Page page : pages) {
            if (page.gpa == gpa) {
                return;
            }
            if (!isUsed(page.gpa)) {
                unused = page;
            }
        }
        if (gpa >= 0 && unused != null) {
            unused.move(gpa);
        } else if (gpa >= 0) {
            pages.add(new Page(gpa));
        }
    }

    /** An address at which at least one processor sees its APIC. */
    private final class Page implements IoHandler {
        private long gpa;
        private final DeviceContext.Region region;
        private boolean enabled = true;

        Page(long gpa) {
            this.gpa = gpa;
            this.region = context.claimMmio(ApicBus.this, gpa, PAGE_BYTES, this);
        }

        void move(long newGpa) {
            gpa = newGpa;
            region.move(newGpa);
        }

        void enable(boolean on) {
            if (on != enabled) {
                enabled = on;
                region.enable(on);
            }
        }

        @Override
        public long read(long offset, int sizeBytes) {
            LocalApic apic = own();
            return apic == null ? -1 : apic.read(offset, sizeBytes);
        }

        @Override
        public void write(long offset, int sizeBytes, long value) {
            LocalApic apic = own();
            if (apic != null) {
                apic.write(offset, sizeBytes, value);
            }
        }

        private LocalApic own() {
            int vcpu = context.currentVcpu();
            LocalApic apic = vcpu < apics.size() ? apics.get(vcpu) : null;
            return apic != null && apic.mmioBase() == gpa ? apic : null;
        }
    }

    /** Delivers to every APIC that {@code message} is for; with lowest priority to one of them. @return whether one accepted it */
    boolean deliver(InterruptMessage message) {
        if (message.mode() == InterruptMessage.LOWEST_PRIORITY) {
            LocalApic least = leastBusy(message);
            return least != null && least.accept(message);
        }
        boolean accepted = false;
        for (LocalApic apic : apics) {
            if (apic.matches(message)) {
                accepted |= apic.accept(message);
            }
        }
        return accepted;
    }

    /** Lowest-priority arbitration (SDM 3A 11.6.2.4); among equals the first processor. */
    private LocalApic leastBusy(InterruptMessage message) {
        LocalApic least = null;
        for (LocalApic apic : apics) {
            if (apic.isSoftwareEnabled() && apic.matches(message) && (least == null || apic.processorPriority() < least.processorPriority())) {
                least = apic;
            }
        }
        return least;
    }

    /** To all, or to all but {@code sender}: the shorthands of the interrupt command register. */
    void broadcast(InterruptMessage message, LocalApic sender, boolean includingSender) {
        if (message.mode() == InterruptMessage.LOWEST_PRIORITY) {
            LocalApic least = null;
            for (LocalApic apic : apics) {
                if ((includingSender || apic != sender) && apic.isSoftwareEnabled()
                        && (least == null || apic.processorPriority() < least.processorPriority())) {
                    least = apic;
                }
            }
            if (least != null) {
                least.accept(message);
            }
            return;
        }
        for (LocalApic apic : apics) {
            if (includingSender || apic != sender) {
                apic.accept(message);
            }
        }
    }

    void endOfInterrupt(int vector) {
        eoiListener.endOfInterrupt(vector);
    }

    /** INTR of the 8259As, wired to LINT0 of every local APIC. */
    void externalInterrupt(boolean high) {
        for (LocalApic apic : apics) {
            apic.lint0(high);
        }
    }

    /** An NMI of the chipset, wired to LINT1 of every local APIC. */
    void nmi() {
        for (LocalApic apic : apics) {
            apic.lint1();
        }
    }

    @Override
    public void reset() {
        // The local APICs reset themselves and say where they are.
    }

    @Override
    public void save(StateWriter out) {
        // Pages follow from the APICs' base addresses.
    }

    @Override
    public void restore(StateReader in) {
        // See save.
    }

    @Override
    public void inspect(Inspector out) {
        for (LocalApic apic : apics) {
            out.child(apic.name(), apic);
        }
    }
}
