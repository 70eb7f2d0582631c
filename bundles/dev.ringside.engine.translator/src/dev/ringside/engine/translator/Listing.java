package dev.ringside.engine.translator;

import dev.ringside.arch.Architecture;
import dev.ringside.arch.CodeSource;
import dev.ringside.engine.interpreter.Block;
import dev.ringside.ir.GuestState;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.IrInsn;
import dev.ringside.ir.IrOptimizer;
import dev.ringside.ir.IrPrinter;
import dev.ringside.ir.Op;
import dev.ringside.ir.StateField;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * How code is translated, side by side: for people.
 *
 * @param rows guest instructions, block by block
 * @param frame the bytecode around them: what fetches the registers first, and what leaves
 * @param bytecodeBytes length of the method
 */
public record Listing(List<Row> rows, List<String> frame, int bytecodeBytes) {
    private static final int BLOCK_INSTRUCTIONS = 64;

    /**
     * One guest instruction.
     *
     * @param pc of its first byte
     * @param startsBlock whether it is the first of its block
     * @param ir as lifted
     * @param optimized what is left of that when the whole block has been looked at
     * @param bytecode what it became, local variables by the names of the registers they hold
     */
    public record Row(long pc, int lengthBytes, boolean startsBlock, List<String> ir, List<String> optimized, List<String> bytecode) {
    }

    /**
     * The region from {@code pc} on, as far as jumps to constants lead inside {@code code}.
     *
     * @param modeKey the mode, see {@link dev.ringside.arch.Cpu#modeKey()}
     * @param code the bytes from an address on, or null where there are none
     * @param maxInstructions of the region
     */
    public static Listing of(Architecture architecture, int modeKey, long pc, LongFunction<CodeSource> code, int maxInstructions) {
        var lifted = new ArrayList<IrBlock>();
        var optimized = new ArrayList<IrBlock>();
        var seen = new ArrayList<Long>(List.of(pc));
        int stateSlots = architecture.layout().slotCount();
        var blocks = new ArrayList<Block>();
        int instructions = 0;
        for (int i = 0; i < seen.size() && instructions < maxInstructions; i++) {
            CodeSource source = code.apply(seen.get(i));
            IrBlock ir = source == null ? null : architecture.lifter().lift(source, modeKey, seen.get(i), Math.min(BLOCK_INSTRUCTIONS, maxInstructions - instructions));
            if (ir == null) {
                continue;
            }
            IrBlock better = IrOptimizer.optimize(ir);
            Block block = Block.of(better, stateSlots);
            lifted.add(ir);
            optimized.add(better);
            blocks.add(block);
            instructions += block.count;
            for (long target : block.targets) {
                if (target != 0 && !seen.contains(target)) {
                    seen.add(target);
                }
            }
        }
        if (blocks.isEmpty()) {
            return new Listing(List.of(), List.of(), 0);
        }
        return new Writer(architecture, lifted, optimized, blocks).write();
    }

    private static final class Writer {
        private final Architecture architecture;
        private final List<IrBlock> lifted;
        private final List<IrBlock> optimized;
        private final List<Block> blocks;
        private final RegionCompiler compiler;
        private final Map<Label, String> labels = new HashMap<>();

        Writer(Architecture architecture, List<IrBlock> lifted, List<IrBlock> optimized, List<Block> blocks) {
            this.architecture = architecture;
            this.lifted = lifted;
            this.optimized = optimized;
            this.blocks = blocks;
            int stateSlots = architecture.layout().slotCount();
            compiler = RegionCompiler.forListing(blocks.toArray(new Block[0]), stateSlots, Math.min(stateSlots + GuestState.SPARE_SLOTS, 4096) - 1);
        }

        Listing write() {
            byte[] bytes = compiler.write().bytes();
            Map<Integer, List<String>> byLine = bytecode(bytes);
            var rows = new ArrayList<Row>();
            for (int b = 0; b < blocks.size(); b++) {
                List<List<String>> before = byInstruction(lifted.get(b));
                List<List<String>> after = byInstruction(optimized.get(b));
                Block block = blocks.get(b);
                for (int i = 0; i < block.count; i++) {
                    int end = i + 1 < block.count ? block.offsets[i + 1] : block.lengthBytes;
                    rows.add(new Row(block.pc + block.offsets[i], end - block.offsets[i], i == 0, before.get(i), after.get(i),
                        byLine.getOrDefault(1 + (b << 8 | i), List.of())));
                }
            }
            return new Listing(List.copyOf(rows), byLine.getOrDefault(RegionCompiler.FRAME_LINES, List.of()), RegionCompiler.codeLength(bytes));
        }

        private static List<List<String>> byInstruction(IrBlock block) {
            var all = new ArrayList<List<String>>();
            for (IrInsn insn : block.insns()) {
                if (insn.op() == Op.INSN) {
                    all.add(new ArrayList<>());
                } else {
                    all.getLast().add(IrPrinter.print(insn));
                }
            }
            return all;
        }

        private Map<Integer, List<String>> bytecode(byte[] classFile) {
            var code = ClassFile.of().parse(classFile).methods().stream().filter(m -> m.methodName().equalsString("run")).findFirst().orElseThrow()
                .findAttribute(Attributes.code()).orElseThrow();
            code.elementStream().filter(BranchInstruction.class::isInstance).map(BranchInstruction.class::cast)
                .forEach(b -> labels.computeIfAbsent(b.target(), l -> "L" + labels.size()));
            var byLine = new TreeMap<Integer, List<String>>();
            int line = 0;
            for (CodeElement element : code.elementList()) {
                if (element instanceof LineNumber number) {
                    line = number.line();
                    continue;
                }
                String text = element instanceof LabelTarget target ? labels.containsKey(target.label()) ? labels.get(target.label()) + ":" : null
                    : element instanceof Instruction instruction ? text(instruction) : null;
                if (text != null) {
                    byLine.computeIfAbsent(line, l -> new ArrayList<>()).add(text);
                }
            }
            return byLine;
        }

        private String text(Instruction instruction) {
            String name = instruction.opcode().name().toLowerCase(Locale.ROOT);
            return switch (instruction) {
                case LoadInstruction load -> name.replaceFirst("_.*", "") + " " + variable(load.slot());
                case StoreInstruction store -> name.replaceFirst("_.*", "") + " " + variable(store.slot());
                case IncrementInstruction increment -> "iinc " + variable(increment.slot()) + ", " + increment.constant();
                case BranchInstruction branch -> name.replaceFirst("_w$", "") + " " + labels.get(branch.target());
                case FieldInstruction field -> name + " " + field.name().stringValue();
                case InvokeInstruction invoke -> name + " " + invoke.owner().asInternalName().replaceFirst(".*/", "") + "." + invoke.name().stringValue();
                case ConstantInstruction.LoadConstantInstruction constant -> constant.typeKind().name().startsWith("REF") ? "ldc constant"
                    : "ldc " + constant.constantValue();
                case ConstantInstruction constant -> "ldc " + constant.constantValue();
                default -> name;
            };
        }

        private String variable(int local) {
            int slot = compiler.slotOf(local);
            if (slot < 0) {
                return RegionCompiler.nameOf(local);
            }
            for (StateField field : architecture.layout().fields()) {
                boolean wide = field.type().bits() > 64;
                if (field.slot() == slot) {
                    return wide ? field.name() + ".low" : field.name();
                }
                if (wide && field.slot() + 1 == slot) {
                    return field.name() + ".high";
                }
            }
            return "t" + (slot - architecture.layout().slotCount());
        }
    }
}
