/** The debug model in the workbench: labels and pictures; {@code focus} feeds the views, {@code launch} starts guests. */
package dev.ringside.debug.ui;
