/** The contract of paravirtual interfaces, and the machine that their tests share: {@link dev.ringside.pv.PvFixture}. */
package dev.ringside.pv;
