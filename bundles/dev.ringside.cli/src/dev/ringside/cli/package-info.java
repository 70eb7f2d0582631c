/** The headless application: every analysis is a command. {@link dev.ringside.cli.Main} is the entry; each command is a class of its own. */
package dev.ringside.cli;
