package dev.ringside.bench;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Steps an image under QEMU through its gdb server (GDB manual, appendix E: remote serial protocol): the peer of {@link StepRate}. */
final class GdbStub implements AutoCloseable {
    private static final double START_SECONDS = 20;

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(4096).limit(0);

    private GdbStub(SocketChannel channel) {
        this.channel = channel;
    }

    /** Steps per second. @param qemu the command, without a gdb server and not stopped */
    static double stepsPerSecond(List<String> qemu, Path folder, int warmUp, int measured, double timeoutSeconds) throws BenchException {
        Path socket = folder.resolve("gdb.socket");
        var command = new ArrayList<>(qemu);
        command.addAll(List.of("-S", "-gdb", "unix:" + socket + ",server=on,wait=off"));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new BenchException("'" + command.getFirst() + "' cannot be started: " + e.getMessage());
        }
        var killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
        // A read that waits for ever ends when the process is gone.
        process.onExit().orTimeout((long) (timeoutSeconds * 1000), TimeUnit.MILLISECONDS).exceptionally(late -> process.destroyForcibly());
        try (GdbStub stub = connect(socket, process)) {
            stub.request("QStartNoAckMode");
            stub.send("+");
            stub.steps(warmUp);
            long start = System.nanoTime();
            stub.steps(measured);
            return measured / ((System.nanoTime() - start) / 1e9);
        } catch (IOException e) {
            throw new BenchException("its gdb server cannot be spoken to: " + e.getMessage());
        } finally {
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(killer);
            delete(socket);
        }
    }

    private static GdbStub connect(Path socket, Process process) throws IOException, BenchException {
        long deadline = System.nanoTime() + (long) (START_SECONDS * 1e9);
        while (!Files.exists(socket)) {
            try {
                if (System.nanoTime() > deadline || process.waitFor(5, TimeUnit.MILLISECONDS)) {
                    throw new BenchException("it opens no gdb server");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchException("interrupted");
            }
        }
        return new GdbStub(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    private void steps(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            String stopped = request("s");
            if (!stopped.startsWith("T") && !stopped.startsWith("S")) {
                throw new IOException("a step is answered with '" + stopped + "'");
            }
        }
    }

    /** The payload of the next packet that comes. */
    private String request(String payload) throws IOException {
        int sum = payload.chars().sum() & 0xff;
        send("$%s#%02x".formatted(payload, sum));
        int octet = read();
        while (octet != '$') {
            octet = read();
        }
        var answer = new StringBuilder();
        for (octet = read(); octet != '#'; octet = read()) {
            answer.append((char) octet);
        }
        read();
        read();
        return answer.toString();
    }

    private void send(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private int read() throws IOException {
        if (!in.hasRemaining()) {
            in.clear();
            int count = channel.read(in);
            in.flip();
            if (count < 0) {
                throw new IOException("it closed the connection");
            }
        }
        return in.get();
    }

    private static void delete(Path socket) throws BenchException {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new BenchException("'" + socket + "' cannot be deleted: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
