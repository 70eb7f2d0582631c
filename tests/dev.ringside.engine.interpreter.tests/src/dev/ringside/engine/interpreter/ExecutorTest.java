package dev.ringside.engine.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What HotSpot must be able to do with the loop in which guests spend their time. */
class ExecutorTest {
    /** HotSpot's HugeMethodLimit: longer methods stay interpreted for ever. */
    private static final int HUGE_METHOD_BYTES = 8000;

    @Test
    void loopIsShortEnoughToBeCompiled() throws IOException {
        CodeAttribute code = loop().findAttribute(java.lang.classfile.Attributes.code()).orElseThrow();

        assertThat(code.codeLength()).isLessThan(HUGE_METHOD_BYTES);
    }

    @Test
    void loopCallsOnlyWhatIsInlinedOrLeavesIt() throws IOException {
        Set<String> called = loop().code().orElseThrow().elementStream().filter(InvokeInstruction.class::isInstance).map(InvokeInstruction.class::cast)
                .map(i -> i.owner().name().stringValue().replaceAll(".*/", "") + "." + i.name().stringValue())
                .filter(name -> !name.startsWith("RawMemory.") && !name.startsWith("Long.") && !name.startsWith("Integer."))
                .collect(Collectors.toSet());

        assertThat(called).containsExactlyInAnyOrder("SoftMmu.longs", "Executor.cacheIndex", "Executor.leave", "Executor.slow");
    }

    private static MethodModel loop() throws IOException {
        try (InputStream in = Executor.class.getResourceAsStream("Executor.class")) {
            ClassModel model = ClassFile.of().parse(in.readAllBytes());
            return model.methods().stream().filter(m -> m.methodName().equalsString("loop")).findFirst().orElseThrow();
        }
    }
}
