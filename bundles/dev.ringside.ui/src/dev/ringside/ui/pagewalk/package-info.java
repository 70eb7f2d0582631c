/** The <em>Page Walk</em> view: how the processor translates one linear address, level by level. */
package dev.ringside.ui.pagewalk;
