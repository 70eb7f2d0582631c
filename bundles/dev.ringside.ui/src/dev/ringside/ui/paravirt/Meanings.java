package dev.ringside.ui.paravirt;

import dev.ringside.inspect.InspectNode;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Words for the values of a paravirtual interface's tree: Documentation/virt/kvm/x86/msr.rst, TLFS 2.6, 5.2.1, 11 and 12. */
final class Meanings {
    /** A value and what it means, as interfaces tell it: {@code 1: steal time}, {@code 2 (even: consistent)}, {@code vector 0x43, slot: empty}. */
    private static final Pattern EXPLAINED = Pattern.compile("([01]): (.*)|(\\d+) \\((.*)\\)|(?<route>(?:vector 0x|masked).*), slot: (?<slot>.*)");
    /** Registers with the address of a shared page, and bit 0 to switch it on. */
    private static final Pattern PLACE = Pattern.compile(
        "(MSR_KVM_SYSTEM_TIME|MSR_KVM_STEAL_TIME|MSR_KVM_PV_EOI_EN|MSR_KVM_ASYNC_PF_EN|HV_X64_MSR_(HYPERCALL|REFERENCE_TSC|VP_ASSIST_PAGE|SIMP|SIEFP)|SIMP|SIEFP)(_NEW)?( of .*)?");
    private static final Pattern NUMBER = Pattern.compile("0x[0-9a-f]{1,16}");
    private static final Pattern LETTERS = Pattern.compile("E[BCD]X");
    private static final Pattern SINT = Pattern.compile("HV_X64_MSR_SINT\\[\\d+]");
    /** What fields of shared pages are for. */
    private static final Map<String, String> FIELDS = Map.ofEntries(
        Map.entry("tsc_timestamp", "TSC when the page was written"),
        Map.entry("system_time (ns)", "the time then"),
        Map.entry("tsc_shift", "ticks since then are shifted to the left by this first"),
        Map.entry("tsc_to_system_mul", "ns in a shifted tick; 32 fraction bits"),
        Map.entry("PVCLOCK_TSC_STABLE_BIT", "1: the same on all processors"),
        Map.entry("PVCLOCK_GUEST_STOPPED", "1: the machine was paused for long"),
        Map.entry("reads now (ns)", "what a guest computes that reads the page now"),
        Map.entry("steal (ns)", "time in which it could have run and did not"),
        Map.entry("KVM_VCPU_PREEMPTED", "1: it has no processor of the host's now"),
        Map.entry("KVM_VCPU_FLUSH_TLB", "1: flush before it runs again"),
        Map.entry("reference counter (100 ns)", "HV_X64_MSR_TIME_REF_COUNT"),
        Map.entry("TscSequence", "another one when the page was rewritten; 0: of no use now"),
        Map.entry("TscScale", "units of 100 ns in a tick; 64 fraction bits"),
        Map.entry("TscOffset", "added, in units of 100 ns"),
        Map.entry("reads now (100 ns)", "what a guest computes that reads the page now"),
        Map.entry("no EOI required", "1: the guest ends its interrupt by clearing this"));
    private static final int OPEN_SOURCE = 1 << 7;
    private static final int LINUX = 1;
    private static final Pattern STIMER_CONFIG = Pattern.compile("HV_X64_MSR_STIMER\\[[0246]]|CONFIG");
    private static final long PAGE_OFFSET = 0xfff;

    private Meanings() {
    }

    /** The line without the words that stand in the other column. */
    static InspectNode plain(InspectNode line) {
        Matcher explained = EXPLAINED.matcher(line.value());
        return explained.matches() ? new InspectNode(line.name(), first(explained.group(1), explained.group(3), explained.group("slot")), line.part()) : line;
    }

    /** Of whichever alternative matched. */
    private static String first(String... alternatives) {
        return Stream.of(alternatives).filter(Objects::nonNull).findFirst().orElseThrow();
    }

    /** @return empty when there is nothing to say */
    static String of(String part, InspectNode line) {
        String name = line.name();
        Matcher explained = EXPLAINED.matcher(line.value());
        if (explained.matches()) {
            return first(explained.group(2), explained.group(4), explained.group("route"));
        }
        if (FIELDS.containsKey(name)) {
            return FIELDS.get(name);
        }
        if (!NUMBER.matcher(line.value()).matches()) {
            return "";
        }
        long value = Long.parseUnsignedLong(line.value().substring(2), 16);
        if (name.equals("HV_X64_MSR_GUEST_OS_ID")) {
            return guestOs(value);
        }
        if (PLACE.matcher(name).matches()) {
            return (value & 1) == 0 ? "off" : "on, at 0x%x".formatted(value & (name.contains("KVM") ? alignment(name) : ~PAGE_OFFSET));
        }
        if (part.contains("KVM_CPUID_SIGNATURE") || part.contains("VendorAndMaxFunction") || part.contains("HvInterface")) {
            return LETTERS.matcher(name).matches() || part.contains("HvInterface") && name.equals("EAX") ? letters((int) value) : name.equals("EAX") ? "last leaf" : "";
        }
        if (SINT.matcher(name).matches()) {
            return sint(value);
        }
        return STIMER_CONFIG.matcher(name).matches() ? stimer(value) : "";
    }

    /** Bits below the alignment are switches. */
    private static long alignment(String name) {
        return name.startsWith("MSR_KVM_STEAL_TIME") || name.startsWith("MSR_KVM_ASYNC_PF_EN") ? ~63L : ~1L;
    }

    /** TLFS 2.6: open source, its kind and its version, which Linux writes as LINUX_VERSION_CODE; else a vendor. */
    private static String guestOs(long value) {
        int vendor = (int) (value >>> 48);
        if (value == 0) {
            return "the guest has not said who it is: it makes no hypercalls";
        }
        if ((vendor >>> 8 & OPEN_SOURCE) == 0) {
            return "vendor %d".formatted(vendor);
        }
        int kind = vendor >>> 8 & ~OPEN_SOURCE;
        int version = (int) (value >>> 16);
        return kind == LINUX ? "Linux %d.%d.%d".formatted(version >>> 16, version >>> 8 & 0xff, version & 0xff) : "open source, kind 0x%x".formatted(kind);
    }

    private static String letters(int value) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            int letter = value >>> 8 * i & 0xff;
            text.append(letter >= ' ' && letter < 0x7f ? String.valueOf((char) letter) : "");
        }
        return text.isEmpty() ? "" : "\"" + text + "\"";
    }

    /** TLFS 11.8.4. */
    private static String sint(long value) {
        if ((value & 1 << 16) != 0) {
            return "masked";
        }
        return "vector 0x%x".formatted(value & 0xff) + ((value & 1 << 17) != 0 ? ", AutoEOI" : "") + ((value & 1 << 18) != 0 ? ", polling" : "");
    }

    /** TLFS 12.2.1. */
    private static String stimer(long value) {
        if (value == 0) {
            return "off";
        }
        String to = (value & 1 << 12) != 0 ? "vector 0x%x".formatted(value >> 4 & 0xff) : "SINT" + (value >> 16 & 0xf);
        return ((value & 1) != 0 ? "on, " : "off, ") + ((value & 2) != 0 ? "periodic" : "one-shot") + ((value & 4) != 0 ? ", lazy" : "")
            + ((value & 8) != 0 ? ", auto-enable" : "") + ", to " + to;
    }
}
