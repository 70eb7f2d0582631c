/** Looks into a running product from inside, because the test that installed a plug-in into it runs outside. */
package dev.ringside.sample.probe;
