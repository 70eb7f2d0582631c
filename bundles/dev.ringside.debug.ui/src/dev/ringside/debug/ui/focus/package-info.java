/** The Debug view's selection and the workspace's breakpoints, as the views of {@code dev.ringside.ui} want them. */
package dev.ringside.debug.ui.focus;
