/*
 * Captures what SSE, MMX and x87 instructions do on the processor it runs on, for tests/corpora/x86-sse-64.txt, x86-mmx-64.txt and
 * x86-x87-64.txt.
 *
 *   gcc -O1 -w -no-pie -o x86-floating x86-floating.c
 *   ./x86-floating sse > ../x86-sse-64.txt
 *   ./x86-floating mmx > ../x86-mmx-64.txt
 *   ./x86-floating x87 > ../x86-x87-64.txt
 *
 * Needs x86-64 Linux and a processor with SSE4.2. Each instruction runs in user mode, in 64-bit code, on seeded operands that are rich in
 * special values, under many settings of MXCSR or of the x87 control word. Text format:
 *
 *   value N HEX            128 bits, most significant digit first: @N stands for it
 *   insn HEX TEXT          the bytes of an instruction; memory operands are at [rbx]
 *   NAME=HEX ... > NAME=HEX ...    what is different from the usual before, and what the instruction changed
 *   NAME=HEX ... > fault=V mxcsr=HEX    or the exception it raised
 *
 * Names: x0 to x2 XMM registers; p0 to p7 the physical x87 registers, sign and exponent and significand; m the 16 bytes at rbx and rdi, that
 * are aligned to 64; rax, rcx, rdx; f the arithmetic flags; mxcsr, fcw, fsw (with TOP), ftw (the bits of FXSAVE: a register is in use). Before, each is 0,
 * except mxcsr=1f80, fcw=37f and f=2.
 *
 * This was an AMD processor. Where Intel's manual says otherwise the test that replays the file masks it, and says so.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

typedef uint64_t u64;
typedef uint32_t u32;
typedef uint16_t u16;
typedef unsigned char u8;
typedef struct { u64 lo, hi; } v128;

struct fx {
    u16 fcw, fsw;
    u8 ftw, reserved;
    u16 fop;
    u64 fip, fdp;
    u32 mxcsr, mask;
    struct { u64 sig; u16 se; u8 pad[6]; } st[8];
    v128 xmm[16];
    u8 pad[96];
};

struct context {
    struct fx in, out;              /* 0, 512 */
    u64 rax, rcx, rdx, flags;       /* 1024 */
    void *memory, *code;            /* 1056 */
} __attribute__((aligned(64)));

static struct context c __attribute__((aligned(64)));
static v128 memory[8] __attribute__((aligned(64)));
static sigjmp_buf escape;
static u32 fault_mxcsr;

void run(struct context *);
asm(".intel_syntax noprefix\n"
    "run: push rbx; push rbp; push r12; push r13; push r14; push r15\n"
    "mov r15, rdi; fxrstor64 [r15]\n"
    "mov rbx, [r15+1056]; mov rdi, rbx\n"
    "mov rax, [r15+1024]; mov rcx, [r15+1032]; mov rdx, [r15+1040]\n"
    "push qword ptr [r15+1048]; popfq\n"
    "call [r15+1064]\n"
    "pushfq; pop qword ptr [r15+1048]\n"
    "mov [r15+1024], rax; mov [r15+1032], rcx; mov [r15+1040], rdx\n"
    "fxsave64 [r15+512]; fninit\n"
    "pop r15; pop r14; pop r13; pop r12; pop rbp; pop rbx; ret\n"
    ".att_syntax\n");

static void on_fault(int signal, siginfo_t *info, void *context) {
    ucontext_t *u = context;
    fault_mxcsr = u->uc_mcontext.fpregs->mxcsr;
    siglongjmp(escape, signal);
}

/* ---- Instructions: assembled here, found through the section "itab" */

struct insn { u8 *from, *to; const char *text; const char *kind; };
extern struct insn itab_start[], itab_end[];

#define INSN(kind, text) \
    asm(".intel_syntax noprefix\n.pushsection icode,\"ax\"\n1: " text "\n2:\n.popsection\n" \
        ".pushsection istrings,\"a\"\n3: .asciz \"" text "\"\n4: .asciz \"" kind "\"\n.popsection\n" \
        ".pushsection itab,\"aw\"\n.quad 1b, 2b, 3b, 4b\n.popsection\n.att_syntax\n");

asm(".pushsection itab,\"aw\"\n.globl itab_start\nitab_start:\n.popsection\n");

/* Kinds: the first letter is the file (s m x), the second what the operands are (i integers, s float32, d float64, t float80 ...),
   a third "f" means that MXCSR or the control word matters. */

#define XMM_INT(name) INSN("si", name " xmm0, xmm1")
#define MMX_INT(name) INSN("mi", name " mm0, mm1")
#define BOTH(name) XMM_INT(name) MMX_INT(name)
#define BOTH_SHIFT(name) INSN("sc", name " xmm0, xmm1") INSN("mc", name " mm0, mm1") \
    INSN("si", name " xmm0, 0") INSN("si", name " xmm0, 5") INSN("si", name " xmm0, 15") INSN("si", name " xmm0, 31") INSN("si", name " xmm0, 200") \
    INSN("mi", name " mm0, 7") INSN("mi", name " mm0, 16") INSN("mi", name " mm0, 63")

BOTH("paddb") BOTH("paddw") BOTH("paddd") BOTH("paddq") BOTH("paddsb") BOTH("paddsw") BOTH("paddusb") BOTH("paddusw")
BOTH("psubb") BOTH("psubw") BOTH("psubd") BOTH("psubq") BOTH("psubsb") BOTH("psubsw") BOTH("psubusb") BOTH("psubusw")
BOTH("pcmpeqb") BOTH("pcmpeqw") BOTH("pcmpeqd") BOTH("pcmpgtb") BOTH("pcmpgtw") BOTH("pcmpgtd")
BOTH("pminub") BOTH("pminsw") BOTH("pmaxub") BOTH("pmaxsw") BOTH("pavgb") BOTH("pavgw")
BOTH("psignb") BOTH("psignw") BOTH("psignd") BOTH("pabsb") BOTH("pabsw") BOTH("pabsd")
BOTH("pmullw") BOTH("pmulhw") BOTH("pmulhuw") BOTH("pmulhrsw") BOTH("pmuludq") BOTH("pmaddwd") BOTH("pmaddubsw") BOTH("psadbw")
BOTH("packsswb") BOTH("packssdw") BOTH("packuswb") BOTH("phaddw") BOTH("phaddd") BOTH("phaddsw") BOTH("phsubw") BOTH("phsubd") BOTH("phsubsw")
BOTH("punpcklbw") BOTH("punpcklwd") BOTH("punpckldq") BOTH("punpckhbw") BOTH("punpckhwd") BOTH("punpckhdq") BOTH("pshufb")
BOTH("pand") BOTH("pandn") BOTH("por") BOTH("pxor")
BOTH_SHIFT("psllw") BOTH_SHIFT("pslld") BOTH_SHIFT("psllq") BOTH_SHIFT("psrlw") BOTH_SHIFT("psrld") BOTH_SHIFT("psrlq") BOTH_SHIFT("psraw") BOTH_SHIFT("psrad")
XMM_INT("punpcklqdq") XMM_INT("punpckhqdq") XMM_INT("pcmpeqq") XMM_INT("pcmpgtq") XMM_INT("pminsb") XMM_INT("pminuw") XMM_INT("pminsd")
XMM_INT("pminud") XMM_INT("pmaxsb") XMM_INT("pmaxuw") XMM_INT("pmaxsd") XMM_INT("pmaxud") XMM_INT("pmulld") XMM_INT("pmuldq") XMM_INT("packusdw")
XMM_INT("phminposuw") XMM_INT("ptest") XMM_INT("movdqa") XMM_INT("movaps") XMM_INT("movupd") XMM_INT("movss") XMM_INT("movsd") XMM_INT("movhlps")
XMM_INT("movlhps") XMM_INT("movq") XMM_INT("movddup") XMM_INT("movshdup") XMM_INT("movsldup") XMM_INT("unpcklps") XMM_INT("unpckhps")
XMM_INT("unpcklpd") XMM_INT("unpckhpd") XMM_INT("andps") XMM_INT("andnps") XMM_INT("orpd") XMM_INT("xorpd") XMM_INT("andnpd")
XMM_INT("pmovsxbw") XMM_INT("pmovsxbd") XMM_INT("pmovsxbq") XMM_INT("pmovsxwd") XMM_INT("pmovsxwq") XMM_INT("pmovsxdq")
XMM_INT("pmovzxbw") XMM_INT("pmovzxbd") XMM_INT("pmovzxbq") XMM_INT("pmovzxwd") XMM_INT("pmovzxwq") XMM_INT("pmovzxdq")
INSN("si", "paddb xmm0, [rbx]") INSN("si", "pshufb xmm0, [rbx]") INSN("si", "pand xmm0, [rbx]") INSN("si", "pmovsxbq xmm0, word ptr [rbx]")
INSN("si", "pmovzxbd xmm0, dword ptr [rbx]") INSN("si", "pmovsxbw xmm0, qword ptr [rbx]") INSN("si", "psrlw xmm0, [rbx]")
INSN("si", "pxor xmm0, xmm0") INSN("si", "xorps xmm1, xmm1") INSN("si", "pblendvb xmm1, xmm2, xmm0") INSN("si", "blendvps xmm1, xmm2, xmm0")
INSN("si", "blendvpd xmm1, xmm2, xmm0") INSN("si", "pslldq xmm0, 3") INSN("si", "pslldq xmm0, 8") INSN("si", "pslldq xmm0, 13")
INSN("si", "pslldq xmm0, 16") INSN("si", "psrldq xmm0, 5") INSN("si", "psrldq xmm0, 8") INSN("si", "psrldq xmm0, 11") INSN("si", "psrldq xmm0, 200")
INSN("si", "pshufd xmm0, xmm1, 0x1b") INSN("si", "pshufd xmm0, xmm0, 0xc6") INSN("si", "pshuflw xmm0, xmm1, 0x93") INSN("si", "pshufhw xmm0, xmm1, 0x2d")
INSN("si", "shufps xmm0, xmm1, 0x72") INSN("si", "shufps xmm0, xmm0, 0x8d") INSN("si", "shufpd xmm0, xmm1, 1") INSN("si", "shufpd xmm0, xmm0, 2")
INSN("si", "palignr xmm0, xmm1, 0") INSN("si", "palignr xmm0, xmm1, 3") INSN("si", "palignr xmm0, xmm1, 8") INSN("si", "palignr xmm0, xmm1, 13")
INSN("si", "palignr xmm0, xmm1, 16") INSN("si", "palignr xmm0, xmm1, 21") INSN("si", "palignr xmm0, xmm1, 29") INSN("si", "palignr xmm0, xmm1, 32")
INSN("si", "pblendw xmm0, xmm1, 0xa6") INSN("si", "blendps xmm0, xmm1, 9") INSN("si", "blendps xmm0, xmm1, 6") INSN("si", "blendpd xmm0, xmm1, 2")
INSN("si", "mpsadbw xmm0, xmm1, 0") INSN("si", "mpsadbw xmm0, xmm1, 3") INSN("si", "mpsadbw xmm0, xmm1, 6") INSN("si", "insertps xmm0, xmm1, 0x91")
INSN("si", "insertps xmm0, xmm1, 0x6c") INSN("si", "insertps xmm0, dword ptr [rbx], 0xe2") INSN("si", "pinsrb xmm0, ecx, 11") INSN("si", "pinsrb xmm0, byte ptr [rbx], 2")
INSN("si", "pinsrw xmm0, ecx, 6") INSN("si", "pinsrw xmm0, word ptr [rbx], 1") INSN("si", "pinsrd xmm0, ecx, 3") INSN("si", "pinsrq xmm0, rcx, 1")
INSN("si", "pinsrq xmm0, qword ptr [rbx], 0") INSN("si", "pextrb eax, xmm1, 13") INSN("si", "pextrb byte ptr [rbx], xmm1, 4") INSN("si", "pextrw eax, xmm1, 5")
INSN("si", ".byte 0x66,0x0f,0x3a,0x15,0xc8,0x07") INSN("si", "pextrw word ptr [rbx], xmm1, 2") INSN("si", "pextrd eax, xmm1, 2") INSN("si", "pextrd dword ptr [rbx], xmm1, 1")
INSN("si", "pextrq rax, xmm1, 1") INSN("si", "pextrq qword ptr [rbx], xmm1, 0") INSN("si", "extractps eax, xmm1, 3") INSN("si", "extractps dword ptr [rbx], xmm1, 1")
INSN("si", "pmovmskb eax, xmm1") INSN("si", "movmskps eax, xmm1") INSN("si", "movmskpd eax, xmm1") INSN("si", "movd xmm0, ecx") INSN("si", "movq xmm0, rcx")
INSN("si", "movd eax, xmm1") INSN("si", "movq rax, xmm1") INSN("si", "movd xmm0, dword ptr [rbx]") INSN("si", "movd dword ptr [rbx], xmm1")
INSN("si", "movq xmm0, qword ptr [rbx]") INSN("si", "movq qword ptr [rbx], xmm1") INSN("si", "movss xmm0, dword ptr [rbx]") INSN("si", "movss dword ptr [rbx], xmm1")
INSN("si", "movsd xmm0, qword ptr [rbx]") INSN("si", "movsd qword ptr [rbx], xmm1") INSN("si", "movlps xmm0, qword ptr [rbx]") INSN("si", "movlpd qword ptr [rbx], xmm1")
INSN("si", "movhps xmm0, qword ptr [rbx]") INSN("si", "movhpd qword ptr [rbx], xmm1") INSN("si", "movdqu xmm0, [rbx]") INSN("si", "movaps [rbx], xmm1")
INSN("si", "movups [rbx], xmm1") INSN("si", "movntdqa xmm0, [rbx]") INSN("si", "movntdq [rbx], xmm1") INSN("si", "movntps [rbx], xmm1") INSN("si", "lddqu xmm0, [rbx]")
INSN("si", "movddup xmm0, qword ptr [rbx]") INSN("si", "maskmovdqu xmm0, xmm1") INSN("si", "movnti dword ptr [rbx], ecx") INSN("si", "movnti qword ptr [rbx], rcx")
INSN("si", "movq2dq xmm0, mm1") INSN("si", "movdq2q mm0, xmm1")

INSN("mi", "pshufw mm0, mm1, 0x1b") INSN("mi", "pshufw mm0, mm0, 0xc6") INSN("mi", "palignr mm0, mm1, 0") INSN("mi", "palignr mm0, mm1, 3")
INSN("mi", "palignr mm0, mm1, 8") INSN("mi", "palignr mm0, mm1, 13") INSN("mi", "palignr mm0, mm1, 16") INSN("mi", "pinsrw mm0, ecx, 2")
INSN("mi", "pinsrw mm0, word ptr [rbx], 7") INSN("mi", "pextrw eax, mm1, 3") INSN("mi", "pmovmskb eax, mm1") INSN("mi", "movd mm0, ecx")
INSN("mi", "movd eax, mm1") INSN("mi", "movq mm0, rcx") INSN("mi", "movq rax, mm1") INSN("mi", "movq mm0, mm1") INSN("mi", "movq mm0, [rbx]")
INSN("mi", "movq [rbx], mm1") INSN("mi", "movntq [rbx], mm1") INSN("mi", "maskmovq mm0, mm1") INSN("mi", "emms") INSN("mi", "paddb mm0, [rbx]")
INSN("mi", "punpcklbw mm0, dword ptr [rbx]") INSN("mi", "punpckhbw mm0, [rbx]") INSN("mi", "psrlw mm0, [rbx]") INSN("mi", "movd mm0, dword ptr [rbx]")

#define STRING4(name, control) INSN("sn", name " xmm0, xmm1, " #control)
#define STRINGS(control) STRING4("pcmpestri", control) STRING4("pcmpestrm", control) STRING4("pcmpistri", control) STRING4("pcmpistrm", control)
STRINGS(0x00) STRINGS(0x01) STRINGS(0x04) STRINGS(0x05) STRINGS(0x06) STRINGS(0x07) STRINGS(0x08) STRINGS(0x09) STRINGS(0x0c) STRINGS(0x0d)
STRINGS(0x12) STRINGS(0x14) STRINGS(0x18) STRINGS(0x1d) STRINGS(0x30) STRINGS(0x38) STRINGS(0x3b) STRINGS(0x34) STRINGS(0x44) STRINGS(0x48)
STRINGS(0x4c) STRINGS(0x51) STRINGS(0x58) STRINGS(0x71) STRINGS(0x7a) STRINGS(0x7d)
INSN("sn", "rex.w pcmpestri xmm0, xmm1, 0x0c") INSN("sn", "pcmpistri xmm0, [rbx], 0x0c")

#define FLOAT4(name) INSN("ssf", name "ps xmm0, xmm1") INSN("ssf", name "ss xmm0, xmm1") INSN("sdf", name "pd xmm0, xmm1") INSN("sdf", name "sd xmm0, xmm1")
#define FLOAT_MEM(name) INSN("ssf", name "ss xmm0, dword ptr [rbx]") INSN("sdf", name "sd xmm0, qword ptr [rbx]")
FLOAT4("add") FLOAT4("sub") FLOAT4("mul") FLOAT4("div") FLOAT4("sqrt") FLOAT4("min") FLOAT4("max") FLOAT_MEM("add") FLOAT_MEM("sqrt") FLOAT_MEM("max")
FLOAT4("cmpeq") FLOAT4("cmplt") FLOAT4("cmple") FLOAT4("cmpunord") FLOAT4("cmpneq") FLOAT4("cmpnlt") FLOAT4("cmpnle") FLOAT4("cmpord")
INSN("ssf", "comiss xmm0, xmm1") INSN("ssf", "ucomiss xmm0, xmm1") INSN("sdf", "comisd xmm0, xmm1") INSN("sdf", "ucomisd xmm0, xmm1")
INSN("sdf", "comisd xmm0, qword ptr [rbx]") INSN("ssf", "addsubps xmm0, xmm1") INSN("sdf", "addsubpd xmm0, xmm1") INSN("ssf", "haddps xmm0, xmm1")
INSN("sdf", "haddpd xmm0, xmm1") INSN("ssf", "hsubps xmm0, xmm1") INSN("sdf", "hsubpd xmm0, xmm1") INSN("ssf", "dpps xmm0, xmm1, 0xff")
INSN("ssf", "dpps xmm0, xmm1, 0x75") INSN("ssf", "dpps xmm0, xmm1, 0x2a") INSN("sdf", "dppd xmm0, xmm1, 0x33") INSN("sdf", "dppd xmm0, xmm1, 0x12")
#define ROUND(control) INSN("ssf", "roundps xmm0, xmm1, " #control) INSN("ssf", "roundss xmm0, xmm1, " #control) \
    INSN("sdf", "roundpd xmm0, xmm1, " #control) INSN("sdf", "roundsd xmm0, xmm1, " #control)
ROUND(0) ROUND(1) ROUND(2) ROUND(3) ROUND(4) ROUND(9)
INSN("ssf", "cvtss2sd xmm0, xmm1") INSN("sdf", "cvtsd2ss xmm0, xmm1") INSN("ssf", "cvtps2pd xmm0, xmm1") INSN("sdf", "cvtpd2ps xmm0, xmm1")
INSN("ssf", "cvtps2dq xmm0, xmm1") INSN("ssf", "cvttps2dq xmm0, xmm1") INSN("sdf", "cvtpd2dq xmm0, xmm1") INSN("sdf", "cvttpd2dq xmm0, xmm1")
INSN("sif", "cvtdq2ps xmm0, xmm1") INSN("sif", "cvtdq2pd xmm0, xmm1") INSN("ssf", "cvtss2si eax, xmm1") INSN("ssf", "cvttss2si eax, xmm1")
INSN("sdf", "cvtsd2si eax, xmm1") INSN("sdf", "cvttsd2si eax, xmm1") INSN("ssf", "cvtss2si rax, xmm1") INSN("ssf", "cvttss2si rax, xmm1")
INSN("sdf", "cvtsd2si rax, xmm1") INSN("sdf", "cvttsd2si rax, xmm1") INSN("sif", "cvtsi2ss xmm0, ecx") INSN("sif", "cvtsi2ss xmm0, rcx")
INSN("sif", "cvtsi2sd xmm0, ecx") INSN("sif", "cvtsi2sd xmm0, rcx") INSN("sif", "cvtsi2sd xmm0, dword ptr [rbx]") INSN("sdf", "cvttsd2si eax, qword ptr [rbx]")
INSN("sif", "cvtpi2ps xmm0, mm1") INSN("sif", "cvtpi2pd xmm0, mm1") INSN("sif", "cvtpi2pd xmm0, [rbx]") INSN("ssf", "cvtps2pi mm0, xmm1")
INSN("ssf", "cvttps2pi mm0, xmm1") INSN("sdf", "cvtpd2pi mm0, xmm1") INSN("sdf", "cvttpd2pi mm0, xmm1")
INSN("ss", "rcpps xmm0, xmm1") INSN("ss", "rsqrtps xmm0, xmm1") INSN("ss", "rcpss xmm0, xmm1") INSN("ss", "rsqrtss xmm0, xmm1")
INSN("si", "stmxcsr dword ptr [rbx]")

/* x87: kinds xt (register operands), x4 x8 xA (float32, float64, float80 in memory), xw xl xq (integers), xb (BCD), xs (stack only),
   x~ (transcendental), xi (integer-valued registers: stores to integers), xc constants; "f" for every rounding and precision. */
#define ARITH(op) INSN("xtf", "f" op " st, st(1)") INSN("xt", "f" op " st(1), st") INSN("xt", "f" op "p st(1), st") INSN("xt", "f" op "p st(3), st") \
    INSN("x4f", "f" op " dword ptr [rbx]") INSN("x8f", "f" op " qword ptr [rbx]") INSN("xw", "fi" op " word ptr [rbx]") INSN("xl", "fi" op " dword ptr [rbx]")
ARITH("add") ARITH("mul") ARITH("sub") ARITH("subr") ARITH("div") ARITH("divr")
INSN("xt", "fchs") INSN("xt", "fabs") INSN("xtf", "fsqrt") INSN("xif", "frndint") INSN("xt", "fxtract") INSN("xt", "ftst") INSN("xt", "fxam")
INSN("xef", "fscale") INSN("xp", "fprem") INSN("xp", "fprem1")
INSN("x~", "f2xm1") INSN("x~", "fyl2x") INSN("x~", "fyl2xp1") INSN("x~", "fptan") INSN("x~", "fpatan") INSN("x~", "fsin") INSN("x~", "fcos") INSN("x~", "fsincos")
INSN("xt", "fcom st(1)") INSN("xt", "fcomp st(1)") INSN("xt", "fcompp") INSN("xt", "fucom st(1)") INSN("xt", "fucomp st(1)") INSN("xt", "fucompp")
INSN("xt", "fcomi st, st(1)") INSN("xt", "fcomip st, st(1)") INSN("xt", "fucomi st, st(1)") INSN("xt", "fucomip st, st(1)")
INSN("x4", "fcom dword ptr [rbx]") INSN("x8", "fcom qword ptr [rbx]") INSN("x4", "fcomp dword ptr [rbx]") INSN("xw", "ficom word ptr [rbx]")
INSN("xl", "ficom dword ptr [rbx]") INSN("xl", "ficomp dword ptr [rbx]")
INSN("x4", "fld dword ptr [rbx]") INSN("x8", "fld qword ptr [rbx]") INSN("xA", "fld tbyte ptr [rbx]") INSN("xt", "fld st(0)") INSN("xt", "fld st(1)")
INSN("xw", "fild word ptr [rbx]") INSN("xl", "fild dword ptr [rbx]") INSN("xq", "fild qword ptr [rbx]") INSN("xb", "fbld tbyte ptr [rbx]")
INSN("xtf", "fst dword ptr [rbx]") INSN("xtf", "fst qword ptr [rbx]") INSN("xt", "fstp dword ptr [rbx]") INSN("xt", "fstp qword ptr [rbx]")
INSN("xt", "fstp tbyte ptr [rbx]") INSN("xt", "fst st(1)") INSN("xt", "fst st(4)") INSN("xt", "fstp st(1)") INSN("xt", "fstp st(0)")
INSN("xif", "fist word ptr [rbx]") INSN("xif", "fist dword ptr [rbx]") INSN("xi", "fistp word ptr [rbx]") INSN("xi", "fistp dword ptr [rbx]")
INSN("xif", "fistp qword ptr [rbx]") INSN("xif", "fisttp word ptr [rbx]") INSN("xi", "fisttp dword ptr [rbx]") INSN("xi", "fisttp qword ptr [rbx]")
INSN("xif", "fbstp tbyte ptr [rbx]") INSN("xt", "fxch st(1)") INSN("xt", "fxch st(5)") INSN("xt", "fcmovb st, st(1)") INSN("xt", "fcmove st, st(1)")
INSN("xt", "fcmovbe st, st(1)") INSN("xt", "fcmovu st, st(1)") INSN("xt", "fcmovnb st, st(1)") INSN("xt", "fcmovne st, st(1)")
INSN("xt", "fcmovnbe st, st(1)") INSN("xt", "fcmovnu st, st(1)")
INSN("xcf", "fld1") INSN("xcf", "fldl2t") INSN("xcf", "fldl2e") INSN("xcf", "fldpi") INSN("xcf", "fldlg2") INSN("xcf", "fldln2") INSN("xcf", "fldz")
INSN("xs", "fincstp") INSN("xs", "fdecstp") INSN("xs", "ffree st(1)") INSN("xs", ".byte 0xdf,0xc1") INSN("xs", "fnop") INSN("xs", "fninit") INSN("xs", "fnclex")
INSN("xs", "fnstsw ax") INSN("xs", "fnstsw word ptr [rbx]") INSN("xs", "fnstcw word ptr [rbx]") INSN("xk", "fldcw word ptr [rbx]")

asm(".pushsection itab,\"aw\"\n.globl itab_end\nitab_end:\n.popsection\n");

/* ---- Operands */

static u64 seed = 88172645463325252ULL;

static u64 rnd(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static const u32 f32s[] = {0, 0x80000000, 0x3f800000, 0xbf800000, 0x3fc00000, 0x40400000, 0x3dcccccd, 0x3eaaaaab, 0x00800000, 0x80800000, 1, 0x807fffff,
    0x00012345, 0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x7fc12345, 0xffc00001, 0x7f812345, 0xffbfffff, 0x4f000000, 0xcf000000, 0x4effffff,
    0x5f000000, 0xdf000000, 0x3f000000, 0xbf000000, 0x40200000, 0x3f800001, 0x3f7fffff, 0x33800000, 0x1f800000, 0x5f7fffff, 0x4b000001, 0x20000000, 0xc1480000};
static const u64 f64s[] = {0, 1ULL << 63, 0x3ff0000000000000, 0xbff0000000000000, 0x3ff8000000000000, 0x4008000000000000, 0x3fb999999999999a,
    0x3fd5555555555555, 0x0010000000000000, 0x8010000000000000, 1, 0x800fffffffffffff, 0x0000123456789abc, 0x7fefffffffffffff, 0xffefffffffffffff,
    0x7ff0000000000000, 0xfff0000000000000, 0x7ff8123456789abc, 0xfff8000000000001, 0x7ff0123456789abc, 0xfff7ffffffffffff, 0x41e0000000000000,
    0xc1e0000000000000, 0x41dfffffffc00000, 0x41dfffffffe00000, 0xc1e0000000100000, 0x43e0000000000000, 0xc3e0000000000000, 0x3fe0000000000000,
    0xbfe0000000000000, 0x4004000000000000, 0x3ff0000000000001, 0x3fefffffffffffff, 0x3ca0000000000000, 0x1ff0000000000000, 0x5fefffffffffffff,
    0x4330000000000001, 0x4340000000000001, 0x380fffffffffffff, 0x36a0000000000000, 0x369fffffffffffff, 0x47efffffefffffff, 0x47effffff0000000, 0xc029000000000000};
static const u64 ints[] = {0, ~0ULL, 0x8000000000000000, 0x7fffffffffffffff, 0x0080008000800080, 0x7fff80007fff8000, 0x7f80ff0001fe8101, 0x8000000080000000,
    0x7fffffff80000001, 0x00ff00ff00ff00ff, 0x0000000100000001, 0xffff0000ffff0001};
static const struct { u16 se; u64 sig; } f80s[] = {{0, 0}, {0x8000, 0}, {0x3fff, 1ULL << 63}, {0xbfff, 1ULL << 63}, {0x3fff, 0xc000000000000000},
    {0x4000, 0xc000000000000000}, {0x3ffb, 0xcccccccccccccccd}, {0x3ffd, 0xaaaaaaaaaaaaaaab}, {1, 1ULL << 63}, {0x8001, 1ULL << 63}, {0, 1},
    {0x8000, 0x7fffffffffffffff}, {0, 0x0000123456789abc}, {0, 1ULL << 63}, {0x8000, 0xc123456789abcdef}, {0x7ffe, ~0ULL}, {0xfffe, ~0ULL},
    {0x7fff, 1ULL << 63}, {0xffff, 1ULL << 63}, {0x7fff, 0xc123456789abcdef}, {0xffff, 0xc000000000000000}, {0x7fff, 0xa123456789abcdef},
    {0xffff, 0xbfffffffffffffff}, {0x7fff, 0}, {0x7fff, 0x4000000000000001}, {0x3fff, 0x7fffffffffffffff}, {0x8123, 0}, {0x3ffe, 1ULL << 63},
    {0xbffe, 1ULL << 63}, {0x4000, 0xa000000000000000}, {0x3fff, 0x8000000000000001}, {0x3ffe, ~0ULL}, {0x3fbf, 1ULL << 63}, {0x403e, 0x8000000000000001},
    {0x403d, ~0ULL}, {0x3f80, 0xffffff8000000000}, {0x407e, 0xffffff7fffffffff}, {0x3c00, 0xfffffffffffffc00}, {0x43fe, 0xfffffffffffffbff}, {0x3bcd, 1ULL << 63},
    {0x3ffe, 0xffffff7fffffffff}, {0x3ffe, 0xfffffffffffffc00}, {0x3fff, 0x8000008000000000}, {0x3fff, 0x8000000000000400}, {0x5ffe, 0xdeadbeefcafebabe}, {0xa001, 0x923456789abcdef1}};

#define COUNT(a) (sizeof a / sizeof *a)

static u32 float32(void) {
    switch (rnd() & 3) {
        case 0: return (rnd() & 0x807fffff) | (u32) (120 + rnd() % 16) << 23;
        case 1: return (rnd() & 3) ? f32s[rnd() % COUNT(f32s)] : rnd();
        default: return f32s[rnd() % COUNT(f32s)];
    }
}

static u64 float64(void) {
    switch (rnd() & 3) {
        case 0: return (rnd() & 0x800fffffffffffff) | (1015 + rnd() % 20) << 52;
        case 1: return (rnd() & 3) ? f64s[rnd() % COUNT(f64s)] : rnd();
        default: return f64s[rnd() % COUNT(f64s)];
    }
}

static u64 integer(void) {
    return (rnd() & 3) ? rnd() : ints[rnd() % COUNT(ints)];
}

static v128 float80(int kind) {
    v128 v;
    int way = rnd() & 7;
    if (kind == 'i' && way < 5) {
        v.lo = rnd() | 1ULL << 63;
        if (rnd() & 1) v.lo &= -1ULL << (rnd() % 60);
        v.lo |= 1ULL << 63;
        v.hi = (0x3ffc + rnd() % 70) | (rnd() & 0x8000);
    } else if (kind == '~') {
        v.lo = rnd() | 1ULL << 63;
        v.hi = (0x3fff - rnd() % (way < 2 ? 70 : 4)) | (rnd() & 0x8000);
        if (way == 7) {
            int i = rnd() % COUNT(f80s);
            v.lo = f80s[i].sig;
            v.hi = f80s[i].se;
        }
    } else if (kind == 'e' && way < 4) {
        v.lo = rnd() | 1ULL << 63;
        v.hi = (0x3ffe + rnd() % 16) | (rnd() & 0x8000);
    } else if (way < 3) {
        v.lo = rnd() | 1ULL << 63;
        if (rnd() & 1) v.lo &= -1ULL << (rnd() % 60);
        v.lo |= 1ULL << 63;
        v.hi = (0x3ff8 + rnd() % 16) | (rnd() & 0x8000);
    } else {
        int i = rnd() % COUNT(f80s);
        v.lo = f80s[i].sig;
        v.hi = f80s[i].se;
    }
    return v;
}

/* ---- Values written once */

#define VALUES 512
static v128 values[VALUES];
static int value_count;

static v128 keep(v128 v) {
    if (value_count < VALUES) values[value_count++] = v;
    return v;
}

static v128 vector(int kind) {
    v128 v;
    switch (kind) {
        case 's': v.lo = float32() | (u64) float32() << 32; v.hi = float32() | (u64) float32() << 32; break;
        case 'd': v.lo = float64(); v.hi = float64(); break;
        case 'n': {
            u8 *bytes = (u8 *) &v;
            int base = rnd() % 3;
            for (int i = 0; i < 16; i++) bytes[i] = base == 0 ? rnd() % 6 : base == 1 ? "abcdA\0Z\x80"[rnd() % 8] : 0x60 + rnd() % 4;
            break;
        }
        default: v.lo = integer(); v.hi = integer();
    }
    return v;
}

static int pool_of(int kind) {
    return kind == 's' ? 0 : kind == 'd' ? 1 : kind == 'n' ? 2 : 3;
}

static v128 pick(int kind) {
    return values[pool_of(kind) * (VALUES / 4) + rnd() % (VALUES / 4)];
}

static void print128(v128 v) {
    for (int i = 0; i < value_count; i++) {
        if (values[i].lo == v.lo && values[i].hi == v.hi) {
            printf("@%d", i);
            return;
        }
    }
    if (v.hi) printf("%lx%016lx", v.hi, v.lo);
    else printf("%lx", v.lo);
}

/* ---- One row */

static void name128(const char *name, int i, v128 v) {
    if (i < 0) printf("%s=", name);
    else printf("%s%d=", name, i);
    print128(v);
    putchar(' ');
}

static struct { int top; } unused;

static int different(v128 a, v128 b) {
    return a.lo != b.lo || a.hi != b.hi;
}

static v128 st(struct fx *fx, int physical) {
    int i = (physical - (fx->fsw >> 11)) & 7;
    v128 v = {fx->st[i].sig, fx->st[i].se};
    return v;
}

static void before(u64 flags) {
    static const v128 zero;
    for (int i = 0; i < 3; i++) if (different(c.in.xmm[i], zero)) name128("x", i, c.in.xmm[i]);
    for (int i = 0; i < 8; i++) if (different(st(&c.in, i), zero)) {
        v128 v = st(&c.in, i);
        printf("p%d=%lx%016lx ", i, v.hi, v.lo);
    }
    if (different(memory[0], zero)) name128("m", -1, memory[0]);
    if (c.rax) printf("rax=%lx ", c.rax);
    if (c.rcx) printf("rcx=%lx ", c.rcx);
    if (c.rdx) printf("rdx=%lx ", c.rdx);
    if (flags != 2) printf("f=%lx ", flags);
    if (c.in.mxcsr != 0x1f80) printf("mxcsr=%x ", c.in.mxcsr);
    if (c.in.fcw != 0x37f) printf("fcw=%x ", c.in.fcw);
    if (c.in.fsw) printf("fsw=%x ", c.in.fsw);
    if (c.in.ftw) printf("ftw=%x ", c.in.ftw);
}

static void row(struct insn *insn, u8 *code) {
    struct context was = c;
    v128 memory_was = memory[0];
    before(c.flags);
    printf(">");
    int signal = sigsetjmp(escape, 1);
    if (signal == 0) {
        run(&c);
        for (int i = 0; i < 16; i++) if (different(c.in.xmm[i], c.out.xmm[i])) { printf(" x%d=", i); print128(c.out.xmm[i]); }
        for (int i = 0; i < 8; i++) if (different(st(&c.in, i), st(&c.out, i))) {
            v128 v = st(&c.out, i);
            printf(" p%d=%lx%016lx", i, v.hi, v.lo);
        }
        if (different(memory[0], memory_was)) { printf(" m="); print128(memory[0]); }
        if (c.rax != was.rax) printf(" rax=%lx", c.rax);
        if (c.rcx != was.rcx) printf(" rcx=%lx", c.rcx);
        if (c.rdx != was.rdx) printf(" rdx=%lx", c.rdx);
        if ((c.flags ^ was.flags) & 0x8d5) printf(" f=%lx", c.flags & 0x8d7);
        if (c.out.mxcsr != was.in.mxcsr) printf(" mxcsr=%x", c.out.mxcsr);
        if (c.out.fcw != was.in.fcw) printf(" fcw=%x", c.out.fcw);
        if (c.out.fsw != was.in.fsw) printf(" fsw=%x", c.out.fsw);
        if (c.out.ftw != was.in.ftw) printf(" ftw=%x", c.out.ftw);
        printf("\n");
    } else {
        printf(" fault=%x mxcsr=%x\n", signal == SIGFPE ? 19 : signal == SIGILL ? 6 : 13, fault_mxcsr);
    }
}

static void clear(void) {
    memset(&c.in, 0, sizeof c.in);
    memset(memory, 0, sizeof memory);
    c.in.fcw = 0x37f;
    c.in.mxcsr = 0x1f80;
    c.rax = c.rcx = c.rdx = 0;
    c.flags = 2;
    c.memory = memory;
}

static int mentions(struct insn *insn, const char *what) {
    return strstr(insn->text, what) != 0;
}

static void vector_row(struct insn *insn, u8 *code, u32 mxcsr) {
    int kind = insn->kind[1];
    clear();
    c.in.mxcsr = mxcsr;
    if (mentions(insn, "xmm0") || mentions(insn, ".byte")) c.in.xmm[0] = pick(kind == 'c' ? 'i' : kind);
    if (mentions(insn, "xmm1") || mentions(insn, ".byte")) c.in.xmm[1] = pick(kind == 'c' ? 'i' : kind);
    if (mentions(insn, "xmm2")) c.in.xmm[2] = pick(kind);
    if (mentions(insn, "rbx") || mentions(insn, "maskmov")) memory[0] = pick(kind);
    if (mentions(insn, "cx,") || mentions(insn, "cx\0") || strstr(insn->text, "ecx") || strstr(insn->text, "rcx")) c.rcx = integer();
    if (mentions(insn, "estr")) {
        c.rax = (rnd() & 7) ? rnd() % 20 : rnd();
        c.rdx = (rnd() & 7) ? rnd() % 20 : -(rnd() % 20);
    }
    if (kind == 'c') {
        c.in.xmm[1].lo = (rnd() & 7) ? rnd() % 70 : rnd();
        c.in.xmm[1].hi = 0;
    }
    if (mentions(insn, "comis") || mentions(insn, "ptest") || mentions(insn, "pcmp")) c.flags = 2 | (rnd() & 0x8d5);
    if (mentions(insn, "mm0") && !mentions(insn, "xmm0") || mentions(insn, "mm1") && !mentions(insn, "xmm1") || insn->kind[0] == 'm') {
        v128 a = pick(kind == 'c' ? 'i' : kind), b = pick(kind == 'c' ? 'i' : kind);
        int top = rnd() & 7;
        c.in.fsw = top << 11;
        c.in.ftw = rnd();
        if (kind == 'c') b.lo = (rnd() & 7) ? rnd() % 70 : rnd();
        c.in.st[-top & 7].sig = a.lo;
        c.in.st[-top & 7].se = 0x3fff;
        c.in.st[(1 - top) & 7].sig = b.lo;
        c.in.st[(1 - top) & 7].se = 0x4000;
    }
    row(insn, code);
}

static void vector_rows(struct insn *insn, u8 *code) {
    static const u32 modes[] = {0x3f80, 0x5f80, 0x7f80, 0x1fc0, 0x9f80, 0xdfc0, 0x1fbf};
    static const u32 unmasked[] = {0x1f00, 0x1e80, 0x1d80, 0x1b80, 0x1780, 0x0f80, 0x0000, 0x9780, 0x3780};
    int isFloat = insn->kind[2] == 'f';
    for (int i = 0; i < (isFloat ? 24 : insn->kind[1] == 'n' ? 10 : 14); i++) vector_row(insn, code, 0x1f80);
    if (!isFloat) return;
    for (int m = 0; m < COUNT(modes); m++) for (int i = 0; i < 4; i++) vector_row(insn, code, modes[m]);
    for (int m = 0; m < COUNT(unmasked); m++) for (int i = 0; i < 2; i++) vector_row(insn, code, unmasked[m]);
}

static void x87_row(struct insn *insn, u8 *code, u16 fcw, int stack) {
    int kind = insn->kind[1];
    clear();
    c.in.fcw = fcw;
    c.in.fsw = (rnd() & 7) << 11 | ((rnd() & 3) ? 0 : rnd() & 0x4700);
    v128 a = float80(kind), b = float80(kind == 'p' ? 't' : kind);
    if (kind == 'p' && (rnd() & 1)) a.hi = (a.hi & 0x8000) | ((b.hi + rnd() % 62) & 0x7fff);
    if (mentions(insn, "fyl2x") && !mentions(insn, "fyl2xp1") && (rnd() & 7)) a.hi = (a.hi & 0x7fff) + (rnd() % 5 == 0 ? 300 : 0);
    if (mentions(insn, "fyl2xp1") && (rnd() & 7)) a.hi = (a.hi & 0x8000) | (0x3ffd - rnd() % 40);
    if (mentions(insn, "f2xm1") && (rnd() & 7)) a.hi = (a.hi & 0x8000) | (0x3ffe - rnd() % 30);
    if (kind == '~' && (mentions(insn, "sin") || mentions(insn, "cos") || mentions(insn, "tan")) && !mentions(insn, "atan") && (rnd() & 7)) {
        a.hi = (a.hi & 0x8000) | (0x3ffe - rnd() % 30);
        if (a.hi & 1 && (a.hi & 0x7fff) == 0x3ffe && a.lo > 0xc900000000000000) a.hi--;
    }
    c.in.st[0].sig = a.lo;
    c.in.st[0].se = a.hi;
    c.in.st[1].sig = b.lo;
    c.in.st[1].se = b.hi;
    int top = c.in.fsw >> 11 & 7;
    int used = stack == 1 ? 0 : stack == 2 ? 1 : stack == 3 ? 2 : stack == 4 ? 0xff : 3;
    c.in.ftw = (u8) (used << top | used >> (8 - top));
    u64 m = kind == '4' ? float32() : kind == '8' ? float64() : integer();
    switch (kind) {
        case 'w': memory[0].lo = m & 0xffff; break;
        case 'k': memory[0].lo = rnd() & 0x1f7f; c.in.fsw |= (rnd() & 0x3f); c.in.fcw |= 0x3f; break;
        case 'l': memory[0].lo = m & 0xffffffff; break;
        case '4': case '8': case 'q': memory[0].lo = m; break;
        case 'A': memory[0] = float80('t'); memory[0].hi &= 0xffff; break;
        case 'b': for (int i = 0; i < 18; i++) ((u8 *) memory)[i / 2] |= (rnd() % 10) << (i & 1) * 4;
            memory[0].hi |= (rnd() & 0x8000); break;
    }
    if (mentions(insn, "fcmov") || mentions(insn, "comi")) c.flags = 2 | (rnd() & 0x8d5);
    if (kind == 's') c.in.fsw |= rnd() & 0x3f, c.in.fcw |= 0x3f;
    if (mentions(insn, "fnstsw ax")) c.rax = rnd();
    row(insn, code);
}

static void x87_rows(struct insn *insn, u8 *code) {
    static const u16 modes[] = {0x07f, 0x27f, 0x77f, 0xb7f, 0xf7f, 0x47f, 0xa7f, 0xe7f};
    static const u16 unmasked[] = {0x37e, 0x37d, 0x37b, 0x377, 0x36f, 0x35f, 0x340, 0x760};
    int kind = insn->kind[1];
    if (kind == 'c') {
        for (int m = 0; m < COUNT(modes); m++) x87_row(insn, code, modes[m], 0);
        x87_row(insn, code, 0x37f, 4);
        x87_row(insn, code, 0x37e, 4);
        return;
    }
    int many = insn->kind[2] == 'f';
    for (int i = 0; i < (kind == '~' ? 48 : kind == 'p' ? 60 : many ? 40 : kind == 's' ? 6 : 20); i++) x87_row(insn, code, 0x37f, 0);
    if (kind == 's' || kind == 'k') return;
    if (many) for (int m = 0; m < COUNT(modes); m++) for (int i = 0; i < 6; i++) x87_row(insn, code, modes[m], 0);
    if (kind == '~') for (int m = 2; m < 5; m++) for (int i = 0; i < 6; i++) x87_row(insn, code, modes[m], 0);
    for (int m = 0; m < COUNT(unmasked); m++) for (int i = 0; i < 2; i++) x87_row(insn, code, unmasked[m], 0);
    for (int s = 1; s <= 4; s++) {
        x87_row(insn, code, 0x37f, s);
        x87_row(insn, code, 0x37e, s);
    }
}

int main(int argc, char **argv) {
    int file = argc == 2 ? argv[1][0] == 'x' ? 'x' : argv[1][0] == 'm' ? 'm' : 's' : 's';
    u8 *code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGFPE, &action, 0);
    sigaction(SIGILL, &action, 0);
    sigaction(SIGSEGV, &action, 0);
    printf("# Captured by tests/corpora/capture/x86-floating.c on a real processor (AMD family 1Ah), 64-bit code in user mode; the format is described\n"
        "# there, and what is masked in the replaying test.\n");
    if (file != 'x') {
        for (int i = 0; i < VALUES; i++) keep(vector("sdni"[i / (VALUES / 4)]));
        for (int i = 0; i < VALUES; i++) printf("value %d %016lx%016lx\n", i, values[i].hi, values[i].lo);
    }
    for (struct insn *insn = itab_start; insn < itab_end; insn++) {
        if (insn->kind[0] != file) continue;
        size_t length = insn->to - insn->from;
        memcpy(code, insn->from, length);
        code[length] = 0xc3;
        c.code = code;
        printf("insn ");
        for (size_t i = 0; i < length; i++) printf("%02x", code[i]);
        printf(" %s\n", insn->text);
        if (file == 'x') x87_rows(insn, code);
        else vector_rows(insn, code);
    }
    return 0;
}
