; Drives the sample plug-in's device: adds two numbers, checks the sum, and powers the machine off or waits for ever.

                bits 32
                org 0x100000

MULTIBOOT_MAGIC equ 0x1badb002
MULTIBOOT_FLAGS equ 1 << 16

ADDEND          equ 0x5a0
SUM             equ 0x5a4

header:         dd MULTIBOOT_MAGIC
                dd MULTIBOOT_FLAGS
                dd -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
                dd header
                dd header
                dd 0
                dd 0
                dd start

start:          mov dx, ADDEND
                mov eax, 0x1234
                out dx, eax
                mov eax, 0x4321
                out dx, eax
                mov dx, SUM
                in eax, dx
                mov ebx, eax            ; 0x5555
forever:        jmp forever
