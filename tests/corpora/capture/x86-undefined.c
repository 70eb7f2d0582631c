/*
 * Which encodings a real processor refuses with #UD. Capture only; no test needs a compiler.
 *
 *   java -cp CLASSPATH dev.ringside.arch.x86.decode.UndefinedCorpus list > encodings
 *   gcc -O1 -o x86-undefined x86-undefined.c && ./x86-undefined < encodings > answers
 *   java -cp CLASSPATH dev.ringside.arch.x86.decode.UndefinedCorpus pack answers tests/corpora/x86-undefined-64.txt "processor name"
 *
 * Each encoding runs once, in user mode, followed by INT3; registers point into a scratch area. Input: bytes in hexadecimal and the length that the
 * decoder takes them for. Output: the bytes and "ud" or "defined" (it ran, or faulted for another reason).
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static sigjmp_buf back;
static char area[65536] __attribute__((aligned(64)));

static void on_signal(int number)
{
    siglongjmp(back, number);
}

int main(void)
{
    static char stack[65536];
    stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };
    int signals[] = { SIGILL, SIGSEGV, SIGFPE, SIGBUS, SIGTRAP };
    sigaltstack(&alternate, 0);
    for (int i = 0; i < 5; i++)
        sigaction(signals[i], &action, 0);

    static unsigned char *code;
    code = mmap(0, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    static char hex[64];
    static int length;
    while (scanf("%63s %d", hex, &length) == 2) {
        memset(code, 0, 16);
        for (int i = 0; hex[2 * i]; i++) {
            unsigned value;
            sscanf(hex + 2 * i, "%2x", &value);
            code[i] = value;
        }
        memset(code + length, 0xcc, 32);
        volatile int number = sigsetjmp(back, 1);
        if (!number)
            asm volatile("fninit\n cld\n mov %0, %%r11\n lea %1, %%rdi\n mov %%rdi, %%rsi\n mov %%rdi, %%rax\n mov %%rdi, %%rbx\n"
                         "mov $1, %%ecx\n mov %%rdi, %%rdx\n jmp *%%r11"
                         : : "r"(code), "m"(area[32768]) : "memory", "rax", "rbx", "rcx", "rdx", "rdi", "rsi", "r11");
        printf("%s %s\n", hex, number == SIGILL ? "ud" : "defined");
    }
    return 0;
}
