/**
 * The map in {@code releng/ARCHITECTURE.md}, checked: who may use whom, which providers there are, where the links of the documents go.
 *
 * <p>These tests read manifests, sources and documents; they load no class of a bundle.
 */
package dev.ringside.layers;
