package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What every kind of stream socket does; one subclass per kind. */
abstract class StreamContract {
    /** A free endpoint, another one each time. */
    abstract Endpoint endpoint() throws IOException;

    @Test
    void shouldCarryBytesBothWays() throws IOException {
        try (StreamPair pair = StreamPair.open(endpoint())) {
            assertCarries(pair.client(), pair.server());
            assertCarries(pair.server(), pair.client());
        }
    }

    private static void assertCarries(Connection from, Connection to) throws IOException {
        try (Region out = Region.allocate(16);
                Region in = Region.allocate(16);
                Epoll epoll = new Epoll(1)) {
            out.bytes().putLong(0, 0x0123456789abcdefL);
            assertEquals(8, LibC.write(from.fd(), out.address(), 8));
            epoll.add(to.fd(), Epoll.IN, 0);
            assertEquals(1, epoll.await(10_000));
            assertEquals(8, LibC.read(to.fd(), in.address(), 16));
            assertEquals(0x0123456789abcdefL, in.bytes().getLong(0));
        }
    }

    @Test
    void shouldNeverBlock() throws IOException {
        try (StreamPair pair = StreamPair.open(endpoint());
                Region in = Region.allocate(16)) {
            assertEquals(-1, LibC.read(pair.client().fd(), in.address(), 16));
            assertEquals(Errno.EAGAIN, LibC.errno());
            assertEquals(-1, LibC.read(pair.server().fd(), in.address(), 16));
            assertEquals(Errno.EAGAIN, LibC.errno());
        }
    }

    @Test
    void shouldTakePartOfAWriteWhenTheBufferIsTiny() throws IOException {
        int size = 8 << 20;
        try (StreamPair pair = StreamPair.open(endpoint());
                Region out = Region.allocate(size)) {
            pair.client().setBuffers(1, 1);
            pair.server().setBuffers(1, 1);
            long taken = LibC.write(pair.client().fd(), out.address(), size);
            assertTrue(taken > 0 && taken < size, "taken " + taken);
        }
    }

    @Test
    void shouldCloseOnExecEverything() throws IOException {
        try (StreamPair pair = StreamPair.open(endpoint())) {
            assertClosesOnExec(pair.listener().fd());
            assertClosesOnExec(pair.client().fd());
            assertClosesOnExec(pair.server().fd());
        }
    }

    static void assertClosesOnExec(int fd) {
        assertNotEquals(0, LibC.fcntl(fd, LibC.F_GETFD, 0) & LibC.FD_CLOEXEC, "fd " + fd);
    }

    @Test
    void shouldAcceptThoseThatWaitInTheQueue() throws IOException {
        try (StreamListener listener = StreamListener.listen(endpoint())) {
            Connection[] clients = new Connection[20];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = StreamPair.connect(listener.endpoint());
            }
            for (Connection client : clients) {
                listener.accept().close();
                client.close();
            }
        }
    }

    @Test
    void shouldSeeTheEndOfTheOtherSide() throws IOException {
        try (StreamPair pair = StreamPair.open(endpoint());
                Region in = Region.allocate(16);
                Epoll epoll = new Epoll(1)) {
            epoll.add(pair.server().fd(), Epoll.IN, 0);
            pair.client().close();
            assertEquals(1, epoll.await(10_000));
            assertEquals(0, LibC.read(pair.server().fd(), in.address(), 16));
        }
    }

    @Test
    void shouldLeaveNoDescriptorBehind() throws IOException {
        StreamPair.open(endpoint()).close();
        int before = FdCount.now();
        for (int i = 0; i < 50; i++) {
            StreamPair.open(endpoint()).close();
        }
        assertTrue(FdCount.settlesAt(before), "open descriptors");
    }

    @Test
    void shouldCloseTwiceWithoutTouchingAnotherDescriptor() throws IOException {
        try (StreamPair pair = StreamPair.open(endpoint())) {
            int fd = pair.client().fd();
            pair.client().close();
            try (StreamPair next = StreamPair.open(endpoint())) {
                pair.client().close();
                assertTrue(LibC.fcntl(next.listener().fd(), LibC.F_GETFD, 0) >= 0, "fd " + fd);
                assertTrue(LibC.fcntl(next.client().fd(), LibC.F_GETFD, 0) >= 0, "fd " + fd);
            }
        }
    }

    @Test
    void shouldRefuseToListenWhereSomebodyListens() throws IOException {
        try (StreamListener listener = StreamListener.listen(endpoint())) {
            int before = FdCount.now();
            IOException refusal =
                    assertThrows(
                            IOException.class, () -> StreamListener.listen(listener.endpoint()));
            String said = refusal.getMessage();
            assertTrue(said.contains("listen at " + listener.endpoint()), said);
            assertTrue(said.contains("Address already in use"), said);
            assertTrue(FdCount.settlesAt(before), "open descriptors");
        }
    }
}
