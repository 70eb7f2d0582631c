package dev.ringside.machine;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.loader.GuestImage;
import dev.ringside.loader.RawFormat;
import dev.ringside.loader.SymbolTable;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * A guest of random code that gets far: every exception and interrupt goes to a handler that steps over one byte and
 * returns, and a timer ticks. Much of the code talks to devices at
 * the addresses where they are, in widths and with values that they do not expect.
 */
final class HostileGuest {
    private static final int BODY_BYTES = 6000;
    private static final long REAL = 0x7c00;
    private static final long FLAT = 0x100000;

    private static final int[] PORTS = {0x00, 0x08, 0x20, 0x21, 0x40, 0x41, 0x42, 0x43, 0x60, 0x61, 0x64, 0x70, 0x71, 0x80, 0x92, 0xa0, 0xa1, 0xb2, 0xe9, 0x170,
        0x171, 0x172, 0x175, 0x176, 0x177, 0x1f0, 0x1f1, 0x1f2, 0x1f3, 0x1f4, 0x1f5, 0x1f6, 0x1f7, 0x2f8, 0x2f9, 0x376, 0x3b4, 0x3c0, 0x3c4, 0x3c5, 0x3ce, 0x3cf,
        0x3d4, 0x3d5, 0x3da, 0x3f6, 0x3f8, 0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x402, 0x4d0, 0x4d1, 0x505, 0x510, 0x511, 0x514, 0x518, 0x600, 0x602, 0x604, 0x608, 0xcd6,
        0xcf8, 0xcf9, 0xcfc, 0xcfd, 0xcfe};
    private static final int[] PLACES = {0xfee00000, 0xfec00000, 0xfed00000, 0xb8000, 0xa0000, 0xe0000, 0xfffffff0, 0x00ffffff, 0xe0000000};
    private static final int[] MSRS = {0x10, 0x1b, 0x3b, 0x174, 0x175, 0x176, 0x1a0, 0x1d9, 0x200, 0x277, 0x2ff, 0x6e0, 0x802, 0x808, 0x80b, 0x830, 0x832, 0x838, 0x839,
        0xc0000080, 0xc0000081, 0xc0000082, 0xc0000100, 0xc0000101, 0xc0000102, 0x4b564d00, 0x40000000};

    private static final String REAL_START = """
        bits 16
        org 0x7c00
                cli
                xor ax, ax
                mov ds, ax
                mov es, ax
                mov ss, ax
                mov sp, 0x7000
                cld
                xor di, di
                mov cx, 256
        gate:   mov ax, handler
                stosw
                xor ax, ax
                stosw
                loop gate
                mov al, 0x11
                out 0x20, al
                mov al, 8
                out 0x21, al
                mov al, 4
                out 0x21, al
                mov al, 1
                out 0x21, al
                mov al, 0xfe
                out 0x21, al
                mov al, 0x34
                out 0x43, al
                xor al, al
                out 0x40, al
                mov al, 2
                out 0x40, al
                jmp body
        handler: push bp
                mov bp, sp
                inc word [bp+2]
                push ax
                mov al, 0x20
                out 0x20, al
                pop ax
                pop bp
                iret
                align 16
        body:
        """;

    private static final String PROTECTED_START = """
        bits 32
        org 0x100000
                mov esp, 0x90000
                lgdt [gdtr]
                jmp 8:flat
        gdt:    dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
        gdtr:   dw 23
                dd gdt
        flat:   mov eax, 16
                mov ds, eax
                mov es, eax
                mov ss, eax
                mov edi, 0x1000
                xor ecx, ecx
        gate:   mov eax, plain
                cmp cl, 8
                je .coded
                cmp cl, 10
                jb .set
                cmp cl, 14
                jbe .coded
                cmp cl, 17
                je .coded
                cmp cl, 21
                jne .set
        .coded: mov eax, coded
        .set:   mov [edi], ax
                mov word [edi+2], cs
                mov word [edi+4], 0x8e00
                shr eax, 16
                mov [edi+6], ax
                add edi, 8
                inc ecx
                cmp ecx, 256
                jb gate
                lidt [idt]
                mov dword [0xfee000f0], 0x1ff
                mov dword [0xfee003e0], 0
                mov dword [0xfee00320], 0x20040
                mov dword [0xfee00380], 400
                jmp body
        coded:  add esp, 4
        plain:  inc dword [esp]
                mov dword [ss:0xfee000b0], 0
                iretd
        idt:    dw 256 * 8 - 1
                dd 0x1000
                align 16
        body:
        """;

    private static final String LONG_START = """
        bits 32
        org 0x100000
                mov esp, 0x90000
                mov dword [0x10000], 0x11007
                xor ecx, ecx
        upper:  mov eax, ecx
                shl eax, 12
                add eax, 0x12007
                mov [0x11000 + ecx*8], eax
                inc ecx
                cmp ecx, 4
                jb upper
                xor ecx, ecx
        lower:  mov eax, ecx
                shl eax, 21
                or eax, 0x87
                mov [0x12000 + ecx*8], eax
                or eax, 0xfe000000
                mov [0x12000 + ecx*8 + 0x7f0*8], eax
                inc ecx
                cmp ecx, 16
                jb lower
                mov eax, 0x10000
                mov cr3, eax
                mov eax, 0x620
                mov cr4, eax
                mov ecx, 0xc0000080
                mov eax, 0x901
                xor edx, edx
                wrmsr
                mov eax, 0x80010033
                mov cr0, eax
                lgdt [gdtr]
                jmp 8:wide
        gdt:    dq 0, 0x00af9b000000ffff, 0x00cf93000000ffff
        gdtr:   dw 23
                dd gdt
        idtr:   dw 256 * 16 - 1
                dq 0x2000
        bits 64
        wide:   mov eax, 16
                mov ds, eax
                mov es, eax
                mov ss, eax
                mov edi, 0x2000
                xor ecx, ecx
        gate:   lea rax, [rel plain]
                cmp cl, 8
                je .coded
                cmp cl, 10
                jb .set
                cmp cl, 14
                jbe .coded
                cmp cl, 17
                je .coded
                cmp cl, 21
                jne .set
        .coded: lea rax, [rel coded]
        .set:   mov [rdi], ax
                mov word [rdi+2], 8
                mov word [rdi+4], 0x8e00
                shr rax, 16
                mov [rdi+6], rax
                add rdi, 16
                inc ecx
                cmp ecx, 256
                jb gate
                lidt [rel idtr]
                mov edi, 0xfee00000
                mov dword [rdi + 0xf0], 0x1ff
                mov dword [rdi + 0x3e0], 0
                mov dword [rdi + 0x320], 0x20040
                mov dword [rdi + 0x380], 400
                jmp body
        coded:  add rsp, 8
        plain:  inc qword [rsp]
                push rax
                mov eax, 0xfee000b0
                mov dword [rax], 0
                pop rax
                iretq
                align 16
        body:
        """;

    private final int bits;
    private final Random random;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private HostileGuest(int bits, long seed) {
        this.bits = bits;
        random = new Random(seed * 31 + bits);
    }

    /** @param bits 16, 32 or 64: the mode in which the random part starts */
    static GuestImage of(int bits, long seed) {
        var guest = new HostileGuest(bits, seed);
        guest.write();
        return RawFormat.of(guest.out.toByteArray(), bits == 16 ? REAL : FLAT, SymbolTable.empty());
    }

    private void write() {
        AssemblyResult start = MachineProviders.onClassPath().architectures().getFirst().assembler()
            .assemble("start", bits == 16 ? REAL_START : bits == 32 ? PROTECTED_START : LONG_START);
        if (start.hasErrors()) {
            throw new AssertionError(start.errors());
        }
        out.writeBytes(start.bytes());
        while (out.size() < BODY_BYTES) {
            switch (random.nextInt(10)) {
                case 0, 1 -> port();
                case 2 -> place();
                case 3 -> modelSpecificRegister();
                case 4 -> bytes(new byte[][] {{(byte) 0xfb}, {(byte) 0xfb, (byte) 0xf4}, {(byte) 0xfa}, {(byte) 0xcd, (byte) random.nextInt()}, {(byte) 0xf1},
                    {0x0f, 0x0b}, {0x0f, (byte) 0xa2}, {(byte) 0xf3, 0x6c}, {(byte) 0xf3, 0x6e}, {(byte) 0xf3, (byte) 0xa4}}[random.nextInt(10)]);
                default -> {
                    byte[] any = new byte[1 + random.nextInt(8)];
                    random.nextBytes(any);
                    bytes(any);
                }
            }
        }
        // What runs off the end begins again.
        bytes(0xe9);
        number(-4 - (BODY_BYTES - start.bytes().length), bits == 16 ? 2 : 4);
    }

    private void port() {
        load(2, PORTS[random.nextInt(PORTS.length)] + (random.nextInt(8) == 0 ? random.nextInt(4) : 0));
        load(0, random.nextBoolean() ? random.nextInt(256) : random.nextInt());
        if (random.nextInt(3) == 0) {
            bytes(0x66);
        }
        bytes(0xec + random.nextInt(4));
    }

    private void place() {
        load(0, PLACES[random.nextInt(PLACES.length)] + (random.nextInt(0x400) & (random.nextBoolean() ? -16 : -1)));
        load(3, random.nextBoolean() ? random.nextInt(256) : random.nextInt());
        if (bits == 16) {
            bytes(0x67);
        }
        if (random.nextInt(4) == 0) {
            bytes(0x66);
        }
        bytes(new int[] {0x88, 0x89, 0x8a, 0x8b, 0x01, 0x87}[random.nextInt(6)], 0x18);
    }

    private void modelSpecificRegister() {
        load(1, MSRS[random.nextInt(MSRS.length)] + (random.nextInt(4) == 0 ? random.nextInt(16) : 0));
        load(0, random.nextInt());
        load(2, random.nextBoolean() ? 0 : random.nextInt());
        bytes(0x0f, random.nextInt(3) == 0 ? 0x32 : 0x30);
    }

    /** {@code mov r32, value}. */
    private void load(int register, int value) {
        if (bits == 16) {
            bytes(0x66);
        }
        bytes(0xb8 + register);
        number(value, 4);
    }

    private void number(int value, int lengthBytes) {
        out.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array(), 0, lengthBytes);
    }

    private void bytes(int... values) {
        for (int value : values) {
            out.write(value);
        }
    }

    private void bytes(byte[] values) {
        out.writeBytes(values);
    }
}
