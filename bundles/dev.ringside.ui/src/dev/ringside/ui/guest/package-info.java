/**
 * What the views look at, as the views want to see it. A view asks its site for {@link dev.ringside.ui.guest.GuestFocus} and
 * {@link dev.ringside.ui.guest.AddressMarks}; whoever knows a debugger provides them as workbench services:
 *
 * <pre>{@code
 * GuestFocus focus = getSite().getService(GuestFocus.class);
 * focus.addListener(vcpu -> registers.ask(vcpu.registers(), this::show));
 * }</pre>
 */
package dev.ringside.ui.guest;
