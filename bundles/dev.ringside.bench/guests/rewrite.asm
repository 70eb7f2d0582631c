; A loop that rewrites one of its own instructions before each time it runs it. Checksum: the sum of the numbers it wrote.

REWRITES        equ 1000

setup:          ret

pass:           mov ecx, REWRITES
                xor eax, eax
.again:         mov [.rewritten + 1], ecx
.rewritten:     add eax, 0x11223344     ; the opcode, then these four bytes
                dec ecx
                jnz .again
                ret
