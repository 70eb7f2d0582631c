; 256 pages that are not there are touched; the page-fault handler maps each, and the access runs again. Then all are taken
; away. Checksum: the faults and what was read.

ROUNDS          equ 20
PAGES           equ 256
WINDOW          equ 0x40000000
LAZY_DIRECTORY  equ 0x210000
LAZY_TABLE      equ 0x211000
FRAMES          equ 0x800000
FAULTS          equ 0x400000

setup:          mov edi, LAZY_DIRECTORY
                xor eax, eax
                mov ecx, 2 * 4096 / 8
                rep stosq
                mov qword [LAZY_DIRECTORY], LAZY_TABLE | PRESENT | WRITABLE
                mov qword [PDPT + 8], LAZY_DIRECTORY | PRESENT | WRITABLE
                mov eax, page_fault
                mov edi, IDT + 14 * 16
                mov [rdi], ax
                mov word [rdi + 2], KERNEL_CODE
                mov word [rdi + 4], 0x8e00      ; present, 64-bit interrupt gate
                shr eax, 16
                mov [rdi + 6], ax
                ret

pass:           mov qword [FAULTS], 0
                mov r8d, ROUNDS
                xor ebx, ebx
.round:         mov edi, WINDOW
                mov ecx, PAGES
.touch:         mov [rdi], rcx
                add rbx, [rdi + 8]
                add rbx, [rdi]
                add rdi, 0x1000
                dec ecx
                jnz .touch
                mov edi, LAZY_TABLE
                xor eax, eax
                mov ecx, PAGES
                rep stosq
                mov rax, cr3
                mov cr3, rax
                dec r8d
                jnz .round
                mov rax, [FAULTS]
                shl rax, 32
                add rax, rbx
                ret

; The error code lies on top of the stack, CR2 holds the address.
page_fault:     push rax
                push rcx
                inc qword [FAULTS]
                mov rax, cr2
                sub rax, WINDOW
                shr rax, 12
                mov rcx, rax
                shl rcx, 12
                add rcx, FRAMES | PRESENT | WRITABLE
                mov [rax * 8 + LAZY_TABLE], rcx
                pop rcx
                pop rax
                add rsp, 8
                iretq
