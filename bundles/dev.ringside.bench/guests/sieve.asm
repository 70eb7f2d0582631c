; The sieve of Eratosthenes over bytes. Checksum: the number of primes below 262144, which is 23000.

ROUNDS          equ 24
SIZE            equ 262144
SIEVE           equ 0x400000

setup:          ret

pass:           mov r8d, ROUNDS
.round:         mov rdi, SIEVE
                mov ecx, SIZE
.fill:          mov byte [rdi], 1
                inc rdi
                dec ecx
                jnz .fill
                mov ebx, 2
.outer:         cmp byte [rbx + SIEVE], 0
                je .next
                lea rdx, [rbx + rbx]
.inner:         cmp rdx, SIZE
                jae .next
                mov byte [rdx + SIEVE], 0
                add rdx, rbx
                jmp .inner
.next:          inc rbx
                cmp rbx, 512            ; the root of SIZE
                jb .outer
                xor eax, eax
                mov ebx, 2
.count:         movzx edx, byte [rbx + SIEVE]
                add rax, rdx
                inc rbx
                cmp rbx, SIZE
                jb .count
                dec r8d
                jnz .round
                ret
