/** Tests of {@code ./ringside}, the script at the top. */
package dev.ringside.script;
