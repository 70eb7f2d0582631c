/**
 * Pretty-printers for parts of a machine. A plug-in contributes one with
 *
 * <pre>{@code
 * <extension point="dev.ringside.ui.stateRenderers">
 *   <renderer part="com*" class="org.example.UartRenderer"/>
 * </extension>
 * }</pre>
 *
 * where {@code part} is the part's name in the Machine view; {@code *} stands for any letters.
 */
package dev.ringside.ui.state;
