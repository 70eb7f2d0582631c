; A guest that finds out who runs it, and uses what it is offered, one step after the other.
;
; Boot it with each of --paravirt none, minimal, kvm, hyperv and kvm+hyperv, and then with a feature less (kvm,-kvm-steal-time) or one more
; (kvm,swap=4096/1). Every step prints one line. A step asks for its feature bit first, as a kernel must: what is not offered is a fault when used.
;
; To read next to it: Documentation/virt/kvm/x86/{cpuid,msr,hypercalls}.rst in Linux, and Microsoft's Hypervisor Top Level Functional
; Specification (TLFS).
;
; Memory:
;   0x00100000  this image: Multiboot header, code, data
;   0x00200000  stack, grows down
;   0x00201000  PML4; 0x00202000 PDPT; 0x00203000 page directory: the first 4 MiB mapped onto themselves
;   0x00206000  interrupt descriptor table
;   0x00210000  what is shared with KVM
;   0x00220000  pages that are shared with Hyper-V

                bits 32
                org 0x100000

MULTIBOOT_MAGIC equ 0x1badb002
MULTIBOOT_FLAGS equ 1 << 16             ; the addresses below are valid

STACK_TOP       equ 0x200000
PML4            equ 0x201000
PDPT            equ 0x202000
DIRECTORY       equ 0x203000
IDT             equ 0x206000
MAPPED_END      equ 0x400000
PAGE            equ 0x1000

; Shared with KVM: five structures in one page. The alignments are KVM's.
SHARED          equ 0x210000
WALL_CLOCK      equ SHARED              ; u32 version, sec, nsec
PVCLOCK         equ SHARED + 0x40       ; u32 version, pad; u64 tsc_timestamp, system_time; u32 mul; s8 shift; u8 flags
STEAL_TIME      equ SHARED + 0x80       ; u64 steal; u32 version, flags; u8 preempted
PV_EOI          equ SHARED + 0xc0       ; bit 0: no EOI needed
PAIRING         equ SHARED + 0x100      ; s64 sec, nsec; u64 tsc; u32 flags, pad
ASYNC_PF        equ SHARED + 0x140      ; u32 flags, token

; Shared with Hyper-V: a page each.
HYPERCALL_PAGE  equ 0x220000            ; code
REFERENCE_TSC   equ 0x221000            ; u32 sequence, reserved; u64 scale; s64 offset
MESSAGES        equ 0x222000            ; 16 slots of 256 bytes
EVENTS          equ 0x223000            ; 16 times 2048 flags
ASSIST          equ 0x224000            ; bit 0: no EOI needed
INPUT           equ 0x225000            ; of hypercalls
OUTPUT          equ 0x226000
SHARED_END      equ 0x227000

PRESENT         equ 1
WRITABLE        equ 2
LARGE           equ 0x80

COM1            equ 0x3f8
PM1A_CONTROL    equ 0x604               ; ACPI: sleep type and sleep enable
SLEEP_S5        equ 0x2000

IA32_APIC_BASE  equ 0x1b
X2APIC_EOI      equ 0x80b
X2APIC_SPURIOUS equ 0x80f

INVALID_OPCODE  equ 6
PROTECTION      equ 13
PAGE_FAULT      equ 14
IPI_VECTOR      equ 0x41
READY_VECTOR    equ 0x42                ; an absent page is back
MESSAGE_VECTOR  equ 0x43
TIMER_VECTOR    equ 0x44

; KVM (uapi/asm/kvm_para.h)
MSR_KVM_WALL_CLOCK_NEW  equ 0x4b564d00
MSR_KVM_SYSTEM_TIME_NEW equ 0x4b564d01
MSR_KVM_ASYNC_PF_EN     equ 0x4b564d02
MSR_KVM_STEAL_TIME      equ 0x4b564d03
MSR_KVM_PV_EOI_EN       equ 0x4b564d04
MSR_KVM_ASYNC_PF_INT    equ 0x4b564d06
MSR_KVM_ASYNC_PF_ACK    equ 0x4b564d07
KVM_HC_KICK_CPU         equ 5
KVM_HC_CLOCK_PAIRING    equ 9
KVM_HC_SEND_IPI         equ 10
KVM_HC_SCHED_YIELD      equ 11
ENABLE                  equ 1

; Hyper-V (TLFS)
HV_X64_MSR_GUEST_OS_ID      equ 0x40000000
HV_X64_MSR_HYPERCALL        equ 0x40000001
HV_X64_MSR_VP_INDEX         equ 0x40000002
HV_X64_MSR_VP_RUNTIME       equ 0x40000010
HV_X64_MSR_TIME_REF_COUNT   equ 0x40000020
HV_X64_MSR_REFERENCE_TSC    equ 0x40000021
HV_X64_MSR_TSC_FREQUENCY    equ 0x40000022
HV_X64_MSR_APIC_FREQUENCY   equ 0x40000023
HV_X64_MSR_VP_ASSIST_PAGE   equ 0x40000073
HV_X64_MSR_SCONTROL         equ 0x40000080
HV_X64_MSR_SIEFP            equ 0x40000082
HV_X64_MSR_SIMP             equ 0x40000083
HV_X64_MSR_EOM              equ 0x40000084
HV_X64_MSR_SINT2            equ 0x40000092
HV_X64_MSR_STIMER0_CONFIG   equ 0x400000b0
HV_X64_MSR_STIMER0_COUNT    equ 0x400000b1
HV_X64_MSR_STIMER1_CONFIG   equ 0x400000b2
HV_X64_MSR_STIMER1_COUNT    equ 0x400000b3
HV_CALL_SEND_IPI            equ 0x000b
HV_CALL_GET_VP_REGISTERS    equ 0x0050
HV_CALL_POST_MESSAGE        equ 0x005c
HV_CALL_SIGNAL_EVENT        equ 0x005d
FAST                        equ 1 << 16
ONE_REP                     equ 1 << 32
GUEST_OS_ID                 equ 0xff00000000000001      ; bit 63: open source; 62:56: none of the known systems; build 1
SINT                        equ 2                       ; the interrupt source that all steps use
SLOT                        equ MESSAGES + SINT * 256
TEST_DEVICE                 equ 0x3000                  ; makes connections for messages and events
CONNECTION                  equ 5

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
; From the boot loader's 32-bit mode into 64-bit mode; the sample sample64/kernel.asm explains it step by step.

start:          cli
                mov esp, STACK_TOP
                mov edi, PML4           ; clear three tables
                xor eax, eax
                mov ecx, (0x204000 - PML4) / 4
                rep stosd
                mov dword [PML4], PDPT | PRESENT | WRITABLE
                mov dword [PDPT], DIRECTORY | PRESENT | WRITABLE
                mov dword [DIRECTORY], PRESENT | WRITABLE | LARGE
                mov dword [DIRECTORY + 8], 0x200000 | PRESENT | WRITABLE | LARGE
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
                jmp 0x08:long_mode

                bits 64

long_mode:      mov ax, 0x10
                mov ds, ax
                mov es, ax
                mov ss, ax
                xor eax, eax
                mov fs, ax
                mov gs, ax
                mov rsp, STACK_TOP
                mov rdi, SHARED
                mov ecx, (SHARED_END - SHARED) / 8
                rep stosq
                call serial_init
                call install_idt
                call enable_apic

                mov rsi, title
                call print
                call detect

power_off:      mov rsi, goodbye
                call print
                mov dx, PM1A_CONTROL
                mov ax, SLEEP_S5
                out dx, ax
.forever:       hlt                     ; not reached: the machine is off
                jmp .forever

; --------------------------------------------------------------------------------------------------------------
; Who is there? CPUID.1:ECX[31] is 0 on every real processor. If it is 1, leaf 0x40000000 has the last leaf in EAX and a signature of twelve letters
; in EBX, ECX and EDX. A hypervisor that offers two interfaces puts the second one 0x100 leaves higher.

detect:         mov eax, 1
                cpuid
                bt ecx, 31
                jc .present
                mov rsi, nobody
                jmp print

.present:       mov dword [base], 0x40000000
.next:          call one_interface
                add dword [base], 0x100
                cmp dword [base], 0x40000200
                jb .next
                ret

one_interface:  mov eax, [base]
                cpuid
                mov [last_leaf], eax
                mov [signature], ebx
                mov [signature + 4], ecx
                mov [signature + 8], edx
                mov edx, eax            ; leaves of an interface that is not there are 0, or the processor's own last leaf
                xor edx, [base]
                cmp edx, 0x100
                jae .nobody

                mov rsi, leaf
                call print
                mov eax, [base]
                call print_hex
                mov rsi, signature_is
                call print
                mov rsi, signature
                call print
                mov rsi, last_is
                call print
                mov eax, [last_leaf]
                call print_hex
                call newline

                call frequencies
                cmp dword [signature], "KVMK"
                je kvm
                cmp dword [signature], "Micr"
                je hyperv
.nobody:        ret

; Leaf 0x40000010: frequencies of TSC and APIC timer in kHz. VMware began it; KVM has it too, and it is all that the minimal interface has. Its number is
; fixed, so it belongs to the interface in the first place.
frequencies:    cmp dword [base], 0x40000000
                jne .none
                cmp dword [last_leaf], 0x40000010
                jb .none
                mov eax, 0x40000010
                cpuid
                push rbx
                mov rsi, tsc_is
                call print
                call print_decimal
                mov rsi, apic_is
                call print
                pop rax
                call print_decimal
                mov rsi, kilohertz
                call print
.none:          ret

; --------------------------------------------------------------------------------------------------------------
; KVM. EAX of the second leaf has a bit for each feature.

kvm:            mov eax, [base]
                inc eax
                cpuid
                mov [features], eax
                mov rsi, kvm_features
                call print
                call print_hex
                call newline

                call kvm_wall_clock
                call kvm_system_time
                call kvm_steal_time
                call kvm_pv_eoi
                call kvm_send_ipi
                call kvm_kick
                call kvm_yield
                call kvm_clock_pairing
                call kvm_async_page_faults
                jmp kvm_unknown_hypercall

; When was the machine switched on? Writing the address makes KVM fill the structure once, for all processors.
kvm_wall_clock: mov rsi, wall_clock_is
                call print
                bt dword [features], 3          ; KVM_FEATURE_CLOCKSOURCE2
                jnc not_offered
                mov ecx, MSR_KVM_WALL_CLOCK_NEW
                mov eax, WALL_CLOCK
                call write_msr
                mov eax, [WALL_CLOCK + 4]
                call print_decimal
                mov rsi, since_1970
                jmp print

; The clock that costs no exit: KVM keeps a line y = a + b * TSC in memory, the guest computes.
kvm_system_time:
                mov rsi, system_time_is
                call print
                bt dword [features], 3          ; KVM_FEATURE_CLOCKSOURCE2
                jnc not_offered
                mov ecx, MSR_KVM_SYSTEM_TIME_NEW
                mov eax, PVCLOCK | ENABLE
                call write_msr
                call read_pvclock
                mov rbx, rax
                call print_decimal
                mov rsi, nanoseconds
                call print
                call read_pvclock
                cmp rax, rbx
                mov rsi, goes_on
                jae print
                mov rsi, went_back
                jmp print

; Time in ns in RAX. The version is odd while KVM writes, and another one afterwards: read again until it was even and the same all along.
read_pvclock:   mov r8d, [PVCLOCK]              ; version
                test r8d, 1
                jnz read_pvclock
                lfence                          ; nothing below is read before the version
                rdtsc
                shl rdx, 32
                or rax, rdx
                sub rax, [PVCLOCK + 8]          ; ticks since tsc_timestamp
                movsx ecx, byte [PVCLOCK + 28]  ; tsc_shift: to the left, or when negative to the right
                test ecx, ecx
                js .right
                shl rax, cl
                jmp .multiply
.right:         neg ecx
                shr rax, cl
.multiply:      mov edx, [PVCLOCK + 24]         ; tsc_to_system_mul: 32 fraction bits
                mul rdx
                shrd rax, rdx, 32
                add rax, [PVCLOCK + 16]         ; system_time
                lfence
                cmp r8d, [PVCLOCK]
                jne read_pvclock
                ret

; How long this processor could have run and did not: the same protocol with a version.
kvm_steal_time: mov rsi, steal_time_is
                call print
                bt dword [features], 5          ; KVM_FEATURE_STEAL_TIME
                jnc not_offered
                mov ecx, MSR_KVM_STEAL_TIME
                mov eax, STEAL_TIME | ENABLE
                call write_msr
.again:         mov r8d, [STEAL_TIME + 8]
                test r8d, 1
                jnz .again
                lfence
                mov rax, [STEAL_TIME]
                lfence
                cmp r8d, [STEAL_TIME + 8]
                jne .again
                call print_decimal
                mov rsi, stolen
                jmp print

; From here on an interrupt ends when its handler clears a bit: see end_interrupt.
kvm_pv_eoi:     mov rsi, pv_eoi_is
                call print
                bt dword [features], 6          ; KVM_FEATURE_PV_EOI
                jnc not_offered
                mov ecx, MSR_KVM_PV_EOI_EN
                mov eax, PV_EOI | ENABLE
                call write_msr
                mov rsi, enabled
                jmp print

; An interrupt to each processor of a bitmap: here to ourselves, and to nobody else. RAX is how many got it.
kvm_send_ipi:   mov rsi, send_ipi_is
                call print
                bt dword [features], 11         ; KVM_FEATURE_PV_SEND_IPI
                jnc not_offered
                call expect_interrupt
                mov eax, KVM_HC_SEND_IPI
                mov ebx, 1                      ; bitmap, bits 0 to 63
                xor ecx, ecx                    ; bits 64 to 127
                xor edx, edx                    ; APIC ID of bit 0
                mov esi, IPI_VECTOR             ; ICR
                vmcall
                call print_decimal
                mov rsi, delivered
                call print
                jmp await_interrupt

; Sleeping on a spinlock: the owner kicks the processor that waits, whose HLT then ends although its interrupts are off.
kvm_kick:       mov rsi, kick_is
                call print
                bt dword [features], 7          ; KVM_FEATURE_PV_UNHALT
                jnc not_offered
                mov eax, KVM_HC_KICK_CPU
                xor ebx, ebx                    ; flags
                xor ecx, ecx                    ; APIC ID: our own
                vmcall
                hlt                             ; the kick came first: this one ends at once
                mov rsi, kicked
                jmp print

kvm_yield:      mov rsi, yield_is
                call print
                bt dword [features], 13         ; KVM_FEATURE_PV_SCHED_YIELD
                jnc not_offered
                mov eax, KVM_HC_SCHED_YIELD
                xor ebx, ebx                    ; APIC ID
                vmcall
                jmp print_result

; The host's wall clock and the TSC at the same moment.
kvm_clock_pairing:
                mov rsi, pairing_is
                call print
                mov eax, KVM_HC_CLOCK_PAIRING
                mov ebx, PAIRING
                xor ecx, ecx                    ; KVM_CLOCK_PAIRING_WALLCLOCK
                vmcall
                test rax, rax
                jnz print_result
                mov rax, [PAIRING]
                call print_decimal
                mov rsi, pairing_at
                call print
                cmp qword [PAIRING + 16], 0
                mov rsi, tsc_there
                jne print
                mov rsi, tsc_missing
                jmp print

; The host may have taken a page of ours away. If we can do something else meanwhile, it tells us by a page fault whose CR2 is no address but a token,
; and by an interrupt with the same token when the page is back; from a host that has no interrupt for that, by a second fault. We touch all pages, one after the other, for three milliseconds. Nothing happens unless the
; host is short of memory: --paravirt kvm,swap=4096/1.
kvm_async_page_faults:
                mov rsi, async_is
                call print
                bt dword [features], 4          ; KVM_FEATURE_ASYNC_PF
                jnc not_offered
                bt dword [features], 3          ; KVM_FEATURE_CLOCKSOURCE2: how we know when to stop
                jnc not_offered
                mov ebx, ASYNC_PF | 2 | ENABLE          ; in kernel mode too
                bt dword [features], 14         ; KVM_FEATURE_ASYNC_PF_INT
                jnc .by_fault
                or ebx, 8                       ; delivery as interrupt
                mov ecx, MSR_KVM_ASYNC_PF_INT
                mov eax, READY_VECTOR
                call write_msr
.by_fault:      mov ecx, MSR_KVM_ASYNC_PF_EN
                mov eax, ebx
                call write_msr
                sti
                call read_pvclock
                lea r9, [rax + 3000000]
.round:         mov rbx, SHARED_END
.touch:         mov rax, [rbx]
                call read_pvclock
                cmp rax, r9
                jae .enough
                add rbx, PAGE
                cmp rbx, MAPPED_END
                jb .touch
                jmp .round
.enough:        cli
                mov ecx, MSR_KVM_ASYNC_PF_EN
                xor eax, eax
                call write_msr
                mov eax, [pages_absent]
                call print_decimal
                mov rsi, pages_away
                call print
                mov eax, [pages_back]
                call print_decimal
                mov rsi, pages_came
                jmp print

kvm_unknown_hypercall:
                mov rsi, unknown_is
                call print
                mov eax, 99
                vmcall
                jmp print_result                ; -KVM_ENOSYS: -1000

; --------------------------------------------------------------------------------------------------------------
; Hyper-V. Leaf +3 has the partition's privileges in EAX and EBX and features in EDX; leaf +4 has recommendations.

hyperv:         mov eax, [base]
                inc eax
                cpuid
                cmp eax, "Hv#1"                 ; else the signature may stand before another interface
                jne .none
                mov eax, [base]
                add eax, 3
                cpuid
                mov [features], eax
                mov [features_b], ebx
                mov [features_d], edx
                mov rsi, hv_privileges
                call print
                call print_hex
                mov rsi, comma
                call print
                mov eax, ebx
                call print_hex
                mov rsi, comma
                call print
                mov eax, [features_d]
                call print_hex
                call newline

                call hv_version
                call hv_hypercall_page
                call hv_vp_index
                call hv_frequencies
                call hv_reference_time
                call hv_assist_page
                call hv_synic
                call hv_timer
                call hv_direct_timer
                call hv_send_ipi
                call hv_get_register
                call hv_post_message
                call hv_signal_event
                call hv_runtime
                jmp hv_leave
.none:          ret

hv_version:     mov eax, [base]
                add eax, 2
                cpuid
                push rax
                mov rsi, version_is
                call print
                mov eax, ebx
                shr eax, 16
                call print_decimal
                mov rsi, dot
                call print
                movzx eax, bx
                call print_decimal
                mov rsi, build
                call print
                pop rax
                call print_decimal
                jmp newline

; First a name, then calls: the hypervisor lays a page of its own over ours, with the instruction that its processor needs.
hv_hypercall_page:
                mov rsi, hypercall_page_is
                call print
                bt dword [features], 5          ; AccessHypercallMsrs
                jnc not_offered
                mov ecx, HV_X64_MSR_GUEST_OS_ID
                mov rax, GUEST_OS_ID
                call write_msr
                mov ecx, HV_X64_MSR_HYPERCALL
                mov eax, HYPERCALL_PAGE | ENABLE
                call write_msr
                mov eax, [HYPERCALL_PAGE]
                bswap eax                       ; first byte first
                call print_hex
                jmp newline

hv_vp_index:    mov rsi, vp_index_is
                call print
                bt dword [features], 6          ; AccessVpIndex
                jnc not_offered
                mov ecx, HV_X64_MSR_VP_INDEX
                call read_msr
                call print_decimal
                jmp newline

hv_frequencies: mov rsi, hv_tsc_is
                call print
                bt dword [features], 11         ; AccessFrequencyRegs
                jnc not_offered
                mov ecx, HV_X64_MSR_TSC_FREQUENCY
                call read_msr
                call print_decimal
                mov rsi, hv_apic_is
                call print
                mov ecx, HV_X64_MSR_APIC_FREQUENCY
                call read_msr
                call print_decimal
                mov rsi, hertz
                jmp print

; One time, two ways: a register, which is an exit, and a page, which is not. In units of 100 ns.
hv_reference_time:
                mov rsi, reference_is
                call print
                bt dword [features], 1          ; AccessPartitionReferenceCounter
                jnc not_offered
                bt dword [features], 9          ; AccessPartitionReferenceTsc
                jnc not_offered
                mov ecx, HV_X64_MSR_REFERENCE_TSC
                mov eax, REFERENCE_TSC | ENABLE
                call write_msr
                mov ecx, HV_X64_MSR_TIME_REF_COUNT
                call read_msr
                mov rbx, rax
                call read_reference_tsc
                mov r9, rax
                mov rsi, counter_is
                call print
                mov rax, rbx
                call print_decimal
                mov rsi, page_says
                call print
                mov rax, r9
                sub rax, rbx
                call print_decimal
                mov rsi, later
                jmp print

; Time in RAX: (TSC * scale >> 64) + offset. Sequence 0 says that the page is of no use now, another one afterwards that it changed meanwhile.
read_reference_tsc:
                mov r8d, [REFERENCE_TSC]
                test r8d, r8d
                jz .counter
                lfence
                rdtsc
                shl rdx, 32
                or rax, rdx
                mul qword [REFERENCE_TSC + 8]
                lea rax, [rdx]
                add rax, [REFERENCE_TSC + 16]
                lfence
                cmp r8d, [REFERENCE_TSC]
                jne read_reference_tsc
                ret
.counter:       mov ecx, HV_X64_MSR_TIME_REF_COUNT
                jmp read_msr

; Interrupts end in memory here too: see end_interrupt.
hv_assist_page: mov rsi, assist_is
                call print
                bt dword [features], 4          ; AccessIntrCtrlRegs
                jnc not_offered
                mov ecx, HV_X64_MSR_VP_ASSIST_PAGE
                mov eax, ASSIST | ENABLE
                call write_msr
                mov rsi, enabled
                jmp print

; The synthetic interrupt controller: a page for messages, a page for event flags, and for each of sixteen sources a vector.
hv_synic:       mov rsi, synic_is
                call print
                bt dword [features], 2          ; AccessSynicRegs
                jnc not_offered
                mov ecx, HV_X64_MSR_SIMP
                mov eax, MESSAGES | ENABLE
                call write_msr
                mov ecx, HV_X64_MSR_SIEFP
                mov eax, EVENTS | ENABLE
                call write_msr
                mov ecx, HV_X64_MSR_SINT2
                mov eax, MESSAGE_VECTOR         ; not masked, no AutoEOI
                call write_msr
                mov ecx, HV_X64_MSR_SCONTROL
                mov eax, ENABLE
                call write_msr
                mov rsi, synic_on
                jmp print

; A timer that sends a message when the reference time has come.
hv_timer:       mov rsi, timer_is
                call print
                bt dword [features], 3          ; AccessSyntheticTimerRegs
                jnc not_offered
                call expect_interrupt
                mov ecx, HV_X64_MSR_TIME_REF_COUNT
                call read_msr
                lea rbx, [rax + 10000]          ; in a millisecond
                mov ecx, HV_X64_MSR_STIMER0_CONFIG
                mov eax, SINT << 16             ; one-shot, message to SINT2
                or eax, 8                       ; a count that is not 0 enables it
                call write_msr
                mov ecx, HV_X64_MSR_STIMER0_COUNT
                mov rax, rbx
                call write_msr
                call await_interrupt
                jmp take_message

; The same without a message: straight to a vector, and periodic.
hv_direct_timer:
                mov rsi, direct_is
                call print
                bt dword [features_d], 19       ; DirectSyntheticTimers
                jnc not_offered
                mov ecx, HV_X64_MSR_STIMER1_COUNT
                mov eax, 1000                   ; every 100 us
                call write_msr
                mov ecx, HV_X64_MSR_STIMER1_CONFIG
                mov eax, (1 << 12) | (TIMER_VECTOR << 4) | 2 | ENABLE   ; direct, vector, periodic
                call write_msr
.next:          sti
                hlt
                cli
                cmp dword [timer_ticks], 3
                jb .next
                mov ecx, HV_X64_MSR_STIMER1_CONFIG
                xor eax, eax
                call write_msr
                mov eax, [timer_ticks]
                call print_decimal
                mov rsi, ticks_came
                jmp print

; A fast call: its input is in registers.
hv_send_ipi:    mov rsi, hv_ipi_is
                call print
                call has_hypercalls
                jnc not_offered
                mov eax, [base]
                add eax, 4
                cpuid
                bt eax, 10                      ; RecommendClusterIpi
                jnc not_offered
                call expect_interrupt
                mov ecx, HV_CALL_SEND_IPI | FAST
                mov edx, IPI_VECTOR
                mov r8d, 1                      ; processor 0
                call hypercall
                call print_status
                jmp await_interrupt

; A repeated call, here once: input and output are in memory.
hv_get_register:
                mov rsi, hv_register_is
                call print
                call has_hypercalls
                jnc not_offered
                bt dword [features_b], 17       ; AccessVpRegisters
                jnc not_offered
                mov qword [INPUT], -1           ; this partition
                mov dword [INPUT + 8], -2       ; this processor
                mov dword [INPUT + 12], 0
                mov dword [INPUT + 16], 0x00090002      ; HvRegisterGuestOsId
                mov rcx, HV_CALL_GET_VP_REGISTERS | ONE_REP
                mov edx, INPUT
                mov r8d, OUTPUT
                call hypercall
                call print_status
                mov rsi, hv_name_is
                call print
                mov rax, [OUTPUT]
                call print_hex
                jmp newline

; A message to a connection. Who listens there is the hypervisor's business; its test device makes one that comes back to us.
hv_post_message:
                mov rsi, hv_post_is
                call print
                call has_hypercalls
                jnc not_offered
                bt dword [features_b], 4        ; PostMessages
                jnc not_offered
                mov dx, TEST_DEVICE
                mov eax, (CONNECTION << 24) | (4 << 16) | SINT  ; connection to SINT2 of processor 0
                out dx, eax
                mov dword [INPUT], CONNECTION
                mov dword [INPUT + 4], 0
                mov dword [INPUT + 8], 1        ; type
                mov dword [INPUT + 12], 8       ; bytes
                mov rax, 0x1122334455667788
                mov [INPUT + 16], rax
                mov ecx, HV_CALL_POST_MESSAGE
                mov edx, INPUT
                xor r8d, r8d
                call expect_interrupt
                call hypercall
                test ax, ax
                jnz print_result
                call await_interrupt
                jmp take_message

; An event is one of 2048 bits of a source: no contents, no waiting.
hv_signal_event:
                mov rsi, hv_signal_is
                call print
                call has_hypercalls
                jnc not_offered
                bt dword [features_b], 5        ; SignalEvents
                jnc not_offered
                mov dx, TEST_DEVICE
                mov eax, (CONNECTION << 24) | (6 << 16) | SINT  ; its flags begin with the one of its own number
                out dx, eax
                mov ecx, HV_CALL_SIGNAL_EVENT | FAST
                mov edx, CONNECTION             ; connection, flag 0
                xor r8d, r8d
                call expect_interrupt
                call hypercall
                test ax, ax
                jnz print_result
                call await_interrupt
                mov rsi, flag_lost
                lock btr dword [EVENTS + SINT * 256], CONNECTION
                jnc print
                mov rsi, flag_came
                jmp print

hv_runtime:     mov rsi, runtime_is
                call print
                bt dword [features], 0          ; AccessVpRunTimeReg
                jnc not_offered
                mov ecx, HV_X64_MSR_VP_RUNTIME
                call read_msr
                test rax, rax
                mov rsi, ran
                jnz print
                mov rsi, never_ran
                jmp print

; As long as Hyper-V knows our name, VMCALL is Hyper-V's, also where KVM is the second interface.
hv_leave:       call has_hypercalls
                jnc .end
                mov ecx, HV_X64_MSR_GUEST_OS_ID
                xor eax, eax
                call write_msr
.end:           ret

; CF: whether there are hypercalls.
has_hypercalls: bt dword [features], 5          ; AccessHypercallMsrs
                ret

; RCX code and flags, RDX input, R8 output; status in AX.
hypercall:      mov rax, HYPERCALL_PAGE
                jmp rax                         ; its RET returns to our caller

; Prints what lies in the message slot, and frees it: first the type, then, if another message waits for the slot, EOM.
take_message:   mov eax, [SLOT]
                test eax, eax
                jz .none
                push rax
                mov rsi, message_type
                call print
                pop rax
                call print_hex
                mov rsi, message_bytes
                call print
                movzx eax, byte [SLOT + 4]
                call print_decimal
                mov rsi, message_first
                call print
                mov rax, [SLOT + 16]
                call print_hex
                call newline
                mov dword [SLOT], 0
                mfence                          ; the slot is seen to be free before the flag is read
                test byte [SLOT + 5], 1
                jz .end
                mov ecx, HV_X64_MSR_EOM
                xor eax, eax
                call write_msr
.end:           ret
.none:          mov rsi, no_message
                jmp print

; --------------------------------------------------------------------------------------------------------------
; Interrupts.

; Remembers how many interrupts there were; await_interrupt waits until there is another one. Interrupts are on only there, and STI holds them off until
; HLT has begun, so none comes too early.
expect_interrupt:
                mov rax, [interrupts]
                mov [seen], rax
                ret

await_interrupt:
                mov rax, [interrupts]
                cmp rax, [seen]
                jne .end
                sti
                hlt
                cli
                jmp await_interrupt
.end:           ret

ipi_entry:      push rax
                push rcx
                push rdx
                inc qword [interrupts]
                call end_interrupt
                pop rdx
                pop rcx
                pop rax
                iretq

timer_entry:    push rax
                push rcx
                push rdx
                inc dword [timer_ticks]
                call end_interrupt
                pop rdx
                pop rcx
                pop rax
                iretq

; The end of an interrupt costs an exit, unless the hypervisor set a bit when it delivered it: then clearing that bit is enough.
end_interrupt:  btr dword [PV_EOI], 0           ; KVM
                jc .end
                btr dword [ASSIST], 0           ; Hyper-V
                jc .end
                mov ecx, X2APIC_EOI
                xor eax, eax
                call write_msr
.end:           ret

; The error code lies on top of the stack. If KVM says so, CR2 holds a token of a page that is away, and we wait for its interrupt. While we wait,
; another page may turn out to be away: this handler runs again on top of itself.
page_fault_entry:
                push rax
                push rcx
                push rdx
                cmp dword [ASYNC_PF], 2         ; KVM_PV_REASON_PAGE_READY
                je .ready
                cmp dword [ASYNC_PF], 1         ; KVM_PV_REASON_PAGE_NOT_PRESENT
                jne .real
                inc dword [pages_absent]
                mov rcx, cr2
                mov dword [ASYNC_PF], 0         ; the next one may be told
                shr ecx, 12
                and ecx, 63                     ; the token's counter
.wait:          btr qword [ready], rcx
                jc .back
                sti
                hlt
                cli
                jmp .wait
.back:          pop rdx
                pop rcx
                pop rax
                add rsp, 8                      ; the error code
                iretq                           ; the access again
.ready:         inc dword [pages_back]
                mov rcx, cr2
                shr ecx, 12
                and ecx, 63
                bts qword [ready], rcx
                mov dword [ASYNC_PF], 0
                jmp .back
.real:          mov rsi, bad_page_fault
                jmp give_up

ready_entry:    push rax
                push rcx
                push rdx
                inc dword [pages_back]
                mov eax, [ASYNC_PF + 4]         ; token
                shr eax, 12
                and eax, 63
                bts qword [ready], rax
                mov dword [ASYNC_PF + 4], 0     ; taken
                mov ecx, MSR_KVM_ASYNC_PF_ACK
                mov eax, 1
                call write_msr
                call end_interrupt
                pop rdx
                pop rcx
                pop rax
                iretq

; What a guest gets that uses what it was not offered.
protection_entry:
                mov rsi, bad_msr
                jmp give_up
invalid_opcode_entry:
                mov rsi, bad_opcode
give_up:        call print
                jmp power_off

install_idt:    mov rdi, IDT            ; clear it: a vector without a gate is a fault that shows
                xor eax, eax
                mov ecx, 256 * 16 / 8
                rep stosq
                mov rax, invalid_opcode_entry
                mov rdi, IDT + INVALID_OPCODE * 16
                call set_gate
                mov rax, protection_entry
                mov rdi, IDT + PROTECTION * 16
                call set_gate
                mov rax, page_fault_entry
                mov rdi, IDT + PAGE_FAULT * 16
                call set_gate
                mov rax, ready_entry
                mov rdi, IDT + READY_VECTOR * 16
                call set_gate
                mov rax, ipi_entry
                mov rdi, IDT + IPI_VECTOR * 16
                call set_gate
                mov rax, ipi_entry
                mov rdi, IDT + MESSAGE_VECTOR * 16
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

; The old PICs silent, the local APIC on in x2APIC mode: its registers are MSRs.
enable_apic:    mov al, 0xff
                out 0x21, al
                out 0xa1, al
                mov ecx, IA32_APIC_BASE
                call read_msr
                or eax, 3 << 10                 ; EN, EXTD
                call write_msr
                mov ecx, X2APIC_SPURIOUS
                mov eax, 0x1ff                  ; enabled, spurious vector 0xff
                jmp write_msr

; MSR ECX, value in RAX.
read_msr:       rdmsr
                shl rdx, 32
                or rax, rdx
                ret

; Changes RDX.
write_msr:      mov rdx, rax
                shr rdx, 32
                wrmsr
                ret

; --------------------------------------------------------------------------------------------------------------
; Words and numbers. All of these keep every register but RSI.

not_offered:    mov rsi, absent
                jmp print

print_result:   mov rsi, result_is
                call print
                test rax, rax
                jns .positive
                mov rsi, minus
                call print
                neg rax
.positive:      call print_decimal
                jmp newline

; HV_STATUS in AX.
print_status:   push rax
                mov rsi, status_is
                call print
                movzx eax, ax
                call print_decimal
                call newline
                pop rax
                ret

newline:        mov rsi, line_end
                jmp print

; RAX in hexadecimal, without leading zeros.
print_hex:      mov rsi, zero_x
                call print
                push rbx
                mov ebx, 16
                jmp print_number

; RAX in decimal, without sign.
print_decimal:  push rbx
                mov ebx, 10

; RAX in base RBX, last digit first into a buffer, from its end.
print_number:   push rax
                push rdx
                mov rsi, digits_end
.next:          xor edx, edx
                div rbx
                dec rsi
                mov dl, [digits + rdx]
                mov [rsi], dl
                test rax, rax
                jnz .next
                call print
                pop rdx
                pop rax
                pop rbx
                ret

; The zero-terminated text at RSI.
print:          push rax
                push rdx
.next:          lodsb
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
                jmp .next
.end:           pop rdx
                pop rax
                ret

; 115200 baud, 8 data bits, no parity, polled.
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

; --------------------------------------------------------------------------------------------------------------

title:          db "Who runs this guest?", 13, 10, 0
nobody:         db "No hypervisor: CPUID.1:ECX[31] is 0.", 13, 10, 0
leaf:           db "CPUID ", 0
signature_is:   db ": signature '", 0
last_is:        db "', last leaf ", 0
tsc_is:         db "Frequencies: TSC ", 0
apic_is:        db " kHz, APIC timer ", 0
kilohertz:      db " kHz.", 13, 10, 0

kvm_features:   db "KVM features ", 0
wall_clock_is:  db "Wall clock: ", 0
since_1970:     db " s after 1970 at power-on.", 13, 10, 0
system_time_is: db "System time: ", 0
nanoseconds:    db " ns", 0
goes_on:        db ", and it goes on.", 13, 10, 0
went_back:      db ", AND IT WENT BACK.", 13, 10, 0
steal_time_is:  db "Steal time: ", 0
stolen:         db " ns stolen.", 13, 10, 0
pv_eoi_is:      db "PV EOI: ", 0
send_ipi_is:    db "KVM_HC_SEND_IPI: ", 0
delivered:      db " delivered.", 13, 10, 0
kick_is:        db "KVM_HC_KICK_CPU: ", 0
kicked:         db "HLT ended with interrupts off.", 13, 10, 0
yield_is:       db "KVM_HC_SCHED_YIELD: ", 0
pairing_is:     db "KVM_HC_CLOCK_PAIRING: ", 0
pairing_at:     db " s after 1970", 0
tsc_there:      db ", with its TSC.", 13, 10, 0
tsc_missing:    db ", WITHOUT A TSC.", 13, 10, 0
async_is:       db "Asynchronous page faults: ", 0
pages_away:     db " away, ", 0
pages_came:     db " came back.", 13, 10, 0
unknown_is:     db "Hypercall 99: ", 0

hv_privileges:  db "Hyper-V privileges ", 0
version_is:     db "Version: ", 0
build:          db ", build ", 0
hypercall_page_is: db "Hypercall page: ", 0
vp_index_is:    db "VP index: ", 0
hv_tsc_is:      db "Frequency MSRs: TSC ", 0
hv_apic_is:     db " Hz, APIC timer ", 0
hertz:          db " Hz.", 13, 10, 0
reference_is:   db "Reference time: ", 0
counter_is:     db "counter ", 0
page_says:      db ", the TSC page says ", 0
later:          db " later.", 13, 10, 0
assist_is:      db "VP assist page: ", 0
synic_is:       db "SynIC: ", 0
synic_on:       db "messages and events at SINT2.", 13, 10, 0
timer_is:       db "STIMER0: ", 0
direct_is:      db "STIMER1, direct: ", 0
ticks_came:     db " ticks.", 13, 10, 0
hv_ipi_is:      db "HvCallSendSyntheticClusterIpi: ", 0
hv_register_is: db "HvCallGetVpRegisters: ", 0
hv_name_is:     db "HvRegisterGuestOsId: ", 0
hv_post_is:     db "HvCallPostMessage: ", 0
hv_signal_is:   db "HvCallSignalEvent: ", 0
flag_came:      db "the flag is set.", 13, 10, 0
flag_lost:      db "THE FLAG IS LOST.", 13, 10, 0
runtime_is:     db "VP runtime: ", 0
ran:            db "this processor ran.", 13, 10, 0
never_ran:      db "THIS PROCESSOR NEVER RAN.", 13, 10, 0
message_type:   db "message ", 0
message_bytes:  db ", ", 0
message_first:  db " bytes, ", 0
no_message:     db "NO MESSAGE.", 13, 10, 0

enabled:        db "enabled.", 13, 10, 0
absent:         db "not offered.", 13, 10, 0
result_is:      db "result ", 0
status_is:      db "status ", 0
comma:          db ", ", 0
dot:            db ".", 0
minus:          db "-", 0
zero_x:         db "0x", 0
line_end:       db 13, 10, 0
bad_page_fault: db "Unexpected page fault.", 13, 10, 0
bad_msr:        db "#GP: an MSR that is not offered.", 13, 10, 0
bad_opcode:     db "#UD: a hypercall that is not offered.", 13, 10, 0
goodbye:        db "Powering off.", 13, 10, 0

digits:         db "0123456789abcdef"
                times 64 db 0
digits_end:     db 0

signature:      times 13 db 0

                align 8
gdt:            dq 0
                dq 0x00af9b000000ffff           ; 0x08: code, 64-bit
                dq 0x00cf93000000ffff           ; 0x10: data
gdt_pointer:    dw gdt_pointer - gdt - 1
                dq gdt

idt_pointer:    dw 256 * 16 - 1
                dq IDT

                align 8
interrupts:     dq 0
seen:           dq 0
ready:          dq 0                            ; a bit for each token whose page is back
base:           dd 0                            ; leaf of the interface that is looked at
last_leaf:      dd 0
features:       dd 0
features_b:     dd 0
features_d:     dd 0
timer_ticks:    dd 0
pages_absent:   dd 0
pages_back:     dd 0
