package dev.ringside.ide.tests;

import dev.ringside.asm.core.GuestProject;
import dev.ringside.asm.ui.editor.AsmEditor;
import dev.ringside.samples.Sample;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTWorkbenchBot;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IProject;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.jface.text.BadLocationException;
import org.eclipse.jface.text.IDocument;
import org.eclipse.jface.text.Position;
import org.eclipse.jface.text.source.Annotation;
import org.eclipse.jface.text.source.IAnnotationModel;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.widgets.Control;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.ide.IDE;

/** An assembly editor in the hands of a test. */
final class AsmFixture {
    static final String PROJECT = "asm test";

    private final SWTWorkbenchBot bot;
    private final AsmEditor editor;

    private AsmFixture(SWTWorkbenchBot bot, AsmEditor editor) {
        this.bot = bot;
        this.editor = editor;
    }

    static IProject project(Sample sample) throws Exception {
        deleteProjects();
        return GuestProject.create(PROJECT, null, sample, new NullProgressMonitor());
    }

    static AsmFixture open(SWTWorkbenchBot bot, IFile file) {
        AsmEditor editor = PlatformUi.call(() -> {
            try {
                return (AsmEditor) IDE.openEditor(page(), file);
            } catch (PartInitException failed) {
                throw new IllegalStateException(failed);
            }
        });
        return of(bot, editor);
    }

    /** With the focus, and assembled once. */
    static AsmFixture of(SWTWorkbenchBot bot, AsmEditor editor) {
        AsmFixture fixture = new AsmFixture(bot, editor);
        fixture.focus();
        bot.waitUntil(Conditions.that("the text is not assembled", () -> !editor.model().source().symbols().isEmpty()));
        return fixture;
    }

    static AsmEditor active() {
        return PlatformUi.call(() -> page().getActiveEditor() instanceof AsmEditor editor ? editor : null);
    }

    static IWorkbenchPage page() {
        return PlatformUI.getWorkbench().getWorkbenchWindows()[0].getActivePage();
    }

    static void closeAll() {
        PlatformUi.run(() -> page().closeAllEditors(false));
    }

    /** Also ends the guests, and waits for the platform to have shown their last source: it opens no editor on a file that is gone. */
    static void deleteProjects() throws Exception {
        Guests.removeAll();
        SWTWorkbenchBot bot = new SWTWorkbenchBot();
        bot.waitUntil(Conditions.that("the platform looks for a source", () -> Stream.of(Job.getJobManager().find(null)).noneMatch(job -> job.getName().contains("Source"))));
        bot.sync();
        closeAll();
        bot.sync();
        for (IProject project : ResourcesPlugin.getWorkspace().getRoot().getProjects()) {
            project.delete(true, true, new NullProgressMonitor());
        }
    }

    AsmEditor editor() {
        return editor;
    }

    StyledText widget() {
        return (StyledText) editor.getAdapter(Control.class);
    }

    void focus() {
        PlatformUi.run(() -> {
            page().activate(editor);
            widget().setFocus();
        });
        bot.sync();
    }

    String text() {
        return PlatformUi.call(() -> editor.document().get());
    }

    /** Types over the first {@code old}, and leaves the cursor behind what was typed. */
    void replace(String old, String typed) {
        PlatformUi.run(() -> {
            IDocument document = editor.document();
            int at = document.get().indexOf(old);
            if (at < 0) {
                throw new AssertionError("no \"" + old + "\" in the text");
            }
            try {
                document.replace(at, old.length(), typed);
            } catch (BadLocationException impossible) {
                throw new AssertionError(impossible);
            }
            editor.selectAndReveal(at + typed.length(), 0);
        });
        bot.sync();
    }

    /** Puts the cursor {@code into} characters behind the beginning of the first {@code text}. */
    void cursorAt(String text, int into) {
        PlatformUi.run(() -> editor.selectAndReveal(editor.document().get().indexOf(text) + into, 0));
        bot.sync();
    }

    int cursorLine() {
        return PlatformUi.call(() -> widget().getLineAtOffset(widget().getCaretOffset()) + 1);
    }

    int lineOf(String text) {
        String all = text();
        return (int) all.substring(0, all.indexOf(text)).lines().count() + (all.charAt(all.indexOf(text) - 1) == '\n' ? 1 : 0);
    }

    /** Messages of the errors shown in the text, each with the text it marks. */
    List<String> errors() {
        return PlatformUi.call(() -> {
            List<String> errors = new ArrayList<>();
            IAnnotationModel annotations = editor.getDocumentProvider().getAnnotationModel(editor.getEditorInput());
            for (Iterator<Annotation> each = annotations.getAnnotationIterator(); each.hasNext();) {
                Annotation annotation = each.next();
                if (annotation.getType().equals("org.eclipse.ui.workbench.texteditor.error")) {
                    Position at = annotations.getPosition(annotation);
                    errors.add(editor.document().get().substring(at.offset, at.offset + at.length) + ": " + annotation.getText());
                }
            }
            return errors;
        });
    }

    /** Lines with an annotation of a kind in the ruler. */
    Set<Integer> linesOf(String kind) {
        return PlatformUi.call(() -> {
            Set<Integer> lines = new TreeSet<>();
            IAnnotationModel annotations = editor.getDocumentProvider().getAnnotationModel(editor.getEditorInput());
            for (Iterator<Annotation> each = annotations.getAnnotationIterator(); each.hasNext();) {
                Annotation annotation = each.next();
                if (annotation.getType().equals(kind)) {
                    lines.add(widget().getLineAtOffset(annotations.getPosition(annotation).offset) + 1);
                }
            }
            return lines;
        });
    }

    void waitForErrors(int count) {
        bot.waitUntil(Conditions.that(() -> "errors: " + errors(), () -> errors().size() == count));
    }

    void save() {
        PlatformUi.run(() -> editor.doSave(new NullProgressMonitor()));
        bot.sync();
    }
}
