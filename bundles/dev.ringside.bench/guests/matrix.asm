; 64 by 64 matrices of double numbers, multiplied two columns at a time in SSE2. The numbers are small and whole, so every
; processor gets the same ones. Checksum: the sum of the result's bits.

ROUNDS          equ 12
N               equ 64
A               equ 0x400000
B               equ 0x410000
C               equ 0x420000

setup:          xor ecx, ecx
.fill:          mov eax, ecx
                imul eax, eax, 7
                and eax, 15
                cvtsi2sd xmm0, eax
                movsd [rcx * 8 + A], xmm0
                mov eax, ecx
                imul eax, eax, 11
                and eax, 15
                cvtsi2sd xmm0, eax
                movsd [rcx * 8 + B], xmm0
                inc ecx
                cmp ecx, N * N
                jb .fill
                ret

pass:           mov r8d, ROUNDS
.round:         mov esi, A              ; a row of A
                mov edi, C              ; and of C
                mov r9d, N
.row:           xor ebx, ebx            ; bytes into the row: two columns
.columns:       xorpd xmm0, xmm0
                lea rdx, [rbx + B]
                xor ecx, ecx
.inner:         movsd xmm1, [rsi + rcx * 8]
                unpcklpd xmm1, xmm1
                mulpd xmm1, [rdx]
                addpd xmm0, xmm1
                add rdx, N * 8
                inc ecx
                cmp ecx, N
                jb .inner
                movapd [rdi + rbx], xmm0
                add ebx, 16
                cmp ebx, N * 8
                jb .columns
                add rsi, N * 8
                add rdi, N * 8
                dec r9d
                jnz .row
                dec r8d
                jnz .round
                xor eax, eax
                xor ecx, ecx
.sum:           add rax, [rcx * 8 + C]
                inc ecx
                cmp ecx, N * N
                jb .sum
                ret
