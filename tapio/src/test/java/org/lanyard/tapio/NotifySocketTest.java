package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class NotifySocketTest {
    @TempDir private Path directory;

    private static UnixDatagramChannel bound(String name) throws IOException {
        UnixDatagramChannel channel = UnixDatagramChannel.open();
        channel.bind(new UnixSocketAddress(name));
        return channel;
    }

    private static String receive(UnixDatagramChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        channel.receive(buffer);
        return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
    }

    private static String refusal(String address) {
        NotifySocket socket = new NotifySocket(address);
        return assertThrows(IOException.class, () -> socket.send("READY=1")).getMessage();
    }

    @Test
    void shouldSendEachMessageAsOneDatagramToAPath() throws IOException {
        String path = directory.resolve("notify").toString();
        try (UnixDatagramChannel channel = bound(path)) {
            NotifySocket socket = new NotifySocket(path);
            socket.send("READY=1\nSTATUS=für alle");
            socket.send("STOPPING=1");
            assertEquals("READY=1\nSTATUS=für alle", receive(channel));
            assertEquals("STOPPING=1", receive(channel));
        }
    }

    @Test
    void shouldSendToAnAbstractName() throws IOException {
        String name = "lanyard-test-" + ProcessHandle.current().pid();
        try (UnixDatagramChannel channel = bound("\0" + name)) {
            new NotifySocket("@" + name).send("READY=1");
            assertEquals("READY=1", receive(channel));
        }
    }

    @Test
    void shouldSayWhyNobodyWasTold() {
        String path = directory.resolve("nowhere").toString();
        assertEquals("tell " + path + ": No such file or directory", refusal(path));
        assertTrue(refusal("notify").startsWith("'notify' is neither a path nor @NAME"));
        assertTrue(refusal("/" + "n".repeat(107)).contains("at most 107 bytes"));
        assertTrue(refusal("@").contains("neither a path"));
    }

    @Test
    void shouldLeaveNoDescriptorOpen() throws IOException {
        String path = directory.resolve("notify").toString();
        try (UnixDatagramChannel channel = bound(path)) {
            NotifySocket socket = new NotifySocket(path);
            socket.send("first");
            assertEquals("first", receive(channel));
            int before = FdCount.now();
            for (int i = 0; i < 20; i++) {
                socket.send("again");
                receive(channel);
                refusal(path + "x");
            }
            assertEquals(before, FdCount.now());
        }
    }
}
