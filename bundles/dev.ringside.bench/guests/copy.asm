; 64 KiB copied with loads and stores of 8 bytes, four to a round, as a C library without vectors does. Checksum: the sum of the copy.

ROUNDS          equ 4096
SIZE            equ 65536
FROM            equ 0x400000
TO              equ 0x500000

setup:          mov eax, 12345
                xor ecx, ecx
.fill:          imul rax, rax, 1103515245
                add rax, 12345
                mov [rcx + FROM], rax
                add ecx, 8
                cmp ecx, SIZE
                jb .fill
                ret

pass:           mov r8d, ROUNDS
.round:         mov esi, FROM
                mov edi, TO
                mov ecx, SIZE / 32
.line:          mov rax, [rsi]
                mov rbx, [rsi + 8]
                mov rdx, [rsi + 16]
                mov r9, [rsi + 24]
                mov [rdi], rax
                mov [rdi + 8], rbx
                mov [rdi + 16], rdx
                mov [rdi + 24], r9
                add rsi, 32
                add rdi, 32
                dec ecx
                jnz .line
                dec r8d
                jnz .round
                xor eax, eax
                xor ecx, ecx
.sum:           add rax, [rcx + TO]
                add ecx, 8
                cmp ecx, SIZE
                jb .sum
                ret
