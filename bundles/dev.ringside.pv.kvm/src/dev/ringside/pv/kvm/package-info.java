/**
 * KVM's paravirtual interface ({@code Documentation/virt/kvm/x86} of the Linux kernel), as a guest sees it.
 *
 * <p>The numbers are tables ({@code kvm/*.table}); {@link dev.ringside.pv.kvm.KvmInterface} is the protocol: which access is #GP, how a hypercall passes its
 * arguments; each other class is one feature with the page that it shares with the guest.
 */
package dev.ringside.pv.kvm;
