package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReadinessTest {
    @TempDir private Path dir;

    @Test
    void shouldTellWhoWaitsAndWhoHasLeft() throws Exception {
        Path path = dir.resolve("s.sock");
        try (StreamListener listener = StreamListener.listen(Endpoint.parse("unix:" + path, dir))) {
            assertFalse(Readiness.canRead(listener.fd()), "nobody is there");
            SocketChannel stays = SocketChannel.open(StandardProtocolFamily.UNIX);
            stays.connect(UnixDomainSocketAddress.of(path));
            assertTrue(Readiness.canRead(listener.fd()));
            Connection kept = listener.accept();
            SocketChannel leaves = SocketChannel.open(StandardProtocolFamily.UNIX);
            leaves.connect(UnixDomainSocketAddress.of(path));
            leaves.write(ByteBuffer.wrap(new byte[] {0}));
            leaves.close();
            Connection left = listener.accept();
            assertFalse(Readiness.canRead(listener.fd()));
            assertFalse(Readiness.hasHungUp(kept.fd()), "it is there");
            assertTrue(Readiness.hasHungUp(left.fd()), "it has left, with a byte unread");
            kept.close();
            left.close();
            stays.close();
        }
    }
}
