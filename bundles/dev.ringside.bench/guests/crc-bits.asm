; CRC-32 bit by bit: shifts, and a branch that nobody can predict. Checksum: the CRC.

ROUNDS          equ 32
SIZE            equ 65536
TEXT            equ 0x400000
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
                ret

pass:           mov r8d, ROUNDS
                mov eax, 0xffffffff
.round:         mov esi, TEXT
                mov ecx, SIZE
.octet:         movzx edx, byte [rsi]
                xor eax, edx
                mov ebx, 8
.bit:           shr eax, 1
                jnc .none
                xor eax, POLYNOMIAL
.none:          dec ebx
                jnz .bit
                inc rsi
                dec ecx
                jnz .octet
                dec r8d
                jnz .round
                not eax
                ret
