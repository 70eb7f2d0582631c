; How often, and where, a word stands in 256 KiB of text over four letters. Checksum: the sum of the places.

ROUNDS          equ 24
SIZE            equ 262144
TEXT            equ 0x400000
LENGTH          equ 8

setup:          mov eax, 12345
                xor ecx, ecx
.fill:          imul eax, eax, 1103515245
                add eax, 12345
                mov edx, eax
                shr edx, 16
                and edx, 3
                add edx, "a"
                mov [rcx + TEXT], dl
                inc ecx
                cmp ecx, SIZE
                jb .fill
                ret

pass:           mov r8d, ROUNDS
.round:         xor eax, eax
                mov esi, TEXT
                mov r9b, [word_sought]
.scan:          cmp byte [rsi], r9b
                jne .next
                mov ecx, 1
.compare:       mov dl, [rsi + rcx]
                cmp dl, [rcx + word_sought]
                jne .next
                inc ecx
                cmp ecx, LENGTH
                jb .compare
                add rax, rsi
.next:          inc rsi
                cmp rsi, TEXT + SIZE - LENGTH
                jbe .scan
                dec r8d
                jnz .round
                ret

word_sought:    db "abcadbac"
