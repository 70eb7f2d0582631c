package dev.ringside.arch.x86.asm;

import dev.ringside.arch.x86.isa.Operand.Mem;
import dev.ringside.arch.x86.isa.Operand.Reg;
import dev.ringside.arch.x86.isa.Operand.RegisterClass;
import dev.ringside.arch.x86.text.RegisterNames;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Register names as the source has them. */
final class RegisterWords {
    private static final Map<String, Reg> BY_NAME = new HashMap<>();

    static {
        for (int i = 0; i < 16; i++) {
            for (int bits = 8; bits <= 64; bits <<= 1) {
                BY_NAME.put(RegisterNames.general(i, bits), new Reg(RegisterClass.GENERAL, i, bits));
            }
            BY_NAME.put("cr" + i, new Reg(RegisterClass.CONTROL, i, 0));
            BY_NAME.put("xmm" + i, new Reg(RegisterClass.XMM, i, 128));
        }
        for (int i = 0; i < 8; i++) {
            BY_NAME.put("dr" + i, new Reg(RegisterClass.DEBUG, i, 0));
            BY_NAME.put("mm" + i, new Reg(RegisterClass.MMX, i, 64));
            BY_NAME.put("st" + i, new Reg(RegisterClass.X87, i, 80));
        }
        BY_NAME.put("st", new Reg(RegisterClass.X87, 0, 80));
        for (int i = 0; i < 6; i++) {
            BY_NAME.put(RegisterNames.segment(i), new Reg(RegisterClass.SEGMENT, i, 16));
        }
        String[] high = {"ah", "ch", "dh", "bh"};
        for (int i = 0; i < 4; i++) {
            BY_NAME.put(high[i], new Reg(RegisterClass.HIGH_BYTE, i, 8));
        }
        BY_NAME.put("rip", new Reg(RegisterClass.GENERAL, Mem.RIP, 64));
        BY_NAME.put("eip", new Reg(RegisterClass.GENERAL, Mem.RIP, 32));
    }

    private RegisterWords() {
    }

    static Set<String> names() {
        return Set.copyOf(BY_NAME.keySet());
    }

    /** The register of that name, or null. */
    static Reg find(String word) {
        return BY_NAME.get(word.toLowerCase(Locale.ROOT));
    }
}
