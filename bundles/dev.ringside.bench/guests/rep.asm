; Repeated string instructions: pages cleared and copied, and short copies of odd lengths. Checksum: the sum of the last copy.

ROUNDS          equ 300
SIZE            equ 65536
FROM            equ 0x400000
TO              equ 0x500000

setup:          ret

pass:           mov r8d, ROUNDS
.round:         mov edi, FROM
                mov eax, r8d
                mov ecx, SIZE / 8
                rep stosq
                mov esi, FROM
                mov edi, TO
                mov ecx, SIZE / 8
                rep movsq
                mov ebx, 100
.short:         lea rsi, [rbx + FROM]
                mov edi, TO
                mov ecx, ebx
                rep movsb
                dec ebx
                jnz .short
                dec r8d
                jnz .round
                xor eax, eax
                xor ecx, ecx
.sum:           add rax, [rcx + TO]
                rol rax, 1
                add ecx, 8
                cmp ecx, SIZE
                jb .sum
                ret
