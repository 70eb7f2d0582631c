/** What the views have in common: answers that arrive late, colours that fit the theme, icons, the hint that is shown while there is no guest. */
package dev.ringside.ui;
