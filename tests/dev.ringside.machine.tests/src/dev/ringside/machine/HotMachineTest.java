package dev.ringside.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DeviceProvider;
import dev.ringside.device.FileBackend;
import dev.ringside.device.IoHandler;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;
import dev.ringside.inspect.Inspector;
import dev.ringside.loader.RawFormat;
import dev.ringside.loader.SymbolTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the rest of a machine does to code while its translation runs: devices, timers, the other processor. Under both engines it is the same run. */
@Timeout(600)
class HotMachineTest {
    private static final int PORT = 0x5a0;
    private static final long TOGGLE_NANOS = 997;

    /** The sum of what hot code added, when device {@code meddler} changes its constant. */
    private static final String SUMMING = """
        bits 32
        org 0x100000
                mov esp, 0x90000
                mov esi, 40
        round:  mov ecx, 400
        patched: add ebx, 0
                dec ecx
                jnz patched
                mov eax, esi
                mov dx, 0x5a0
                out dx, al
                dec esi
                jnz round
                mov eax, ebx
                mov dx, 0xf4
                out dx, eax
                hlt
        """;
    private static final long PATCHED = 0x100000 + 5 + 5 + 5 + 2;

    @Test
    void aDeviceWritesIntoHotCode() throws Exception {
        assertThat(onBoth(1, SUMMING, () -> new Meddler() {
            @Override
            public void write(long offset, int sizeBytes, long value) {
                context.memory().write(PATCHED, 1, value);
            }
        })).isEqualTo(new EndReason.DebugExit(400 * (40 * 41 / 2 - 1)));
    }

    @Test
    void aDeviceWritesIntoHotCodeAtAnyTime() throws Exception {
        EndReason end = onBoth(1, SUMMING, () -> new Meddler() {
            private Timer timer;
            private int ticks;

            @Override
            void created() {
                timer = context.clock().newTimer("meddler", this::tick);
                timer.arm(TOGGLE_NANOS);
            }

            private void tick() {
                context.memory().write(PATCHED, 1, ++ticks & 1);
                timer.arm(context.clock().nanos() + TOGGLE_NANOS);
            }
        });

        assertThat(end).isInstanceOfSatisfying(EndReason.DebugExit.class, exit -> assertThat(exit.value()).isBetween(40 * 400 * 2 / 5L, 40 * 400 * 3 / 5L));
    }

    /** Time between two readings in the middle of blocks, twice in a round, and with a fault and a device between; each must be the number of instructions. */
    private static final String READING_TIME = """
        bits 32
        org 0x100000
                mov esp, 0x90000
                mov esi, 30000
        round:  inc ebp
                rdtsc
                mov ebx, eax
                xor ecx, esi
                add edi, ecx
                rdtsc
                sub eax, ebx
                cmp eax, 4
                jne wrong
                rdtsc
                mov ebx, eax
                test esi, 255
                jnz quiet
                in al, 0x80
        quiet:  rdtsc
                sub eax, ebx
                test esi, 255
                jz device
                cmp eax, 4
                jne wrong
                jmp next
        device: cmp eax, 5
                jne wrong
        next:   dec esi
                jnz round
                rdtsc
        wrong:  mov dx, 0xf4
                out dx, eax
                hlt
        """;

    @Test
    void hotCodeReadsTheTimeOfItsOwnInstruction() throws Exception {
        // With and without the device a round has 22 instructions.
        assertThat(onBoth(1, READING_TIME, Meddler::new)).isEqualTo(new EndReason.DebugExit(2 + 30_000 * 22));
    }

    /** A timer that comes after 1 instruction, after 2, and so on to 500, in a hot loop; the exit tells the sum of where it came. */
    private static final String TICKING = """
        bits 32
        org 0x100000
                lgdt [gdtr]
                jmp 8:flat
        flat:   mov eax, 16
                mov ds, eax
                mov es, eax
                mov ss, eax
                mov esp, 0x90000
                mov eax, tick
                mov [0x12200], ax
                mov word [0x12202], 8
                mov word [0x12204], 0x8e00
                shr eax, 16
                mov [0x12206], ax
                lidt [idtr]
                mov dword [0xfee000f0], 0x1ff
                mov dword [0xfee003e0], 0xb
                mov dword [0xfee00320], 0x40
                mov esi, 1
                mov [0xfee00380], esi
                sti
        hot:    lea eax, [ecx + ecx*2]
                xor ebx, eax
                rol ebx, 3
                mov [0x9000], ebx
                adc ebp, [0x9000]
                test ecx, 5
                jz skip
                imul ebp, ebp, 13
        skip:   push ebx
                inc ecx
                pop edx
                jmp hot
        tick:   add edi, [esp]
                rol edi, 1
                inc esi
                cmp esi, 500
                je done
                mov [0xfee00380], esi
                mov dword [0xfee000b0], 0
                iretd
        done:   add edi, ebx
                add edi, ebp
                mov eax, edi
                mov dx, 0xf4
                out dx, eax
                hlt
        gdt:    dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
        gdtr:   dw 23
                dd gdt
        idtr:   dw 0x7ff
                dd 0x12000
        """;

    @Test
    void aTimerMayComeAfterAnyNumberOfInstructions() throws Exception {
        assertThat(onBoth(1, TICKING, Meddler::new)).isInstanceOf(EndReason.DebugExit.class);
    }

    /** One processor changes a page's frame again and again and tells the other by interrupt, which reads that page in a hot loop all the while. */
    private static final String SHOOTDOWN = """
        bits 32
        org 0x100000
                mov esp, 0x90000
                mov dword [0x10000], 0x83
                mov dword [0x10004], 0x11003
                mov dword [0x10fec], 0xfec00083
                mov dword [0x11000], 0x200003
                mov dword [0x200000], 1
                mov dword [0x201000], 1
                mov eax, shot
                mov [0x12200], ax
                mov word [0x12202], 8
                mov word [0x12204], 0x8e00
                shr eax, 16
                mov [0x12206], ax
                mov esi, other
                mov edi, 0x8000
                mov ecx, other_end - other
                rep movsb
                mov dword [0xfee000f0], 0x1ff
                mov dword [0xfee00300], 0xc4500
                mov dword [0xfee00300], 0xc4608
                lgdt [gdtr]
                jmp 8:flat
        flat:   mov eax, 16
                mov ds, eax
                mov es, eax
                mov ss, eax
                call paged
        ready:  pause
                cmp dword [0x9000], 1000
                jb ready
                mov esi, 60
        round:  mov ebx, [0x11000]
                and ebx, -4096
                mov edx, ebx
                xor edx, 0x1000
                mov dword [edx], 1
                xor dword [0x11000], 0x1000
                invlpg [0x400000]
                mov dword [0x9004], 1
                mov dword [0xfee00310], 0x1000000
                mov dword [0xfee00300], 0x4040
        wait:   pause
                cmp dword [0x9004], 0
                jne wait
                mov dword [ebx], 0x40000000
                mov ecx, 700
        delay:  dec ecx
                jnz delay
                dec esi
                jnz round
                mov dword [0x9010], 1
        finish: pause
                cmp dword [0x9020], 0
                je finish
                mov al, 7
                out 0xf4, al
                hlt

        paged:  mov eax, cr4
                or eax, 0x10
                mov cr4, eax
                mov eax, 0x10000
                mov cr3, eax
                mov eax, cr0
                or eax, 0x80000000
                mov cr0, eax
                ret
        second: mov eax, 16
                mov ds, eax
                mov es, eax
                mov ss, eax
                mov esp, 0x80000
                call paged
                lidt [idtr]
                mov dword [0xfee000f0], 0x1ff
                sti
        hot:    mov eax, [0x400000]
                add ebx, eax
                test eax, 0x40000000
                jnz stale
                inc dword [0x9000]
                cmp dword [0x9010], 0
                je hot
                mov [0x9020], ebx
        halted: hlt
                jmp halted
        stale:  mov al, 99
                out 0xf4, al
                hlt
        shot:   invlpg [0x400000]
                mov dword [0x9004], 0
                mov dword [0xfee000b0], 0
                iretd
        gdt:    dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
        gdtr:   dw 23
                dd gdt
        idtr:   dw 0x7ff
                dd 0x12000
        bits 16
        other:  xor ax, ax
                mov ds, ax
                o32 lgdt [0x8000 + gdtr2 - other]
                mov eax, cr0
                or al, 1
                mov cr0, eax
                o32 jmp 8:second
        gdtr2:  dw 23
                dd gdt
        other_end:
        """;

    @Test
    void aProcessorTellsTheOtherThatAPageMoved() throws Exception {
        assertThat(onBoth(2, SHOOTDOWN, Meddler::new)).isEqualTo(new EndReason.DebugExit(7));
    }

    private interface Maker {
        Meddler make();
    }

    /** @return why both runs ended, after the same instructions and events */
    private static EndReason onBoth(int cpus, String source, Maker device) throws Exception {
        try (Machine interpreted = machine(cpus, source, device.make(), "interpreter"); Machine translated = machine(cpus, source, device.make(), "translator")) {
            assertThat(interpreted.run(20_000_000)).isInstanceOf(StopReason.Ended.class);
            translated.run(20_000_000);

            assertThat(translated.end()).isEqualTo(interpreted.end());
            assertThat(translated.statistics()).isEqualTo(interpreted.statistics());
            assertThat(EagerProviders.translated(translated)).as("instructions in translated code").isGreaterThan(translated.statistics().instructions() / 2);
            return interpreted.end();
        }
    }

    private static Machine machine(int cpus, String source, Meddler device, String engine) throws Exception {
        MachineProviders providers = EagerProviders.onClassPath().withDevices(List.of(device));
        var program = providers.architectures().getFirst().assembler().assemble("guest.asm", source);
        assertThat(program.errors()).isEmpty();
        var description = MachineDescription.of(null).withMemoryBytes(16 << 20).withCpus(cpus).withEngine(engine);
        return new MachineBuilder(providers, FileBackend::open).build(description, RawFormat.of(program.bytes(), program.origin(), SymbolTable.empty()));
    }

    /** A device that reaches into the guest's memory. */
    private static class Meddler implements DeviceProvider, Device, IoHandler {
        DeviceContext context;

        void created() {
            // Nothing more is needed.
        }

        @Override
        public String type() {
            return "meddler";
        }

        @Override
        public String description() {
            return "changes memory";
        }

        @Override
        public boolean inEveryMachine() {
            return true;
        }

        @Override
        public Device create(String name, Map<String, String> options, DeviceContext of) {
            context = of;
            of.claimPorts(this, PORT, 1, this);
            created();
            return this;
        }

        @Override
        public long read(long offset, int sizeBytes) {
            return 0;
        }

        @Override
        public void write(long offset, int sizeBytes, long value) {
            // Of no interest.
        }

        @Override
        public String name() {
            return "meddler";
        }

        @Override
        public void reset() {
            // It has no state.
        }

        @Override
        public void save(StateWriter out) {
            // It has no state.
        }

        @Override
        public void restore(StateReader in) {
            // It has no state.
        }

        @Override
        public void inspect(Inspector out) {
            out.text("does", description());
        }
    }
}
