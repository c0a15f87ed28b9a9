package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UnixSocketsTest extends StreamContract {
    @TempDir private Path directory;
    private int number;

    @Override
    Endpoint.Unix endpoint() {
        return new Endpoint.Unix(directory.resolve("s" + number++));
    }

    @Test
    void shouldTellWhoIsAtTheOtherEnd() throws IOException {
        try (StreamPair pair = StreamPair.open(endpoint())) {
            int pid = (int) ProcessHandle.current().pid();
            Connection.Peer self = new Connection.Peer(pid, LibC.geteuid());
            assertEquals(self, pair.server().peer());
            assertEquals(self, pair.client().peer());
        }
    }

    @Test
    void shouldTellAnotherProcessFromItself() throws Exception {
        Endpoint.Unix endpoint = endpoint();
        try (StreamListener listener = StreamListener.listen(endpoint)) {
            Process other = ConnectingProcess.start(endpoint);
            try (Connection accepted = listener.accept()) {
                assertEquals((int) other.pid(), accepted.peer().pid());
            } finally {
                other.destroy();
                other.waitFor();
            }
        }
    }

    @Test
    void shouldRemoveItsPathOnClose() throws IOException {
        Endpoint.Unix endpoint = endpoint();
        StreamListener.listen(endpoint).close();
        assertFalse(Files.exists(endpoint.path()));
    }

    @Test
    void shouldTakeAPathOfTheGreatestLength() throws IOException {
        Path long107 = directory.resolve("x".repeat(106 - directory.toString().length()));
        assertEquals(Endpoint.MAX_UNIX_PATH, long107.toString().length());
        try (StreamPair pair = StreamPair.open(new Endpoint.Unix(long107))) {
            assertEquals("unix:" + long107, pair.listener().endpoint().toString());
        }
    }

    @Test
    void shouldSayThatNobodyIsThere() {
        Endpoint.Unix endpoint = endpoint();
        String said = refusal(endpoint);
        assertTrue(said.contains("connect to " + endpoint), said);
        assertTrue(said.contains("No such file"), said);
    }

    @Test
    void shouldSayThatADatagramSocketIsBoundThere() throws IOException {
        Endpoint.Unix endpoint = endpoint();
        try (UnixDatagramChannel datagrams = UnixDatagramChannel.open()) {
            datagrams.bind(new UnixSocketAddress(endpoint.path().toFile()));
            String said = refusal(endpoint);
            assertTrue(said.contains("a datagram socket is bound there"), said);
        }
    }

    @Test
    void shouldSayThatTheQueueOfConnectionsIsFull() throws IOException {
        Endpoint.Unix endpoint = endpoint();
        List<Connection> waiting = new ArrayList<>();
        try (ServerSocketChannel few = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            few.bind(UnixDomainSocketAddress.of(endpoint.path()), 1);
            IOException refusal =
                    assertThrows(
                            IOException.class,
                            () -> {
                                for (int i = 0; i < 10; i++) {
                                    waiting.add(StreamConnector.start(endpoint));
                                }
                            });
            String said = refusal.getMessage();
            assertTrue(said.contains("queue of pending connections is full"), said);
        } finally {
            for (Connection connection : waiting) {
                connection.close();
            }
        }
    }

    private static String refusal(Endpoint.Unix endpoint) {
        return assertThrows(IOException.class, () -> StreamConnector.start(endpoint)).getMessage();
    }

    @Test
    void shouldFindAFreePathFree() throws IOException {
        assertTrue(UnixSockets.removeStale(directory.resolve("nothing")));
    }

    @Test
    void shouldRemoveTheSocketOfADeadListener() throws IOException {
        Endpoint.Unix endpoint = endpoint();
        try (ServerSocketChannel dies = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dies.bind(UnixDomainSocketAddress.of(endpoint.path()));
        }
        assertTrue(Files.exists(endpoint.path()), "the JDK leaves the file");
        assertTrue(UnixSockets.removeStale(endpoint.path()));
        assertFalse(Files.exists(endpoint.path()));
    }

    @Test
    void shouldLeaveALiveListenerAlone() throws IOException {
        Endpoint.Unix endpoint = endpoint();
        try (StreamListener listener = StreamListener.listen(endpoint)) {
            assertFalse(UnixSockets.removeStale(endpoint.path()));
            assertTrue(Files.exists(endpoint.path()), listener.toString());
        }
    }

    @Test
    void shouldLeaveALiveDatagramSocketAlone() throws IOException {
        Path path = directory.resolve("datagrams");
        try (UnixDatagramChannel datagrams = UnixDatagramChannel.open()) {
            datagrams.bind(new UnixSocketAddress(path.toFile()));
            assertFalse(UnixSockets.removeStale(path));
            assertTrue(Files.exists(path));
        }
    }

    @Test
    void shouldLeaveAPlainFileAloneAndSayWhatItIs() throws IOException {
        Path file = Files.writeString(directory.resolve("notes"), "mine");
        IOException refusal = assertThrows(IOException.class, () -> UnixSockets.removeStale(file));
        assertTrue(refusal.getMessage().contains("is no socket"), refusal.getMessage());
        assertEquals("mine", Files.readString(file));
    }

    @Test
    void shouldNotFollowALinkToSomebodysFile() throws IOException {
        Path file = Files.writeString(directory.resolve("notes"), "mine");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertThrows(IOException.class, () -> UnixSockets.removeStale(link));
        assertTrue(Files.exists(link));
    }
}
