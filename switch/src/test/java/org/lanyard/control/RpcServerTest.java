package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.tapio.LibC;

/** Whom the control socket serves, by the process that connects. */
@Timeout(60)
class RpcServerTest {
    @TempDir private Path temp;

    /** What who connects from this process reads first; empty where it is closed at once. */
    private String answer(boolean isBehindAPort) throws Exception {
        RuntimeDir dir = new RuntimeDir(temp.resolve("" + isBehindAPort));
        dir.create();
        ControlLoop loop = new ControlLoop(Clock.SYSTEM);
        RpcMethod hello = RpcMethod.reading("hello", params -> new TextNode("you"));
        Fabric fabric = new Fabric(new Fdb(16, 10), 16);
        Events events = new Events(loop, fabric.fdb(), fabric::topology);
        Captures captures = new Captures(loop, fabric, Clock.SYSTEM, List.of(), List::of);
        RpcServer server =
                new RpcServer(dir, loop, Clock.SYSTEM, 1 << 20, List.of(hello), events, captures);
        long self = ProcessHandle.current().pid();
        server.keepOut(pid -> isBehindAPort == (pid == self));
        server.start(Access.ofOwner(LibC.geteuid()));
        Thread thread = new Thread(loop::run, "lanyard-control");
        thread.start();
        try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            client.connect(UnixDomainSocketAddress.of(dir.controlSocket()));
            String question = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\"}\n";
            ByteBuffer answer = ByteBuffer.allocate(1000);
            try {
                client.write(ByteBuffer.wrap(question.getBytes()));
                client.read(answer);
            } catch (IOException e) {
                // It is closed already.
            }
            return new String(answer.array(), 0, answer.position());
        } finally {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            loop.execute(
                    () -> {
                        server.stopListening();
                        loop.end();
                        ended.complete(null);
                    });
            ended.get(20, TimeUnit.SECONDS);
            thread.join();
        }
    }

    @Test
    void shouldNotServeAProcessBehindAPortWhoeverItsUserIs() throws Exception {
        assertEquals("", answer(true));
        assertTrue(answer(false).contains("\"result\":\"you\""), "others of that user");
    }
}
