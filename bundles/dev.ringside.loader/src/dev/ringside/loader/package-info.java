/** Guest image formats, boot protocols and symbols. */
package dev.ringside.loader;
