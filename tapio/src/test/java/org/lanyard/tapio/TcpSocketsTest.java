package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

    @Test
    void shouldConnectTwoOfItsOwn() throws IOException {
        int before = FdCount.now();
        int[] pair = TcpSockets.pair();
        try (Region cell = Region.allocate(Long.BYTES)) {
            for (int[] way : new int[][] {{0, 1}, {1, 0}}) {
                cell.bytes().putLong(0, 77);
                assertEquals(8, LibC.write(pair[way[0]], cell.address(), 8));
                cell.bytes().putLong(0, 0);
                assertEquals(8, LibC.read(pair[way[1]], cell.address(), 8));
                assertEquals(77, cell.bytes().getLong(0));
                StreamContract.assertClosesOnExec(pair[way[0]]);
            }
        }
        assertTrue(TcpSockets.isConnected(pair[0]) && TcpSockets.isConnected(pair[1]));
        LibC.close(pair[0]);
        LibC.close(pair[1]);
        assertTrue(FdCount.settlesAt(before), "open descriptors");
    }

    @Test
    void shouldTellAConnectionFromOtherDescriptors() throws IOException {
        int[] unix = Fds.socketPair();
        int[] pipe = Fds.pipe();
        try (StreamListener listener = StreamListener.listen(endpoint())) {
            for (int fd : new int[] {unix[0], pipe[0], listener.fd(), -1}) {
                assertFalse(TcpSockets.isConnected(fd));
            }
            assertTrue(PlainUnixSocket.isUnix(unix[0]));
            assertFalse(PlainUnixSocket.isUnix(listener.fd()) || PlainUnixSocket.isUnix(pipe[0]));
        }
        for (int fd : new int[] {unix[0], unix[1], pipe[0], pipe[1]}) {
            LibC.close(fd);
        }
    }
}
