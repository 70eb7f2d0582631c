; A user program that asks its kernel for something small, again and again: SYSCALL, stack and GS switched, registers
; kept, a table of calls, SYSRET (SDM 3A 5.8.8). Checksum: what the calls returned, summed.

CALLS           equ 50000
PER_CPU         equ 0x400000            ; [0] the user's RSP, [8] the kernel's
USER_STACK      equ 0x480000

setup:          mov ecx, 0xc0000080     ; IA32_EFER
                rdmsr
                or eax, 1               ; SCE
                wrmsr
                mov ecx, 0xc0000081     ; IA32_STAR
                xor eax, eax
                mov edx, (USER_SEGMENTS | 3) << 16 | KERNEL_CODE
                wrmsr
                mov ecx, 0xc0000082     ; IA32_LSTAR
                mov eax, system_call
                xor edx, edx
                wrmsr
                mov ecx, 0xc0000084     ; IA32_FMASK
                mov eax, 0x200          ; IF
                wrmsr
                mov ecx, 0xc0000102     ; IA32_KERNEL_GS_BASE
                mov eax, PER_CPU
                wrmsr
                ret

pass:           mov [PER_CPU + 8], rsp
                mov rsp, USER_STACK
                mov ecx, user
                mov r11d, 2             ; RFLAGS
                o64 sysret

user:           mov ebx, CALLS
                xor r12d, r12d
.again:         mov eax, ebx
                and eax, 1              ; call 0 or 1
                mov edi, ebx
                syscall
                add r12, rax
                dec ebx
                jnz .again
                mov eax, 2              ; done
                syscall

system_call:    swapgs
                mov [gs:0], rsp
                mov rsp, [gs:8]
                push rcx
                push r11
                push rbx
                push rdi
                push rsi
                push rdx
                cmp eax, 2
                jae .done
                call [rax * 8 + calls]
                pop rdx
                pop rsi
                pop rdi
                pop rbx
                pop r11
                pop rcx
                mov rsp, [gs:0]
                swapgs
                o64 sysret
.done:          mov rsp, [gs:8]
                swapgs
                mov rax, r12
                ret

first:          lea rax, [rdi + 7]
                ret
second:         mov rax, rdi
                xor rax, 0x55
                ret

                align 8
calls:          dq first, second
