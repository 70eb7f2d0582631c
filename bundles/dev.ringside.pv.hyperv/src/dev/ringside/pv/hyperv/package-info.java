/**
 * Hyper-V's paravirtual interface as the Hypervisor Top Level Functional Specification (TLFS) 6.0b describes it to a guest.
 *
 * <p>Three layers. Definitions: the tables under {@code hyperv/} and the constants of {@link dev.ringside.pv.hyperv.HvStatus}. Protocol:
 * {@link dev.ringside.pv.hyperv.HypervInterface} (CPUID, which MSR access is #GP) and {@link dev.ringside.pv.hyperv.HvHypercalls} (how input and output pass, which status
 * malformed input gets). Behaviour: one class for each thing, {@link dev.ringside.pv.hyperv.Synic}, {@link dev.ringside.pv.hyperv.Stimer},
 * {@link dev.ringside.pv.hyperv.ReferenceTime} and their like.
 *
 * <p>Departures: there are no virtual trust levels, no nested virtualization and no debugger transport; the VMBus has no devices, and the only other ports are those of the test
 * device.
 */
package dev.ringside.pv.hyperv;
