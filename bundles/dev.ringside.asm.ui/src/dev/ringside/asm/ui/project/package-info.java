/** <em>File ▸ New ▸ Guest Project</em>. */
package dev.ringside.asm.ui.project;
