/** The product: its application, its perspective and its branding. Everything a user can see elsewhere comes from {@code ui} and {@code debug.ui}. */
package dev.ringside.ide;
