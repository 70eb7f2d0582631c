/*
 * Captures what integer instructions do on the processor it runs on, for tests/corpora/x86-integer-64.txt and -32.txt.
 *
 *   gcc -O1 -no-pie -o x86-integer x86-integer.c
 *   ./x86-integer 64 > ../x86-integer-64.txt
 *   ./x86-integer 32 > ../x86-integer-32.txt
 *
 * Needs x86-64 Linux; 32-bit code runs in the same process behind a far jump to the kernel's 32-bit code segment. Each instruction, or short
 * sequence, runs in user mode once for each of the states listed first. Text format:
 *
 *   state N reg=hex ...            registers and flags before; m0 m1 are the quadwords at rsi, n0 n1 those at rdi
 *   code HEX                       the bytes, at address 0x110000
 *   N reg=hex ... f=hex @off=hex   what is different after state N: registers, flags, bytes of memory from 0x100000 on
 *   N fault=V                      or the exception that it raised
 *
 * All other bytes of the 8 KB of memory at 0x100000 hold (37 * i + 11 * (i >> 8)) & 255, where i is the offset. In 32-bit code only the low
 * halves of registers count. Instructions that the processor does not have are left out.
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
typedef unsigned char u8;

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, REGS = 15 };
static const char *names[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14"};

#define DATA 0x100000UL
#define DATA_BYTES 0x2000
#define CODE 0x110000UL
#define WORK 0x120000UL
#define FLAGS_MASK 0xcd5UL
#define STATES 24

struct state { u64 r[REGS], flags, m[4]; };
struct work { u64 in[16], out[16], in_flags, out_flags, host_rsp; u8 stack[4096]; };

static struct state states[STATES];
static struct work *const work = (struct work *) WORK;
static u8 *const data = (u8 *) DATA;
static u8 before[DATA_BYTES];
static int mode;
static volatile int entry_offset = 2048;

/* ---- states */

static u64 seed = 20240607;

static u64 random64(void) {
    u64 z = seed += 0x9e3779b97f4a7c15UL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9UL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebUL;
    return z ^ z >> 31;
}

static const u64 edges[] = {0, 1, 2, ~0UL, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000UL, 0xffffffffUL, 0x100000000UL,
    0x7fffffffffffffffUL, 0x8000000000000000UL, 0x0f, 0x99, 0x9a, 0xf0};
#define EDGES (sizeof edges / sizeof edges[0])
static const u64 counts[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 18, 24, 27, 31, 32, 33, 34, 63, 64, 65, 255, 5, 4, 1};

static u64 interesting(int i) {
    return i % 3 == 2 ? random64() : i % 3 == 1 ? edges[random64() % EDGES] : edges[random64() % EDGES] + (random64() % 3) - 1;
}

static void make_states(void) {
    for (int i = 0; i < STATES; i++) {
        struct state *s = &states[i];
        for (int r = 0; r < REGS; r++) {
            s->r[r] = r > RDI ? random64() : interesting(i + r);
        }
        s->r[RCX] = counts[i] | (i & 1 ? random64() << 8 : 0);
        if (i % 3 == 0) {
            s->r[RDX] = 0;
        } else if (i % 3 == 1) {
            s->r[RDX] = (u64) ((int64_t) s->r[RAX] >> 63);
        }
        s->r[9] = (u64) (int64_t) (int8_t) random64();
        s->r[RSI] = DATA + 0x1000;
        s->r[RDI] = DATA + 0x1100;
        s->r[RSP] = DATA + 0x1800;
        s->r[RBP] = DATA + 0x1880;
        s->flags = (random64() & 0x8d5) | 0x202;
        s->m[0] = i % 4 == 0 ? s->r[RAX] : interesting(i + 1);
        s->m[1] = i % 8 == 0 ? s->r[RDX] : random64();
        s->m[2] = i % 2 == 0 ? s->m[0] : random64();
        s->m[3] = i % 4 == 0 ? s->m[1] : random64();
        printf("state %d", i);
        for (int r = 0; r < REGS; r++) {
            printf(" %s=%lx", names[r], s->r[r]);
        }
        printf(" f=%lx m0=%lx m1=%lx n0=%lx n1=%lx\n", s->flags & FLAGS_MASK, s->m[0], s->m[1], s->m[2], s->m[3]);
    }
}

/* ---- running */

static sigjmp_buf escape;
static volatile int trap;

static void caught(int signal, siginfo_t *info, void *context) {
    (void) signal, (void) info;
    trap = (int) ((ucontext_t *) context)->uc_mcontext.gregs[REG_TRAPNO];
    siglongjmp(escape, 1);
}

static u8 *out;

static void b(int n, ...) {
    __builtin_va_list args;
    __builtin_va_start(args, n);
    while (n--) {
        *out++ = (u8) __builtin_va_arg(args, int);
    }
    __builtin_va_end(args);
}

static void w32(u64 v) {
    memcpy(out, &v, 4);
    out += 4;
}

#define AT(field) (WORK + __builtin_offsetof(struct work, field))

/* The instruction lies at CODE with the way out behind it; the way in lies in the same page. r15 is the work area in 64-bit code. */
static void build(const u8 *code, int length) {
    out = (u8 *) CODE;
    memcpy(out, code, length);
    out += length;
    if (mode == 64) {
        for (int r = 0; r < REGS; r++) {
            b(3, r < 8 ? 0x49 : 0x4d, 0x89, 0x87 | (r & 7) << 3);
            w32(__builtin_offsetof(struct work, out) + 8 * r);
        }
        b(3, 0x49, 0x8b, 0xa7), w32(__builtin_offsetof(struct work, host_rsp));
        b(1, 0x9c);
        b(3, 0x41, 0x8f, 0x87), w32(__builtin_offsetof(struct work, out_flags));
    } else {
        for (int r = 0; r < 8; r++) {
            b(2, 0x89, 5 | r << 3), w32(AT(out) + 8 * r);
        }
        b(1, 0xbc), w32(AT(stack) + 2048);
        b(1, 0x9c);
        b(2, 0x8f, 0x05), w32(AT(out_flags));
        b(1, 0xea), w32((u64) out + 6), b(2, 0x33, 0);
        b(4, 0x48, 0x8b, 0x24, 0x25), w32(AT(host_rsp));
    }
    b(1, 0xfc);
    b(11, 0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d, 0x41, 0x5c, 0x5d, 0x5b, 0xc3);

    out = (u8 *) CODE + entry_offset;
    b(10, 0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57);
    if (mode == 64) {
        b(3, 0x49, 0xc7, 0xc7), w32(WORK);
        b(3, 0x49, 0x89, 0xa7), w32(__builtin_offsetof(struct work, host_rsp));
        b(3, 0x41, 0xff, 0xb7), w32(__builtin_offsetof(struct work, in_flags));
        b(1, 0x9d);
        for (int r = 0; r < REGS; r++) {
            b(3, r < 8 ? 0x49 : 0x4d, 0x8b, 0x87 | (r & 7) << 3);
            w32(__builtin_offsetof(struct work, in) + 8 * r);
        }
    } else {
        b(4, 0x48, 0x89, 0x24, 0x25), w32(AT(host_rsp));
        b(1, 0xbc), w32(AT(stack) + 2048);
        b(2, 0x6a, 0x23);
        b(1, 0x68), w32((u64) out + 6);
        b(2, 0x48, 0xcb);
        b(9, 0xb8, 0x2b, 0, 0, 0, 0x8e, 0xd8, 0x8e, 0xc0);
        b(2, 0xff, 0x35), w32(AT(in_flags));
        b(1, 0x9d);
        for (int r = 0; r < 8; r++) {
            b(2, 0x8b, 5 | r << 3), w32(AT(in) + 8 * r);
        }
    }
    b(1, 0xe9);
    w32(CODE - (u64) out - 4);
}

static void load_state(const struct state *s) {
    for (int i = 0; i < DATA_BYTES; i++) {
        data[i] = (u8) (37 * i + 11 * (i >> 8));
    }
    memcpy(data + 0x1000, &s->m[0], 16);
    memcpy(data + 0x1100, &s->m[2], 16);
    memcpy(before, data, DATA_BYTES);
    memcpy(work->in, s->r, sizeof s->r);
    work->in_flags = s->flags;
    memset(work->out, 0, sizeof work->out);
}

static void print_changes(int i) {
    const struct state *s = &states[i];
    u64 mask = mode == 64 ? ~0UL : 0xffffffffUL;
    printf("%d", i);
    for (int r = 0; r < (mode == 64 ? REGS : 8); r++) {
        if ((work->out[r] ^ s->r[r]) & mask) {
            printf(" %s=%lx", names[r], work->out[r] & mask);
        }
    }
    if ((work->out_flags ^ s->flags) & FLAGS_MASK) {
        printf(" f=%lx", work->out_flags & FLAGS_MASK);
    }
    for (int at = 0; at < DATA_BYTES; at++) {
        if (data[at] != before[at]) {
            printf(" @%x=", at);
            for (; at < DATA_BYTES && data[at] != before[at]; at++) {
                printf("%02x", data[at]);
            }
        }
    }
    putchar('\n');
}

/* Runs the bytes given as hex digits in every state. */
static void run(const char *hex) {
    u8 code[64];
    int length = 0;
    for (const char *at = hex; *at; at++) {
        if (*at != ' ') {
            unsigned byte;
            sscanf(at++, "%2x", &byte);
            code[length++] = (u8) byte;
        }
    }
    build(code, length);
    for (int i = 0; i < STATES; i++) {
        load_state(&states[i]);
        trap = -1;
        if (sigsetjmp(escape, 1) == 0) {
            ((void (*)(void)) (CODE + entry_offset))();
        }
        if (trap == 6 && i == 0) {
            fprintf(stderr, "not here: %s\n", hex);
            return;
        }
        if (i == 0) {
            printf("code ");
            for (int n = 0; n < length; n++) {
                printf("%02x", code[n]);
            }
            putchar('\n');
        }
        if (trap >= 0) {
            printf("%d fault=%d\n", i, trap);
        } else {
            print_changes(i);
        }
    }
}

/* As printf, into run. */
__attribute__((format(printf, 1, 2))) static void RUN(const char *format, ...) {
    char line[128];
    __builtin_va_list args;
    __builtin_va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    run(line);
}

/* ---- instructions */

static const int all_sizes[] = {8, 16, 32, 64, 0};
static const int wide_sizes[] = {16, 32, 64, 0};
#define EACH(sizes, s) for (const int *p_ = sizes, *q_ = p_; (s = *q_) && (mode == 64 || s < 64); q_++)

/* Operand-size and REX.W prefixes around a mandatory one ("" for none). */
static const char *prefixed(const char *mandatory, int size, const char *rest) {
    static char buffers[8][128];
    static int next;
    char *to = buffers[next++ & 7];
    snprintf(to, 128, "%s%s%s%s", size == 16 ? "66" : "", mandatory, size == 64 ? "48" : "", rest);
    return to;
}

static const char *immediate(int size, const char *low) {
    return size == 8 ? low : size == 16 ? "9a85" : "f0debc8a";
}

static void arithmetic(void) {
    int s;
    for (int op = 0; op < 8; op++) {
        EACH(all_sizes, s) {
            int w = s != 8;
            RUN("%s%02xd8", prefixed("", s, ""), op * 8 + w);
            RUN("%s%02xc3", prefixed("", s, ""), op * 8 + w);
            RUN("%s%02xc0", prefixed("", s, ""), op * 8 + w);
            RUN("%s%02x1e", prefixed("", s, ""), op * 8 + w);
            RUN("%s%02xd8", prefixed("", s, ""), op * 8 + 2 + w);
            RUN("%s%02x1e", prefixed("", s, ""), op * 8 + 2 + w);
            RUN("%s%02x%s", prefixed("", s, ""), op * 8 + 4 + w, immediate(s, "9a"));
            RUN("%s%02x%02x%s", prefixed("", s, ""), 0x80 + w, 0xc3 | op << 3, immediate(s, "7f"));
            RUN("%s%02x%02x%s", prefixed("", s, ""), 0x80 + w, 0x06 | op << 3, immediate(s, "85"));
            if (w) {
                RUN("%s83%02xf7", prefixed("", s, ""), 0xc3 | op << 3);
                RUN("%s83%02x01", prefixed("", s, ""), 0x06 | op << 3);
            }
            if (op < 7) {
                RUN("f0%s%02x1e", prefixed("", s, ""), op * 8 + w);
            }
        }
        RUN("%02xe7", op * 8);
        RUN("%02xc7", op * 8 + 2);
        if (mode == 64) {
            RUN("40%02xee", op * 8);
            RUN("45%02xc8", op * 8 + 1);
            RUN("4d%02xd3", op * 8 + 3);
        }
    }
    EACH(all_sizes, s) {
        int w = s != 8;
        for (int op = 2; op < 8; op++) {
            RUN("%s%02x%02x", prefixed("", s, ""), 0xf6 + w, 0xc3 | op << 3);
            RUN("%s%02x%02x", prefixed("", s, ""), 0xf6 + w, 0x06 | op << 3);
        }
        for (int op = 0; op < 2; op++) {
            RUN("%s%02x%02x", prefixed("", s, ""), 0xfe + w, 0xc3 | op << 3);
            RUN("%s%02x%02x", prefixed("", s, ""), 0xfe + w, 0x06 | op << 3);
            RUN("%s%02x%02x%s", prefixed("", s, ""), 0xf6 + w, 0xc3 | op << 3, immediate(s, "81"));
        }
        RUN("%s%02xd8", prefixed("", s, ""), 0x84 + w);
        RUN("%s%02xc0", prefixed("", s, ""), 0x84 + w);
        RUN("%s%02x1e", prefixed("", s, ""), 0x84 + w);
        RUN("%s%02x%s", prefixed("", s, ""), 0xa8 + w, immediate(s, "81"));
        if (w) {
            RUN("%s0fafd8", prefixed("", s, ""));
            RUN("%s0faf06", prefixed("", s, ""));
            RUN("%s6bd8f6", prefixed("", s, ""));
            RUN("%s6b0611", prefixed("", s, ""));
            RUN("%s69d8%s", prefixed("", s, ""), immediate(s, ""));
            RUN("%s98", prefixed("", s, ""));
            RUN("%s99", prefixed("", s, ""));
        }
    }
    /* Divisions that fit: the dividend is the accumulator, extended. */
    EACH(wide_sizes, s) {
        RUN("%s99%sf7fb", prefixed("", s, ""), prefixed("", s, ""));
        RUN("31d2%sf7f3", prefixed("", s, ""));
        RUN("%s29da%sf7f3", prefixed("", s, ""), prefixed("", s, ""));
        RUN("%sd1fa%sf7fb", prefixed("", s, ""), prefixed("", s, ""));
    }
    RUN("6698f6fb");
    RUN("b400f6f3");
    RUN("660f38f6c3"), RUN("f30f38f6c3"), RUN("660f38f606"), RUN("f30f38f606");
    if (mode == 64) {
        RUN("66480f38f6c3"), RUN("f3480f38f6c3");
    }
}

static void shifts(void) {
    static const int amounts[] = {0, 1, 2, 7, 8, 9, 15, 16, 17, 18, 31, 32, 33, 63, 65};
    int s;
    for (int op = 0; op < 8; op++) {
        EACH(all_sizes, s) {
            int w = s != 8;
            for (unsigned i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
                if (op != 6) {
                    RUN("%s%02x%02x%02x", prefixed("", s, ""), 0xc0 + w, 0xc3 | op << 3, amounts[i]);
                }
            }
            RUN("%s%02x%02x05", prefixed("", s, ""), 0xc0 + w, 0x06 | op << 3);
            RUN("%s%02x%02x", prefixed("", s, ""), 0xd0 + w, 0xc3 | op << 3);
            RUN("%s%02x%02x", prefixed("", s, ""), 0xd0 + w, 0x06 | op << 3);
            RUN("%s%02x%02x", prefixed("", s, ""), 0xd2 + w, 0xc3 | op << 3);
            RUN("%s%02x%02x", prefixed("", s, ""), 0xd2 + w, 0x06 | op << 3);
        }
    }
    for (int right = 0; right < 16; right += 8) {
        EACH(wide_sizes, s) {
            for (unsigned i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
                RUN("%s0f%02xc3%02x", prefixed("", s, ""), 0xa4 + right, amounts[i]);
            }
            RUN("%s0f%02x0603", prefixed("", s, ""), 0xa4 + right);
            RUN("%s0f%02xc3", prefixed("", s, ""), 0xa5 + right);
            RUN("%s0f%02x06", prefixed("", s, ""), 0xa5 + right);
        }
    }
}

static void vex(int map, int pp, int w, int vvvv, const char *rest) {
    RUN("c4%02x%02x%s", 0xe0 | map, w << 7 | (~vvvv & 15) << 3 | pp, rest);
}

static void bits(void) {
    int s;
    EACH(wide_sizes, s) {
        for (int op = 4; op < 8; op++) {
            RUN("%s0f%02xd8", prefixed("", s, ""), 0x83 + op * 8);
            RUN("%s0f%02xc8", prefixed("", s, ""), 0x83 + op * 8);
            RUN("%s0fba%02x05", prefixed("", s, ""), 0xc0 | op << 3);
            RUN("%s0fba%02x4f", prefixed("", s, ""), 0xc3 | op << 3);
            RUN("%s0fba%02x12", prefixed("", s, ""), 0x06 | op << 3);
            if (mode == 64) {
                RUN("%s%02x0f%02x0e", s == 16 ? "66" : "", s == 64 ? 0x4c : 0x44, 0x83 + op * 8);
            } else {
                RUN("0fbed8%s0f%02x1e", prefixed("", s, ""), 0x83 + op * 8);
            }
        }
        RUN("%s0fbcd8", prefixed("", s, "")), RUN("%s0fbc1e", prefixed("", s, ""));
        RUN("%s0fbdd8", prefixed("", s, "")), RUN("%s0fbd1e", prefixed("", s, ""));
        RUN("%s0fbcd8", prefixed("f3", s, "")), RUN("%s0fbc1e", prefixed("f3", s, ""));
        RUN("%s0fbdd8", prefixed("f3", s, "")), RUN("%s0fbd1e", prefixed("f3", s, ""));
        RUN("%s0fb8d8", prefixed("f3", s, "")), RUN("%s0fb81e", prefixed("f3", s, ""));
        RUN("%s0f38f01e", prefixed("", s, "")), RUN("%s0f38f11e", prefixed("", s, ""));
        RUN("%s0f38f1d8", prefixed("f2", s, "")), RUN("%s0f38f11e", prefixed("f2", s, ""));
        if (s != 16) {
            RUN("%s0fc8", prefixed("", s, "")), RUN("%s0fcb", prefixed("", s, ""));
            RUN("%s0f38f0d8", prefixed("f2", s, ""));
            int w = s == 64;
            vex(2, 0, w, RBX, "f2c8"), vex(2, 0, w, RBX, "f20e");
            vex(2, 0, w, RCX, "f7d8"), vex(2, 0, w, RAX, "f71e");
            vex(2, 0, w, RBX, "f3d8"), vex(2, 0, w, RBX, "f3c8"), vex(2, 0, w, RBX, "f3d0"), vex(2, 0, w, RBX, "f31e"), vex(2, 0, w, RBX, "f30e");
            vex(2, 0, w, RBX, "f316");
            vex(2, 0, w, RCX, "f5d8"), vex(2, 0, w, RAX, "f51e");
            vex(2, 3, w, RBX, "f5c8"), vex(2, 3, w, RAX, "f51e");
            vex(2, 2, w, RBX, "f5c8"), vex(2, 2, w, RAX, "f51e");
            vex(2, 3, w, RBX, "f6c8"), vex(2, 3, w, RBX, "f6d9"), vex(2, 3, w, RAX, "f61e");
            vex(2, 1, w, RCX, "f7d8"), vex(2, 2, w, RCX, "f7d8"), vex(2, 3, w, RCX, "f7d8");
            vex(2, 1, w, RCX, "f71e"), vex(2, 2, w, RCX, "f71e"), vex(2, 3, w, RCX, "f71e");
            vex(3, 3, w, 0, "f0d809"), vex(3, 3, w, 0, "f01e21");
        }
    }
}

static void moves(void) {
    int s;
    EACH(all_sizes, s) {
        int w = s != 8;
        RUN("%s%02xd8", prefixed("", s, ""), 0x88 + w), RUN("%s%02x1e", prefixed("", s, ""), 0x88 + w);
        RUN("%s%02xd8", prefixed("", s, ""), 0x8a + w), RUN("%s%02x1e", prefixed("", s, ""), 0x8a + w);
        RUN("%s%02xc3%s", prefixed("", s, ""), 0xc6 + w, immediate(s, "9a")), RUN("%s%02x06%s", prefixed("", s, ""), 0xc6 + w, immediate(s, "9a"));
        RUN("%s%02x%s%s", prefixed("", s, ""), 0xa0 + w, "04101000", mode == 64 ? "00000000" : "");
        RUN("%s%02x%s%s", prefixed("", s, ""), 0xa2 + w, "04101000", mode == 64 ? "00000000" : "");
        RUN("%s%02xd8", prefixed("", s, ""), 0x86 + w), RUN("%s%02x1e", prefixed("", s, ""), 0x86 + w);
        RUN("%s0f%02xd8", prefixed("", s, ""), 0xc0 + w), RUN("%s0f%02xdb", prefixed("", s, ""), 0xc0 + w);
        RUN("%s0f%02x1e", prefixed("", s, ""), 0xc0 + w), RUN("f0%s0f%02x1e", prefixed("", s, ""), 0xc0 + w);
        RUN("%s0f%02xd9", prefixed("", s, ""), 0xb0 + w), RUN("%s0f%02xd8", prefixed("", s, ""), 0xb0 + w);
        RUN("%s0f%02x1e", prefixed("", s, ""), 0xb0 + w), RUN("f0%s0f%02x1e", prefixed("", s, ""), 0xb0 + w);
        RUN("%s89c1%s0f%02xd9", prefixed("", s == 8 ? 32 : s, ""), prefixed("", s, ""), 0xb0 + w);
        if (w) {
            RUN("%s90", prefixed("", s, "")), RUN("%s93", prefixed("", s, ""));
            RUN("%sbb%s%s", prefixed("", s, ""), immediate(s, ""), s == 64 ? "78563412" : "");
            RUN("%s0fb6d8", prefixed("", s, "")), RUN("%s0fb61e", prefixed("", s, "")), RUN("%s0fb7d8", prefixed("", s, ""));
            RUN("%s0fbed8", prefixed("", s, "")), RUN("%s0fbe1e", prefixed("", s, "")), RUN("%s0fbfd8", prefixed("", s, ""));
            RUN("%s0fb71e", prefixed("", s, "")), RUN("%s0fbf1e", prefixed("", s, ""));
            if (mode == 64) {
                RUN("%s63d8", prefixed("", s, "")), RUN("%s631e", prefixed("", s, ""));
            }
            for (int cc = 0; cc < 16; cc++) {
                RUN("%s0f%02xd8", prefixed("", s, ""), 0x40 + cc);
            }
            RUN("%s0f441e", prefixed("", s, ""));
            RUN("%s8d5e05", prefixed("", s, "")), RUN("%s8d9c8878563412", prefixed("", s, "")), RUN("%s8d1c45fffeffff", prefixed("", s, ""));
            RUN("67%s8d5b85", prefixed("", s, ""));
        }
    }
    RUN("b39a"), RUN("b79a"), RUN("88e3"), RUN("88c7"), RUN("86e7"), RUN("86c4"), RUN("0fb6df"), RUN("0fbedc");
    for (int cc = 0; cc < 16; cc++) {
        RUN("0f%02xc3", 0x90 + cc);
        RUN("38d80f%02xc3", 0x90 + cc);
        RUN("39d80f%02xc3", 0x90 + cc);
        RUN("85c00f%02xc3", 0x90 + cc);
        RUN("01c30f%02xc1", 0x90 + cc);
        RUN("ffc80f%02xc3", 0x90 + cc);
        RUN("66ffc00f%02xc3", 0x90 + cc);
        RUN("d1e00f%02xc3", 0x90 + cc);
        RUN("d1e8ffc00f%02xc3", 0x90 + cc);
        RUN("0fa3c30f%02xc3", 0x90 + cc);
    }
    RUN("0f9406"), RUN("0f95c7");
    RUN("0fc70e"), RUN("f00fc70e");
    if (mode == 64) {
        RUN("480fc70e"), RUN("f0480fc70e"), RUN("480fc74e08");
        RUN("408af3"), RUN("4088fb"), RUN("45 8bc8"), RUN("4d89d3"), RUN("4c8b06"), RUN("448916");
        RUN("488b1d f90fffff"), RUN("83e10f8b9c4e00feffff"), RUN("468b5c0efc"), RUN("4a8b5cce08"), RUN("678b1e"), RUN("67428b5c0e10");
        RUN("488d1d00000000"), RUN("67488d1d00000000"), RUN("4f8d5c9a7f");
        RUN("488d1ed7");
    } else {
        RUN("678d5812"), RUN("67668d5a34"), RUN("678d1e3412"), RUN("8d1ed7"), RUN("83e10f8b9c8e00000000"), RUN("8b5efc");
    }
}

static void flags_and_stack(void) {
    RUN("f8"), RUN("f9"), RUN("f5"), RUN("9f"), RUN("9e"), RUN("fd"), RUN("fc"), RUN("f9ffc0f5"), RUN("28d8f8"), RUN("d0d0f5"), RUN("f9d0d8");
    RUN("50"), RUN("6650"), RUN("54"), RUN("6a85"), RUN("666a85"), RUN("68f0debc8a"), RUN("66689a85"), RUN("ff36"), RUN("66ff36"), RUN("ff742408");
    RUN("58"), RUN("6658"), RUN("5c"), RUN("8f06"), RUN("668f06"), RUN("8f442408"), RUN("8f0424"), RUN("505b"), RUN("5053 595a");
    RUN("9c"), RUN("669c"), RUN("68d50a00009d"), RUN("6802020000 9d"), RUN("66 68d50a 669d");
    RUN("c8100000"), RUN("c8000000c9"), RUN("c8080001"), RUN("c8200003"), RUN("66c8080000"), RUN("c9"), RUN("66c9");
    RUN("e802000000eb01c3"), RUN("6808000000 e803000000 eb04 c20400");
    if (mode == 64) {
        RUN("4150"), RUN("4159"), RUN("488d0504000000ffe0b355b755"), RUN("488d0504000000ffd0eb03b355c3");
        RUN("c8100004");
    } else {
        RUN("60"), RUN("61"), RUN("6660"), RUN("6661"), RUN("6061"), RUN("b80b001100ffe0b355b755");
    }
}

static void branches(void) {
    for (int cc = 0; cc < 16; cc++) {
        RUN("%02x02b355", 0x70 + cc);
        RUN("0f%02x02000000b355", 0x80 + cc);
        RUN("39d8%02x02b355", 0x70 + cc);
        RUN("29d8ffc1%02x02b355", 0x70 + cc);
    }
    RUN("e302b355"), RUN("67e302b355"), RUN("b90000000067e302b355");
    RUN("e202b355"), RUN("e102b355"), RUN("e002b355"), RUN("67e202b355"), RUN("67e102b355"), RUN("67e002b355");
    RUN("b901000000e202b355"), RUN("b9030000008d5b01e2fb"), RUN("eb02b355"), RUN("e902000000b355");
}

static void strings(void) {
    static const char *count = "b907000000";
    int s;
    EACH(all_sizes, s) {
        int w = s != 8;
        for (int op = 0; op < 5; op++) {
            static const int opcodes[] = {0xa4, 0xa6, 0xaa, 0xac, 0xae};
            RUN("%s%02x", prefixed("", s, ""), opcodes[op] + w);
            RUN("fd%s%02xfc", prefixed("", s, ""), opcodes[op] + w);
            for (int rep = 0xf2; rep < 0xf4; rep++) {
                char prefix[4];
                snprintf(prefix, sizeof prefix, "%02x", rep);
                RUN("%s%s%02x", count, prefixed(prefix, s, ""), opcodes[op] + w);
                RUN("%sfd%s%02xfc", count, prefixed(prefix, s, ""), opcodes[op] + w);
                RUN("31c9%s%02x", prefixed(prefix, s, ""), opcodes[op] + w);
            }
            if (mode == 64) {
                RUN("67%s%02x", prefixed("", s, ""), opcodes[op] + w);
                RUN("%s67f3%s%02x", count, prefixed("", s, ""), opcodes[op] + w);
            }
        }
        RUN("%s8d7e%02x%s%s%02x", mode == 64 ? "48" : "", s / 8, "b914000000", prefixed("f3", s, ""), 0xa4 + w);
        RUN("%s8d7eff%s%s%02x", mode == 64 ? "48" : "", "b914000000", prefixed("f3", s, ""), 0xa4 + w);
        RUN("%s8d7e%02xfd%s%s%02xfc", mode == 64 ? "48" : "", 0xf8, "b914000000", prefixed("f3", s, ""), 0xa4 + w);
    }
}

static void decimal(void) {
    RUN("27"), RUN("2f"), RUN("37"), RUN("3f"), RUN("d40a"), RUN("d50a"), RUN("d407"), RUN("d510"), RUN("d400"), RUN("d6");
    RUN("00d827"), RUN("28d82f"), RUN("00d837"), RUN("28d83f");
    for (int r = 0; r < 8; r++) {
        RUN("%02x", 0x40 + r), RUN("%02x", 0x48 + r), RUN("66%02x", 0x40 + r);
    }
    RUN("621e"), RUN("66621e"), RUN("31db 621e"), RUN("8b1e621e");
    RUN("82c37f"), RUN("82f89a");
}

int main(int argc, char **argv) {
    mode = argc > 1 ? atoi(argv[1]) : 64;
    if (mmap((void *) DATA, DATA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED
            || mmap((void *) CODE, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED
            || mmap((void *) WORK, 0x4000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    stack_t alternative = {.ss_sp = malloc(65536), .ss_size = 65536};
    sigaltstack(&alternative, 0);
    struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    int signals[] = {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGTRAP};
    for (int i = 0; i < 5; i++) {
        sigaction(signals[i], &action, 0);
    }
    printf("# Captured by tests/corpora/capture/x86-integer.c on a real processor, %d-bit code in user mode; the format is described there.\n", mode);
    make_states();
    arithmetic();
    shifts();
    bits();
    moves();
    flags_and_stack();
    branches();
    strings();
    if (mode == 32) {
        decimal();
    }
    return 0;
}
