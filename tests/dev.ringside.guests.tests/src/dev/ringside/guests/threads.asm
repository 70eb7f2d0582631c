; A Linux program (x86-64) without a library: two threads spin on other processors while the first one maps, touches and unmaps memory.
; Every munmap must make the other processors forget translations: a remote TLB flush.

                bits 64
                org 0x400078

CLONE_THREAD    equ 0x10f00             ; VM, FS, FILES, SIGHAND, THREAD
ROUNDS          equ 300
PAGES_BYTES     equ 0x4000

start:          mov r12d, 2
spawn:          mov eax, 56             ; clone; the thread never touches its stack
                mov edi, CLONE_THREAD
                mov rsi, rsp
                xor edx, edx
                xor r10d, r10d
                xor r8d, r8d
                syscall
                test eax, eax
                jz spin
                dec r12d
                jnz spawn

                mov r13d, 20000000      ; let them get going
wait:           dec r13d
                jnz wait

                mov r12d, ROUNDS
round:          mov eax, 9              ; mmap
                xor edi, edi
                mov esi, PAGES_BYTES
                mov edx, 3
                mov r10d, 0x22          ; private, anonymous
                mov r8, -1
                xor r9d, r9d
                syscall
                mov dword [rax], 1
                mov dword [rax+0x1000], 1
                mov rdi, rax
                mov esi, PAGES_BYTES
                mov eax, 11             ; munmap
                syscall
                dec r12d
                jnz round
                xor edi, edi
                mov eax, 231            ; exit_group
                syscall

spin:           pause
                jmp spin
