package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.lanyard.control.RuntimeDir;
import org.lanyard.control.Version;

/**
 * Asks a running switch. It speaks through the JDK's own unix sockets: they need no native library,
 * which would take most of a short command's time to load.
 */
final class RpcClient implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;
    private static final int NO_SUCH_METHOD = -32601;

    /** The same in every protocol, so that a switch of another version can be restarted. */
    private static final Set<String> EVERYWHERE = Set.of("status", "stop");

    private final SocketChannel channel;
    private final RuntimeDir dir;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024).flip();
    private int lastId;
    private boolean knowsVersion;

    private RpcClient(SocketChannel channel, RuntimeDir dir) {
        this.channel = channel;
        this.dir = dir;
    }

    /**
     * @throws CommandFailure with {@link ExitCode#NOT_RUNNING} when no switch answers there
     */
    static RpcClient connect(RuntimeDir dir) {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(dir.controlSocket()));
                return new RpcClient(channel, dir);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).startsWith("Permission denied")) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "you may not talk to the switch in " + dir.path() + ": " + e.getMessage());
            }
            throw new CommandFailure(
                    ExitCode.NOT_RUNNING,
                    "no switch is running in "
                            + dir.path()
                            + " ("
                            + e.getMessage()
                            + "); start one with: lanyard start, or pick another with --name or"
                            + " --runtime-dir");
        }
    }

    JsonNode call(String method) {
        return call(method, JsonNodeFactory.instance.objectNode());
    }

    /**
     * @throws CommandFailure when the switch refuses or does not answer in time
     */
    JsonNode call(String method, ObjectNode params) {
        if (!knowsVersion && !EVERYWHERE.contains(method)) {
            checkProtocol();
        }
        JsonNode answer = ask(method, params);
        if (answer.has("error")) {
            throw new CommandFailure(
                    ExitCode.FAILED, answer.path("error").path("message").asText());
        }
        return answer.path("result");
    }

    private void checkProtocol() {
        JsonNode answer = ask("version", JsonNodeFactory.instance.objectNode());
        JsonNode error = answer.path("error");
        if (answer.has("error") && error.path("code").asInt() != NO_SUCH_METHOD) {
            throw new CommandFailure(ExitCode.FAILED, error.path("message").asText());
        }
        int protocol = answer.path("result").path("protocol").asInt();
        if (protocol != Version.PROTOCOL) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    String.format(
                            "the switch in %s is lanyard %s, whose control socket speaks protocol"
                                    + " %d; this is lanyard %s, which speaks %d: use the lanyard"
                                    + " that started it, or let this one take over with: lanyard"
                                    + " restart",
                            dir.path(),
                            answer.path("result").path("version").asText("of an older version"),
                            protocol,
                            Version.CURRENT,
                            Version.PROTOCOL));
        }
        knowsVersion = true;
    }

    /** The whole answer, a result or an error. */
    private JsonNode ask(String method, ObjectNode params) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("jsonrpc", "2.0").put("id", ++lastId).put("method", method);
        request.set("params", params);
        try {
            send(Json.write(request) + "\n");
            return Json.read(text(readLine()));
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, "the switch did not answer: " + e.getMessage());
        }
    }

    /** A switch that turns us away says why and closes; what it said is still to be read then. */
    private void send(String line) throws IOException {
        channel.configureBlocking(true);
        try {
            write(line);
        } catch (IOException e) {
            if (channel.read(buffer.clear()) <= 0) {
                throw e;
            }
            buffer.flip();
        }
    }

    private void write(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    ObjectNode params() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Says something that is not answered; any thread. */
    void tell(String method) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("jsonrpc", "2.0").put("method", method);
        try {
            write(Json.write(request) + "\n");
        } catch (IOException e) {
            // It is gone: whoever waits for its next word sees that too.
        }
    }

    /**
     * After {@code events} or {@code capture}: waits for the next notification, whose parameters
     * these are; null when the switch has ended.
     */
    JsonNode nextEvent() {
        byte[] notification = nextLine();
        try {
            return notification == null ? null : Json.read(text(notification)).path("params");
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, "the switch tells what is no JSON: " + e.getMessage());
        }
    }

    /** As {@link #nextEvent}, to be parsed by the caller: for large ones. */
    byte[] nextLine() {
        try {
            channel.configureBlocking(true);
            while (true) {
                byte[] text = takeLine();
                if (text != null) {
                    return text;
                }
                if (channel.read(buffer.clear()) < 0) {
                    return null;
                }
                buffer.flip();
            }
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, "the switch tells no more: " + e.getMessage());
        }
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.UTF_8);
    }

    /** The next line of what was read, or null when it has not ended yet. */
    private byte[] takeLine() {
        int from = buffer.position();
        while (buffer.hasRemaining()) {
            if (buffer.get() == '\n') {
                line.write(buffer.array(), from, buffer.position() - 1 - from);
                byte[] text = line.toByteArray();
                line.reset();
                return text;
            }
        }
        line.write(buffer.array(), from, buffer.position() - from);
        return null;
    }

    private byte[] readLine() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        channel.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            for (byte[] text = takeLine(); ; text = takeLine()) {
                if (text != null) {
                    return text;
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0 || selector.select(left) == 0) {
                    throw new IOException("nothing came within " + PATIENCE_SECONDS + " s");
                }
                selector.selectedKeys().clear();
                if (channel.read(buffer.clear()) < 0) {
                    throw new IOException("it closed the connection");
                }
                buffer.flip();
            }
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The answer is here; there is nothing left to lose.
        }
    }
}
