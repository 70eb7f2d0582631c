; A boot sector: 512 bytes that the BIOS loads at 0x7c00 and jumps to, in real mode.
; It greets through the BIOS on the screen, through the serial line, and ends the run with isa-debug-exit.

                bits 16
                org 0x7c00

COM1            equ 0x3f8
DEBUG_EXIT      equ 0xf4

start:          cli
                xor ax, ax
                mov ds, ax
                mov ss, ax
                mov sp, 0x7c00
                sti

                mov si, text
.next:          lodsb
                test al, al
                jz .done
                mov ah, 0x0e            ; INT 10h: teletype output
                mov bx, 7
                push ax
                int 0x10
                pop ax
                mov dx, COM1
                out dx, al
                jmp .next

.done:          mov al, 0x10
                out DEBUG_EXIT, al      ; exit status (0x10 << 1) | 1 = 33
.forever:       hlt
                jmp .forever

text:           db "Hello from the boot sector.", 13, 10, 0

                times 510 - ($ - $$) db 0
                dw 0xaa55
