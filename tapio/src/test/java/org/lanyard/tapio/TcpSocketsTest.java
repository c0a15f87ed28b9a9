package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class TcpSocketsTest extends StreamContract {
    @Override
    Endpoint.Tcp endpoint() {
        return new Endpoint.Tcp("127.0.0.1", 0);
    }

    @Test
    void shouldTellThePortThatTheKernelChose() throws IOException {
        try (StreamListener listener = StreamListener.listen(endpoint())) {
            assertNotEquals(0, ((Endpoint.Tcp) listener.endpoint()).port());
        }
    }

    @Test
    void shouldTellTheOtherEndsAddressAndNotItsProcess() throws IOException {
        try (StreamPair pair = StreamPair.open(endpoint())) {
            assertTrue(pair.server().remote().matches("tcp:127\\.0\\.0\\.1:[1-9]\\d*"));
            assertEquals(pair.listener().endpoint().toString(), pair.client().remote());
            assertEquals(Connection.Peer.UNKNOWN, pair.server().peer());
        }
    }

    @Test
    void shouldSayThatTheConnectionWasRefused() throws IOException {
        StreamListener gone = StreamListener.listen(endpoint());
        Endpoint nobody = gone.endpoint();
        gone.close();
        int before = FdCount.now();
        IOException refusal = assertThrows(IOException.class, () -> StreamPair.connect(nobody));
        assertEquals("connect to " + nobody + ": Connection refused", refusal.getMessage());
        assertTrue(FdCount.settlesAt(before), "open descriptors");
    }

    @Test
    void shouldListenAgainAtOnceAfterItsConnectionsClosed() throws IOException {
        StreamPair pair = StreamPair.open(endpoint());
        Endpoint same = pair.listener().endpoint();
        pair.server().close(); // first to close: this end keeps TIME_WAIT
        pair.close();
        StreamPair.open(same).close();
    }

    @Test
    void shouldSendSmallWritesAtOnce() throws IOException {
        try (StreamPair pair = StreamPair.open(endpoint())) {
            for (Connection end : new Connection[] {pair.client(), pair.server()}) {
                int noDelay = Fds.option(end.fd(), LibC.IPPROTO_TCP, LibC.TCP_NODELAY, "NODELAY");
                assertEquals(1, noDelay);
            }
        }
    }
}
