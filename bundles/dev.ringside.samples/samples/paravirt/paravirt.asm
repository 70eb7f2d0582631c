; A small 32-bit kernel that looks for its hypervisor and uses what it finds, one thing after the other.
;
; Boot it with --paravirt none, minimal, kvm, hyperv, and compare. Step through it, and watch the shared pages in the tree of the
; machine under "paravirt": each is written by the hypervisor at the moment when the guest names its address.
;
; Memory:
;   0x00100000  this image: Multiboot header, code, data
;   0x00200000  stack, grows down
;   0x00201000  interrupt descriptor table
;   0x00202000  KVM: clock page, 0x40 wall clock, 0x80 steal time, 0xc0 end-of-interrupt word, 0x100 clock pairing
;   0x00203000  Hyper-V: hypercall page, 0x204000 reference TSC page, 0x205000 VP assist page, 0x206000 message page
;   0x00207000  Hyper-V: hypercall input, 0x00208000 output

                bits 32
                org 0x100000

MULTIBOOT_MAGIC equ 0x1badb002
MULTIBOOT_FLAGS equ 1 << 16             ; the addresses below are valid

STACK_TOP       equ 0x200000
IDT             equ 0x201000
CLOCK           equ 0x202000
WALL_CLOCK      equ 0x202040
STEAL           equ 0x202080
EOI_WORD        equ 0x2020c0
PAIRING         equ 0x202100
HYPERCALL_PAGE  equ 0x203000
TSC_PAGE        equ 0x204000
ASSIST_PAGE     equ 0x205000
MESSAGE_PAGE    equ 0x206000
INPUT           equ 0x207000
OUTPUT          equ 0x208000

COM1            equ 0x3f8
APIC            equ 0xfee00000
APIC_EOI        equ 0xb0
APIC_SVR        equ 0xf0
VECTOR          equ 0x50
PM1A_CONTROL    equ 0x604               ; ACPI: sleep type and sleep enable
SLEEP_S5        equ 0x2000

header:         dd MULTIBOOT_MAGIC
                dd MULTIBOOT_FLAGS
                dd -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
                dd header
                dd header               ; load from here
                dd 0                    ; to the end of the file
                dd 0                    ; no bss
                dd start                ; entry

start:          cli
                mov esp, STACK_TOP
                lgdt [gdt_pointer]
                jmp 0x08:flat
flat:           mov ax, 0x10
                mov ds, ax
                mov es, ax
                mov ss, ax
                call install_idt
                mov dword [APIC + APIC_SVR], 0x1ff      ; the local APIC takes interrupts

; --------------------------------------------------------------------------------------------------------------
; Who is there? CPUID.1:ECX[31], then the leaves from 0x40000000.

                mov eax, 1
                cpuid
                bt ecx, 31
                jc hypervisor
                mov esi, text_none
                call print
                jmp power_off

hypervisor:     mov eax, 0x40000000
                cpuid
                mov [signature], ebx
                mov [signature + 4], ecx
                mov [signature + 8], edx
                mov esi, text_found
                call print
                mov esi, signature
                call print
                call newline
                cmp dword [signature], 0x4b4d564b       ; "KVMK"
                je kvm
                mov eax, 0x40000001
                cpuid
                cmp eax, 0x31237648                     ; "Hv#1"
                je hyperv

; Neither: the timing leaf, if there is one.
minimal:        mov eax, 0x40000010
                cpuid
                mov esi, text_khz
                call field
                jmp power_off

; --------------------------------------------------------------------------------------------------------------
; KVM (Documentation/virt/kvm/x86 of the Linux kernel).

kvm:            mov eax, 0x40000001
                cpuid
                mov esi, text_features
                call field

                ; The clock: a page that the hypervisor keeps right, read under a version that is odd while it writes.
                mov ecx, 0x4b564d01             ; MSR_KVM_SYSTEM_TIME_NEW
                mov eax, CLOCK | 1
                call write_msr
.read:          mov ebx, [CLOCK]
                test ebx, 1
                jnz .read
                mov eax, [CLOCK + 16]           ; system_time, lower half
                cmp ebx, [CLOCK]
                jne .read
                mov esi, text_clock
                call field

                mov ecx, 0x4b564d00             ; MSR_KVM_WALL_CLOCK_NEW
                mov eax, WALL_CLOCK
                call write_msr
                mov eax, [WALL_CLOCK + 4]       ; seconds since 1970
                mov esi, text_wall
                call field

                mov ecx, 0x4b564d03             ; MSR_KVM_STEAL_TIME
                mov eax, STEAL | 1
                call write_msr
                mov eax, [STEAL]
                mov esi, text_steal
                call field

                ; Hypercalls: number in EAX, arguments in EBX, ECX, EDX, ESI.
                mov eax, 9                      ; KVM_HC_CLOCK_PAIRING
                mov ebx, PAIRING
                xor ecx, ecx
                vmcall
                mov esi, text_pairing
                call field
                mov eax, 99                     ; no such hypercall: -KVM_ENOSYS
                vmcall
                mov esi, text_unknown
                call field

                ; An interrupt to ourselves, whose end is a bit in memory.
                mov ecx, 0x4b564d04             ; MSR_KVM_PV_EOI_EN
                mov eax, EOI_WORD | 1
                call write_msr
                mov dword [eoi_word], EOI_WORD
                mov eax, 10                     ; KVM_HC_SEND_IPI
                mov ebx, 1                      ; APIC ID 0
                xor ecx, ecx
                xor edx, edx
                mov esi, VECTOR
                vmcall
                call wait_interrupt
                jmp power_off

; --------------------------------------------------------------------------------------------------------------
; Hyper-V (Hypervisor Top Level Functional Specification).

hyperv:         mov eax, 0x40000003
                cpuid
                mov esi, text_features
                call field

                ; First a name, then the page of code by which hypercalls are made.
                mov ecx, 0x40000000             ; HV_X64_MSR_GUEST_OS_ID
                mov eax, 1
                mov edx, 0x81000000             ; bit 63: open source
                wrmsr
                mov ecx, 0x40000001             ; HV_X64_MSR_HYPERCALL
                mov eax, HYPERCALL_PAGE | 1
                call write_msr

                mov ecx, 0x40000002             ; HV_X64_MSR_VP_INDEX
                rdmsr
                mov esi, text_index
                call field
                mov ecx, 0x40000020             ; HV_X64_MSR_TIME_REF_COUNT, in 100 ns
                rdmsr
                mov esi, text_counter
                call field

                mov ecx, 0x40000021             ; HV_X64_MSR_REFERENCE_TSC
                mov eax, TSC_PAGE | 1
                call write_msr
                mov eax, [TSC_PAGE]             ; TscSequence: 0 would mean "read the counter instead"
                mov esi, text_sequence
                call field

                ; HvCallGetVpRegisters, one register: EDX:EAX control, EBX:ECX input, EDI:ESI output.
                mov dword [INPUT], -1           ; this partition
                mov dword [INPUT + 4], -1
                mov dword [INPUT + 8], 0        ; VP 0
                mov dword [INPUT + 12], 0
                mov dword [INPUT + 16], 0x00040000      ; CR0
                mov edx, 1                      ; one element
                mov eax, 0x50
                xor ebx, ebx
                mov ecx, INPUT
                xor edi, edi
                mov esi, OUTPUT
                call HYPERCALL_PAGE
                mov esi, text_status
                call field
                mov eax, [OUTPUT]
                mov esi, text_cr0
                call field

                ; A timer that interrupts directly; the interrupt ends by a bit of the VP assist page.
                mov ecx, 0x40000073             ; HV_X64_MSR_VP_ASSIST_PAGE
                mov eax, ASSIST_PAGE | 1
                call write_msr
                mov dword [eoi_word], ASSIST_PAGE
                mov ecx, 0x400000b0             ; HV_X64_MSR_STIMER0_CONFIG: direct, auto-enable
                mov eax, (1 << 12) | (VECTOR << 4) | (1 << 3)
                call write_msr
                mov ebx, 0x400000b1             ; HV_X64_MSR_STIMER0_COUNT
                call start_timer
                call wait_interrupt

                ; The same with a message: source 2 of the synthetic interrupt controller.
                mov ecx, 0x40000080             ; HV_X64_MSR_SCONTROL
                mov eax, 1
                call write_msr
                mov ecx, 0x40000083             ; HV_X64_MSR_SIMP
                mov eax, MESSAGE_PAGE | 1
                call write_msr
                mov ecx, 0x40000092             ; HV_X64_MSR_SINT2
                mov eax, VECTOR
                call write_msr
                mov ecx, 0x400000b2             ; HV_X64_MSR_STIMER1_CONFIG: SINT2, auto-enable
                mov eax, (2 << 16) | (1 << 3)
                call write_msr
                mov ebx, 0x400000b3
                call start_timer
                call wait_interrupt
                mov eax, [MESSAGE_PAGE + 2 * 256]
                mov esi, text_message
                call field
                mov dword [MESSAGE_PAGE + 2 * 256], 0   ; the slot is free again
                mov ecx, 0x40000084             ; HV_X64_MSR_EOM
                xor eax, eax
                call write_msr
                jmp power_off

; EBX: the timer's COUNT; it expires 10 microseconds from now.
start_timer:    mov ecx, 0x40000020
                rdmsr
                add eax, 100
                adc edx, 0
                mov ecx, ebx
                wrmsr
                ret

; --------------------------------------------------------------------------------------------------------------
; Interrupts.

wait_interrupt: sti
                hlt
                cli
                cmp dword [interrupts], 0
                je wait_interrupt
                mov dword [interrupts], 0
                mov eax, [ended_by_memory]
                mov esi, text_ended
                call field
                ret

interrupt:      push eax
                inc dword [interrupts]
                mov eax, [eoi_word]
                btr dword [eax], 0              ; set: nobody waits for the register
                jnc .register
                inc dword [ended_by_memory]
                pop eax
                iret
.register:      mov dword [APIC + APIC_EOI], 0
                pop eax
                iret

install_idt:    mov eax, interrupt
                mov word [IDT + VECTOR * 8], ax
                mov word [IDT + VECTOR * 8 + 2], 0x08
                mov word [IDT + VECTOR * 8 + 4], 0x8e00
                shr eax, 16
                mov word [IDT + VECTOR * 8 + 6], ax
                lidt [idt_pointer]
                ret

; --------------------------------------------------------------------------------------------------------------
; Help.

; ECX: MSR, EAX: lower half, the upper half is 0.
write_msr:      xor edx, edx
                wrmsr
                ret

; ESI: name, EAX: value; prints a line.
field:          push eax
                call print
                pop eax
                call print_hex
newline:        mov al, 10
                jmp put

print:          mov al, [esi]
                test al, al
                jz .end
                call put
                inc esi
                jmp print
.end:           ret

print_hex:      mov ecx, 8
.digit:         rol eax, 4
                push eax
                and al, 0x0f
                add al, 0x30
                cmp al, 0x3a
                jb .show
                add al, 0x27                    ; to 'a'
.show:          call put
                pop eax
                dec ecx
                jnz .digit
                ret

put:            push edx
                mov dx, COM1
                out dx, al
                pop edx
                ret

power_off:      mov dx, PM1A_CONTROL
                mov ax, SLEEP_S5
                out dx, ax
.forever:       hlt
                jmp .forever

gdt:            dq 0
                dq 0x00cf9b000000ffff           ; 0x08: code
                dq 0x00cf93000000ffff           ; 0x10: data
gdt_pointer:    dw 23
                dd gdt
idt_pointer:    dw 0x7ff
                dd IDT

signature:      dd 0, 0, 0, 0
eoi_word:       dd 0
interrupts:     dd 0
ended_by_memory: dd 0

text_none:      db "no hypervisor", 10, 0
text_found:     db "hypervisor: ", 0
text_khz:       db "TSC in kHz: ", 0
text_features:  db "features: ", 0
text_clock:     db "clock (ns): ", 0
text_wall:      db "wall clock (s): ", 0
text_steal:     db "stolen (ns): ", 0
text_pairing:   db "clock pairing: ", 0
text_unknown:   db "hypercall 99: ", 0
text_ended:     db "interrupts ended by memory: ", 0
text_index:     db "VP index: ", 0
text_counter:   db "reference counter: ", 0
text_sequence:  db "reference TSC page, sequence: ", 0
text_status:    db "HvCallGetVpRegisters: ", 0
text_cr0:       db "CR0: ", 0
text_message:   db "message type: ", 0
