package org.lanyard.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Asks a switch one question over its control socket (conf/RPC.md), and waits no longer than it is
 * told: a command would first have to start a JVM beside what is measured.
 */
record ControlSocket(Path path) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PIECE = 65536;

    /**
     * @param millis for connecting, asking and the answer together
     * @throws IOException without an answer until then, or with one that is an error
     */
    JsonNode call(String method, int millis) throws IOException {
        ObjectNode question = JSON.createObjectNode().put("jsonrpc", "2.0").put("id", 1);
        byte[] line = (question.put("method", method) + "\n").getBytes(StandardCharsets.UTF_8);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try (Selector selector = Selector.open();
                SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            channel.configureBlocking(false);
            channel.write(ByteBuffer.wrap(line));
            channel.register(selector, SelectionKey.OP_READ);
            JsonNode answer = JSON.readTree(line(channel, selector, deadline));
            if (!answer.has("result")) {
                throw new IOException(method + ": " + answer.path("error").path("message"));
            }
            return answer.get("result");
        }
    }

    private static byte[] line(SocketChannel channel, Selector selector, long deadline)
            throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        while (true) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new IOException("no answer in time");
            }
            selector.select(left);
            selector.selectedKeys().clear();
            int got = channel.read(piece.clear());
            if (got < 0) {
                throw new IOException("closed without an answer");
            }
            said.write(piece.array(), 0, got);
            if (got > 0 && piece.get(got - 1) == '\n') {
                return said.toByteArray();
            }
        }
    }
}
