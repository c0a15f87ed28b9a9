package org.lanyard.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.lanyard.config.ConfigParser;
import org.lanyard.control.RuntimeDir;
import org.lanyard.control.Switch;

/** A whole switch in this process, asked over its control socket as a user would. */
final class SwitchUnderAttack implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    /** Looks at the switch again and again. */
    @FunctionalInterface
    interface Look {
        boolean isSo() throws IOException;
    }

    private final ObjectMapper json = new ObjectMapper();
    private final RuntimeDir dir;
    private final Switch lanyard;
    private final Thread thread;
    private final LogCapture log = LogCapture.of("org.lanyard");
    private final AtomicLong skipped = new AtomicLong();
    private volatile boolean ready;
    private volatile Exception failure;

    /**
     * @param settings lines of the configuration's switch table
     */
    SwitchUnderAttack(Path path, String... settings) throws Exception {
        dir = new RuntimeDir(path);
        String toml = "[switch]\n" + String.join("\n", settings);
        lanyard =
                new Switch(
                        ConfigParser.parse("test.toml", toml),
                        null,
                        dir,
                        () -> System.nanoTime() + skipped.get());
        thread = new Thread(this::run, "control");
        thread.start();
        await("a switch that listens", () -> ready || failure != null);
        if (failure != null) {
            throw failure;
        }
    }

    private void run() {
        try {
            lanyard.run(() -> ready = true);
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    WireGuest guest() throws IOException {
        return new WireGuest(dir.path().resolve("guests.sock"));
    }

    /** A guest whose port is up under this name. */
    WireGuest guest(String port) throws IOException {
        WireGuest guest = guest();
        await(port + " up", () -> port(port).path("state").asText().equals("up"));
        return guest;
    }

    LogCapture log() {
        return log;
    }

    void skip(Duration time) {
        skipped.addAndGet(time.toNanos());
    }

    JsonNode call(String method) throws IOException {
        String request = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\"}\n";
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(dir.controlSocket()));
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            ByteBuffer piece = ByteBuffer.allocate(65_536);
            do {
                piece.clear();
                if (channel.read(piece) < 0) {
                    throw new IOException("no answer to " + method);
                }
                answer.write(piece.array(), 0, piece.position());
            } while (piece.get(piece.position() - 1) != '\n');
            return json.readTree(answer.toByteArray()).path("result");
        }
    }

    /** The port as {@code port.list} shows it, or a missing node. */
    JsonNode port(String name) throws IOException {
        for (JsonNode port : call("port.list")) {
            if (port.path("name").asText().equals(name)) {
                return port;
            }
        }
        return json.missingNode();
    }

    /** Of all ports, those that have left included. */
    long drops(String reason) throws IOException {
        return call("status").path("drops").path(reason).asLong();
    }

    void await(String what, Look look) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!look.isSo()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within 20 s: " + what + "; the log: " + log.lines());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Override
    public void close() throws IOException {
        lanyard.requestStop();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.close();
        if (thread.isAlive()) {
            throw new AssertionError("the switch did not end; the log: " + log.lines());
        }
        if (failure != null) {
            throw new IOException("the switch failed", failure);
        }
        if (log.count("please report it") > 0) {
            throw new AssertionError("a fault of the switch itself: " + log.lines());
        }
    }
}
