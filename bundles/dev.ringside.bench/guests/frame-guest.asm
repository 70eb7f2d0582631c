; What stands around a benchmark when it runs as a guest: a Multiboot kernel that goes to 64-bit mode, calls setup once
; and pass PASSES times, and prints a line for each: "ready", then each pass's checksum, then "end". The same lines come
; from frame-native.asm, so that who measures needs to know only one protocol.
;
; The host puts "PASSES equ n" in front of this file and the benchmark behind it. Everything here fits below BODY,
; so that a benchmark's bytes are the same whatever stands around them.
;
; Memory:
;   0x00100000  this image; from 0x00101000 on the benchmark: setup and pass. Both may use every register but RSP
;   0x00200000  stack, grows down
;   0x00201000  PML4; 0x00202000 PDPT; 0x00203000 page directory: 64 MiB mapped onto themselves, for user code too
;   0x00204000  interrupt descriptor table: empty, for benchmarks that want one
;   0x00210000  tables that a benchmark builds
;   0x00400000  its data

                bits 32
                org 0x100000

BODY            equ 0x101000
STACK_TOP       equ 0x200000
PML4            equ 0x201000
PDPT            equ 0x202000
DIRECTORY       equ 0x203000
IDT             equ 0x204000
LARGE_PAGES     equ 32

PRESENT         equ 1
WRITABLE        equ 2
USER            equ 4
LARGE           equ 0x80

KERNEL_CODE     equ 0x08
KERNEL_DATA     equ 0x10
USER_SEGMENTS   equ 0x18                ; 32-bit code, data, 64-bit code: in the order that SYSRET wants

COM1            equ 0x3f8
DEBUG_EXIT      equ 0xf4

frame:          dd 0x1badb002           ; Multiboot: the addresses below are valid
                dd 0x10000
                dd -(0x1badb002 + 0x10000)
                dd frame, frame, 0, 0, frame_start

frame_start:    cli
                mov esp, STACK_TOP
                mov edi, PML4
                xor eax, eax
                mov ecx, (0x205000 - PML4) / 4
                rep stosd
                mov dword [PML4], PDPT | PRESENT | WRITABLE | USER
                mov dword [PDPT], DIRECTORY | PRESENT | WRITABLE | USER
                mov edi, DIRECTORY
                mov eax, PRESENT | WRITABLE | USER | LARGE
                mov ecx, LARGE_PAGES
.map:           mov [edi], eax
                add eax, 0x200000
                add edi, 8
                dec ecx
                jnz .map
                mov eax, cr4
                or eax, (1 << 5) | (1 << 9) | (1 << 10) ; PAE, OSFXSR, OSXMMEXCPT
                mov cr4, eax
                mov eax, PML4
                mov cr3, eax
                mov ecx, 0xc0000080     ; IA32_EFER
                rdmsr
                or eax, 1 << 8          ; LME
                wrmsr
                mov eax, cr0
                and eax, 0xfffffffb     ; EM
                or eax, (1 << 31) | (1 << 16) | (1 << 1) ; PG, WP, MP
                mov cr0, eax
                lgdt [gdt_pointer]
                jmp KERNEL_CODE:frame_64

                bits 64

frame_64:       mov ax, KERNEL_DATA
                mov ds, ax
                mov es, ax
                mov ss, ax
                xor eax, eax
                mov fs, ax
                mov gs, ax
                mov rsp, STACK_TOP
                lidt [idt_pointer]
                mov dx, COM1 + 1        ; the serial line without interrupts, 8n1, as fast as it goes
                out dx, al
                mov dx, COM1 + 3
                mov al, 0x80
                out dx, al
                mov dx, COM1
                mov al, 1
                out dx, al
                inc dx
                xor al, al
                out dx, al
                mov dx, COM1 + 3
                mov al, 3
                out dx, al
                cld
                call setup
                mov esi, say_ready
                mov ecx, 6
                call print
.pass:          call pass
                call print_checksum
                dec dword [passes_left]
                jnz .pass
                mov esi, say_end
                mov ecx, 4
                call print
                xor eax, eax
                out DEBUG_EXIT, al      ; status 1
.forever:       hlt
                jmp .forever

; RCX bytes at RSI.
print:          mov dx, COM1 + 5
.wait:          in al, dx
                test al, 0x20           ; transmitter empty
                jz .wait
                mov dx, COM1
                lodsb
                out dx, al
                dec ecx
                jnz print
                ret

; RAX as 16 hexadecimal digits and a line feed.
print_checksum: mov edi, line
                mov ecx, 16
.digit:         rol rax, 4
                mov edx, eax
                and edx, 15
                mov dl, [digits + rdx]
                mov [rdi], dl
                inc edi
                dec ecx
                jnz .digit
                mov esi, line
                mov ecx, 17
                jmp print

digits:         db "0123456789abcdef"
say_ready:      db "ready", 10
say_end:        db "end", 10
line:           db "0000000000000000", 10
                align 4
passes_left:    dd PASSES

                align 8
gdt:            dq 0
                dq 0x00af9b000000ffff   ; KERNEL_CODE
                dq 0x00cf93000000ffff   ; KERNEL_DATA
                dq 0x00cffb000000ffff   ; USER_SEGMENTS
                dq 0x00cff3000000ffff
                dq 0x00affb000000ffff
gdt_pointer:    dw gdt_pointer - gdt - 1
                dq gdt
idt_pointer:    dw 256 * 16 - 1
                dq IDT

                times BODY - $ db 0
