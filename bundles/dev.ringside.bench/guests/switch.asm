; Two address spaces, taking turns: CR3 is loaded and eight pages are touched that lie elsewhere in each.
; Checksum: what stands in the pages of both in the end.

SWITCHES        equ 2500                ; to each
PAGES           equ 8
WINDOW          equ 0x40000000
TABLES_1        equ 0x210000            ; PML4, PDPT, page directory, page table: 4 KiB each
TABLES_2        equ 0x218000
FRAMES_1        equ 0x800000
FRAMES_2        equ 0xa00000

setup:          mov edi, TABLES_1
                mov esi, FRAMES_1
                call build
                mov edi, TABLES_2
                mov esi, FRAMES_2

; An address space at RDI, with the window on the frames from RSI on.
build:          mov rbx, rdi
                xor eax, eax
                mov ecx, 4 * 4096 / 8
                rep stosq
                lea rax, [rbx + 0x1000 + 3]
                mov [rbx], rax
                mov eax, [PDPT]         ; the first GiB as everywhere
                mov [rbx + 0x1000], rax
                lea rax, [rbx + 0x2000 + 3]
                mov [rbx + 0x1008], rax
                lea rax, [rbx + 0x3000 + 3]
                mov [rbx + 0x2000], rax
                lea rax, [rsi + 3]
                xor ecx, ecx
.page:          mov [rbx + rcx * 8 + 0x3000], rax
                add rax, 0x1000
                inc ecx
                cmp ecx, PAGES
                jb .page
                ret

pass:           mov edi, FRAMES_1
                call clear
                mov edi, FRAMES_2
                call clear
                mov r8d, SWITCHES
.again:         mov eax, TABLES_1
                mov cr3, rax
                mov eax, 1
                call work
                mov eax, TABLES_2
                mov cr3, rax
                mov eax, 3
                call work
                dec r8d
                jnz .again
                mov eax, PML4
                mov cr3, rax
                xor eax, eax
                mov edi, FRAMES_1
                call sum
                mov edi, FRAMES_2
                jmp sum

work:           mov edi, WINDOW
                mov ecx, PAGES
.page:          add [rdi], rax
                add rax, [rdi]
                add rdi, 0x1000
                dec ecx
                jnz .page
                ret

clear:          mov ecx, PAGES
.page:          mov qword [rdi], 0
                add rdi, 0x1000
                dec ecx
                jnz .page
                ret

sum:            mov ecx, PAGES
.page:          add rax, [rdi]
                rol rax, 3
                add rdi, 0x1000
                dec ecx
                jnz .page
                ret
