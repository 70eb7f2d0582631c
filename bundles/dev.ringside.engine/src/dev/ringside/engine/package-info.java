/**
 * What running a virtual CPU means, whatever runs it.
 *
 * <p>An {@link dev.ringside.engine.EngineProvider} makes an {@link dev.ringside.engine.Engine} for one machine; the engine makes a
 * {@link dev.ringside.engine.Vcpu} for each processor; {@link dev.ringside.engine.Vcpu#run} goes on until a {@link dev.ringside.engine.VmExit}.
 * {@link dev.ringside.engine.SoftMmu} is guest memory through translations, shared by the engines that run IR.
 *
 * <pre>{@code
 * Engine engine = provider.create(new EngineConfig(architecture, memory, TraceSink.NONE));
 * Vcpu vcpu = engine.newVcpu(architecture.newCpu(0));
 * vcpu.cpu().bus = bus;
 * VmExit exit = vcpu.run(100_000);
 * }</pre>
 */
package dev.ringside.engine;
