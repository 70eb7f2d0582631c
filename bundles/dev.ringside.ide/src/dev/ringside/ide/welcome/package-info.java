/** The welcome page: what a new user can do first. Nothing in it needs a network. */
package dev.ringside.ide.welcome;
