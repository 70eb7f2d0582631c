/** The built product as its users have it: plug-ins are installed into it, used and taken out again. */
package dev.ringside.install;
