; Fibonacci numbers by recursion: calls, returns and the stack. Checksum: fib(31), which is 1346269.

setup:          ret

pass:           mov edi, 31
                call fib
                ret

fib:            cmp edi, 2
                jb .small
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
.small:         mov eax, edi
                ret
