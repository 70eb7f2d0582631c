/**
 * What tests share: where the repository is, a machine to run a few instructions on, a plain evaluator of IR.
 *
 * <pre>{@code
 * var m = X86TestMachine.longMode();
 * m.code(0x1000, "48 01 d8");                       // add rax, rbx
 * m.cpu().gpr(X86State.RAX, 2);
 * m.cpu().gpr(X86State.RBX, 3);
 *
 * m.run();
 *
 * assertThat(m.cpu().gpr(X86State.RAX)).isEqualTo(5);
 * }</pre>
 */
package dev.ringside.testkit;
