package dev.ringside.arch.x86.text;

import dev.ringside.arch.x86.isa.EncodingSamples;
import dev.ringside.arch.x86.isa.Form;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The two Java halves of {@code tests/corpora/capture-objdump.sh}: {@code bytes} writes samples into slots of 32 bytes for objdump to read, {@code text}
 * turns its listing into corpus lines.
 */
public final class DisassemblyCorpus {
    /** The seed of the shipped corpora. */
    static final long SEED = 2;
    private static final int SLOT = 32;
    private static final int RANDOM_SLOTS = 1600;
    private static final Pattern LINE = Pattern.compile("\\s*([0-9a-f]+):\\t((?:[0-9a-f]{2} )+)\\s*\\t?(.*)");

    private DisassemblyCorpus() {
    }

    /** {@code bytes|random BITS OUT} or {@code text|randomtext BITS LISTING OUT HEADER} or {@code code LISTING OUT HEADER}. */
    public static void main(String[] args) throws IOException {
        switch (args[0]) {
            case "bytes" -> Files.write(Path.of(args[2]), slots(Integer.parseInt(args[1])));
            case "text" -> write(Path.of(args[3]), args[4], samples(Integer.parseInt(args[1]), Files.readAllLines(Path.of(args[2]))));
            case "random" -> Files.write(Path.of(args[2]), random(Integer.parseInt(args[1])));
            case "randomtext" -> write(Path.of(args[3]), args[4], randomText(Integer.parseInt(args[1]), Files.readAllLines(Path.of(args[2]))));
            case "code" -> write(Path.of(args[2]), args[3], consecutive(Files.readAllLines(Path.of(args[1]))));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static byte[] slots(int bits) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (EncodingSamples.Sample sample : EncodingSamples.all(bits, SEED)) {
            byte[] slot = new byte[SLOT];
            Arrays.fill(slot, (byte) 0x90);
            System.arraycopy(sample.bytes(), 0, slot, 0, sample.bytes().length);
            out.writeBytes(slot);
        }
        return out.toByteArray();
    }

    private static List<String> samples(int bits, List<String> listing) {
        List<EncodingSamples.Sample> samples = EncodingSamples.all(bits, SEED);
        List<String> lines = new ArrayList<>();
        for (String line : listing) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches() || Integer.parseInt(matcher.group(1), 16) % SLOT != 0) {
                continue;
            }
            int address = Integer.parseInt(matcher.group(1), 16);
            EncodingSamples.Sample sample = samples.get(address / SLOT);
            String bytes = HexFormat.of().formatHex(sample.bytes());
            String told = matcher.group(2).replace(" ", "");
            String text = normalized(matcher.group(3), bits);
            if (isLeftOut(sample.form(), text)) {
                continue;
            }
            lines.add(Integer.toHexString(address) + "\t" + bytes + "\t" + (told.equals(bytes) ? "" : "(length " + told.length() / 2 + ") ") + text);
        }
        return lines;
    }

    /** Slots of random bytes behind the beginnings of all maps and mandatory prefixes. */
    private static byte[] random(int bits) {
        Random random = new Random(SEED * 100 + bits);
        byte[][] beginnings = {{}, {0x0f}, {0x66, 0x0f}, {(byte) 0xf3, 0x0f}, {(byte) 0xf2, 0x0f}, {0x0f, 0x38}, {0x66, 0x0f, 0x38}, {0x66, 0x0f, 0x3a}, {}, {0x0f}};
        byte[] out = new byte[SLOT * RANDOM_SLOTS];
        Arrays.fill(out, (byte) 0x90);
        for (int slot = 0; slot < RANDOM_SLOTS; slot++) {
            byte[] bytes = new byte[15];
            random.nextBytes(bytes);
            byte[] beginning = beginnings[slot % beginnings.length];
            System.arraycopy(beginning, 0, bytes, 0, beginning.length);
            System.arraycopy(bytes, 0, out, slot * SLOT, bytes.length);
        }
        return out;
    }

    /** All fifteen bytes, and the text; for lack of use without index registers that are none and REX bits that mean nothing. */
    private static List<String> randomText(int bits, List<String> listing) {
        byte[] all = random(bits);
        List<String> lines = new ArrayList<>();
        for (String line : listing) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches() || Integer.parseInt(matcher.group(1), 16) % SLOT != 0) {
                continue;
            }
            int address = Integer.parseInt(matcher.group(1), 16);
            String text = normalized(matcher.group(3), bits);
            boolean shown = !text.contains("riz") && !text.contains("eiz") && !text.contains("rex") && !text.startsWith("notrack");
            if (shown) {
                int length = matcher.group(2).replace(" ", "").length() / 2;
                lines.add(Integer.toHexString(address) + "\t" + HexFormat.of().formatHex(all, address, address + Math.min(15, length + 1)) + "\t"
                        + (text.contains("(bad)") ? "(bad)" : length + " " + text));
            }
        }
        return lines;
    }

    /**
     * What objdump says otherwise for a reason: hint-NOPs that later extensions claimed, undocumented encodings that processors take and it does not,
     * fences with another r/m field.
     */
    private static boolean isLeftOut(Form form, String text) {
        return form.is("noasm") || text.startsWith("notrack") || form.insn().mnemonic().equals("SALC") || text.contains("(bad)") && form.insn().mnemonic().endsWith("FENCE");
    }

    private static List<String> consecutive(List<String> listing) {
        List<String> lines = new ArrayList<>();
        for (String line : listing) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                lines.add(matcher.group(1) + "\t" + matcher.group(2).replace(" ", "") + "\t" + normalized(matcher.group(3), 64));
            }
        }
        return lines;
    }

    private static final Pattern NEGATIVE_RIP = Pattern.compile("\\[([re]ip)\\+0x(f{8}[0-9a-f]{8})\\]");

    private static final Pattern PREFIXED = Pattern.compile("((?:(?:repn?z|rep|lock|[c-gs]s|data\\d\\d|addr\\d\\d|rex[.A-Z]*) )*)(\\S*)(.*)");

    /** One space between mnemonic and operands, none at the end. */
    static String text(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    /** objdump's text with the differences of {@code README-x86-disasm.md} taken out. */
    private static String normalized(String told, int bits) {
        Matcher parts = PREFIXED.matcher(text(told));
        if (!parts.matches()) {
            throw new AssertionError(told);
        }
        String mnemonic = parts.group(2);
        String text = mnemonic + parts.group(3);
        String size = bits == 16 ? "w" : bits == 32 ? "d" : "q";
        text = switch (mnemonic) {
            case "pushf", "popf", "pusha", "popa" -> mnemonic + size;
            case "iret" -> bits == 16 ? "iretw" : "iretd";
            case "sysret", "sysexit" -> mnemonic + "d";
            case "sgdtw", "sidtw", "lgdtw", "lidtw" -> bits == 16 ? text.substring(0, 4) + text.substring(5) : text;
            case "sgdtd", "sidtd", "lgdtd", "lidtd" -> bits == 32 ? text.substring(0, 4) + text.substring(5) : text;
            default -> text.replaceFirst("\\((8087|287) only\\)", "");
        };
        if (parts.group(1).matches(".*rex\\.W[RXB]* ") && text.matches("(jmp|call) FWORD.*")) {
            return signed(parts.group(1).replaceFirst("rex\\.W[RXB]* $", "") + text.replace("FWORD", "TBYTE"));
        }
        text = text.replaceFirst("^(l[sfg]s r(?:[a-z]{2}|[0-9]+)),FWORD", "$1,TBYTE");
        return signed(parts.group(1) + text);
    }

    private static String signed(String text) {
        return NEGATIVE_RIP.matcher(text).replaceAll(m -> "[" + m.group(1) + "-0x" + Long.toHexString(-Long.parseUnsignedLong(m.group(2), 16)) + "]");
    }

    private static void write(Path file, String header, List<String> lines) throws IOException {
        List<String> all = new ArrayList<>();
        header.lines().forEach(line -> all.add("# " + line));
        all.addAll(lines);
        Files.write(file, all);
    }
}
