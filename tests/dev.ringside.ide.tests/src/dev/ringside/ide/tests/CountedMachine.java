package dev.ringside.ide.tests;

import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.debug.core.launch.InvalidFieldException;
import dev.ringside.debug.core.launch.VirtualMachines;
import dev.ringside.machine.MachineControl;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.core.runtime.CoreException;
import org.osgi.framework.FrameworkUtil;

/** A machine that notes what it is asked. */
final class CountedMachine {
    /** Name and arguments of each question, in the order in which they came. */
    final List<Question> questions = new CopyOnWriteArrayList<>();
    private final MachineControl machine;
    /** By the question's name, what its answers wait for. */
    private final Map<String, CompletableFuture<Void>> held = new ConcurrentHashMap<>();

    record Question(String name, List<Object> arguments) {
    }

    private CountedMachine(MachineControl machine) {
        this.machine = machine;
    }

    static CountedMachine of(MachineControl machine) {
        return new CountedMachine(machine);
    }

    /** The embedded sample on a real machine, as a launch would build it. */
    static CountedMachine sample(String memory) throws CoreException, InvalidFieldException {
        return sample(Map.of(GuestLaunchConfiguration.IMAGE, GuestLaunchConfiguration.SAMPLE_KERNEL, GuestLaunchConfiguration.MEMORY, memory));
    }

    /** An embedded sample with other attributes of its launch configuration. */
    static CountedMachine sample(Map<String, Object> attributes) throws CoreException, InvalidFieldException {
        GuestLaunchConfiguration guest = GuestLaunchConfiguration.parse(attributes, text -> {
            throw new AssertionError("the sample has no file " + text);
        });
        return of(new VirtualMachines(FrameworkUtil.getBundle(CountedMachine.class).getBundleContext()).open(guest));
    }

    /** The machine; questions through it are noted. */
    MachineControl control() {
        return (MachineControl) Proxy.newProxyInstance(MachineControl.class.getClassLoader(), new Class<?>[] {MachineControl.class}, (proxy, method, arguments) -> {
            questions.add(new Question(method.getName(), arguments == null ? List.of() : List.of(arguments)));
            try {
                Object answer = method.invoke(machine, arguments);
                CompletableFuture<Void> released = held.get(method.getName());
                return released == null ? answer : ((CompletableFuture<?>) answer).thenCombine(released, (told, now) -> told);
            } catch (InvocationTargetException failed) {
                throw failed.getCause();
            }
        });
    }

    /** From now on, questions of this name are asked, and their answers are not told before {@link #release}. */
    void hold(String question) {
        held.put(question, new CompletableFuture<>());
    }

    void release(String question) {
        held.remove(question).complete(null);
    }

    long count(String name) {
        return questions.stream().filter(question -> question.name.equals(name)).count();
    }

    List<Object> firstArguments(String name) {
        return questions.stream().filter(question -> question.name.equals(name)).map(question -> question.arguments.getFirst()).toList();
    }
}
