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
            leaves.close();
            SocketChannel speaks = SocketChannel.open(StandardProtocolFamily.UNIX);
            speaks.connect(UnixDomainSocketAddress.of(path));
            speaks.write(ByteBuffer.wrap(new byte[] {0}));
            speaks.close();
            Connection left = listener.accept();
            Connection spoke = listener.accept();
            assertFalse(Readiness.canRead(listener.fd()));
            assertFalse(Readiness.isOver(kept.fd()), "it is there");
            assertTrue(Readiness.isOver(left.fd()), "it has left");
            assertFalse(Readiness.isOver(spoke.fd()), "it has left something to read");
            kept.close();
            left.close();
            spoke.close();
            stays.close();
        }
    }
}
