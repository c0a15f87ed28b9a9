package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InheritedListenerTest {
    @TempDir private Path directory;

    private static void refuse(int domain, int type, String message) {
        int fd = LibC.socket(domain, type, 0);
        try {
            IOException refused =
                    assertThrows(IOException.class, () -> StreamListener.inherited(fd));
            assertTrue(refused.getMessage().contains(message), refused::getMessage);
        } finally {
            LibC.close(fd);
        }
    }

    @Test
    void shouldAcceptAtAUnixSocketThatWasBoundElsewhereAndLeaveItInPlace() throws IOException {
        Endpoint.Unix endpoint = new Endpoint.Unix(directory.resolve("s"));
        try (StreamListener bound = StreamListener.listen(endpoint)) {
            StreamListener inherited = StreamListener.inherited(bound.fd());
            assertEquals(endpoint, inherited.endpoint());
            try (Connection client = UnixSockets.connect(endpoint);
                    Connection accepted = inherited.accept()) {
                assertEquals(client.peer(), accepted.peer());
                int self = (int) ProcessHandle.current().pid();
                assertEquals(new Connection.Peer(self, LibC.geteuid()), accepted.peer());
            }
            inherited.close();
            assertTrue(Files.exists(endpoint.path()));
            UnixSockets.connect(endpoint).close();
        }
    }

    @Test
    void shouldAcceptAtATcpSocketThatWasBoundElsewhere() throws IOException {
        Endpoint.Tcp any = new Endpoint.Tcp("127.0.0.1", 0);
        try (StreamListener bound = StreamListener.listen(any)) {
            StreamListener inherited = StreamListener.inherited(bound.fd());
            assertEquals(bound.endpoint(), inherited.endpoint());
            try (Connection client =
                            TcpSockets.connect(
                                    (Endpoint.Tcp) inherited.endpoint(),
                                    InetAddress.getLoopbackAddress());
                    Connection accepted = inherited.accept()) {
                assertTrue(client.fd() != accepted.fd());
                assertTrue(accepted.remote().startsWith("tcp:127.0.0.1:"), accepted::remote);
            }
        }
    }

    @Test
    void shouldNotBeHandedOnToOtherPrograms() throws IOException {
        int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM, 0);
        try {
            assertThrows(IOException.class, () -> StreamListener.inherited(fd));
            assertEquals(LibC.FD_CLOEXEC, LibC.fcntl(fd, LibC.F_GETFD, 0));
        } finally {
            LibC.close(fd);
        }
    }

    @Test
    void shouldRefuseWhatIsNoListeningStreamSocket() {
        refuse(LibC.AF_UNIX, LibC.SOCK_DGRAM, "it is no stream socket (SO_TYPE is 2)");
        refuse(LibC.AF_INET, LibC.SOCK_STREAM, "it does not listen");
    }

    @Test
    void shouldRefuseWhatIsNoSocketAtAll() {
        int file = LibC.open("/dev/null", LibC.O_RDWR, 0);
        try {
            IOException refused =
                    assertThrows(IOException.class, () -> StreamListener.inherited(file));
            assertEquals(
                    "getsockopt SO_TYPE: Socket operation on non-socket", refused.getMessage());
        } finally {
            LibC.close(file);
        }
    }
}
