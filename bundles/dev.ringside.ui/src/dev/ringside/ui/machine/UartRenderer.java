package dev.ringside.ui.machine;

import dev.ringside.inspect.InspectNode;
import dev.ringside.ui.state.StateRenderer;
import java.util.List;

/** What the registers of a 16550 say (PC16550D, "Registers"). */
public final class UartRenderer implements StateRenderer {
    private static final int MOST_BAUD = 115_200;

    @Override
    public String summary(List<InspectNode> lines) {
        int divisor = value(lines, "DLM:DLL");
        int line = value(lines, "LCR");
        return divisor <= 0 || line < 0 ? null : MOST_BAUD / divisor + " baud, " + format(line);
    }

    @Override
    public String meaning(InspectNode field) {
        int value = number(field.value());
        return switch (field.name()) {
            case "IER" -> bits(value, "received data", "transmitter empty", "line status", "modem status");
            case "LCR" -> format(value) + ((value & 0x80) != 0 ? ", DLAB" : "");
            case "MCR" -> bits(value, "DTR", "RTS", "OUT1", "OUT2", "loopback");
            case "LSR" -> bits(value, "DR", "OE", "PE", "FE", "BI", "THRE", "TEMT", "FIFO error");
            case "MSR" -> bits(value, "DCTS", "DDSR", "TERI", "DDCD", "CTS", "DSR", "RI", "DCD");
            default -> null;
        };
    }

    /** Word length, parity, stop bits: {@code 8N1}. */
    private static String format(int lcr) {
        String parity = (lcr & 0x08) == 0 ? "N" : (lcr & 0x20) != 0 ? (lcr & 0x10) != 0 ? "S" : "M" : (lcr & 0x10) != 0 ? "E" : "O";
        return 5 + (lcr & 3) + parity + ((lcr & 0x04) == 0 ? "1" : (lcr & 3) == 0 ? "1.5" : "2");
    }

    private static String bits(int value, String... names) {
        StringBuilder set = new StringBuilder();
        for (int bit = 0; bit < names.length; bit++) {
            if ((value >> bit & 1) != 0) {
                set.append(set.isEmpty() ? "" : ", ").append(names[bit]);
            }
        }
        return set.toString();
    }

    /** −1 when there is no such line. */
    private static int value(List<InspectNode> lines, String name) {
        return lines.stream().filter(line -> line.name().equals(name)).mapToInt(line -> number(line.value())).findFirst().orElse(-1);
    }

    private static int number(String text) {
        return text.startsWith("0x") ? Integer.parseInt(text.substring(2), 16) : -1;
    }
}
