package dev.ringside.bench;

/** Small 64-bit guests that keep an engine busy; each is an endless loop from 0x100000, with a stack below 0x90000 and data from 0x400000. */
enum GuestLoops {
    /** Byte stores at growing strides. */
    SIEVE("""
            again:  mov rdi, 0x400000
                    mov rcx, 262144
                    mov al, 1
            fill:   mov [rdi], al
                    inc rdi
                    dec rcx
                    jnz fill
                    mov rbx, 2
            outer:  cmp byte [rbx+0x400000], 0
                    je next
                    lea rdx, [rbx+rbx]
            inner:  cmp rdx, 262144
                    jae next
                    mov byte [rdx+0x400000], 0
                    add rdx, rbx
                    jmp inner
            next:   inc rbx
                    cmp rbx, 512
                    jb outer
                    jmp again
            """),
    /** Shifts and a hardly predictable branch. */
    CRC_BITS("""
            again:  mov rsi, 0x400000
                    mov eax, 0xffffffff
                    mov rcx, 4096
            octet:  movzx edx, byte [rsi]
                    xor eax, edx
                    mov ebx, 8
            digit:  shr eax, 1
                    jnc none
                    xor eax, 0xedb88320
            none:   dec ebx
                    jnz digit
                    inc rsi
                    dec rcx
                    jnz octet
                    jmp again
            """),
    /** Calls and returns. */
    FIB("""
            again:  mov edi, 18
                    call fib
                    jmp again
            fib:    cmp edi, 2
                    jb small
                    push rbx
                    push rdi
                    dec edi
                    call fib
                    mov rbx, rax
                    pop rdi
                    sub edi, 2
                    call fib
                    add rax, rbx
                    pop rbx
                    ret
            small:  mov eax, edi
                    ret
            """),
    /** Loads, compares and stores with indexes. */
    INSERTION_SORT("""
            again:  mov rcx, 0
                    mov eax, 12345
            fill:   imul eax, eax, 1103515245
                    add eax, 12345
                    mov [rcx*4+0x400000], eax
                    inc rcx
                    cmp rcx, 512
                    jb fill
                    mov rcx, 1
            outer:  mov eax, [rcx*4+0x400000]
                    mov rdx, rcx
            inner:  test rdx, rdx
                    jz put
                    mov ebx, [rdx*4+0x3ffffc]
                    cmp ebx, eax
                    jbe put
                    mov [rdx*4+0x400000], ebx
                    dec rdx
                    jmp inner
            put:    mov [rdx*4+0x400000], eax
                    inc rcx
                    cmp rcx, 512
                    jb outer
                    jmp again
            """),
    /** Word copies, four to a pass. */
    COPY("""
            again:  mov rsi, 0x400000
                    mov rdi, 0x500000
                    mov rcx, 1024
            line:   mov rax, [rsi]
                    mov rbx, [rsi+8]
                    mov rdx, [rsi+16]
                    mov r8, [rsi+24]
                    mov [rdi], rax
                    mov [rdi+8], rbx
                    mov [rdi+16], rdx
                    mov [rdi+24], r8
                    add rsi, 32
                    add rdi, 32
                    sub rcx, 1
                    jnz line
                    jmp again
            """);

    private final String text;

    GuestLoops(String text) {
        this.text = text;
    }

    String source() {
        return "bits 64\norg 0x100000\n" + text;
    }
}
