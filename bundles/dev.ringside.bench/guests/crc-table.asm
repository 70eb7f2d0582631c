; CRC-32 by table: each octet a load that depends on the one before. Checksum: the CRC.

ROUNDS          equ 96
SIZE            equ 65536
TEXT            equ 0x400000
TABLE           equ 0x500000
POLYNOMIAL      equ 0xedb88320

setup:          mov eax, 12345
                mov edi, TEXT
                mov ecx, SIZE
.fill:          imul eax, eax, 1103515245
                add eax, 12345
                mov edx, eax
                shr edx, 16
                mov [rdi], dl
                inc rdi
                dec ecx
                jnz .fill
                xor ecx, ecx
.entry:         mov eax, ecx
                mov ebx, 8
.bit:           shr eax, 1
                jnc .none
                xor eax, POLYNOMIAL
.none:          dec ebx
                jnz .bit
                mov [rcx * 4 + TABLE], eax
                inc ecx
                cmp ecx, 256
                jb .entry
                ret

pass:           mov r8d, ROUNDS
                mov eax, 0xffffffff
.round:         mov esi, TEXT
                mov ecx, SIZE
.octet:         movzx edx, byte [rsi]
                movzx ebx, al
                xor ebx, edx
                shr eax, 8
                xor eax, [rbx * 4 + TABLE]
                inc rsi
                dec ecx
                jnz .octet
                dec r8d
                jnz .round
                not eax
                ret
