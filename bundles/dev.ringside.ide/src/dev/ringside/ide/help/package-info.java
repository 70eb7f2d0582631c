/**
 * Help without a web server and a browser: pages are small XHTML files that {@link dev.ringside.ide.help.HelpDocument} turns into styled text. Contents and
 * contexts come from the platform's extension points ({@code org.eclipse.help.toc}, {@code org.eclipse.help.contexts}), so plug-ins add theirs as for any
 * Eclipse product. F1 asks for the context {@code dev.ringside.ide.<part id with underscores>}; a plug-in's own view gets its page from the context
 * {@code <plug-in>.<part id with underscores>}.
 */
package dev.ringside.ide.help;
