/**
 * What a paravirtual interface is: the CPUID leaves by which a guest finds it, its synthetic MSRs, its hypercalls, and the pages it shares with the guest.
 *
 * <p>A {@link dev.ringside.pv.ParavirtProvider} makes a {@link dev.ringside.pv.ParavirtInterface} for one machine. The machine asks the interface whenever a
 * processor executes CPUID, RDMSR, WRMSR, VMCALL or VMMCALL, and the interface reaches the machine through its {@link dev.ringside.pv.ParavirtContext}.
 *
 * <pre>{@code
 * var spec = ParavirtSpec.parse("kvm,-kvm-steal-time");
 * var kvm = ParavirtInterfaces.create(spec, providers, context);
 * kvm.cpuid(vcpu, 0x40000000, 0, registers);    // KVMKVMKVM
 * }</pre>
 */
package dev.ringside.pv;
