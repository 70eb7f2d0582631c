package dev.ringside.asm.ui.editor;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.x86.asm.Vocabulary;
import dev.ringside.arch.x86.decode.Decoder;
import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.Insn;
import dev.ringside.arch.x86.isa.X86Instruction;
import dev.ringside.asm.core.AsmLine;
import dev.ringside.asm.core.AsmLine.Kind;
import dev.ringside.asm.core.AsmLine.Word;
import dev.ringside.asm.core.AsmSource;
import dev.ringside.asm.core.AsmSource.Symbol;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.eclipse.jface.text.DefaultInformationControl;
import org.eclipse.jface.text.IInformationControlCreator;
import org.eclipse.jface.text.IRegion;
import org.eclipse.jface.text.ITextHover;
import org.eclipse.jface.text.ITextHoverExtension;
import org.eclipse.jface.text.ITextViewer;
import org.eclipse.jface.text.Position;
import org.eclipse.jface.text.Region;
import org.eclipse.jface.text.information.IInformationProvider;
import org.eclipse.jface.text.source.Annotation;
import org.eclipse.jface.text.source.IAnnotationModel;

/** What is wrong with a word, or what it means: an instruction by the manual, a register by its value in the guest, a name by its address. */
final class AsmHover implements ITextHover, ITextHoverExtension, IInformationProvider {
    private static final int MOST_ENCODINGS = 14;

    private final AsmEditor editor;

    AsmHover(AsmEditor editor) {
        this.editor = editor;
    }

    @Override
    public IRegion getHoverRegion(ITextViewer viewer, int offset) {
        AsmSource source = new AsmSource(viewer.getDocument().get());
        int lineStart = source.offset(source.lineOf(offset), 1);
        return source.wordAt(offset).map(word -> (IRegion) new Region(lineStart + word.start(), word.end() - word.start())).orElse(new Region(offset, 0));
    }

    @Override
    @SuppressWarnings("deprecation") // the extension that replaces it changes nothing for text
    public String getHoverInfo(ITextViewer viewer, IRegion region) {
        AsmSource source = new AsmSource(viewer.getDocument().get());
        String problem = problemAt(region.getOffset());
        String meaning = source.wordAt(region.getOffset()).map(word -> meaning(source, word, source.lineOf(region.getOffset()))).orElse(null);
        return problem == null && meaning == null ? null : HoverText.of(problem, meaning);
    }

    private String problemAt(int offset) {
        IAnnotationModel annotations = editor.viewer().getAnnotationModel();
        if (annotations == null) {
            return null;
        }
        for (Iterator<Annotation> each = annotations.getAnnotationIterator(); each.hasNext();) {
            if (each.next() instanceof LiveProblems.AsmError error) {
                Position position = annotations.getPosition(error);
                if (position != null && offset >= position.offset && offset <= position.offset + position.length) {
                    return error.getText();
                }
            }
        }
        return null;
    }

    /** Null when there is nothing to say. */
    String meaning(AsmSource source, Word word, int line) {
        return switch (word.kind()) {
            case MNEMONIC -> instruction(source, word.text(), line);
            case REGISTER -> RegisterInGuest.describe(word.text());
            case DECLARATION, NAME -> source.symbol(word.text(), line).map(this::symbol).orElse(null);
            case NUMBER, STRING, COMMENT, SYMBOL, DIRECTIVE -> null;
        };
    }

    private String instruction(AsmSource source, String mnemonic, int line) {
        AsmModel.Code code = editor.model().codeOf(line);
        Form chosen = code == null ? null : form(code.bytes(), codeBits(source, line), mnemonic);
        List<Form> forms = new ArrayList<>(Vocabulary.forms(mnemonic));
        if (forms.isEmpty()) {
            return null;
        }
        Insn insn = chosen == null ? forms.getFirst().insn() : chosen.insn();
        forms.removeIf(form -> form.is("noasm") || form.insn() != insn);
        String others = Vocabulary.forms(mnemonic).stream().map(Form::insn).filter(other -> other != insn).distinct().map(Insn::title).collect(Collectors.joining("; "));
        return HoverText.of(ManualText.title(insn), ManualText.flags(insn), insn.feature().isEmpty() ? null : "Needs the processor feature " + insn.feature(),
                code == null ? null : "Here: " + bytes(code.bytes()) + " at 0x" + Long.toHexString(code.address()) + (chosen == null ? "" : "  (" + ManualText.encoding(chosen).strip().replaceAll(" {2,}", "  ") + ")"),
                "Encodings:", encodings(forms), others.isEmpty() ? null : "The same mnemonic: " + others);
    }

    private static String encodings(List<Form> forms) {
        String text = forms.stream().limit(MOST_ENCODINGS).map(form -> "  " + ManualText.encoding(form)).collect(Collectors.joining("\n"));
        return forms.size() <= MOST_ENCODINGS ? text : text + "\n  and " + (forms.size() - MOST_ENCODINGS) + " more";
    }

    /** The form that the assembler chose, when the bytes are one instruction of that mnemonic. */
    private static Form form(byte[] bytes, int codeBits, String mnemonic) {
        X86Instruction decoded = Decoder.decode(CodeSource.of(bytes, 0, bytes.length), codeBits);
        boolean same = decoded.form() != null && Vocabulary.forms(mnemonic).stream().anyMatch(form -> form.insn() == decoded.form().insn());
        return same ? decoded.form() : null;
    }

    private static int codeBits(AsmSource source, int line) {
        for (int above = line; above >= 1; above--) {
            List<Word> words = AsmLine.words(source.line(above));
            for (int i = 0; i + 1 < words.size(); i++) {
                if (words.get(i).kind() == Kind.DIRECTIVE && words.get(i).text().equalsIgnoreCase("bits") && words.get(i + 1).text().matches("16|32|64")) {
                    return Integer.parseInt(words.get(i + 1).text());
                }
            }
        }
        return 64;
    }

    private String symbol(Symbol symbol) {
        OptionalLong value = editor.model().value(symbol.name());
        String known = value.isEmpty() ? "not known until the source has no errors" : "0x" + Long.toHexString(value.getAsLong());
        String decimal = symbol.isConstant() && value.isPresent() ? " (" + value.getAsLong() + ")" : "";
        return HoverText.of(symbol.name() + " \u2014 " + (symbol.isConstant() ? "constant" : symbol.isLocal() ? "local label" : "label"),
                (symbol.isConstant() ? "Value: " : "Address: ") + known + decimal, "Declared in line " + symbol.line());
    }

    private static String bytes(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte octet : bytes) {
            text.append(text.isEmpty() ? "" : " ").append("%02x".formatted(octet));
        }
        return text.toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public IRegion getSubject(ITextViewer viewer, int offset) {
        return getHoverRegion(viewer, offset);
    }

    @Override
    @SuppressWarnings("deprecation") // the extension that replaces it changes nothing for text
    public String getInformation(ITextViewer viewer, IRegion subject) {
        return getHoverInfo(viewer, subject);
    }

    @Override
    public IInformationControlCreator getHoverControlCreator() {
        return parent -> new DefaultInformationControl(parent, "Press F2 for focus", new HoverText());
    }

}
