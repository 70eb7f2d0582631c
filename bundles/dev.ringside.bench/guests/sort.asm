; Quicksort of 32768 unsigned numbers, insertion sort for parts of up to 16. Checksum: each number times its place, summed.

ROUNDS          equ 10
COUNT           equ 32768
NUMBERS         equ 0x400000
SMALL           equ 16 * 4              ; bytes

setup:          ret

pass:           mov r8d, ROUNDS
.round:         mov eax, 12345
                xor ecx, ecx
.fill:          imul eax, eax, 1103515245
                add eax, 12345
                mov [rcx * 4 + NUMBERS], eax
                inc ecx
                cmp ecx, COUNT
                jb .fill
                mov esi, NUMBERS
                mov edi, NUMBERS + COUNT * 4 - 4
                call sort
                dec r8d
                jnz .round
                xor eax, eax
                xor ecx, ecx
.sum:           mov edx, [rcx * 4 + NUMBERS]
                inc ecx
                imul rdx, rcx
                add rax, rdx
                cmp ecx, COUNT
                jb .sum
                ret

; Sorts from [RSI] to [RDI], both included.
sort:           mov rax, rdi
                sub rax, rsi
                cmp rax, SMALL
                jle insertion_sort
                shr rax, 3              ; the pivot: from the middle
                mov r9d, [rsi + rax * 4]
                mov rbx, rsi
                mov rdx, rdi
.left:          cmp [rbx], r9d
                jae .right
                add rbx, 4
                jmp .left
.right:         cmp [rdx], r9d
                jbe .both
                sub rdx, 4
                jmp .right
.both:          cmp rbx, rdx
                ja .split
                mov eax, [rbx]
                mov ecx, [rdx]
                mov [rbx], ecx
                mov [rdx], eax
                add rbx, 4
                sub rdx, 4
                cmp rbx, rdx
                jbe .left
.split:         push rbx                ; RSI to RDX now, RBX to RDI later
                push rdi
                mov rdi, rdx
                call sort
                pop rdi
                pop rsi
                jmp sort

insertion_sort: lea rbx, [rsi + 4]
.outer:         cmp rbx, rdi
                ja .done
                mov eax, [rbx]
                mov rdx, rbx
.inner:         mov ecx, [rdx - 4]
                cmp ecx, eax
                jbe .put
                mov [rdx], ecx
                sub rdx, 4
                cmp rdx, rsi
                ja .inner
.put:           mov [rdx], eax
                add rbx, 4
                jmp .outer
.done:          ret
