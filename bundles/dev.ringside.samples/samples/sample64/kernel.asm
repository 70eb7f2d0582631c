; A small 64-bit kernel, to be read, stepped and changed.
;
; It does what every kernel does first, in the order in which it must: from the 32-bit state of a boot loader into
; 64-bit mode with paging, then exceptions, then a timer interrupt, and on the way it talks over the serial line.
; It touches one page that is not there; its page-fault handler maps the page and the instruction runs again.
;
; Memory:
;   0x00100000  this image: Multiboot header, code, data
;   0x00200000  stack, grows down
;   0x00201000  PML4; 0x00202000 PDPT; 0x00203000 page directory: the first 4 MiB mapped onto themselves
;   0x00204000  page directory and 0x00205000 page table for 0x40000000: empty until the page fault
;   0x00206000  interrupt descriptor table
;   0x00300000  the page that the page-fault handler maps

                bits 32
                org 0x100000

MULTIBOOT_MAGIC equ 0x1badb002
MULTIBOOT_FLAGS equ 1 << 16             ; the addresses below are valid

STACK_TOP       equ 0x200000
PML4            equ 0x201000
PDPT            equ 0x202000
DIRECTORY       equ 0x203000
LAZY_DIRECTORY  equ 0x204000
LAZY_TABLE      equ 0x205000
IDT             equ 0x206000
LAZY_FRAME      equ 0x300000            ; physical
LAZY_PAGE       equ 0x40000000          ; virtual: 1 GiB, not mapped at first

PRESENT         equ 1
WRITABLE        equ 2
LARGE           equ 0x80

COM1            equ 0x3f8
PIC1            equ 0x20
PIC2            equ 0xa0
PIT             equ 0x40
TIMER_HZ        equ 100
TICKS           equ 5                   ; how many timer interrupts to wait for
TIMER_VECTOR    equ 0x20
PAGE_FAULT      equ 14

PM1A_CONTROL    equ 0x604               ; ACPI: sleep type and sleep enable
SLEEP_S5        equ 0x2000

; --------------------------------------------------------------------------------------------------------------
; Multiboot header: how a boot loader knows where this goes and where it starts.

header:         dd MULTIBOOT_MAGIC
                dd MULTIBOOT_FLAGS
                dd -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
                dd header               ; header address
                dd header               ; load address
                dd 0                    ; load end: the whole file
                dd 0                    ; no bss
                dd start                ; entry

; --------------------------------------------------------------------------------------------------------------
; 32-bit protected mode, paging off, flat segments: the boot loader's gift.

start:          cli
                mov esp, STACK_TOP
                call build_page_tables

                ; Long mode in the order of SDM 3A 10.8.5: PAE, CR3, EFER.LME, then paging.
                mov eax, cr4
                or eax, 1 << 5          ; CR4.PAE
                mov cr4, eax
                mov eax, PML4
                mov cr3, eax
                mov ecx, 0xc0000080     ; IA32_EFER
                rdmsr
                or eax, 1 << 8          ; LME
                wrmsr
                mov eax, cr0
                or eax, (1 << 31) | (1 << 16)   ; CR0.PG and WP
                mov cr0, eax

                lgdt [gdt_pointer]
                jmp 0x08:long_mode      ; a code segment with L set: 64-bit from here

build_page_tables:
                mov edi, PML4           ; clear five tables
                xor eax, eax
                mov ecx, (0x206000 - PML4) / 4
                rep stosd
                mov dword [PML4], PDPT | PRESENT | WRITABLE
                mov dword [PDPT], DIRECTORY | PRESENT | WRITABLE
                mov dword [DIRECTORY], PRESENT | WRITABLE | LARGE
                mov dword [DIRECTORY + 8], 0x200000 | PRESENT | WRITABLE | LARGE
                ret

; --------------------------------------------------------------------------------------------------------------
; 64-bit mode.

                bits 64

long_mode:      mov ax, 0x10
                mov ds, ax
                mov es, ax
                mov ss, ax
                xor eax, eax
                mov fs, ax
                mov gs, ax
                mov rsp, STACK_TOP

                call serial_init
                mov rsi, hello
                call print

                call install_idt
                call touch_lazy_page
                call start_timer

wait_for_ticks: sti
                hlt                     ; until the next interrupt
                cmp qword [ticks], TICKS
                jb wait_for_ticks

                cli
                mov rsi, goodbye
                call print

power_off:      mov dx, PM1A_CONTROL
                mov ax, SLEEP_S5
                out dx, ax
.forever:       hlt                     ; not reached: the machine is off
                jmp .forever

; Writes to a page that is not mapped. The store faults, the handler maps the page, the store runs again.
touch_lazy_page:
                mov rbx, LAZY_PAGE
                mov rax, 0x1122334455667788
                mov [rbx], rax
                mov rcx, [rbx]          ; reads back what was stored
                cmp rcx, rax
                jne .lost
                mov rsi, mapped
                call print
                ret
.lost:          mov rsi, lost
                call print
                ret

; --------------------------------------------------------------------------------------------------------------
; Interrupts.

install_idt:    mov rdi, IDT            ; clear it: a vector without a gate is a fault that shows
                xor eax, eax
                mov ecx, 256 * 16 / 8
                rep stosq
                mov rax, page_fault_entry
                mov rdi, IDT + PAGE_FAULT * 16
                call set_gate
                mov rax, timer_entry
                mov rdi, IDT + TIMER_VECTOR * 16
                call set_gate
                lidt [idt_pointer]
                ret

; An interrupt gate at RDI for the handler at RAX (SDM 3A 6.14.1).
set_gate:       mov [rdi], ax
                mov word [rdi + 2], 0x08        ; code segment
                mov word [rdi + 4], 0x8e00      ; present, DPL 0, 64-bit interrupt gate
                shr rax, 16
                mov [rdi + 6], ax
                shr rax, 16
                mov [rdi + 8], eax
                ret

; The error code lies on top of the stack, CR2 holds the address.
page_fault_entry:
                push rax
                push rbx
                push rsi
                mov rbx, cr2
                mov rax, LAZY_PAGE
                cmp rbx, rax
                jne .not_ours
                mov rsi, fault
                call print
                mov rax, LAZY_DIRECTORY | PRESENT | WRITABLE
                mov [PDPT + 8], rax             ; 1 GiB is entry 1 of the PDPT
                mov rax, LAZY_TABLE | PRESENT | WRITABLE
                mov [LAZY_DIRECTORY], rax
                mov rax, LAZY_FRAME | PRESENT | WRITABLE
                mov [LAZY_TABLE], rax
                pop rsi
                pop rbx
                pop rax
                add rsp, 8                      ; the error code
                iretq                           ; the store again
.not_ours:      mov rsi, bad_fault
                call print
                cli
                hlt

timer_entry:    push rax
                inc qword [ticks]
                push rsi
                push rdx
                mov rsi, tick
                call print
                pop rdx
                pop rsi
                mov al, 0x20                    ; end of interrupt
                out PIC1, al
                pop rax
                iretq

; PIC: vectors 0x20 to 0x2f, only the timer unmasked. PIT: channel 0, rate generator.
start_timer:    mov al, 0x11                    ; ICW1: edge, cascade, ICW4 follows
                out PIC1, al
                out PIC2, al
                mov al, TIMER_VECTOR            ; ICW2: first vector
                out PIC1 + 1, al
                mov al, TIMER_VECTOR + 8
                out PIC2 + 1, al
                mov al, 4                       ; ICW3: the second PIC is at input 2
                out PIC1 + 1, al
                mov al, 2
                out PIC2 + 1, al
                mov al, 1                       ; ICW4: 8086 mode
                out PIC1 + 1, al
                out PIC2 + 1, al
                mov al, 0xfe                    ; mask all but IRQ 0
                out PIC1 + 1, al
                mov al, 0xff
                out PIC2 + 1, al
                mov al, 0x34                    ; channel 0, low then high byte, mode 2
                out PIT + 3, al
                mov al, (1193182 / TIMER_HZ) & 0xff
                out PIT, al
                mov al, (1193182 / TIMER_HZ) >> 8
                out PIT, al
                ret

; --------------------------------------------------------------------------------------------------------------
; Serial line: 115200 baud, 8 data bits, no parity, polled.

serial_init:    mov dx, COM1 + 3
                mov al, 0x80                    ; divisor latch
                out dx, al
                mov dx, COM1
                mov al, 1
                out dx, al
                inc dx
                xor al, al
                out dx, al
                mov dx, COM1 + 3
                mov al, 3                       ; 8n1
                out dx, al
                ret

; The zero-terminated text at RSI. Changes RAX, RDX, RSI.
print:          lodsb
                test al, al
                jz .end
                mov ah, al
                mov dx, COM1 + 5
.wait:          in al, dx
                test al, 0x20                   ; transmitter empty
                jz .wait
                mov al, ah
                mov dx, COM1
                out dx, al
                jmp print
.end:           ret

; --------------------------------------------------------------------------------------------------------------

hello:          db "Hello from 64-bit mode.", 13, 10, 0
fault:          db "Page fault at 1 GiB: mapping the page.", 13, 10, 0
mapped:         db "The store ran again and is there.", 13, 10, 0
lost:           db "The store is lost.", 13, 10, 0
bad_fault:      db "Unexpected page fault.", 13, 10, 0
tick:           db "tick ", 0
goodbye:        db 13, 10, "Powering off.", 13, 10, 0

                align 8
gdt:            dq 0
                dq 0x00af9b000000ffff           ; 0x08: code, 64-bit
                dq 0x00cf93000000ffff           ; 0x10: data
gdt_pointer:    dw gdt_pointer - gdt - 1
                dq gdt

idt_pointer:    dw 256 * 16 - 1
                dq IDT

                align 8
ticks:          dq 0
