package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The calls on a burst's way allocate nothing, also where the answer is an error. */
final class AllocationTest {
    private static final int CALLS = 100_000;

    /** What counting itself, or a JIT thread's hand-over, may cost once: not one byte a call. */
    private static final int SLACK = 4_096;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir private Path directory;

    private interface Turn {
        void run() throws IOException;
    }

    private static void assertAllocatesNothing(Turn turn) throws IOException {
        for (int i = 0; i < 20_000; i++) {
            turn.run();
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
            turn.run();
        }
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < SLACK, bytes + " bytes in " + CALLS + " turns");
    }

    @Test
    void shouldCountWhatIsAllocated() {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        byte[] some = new byte[100_000];
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes >= some.length, "the JVM counts, or these tests show nothing");
    }

    @Test
    void shouldAllocateNothingToWriteReadAndPoll() throws IOException {
        try (StreamPair pair = StreamPair.open(new Endpoint.Unix(directory.resolve("s")));
                Epoll epoll = new Epoll(4);
                Region region = Region.allocate(2048)) {
            int client = pair.client().fd();
            int server = pair.server().fd();
            epoll.add(server, Epoll.IN, 7);
            assertAllocatesNothing(
                    () -> {
                        long address = region.address();
                        assertThat(LibC.write(client, address, 1514) == 1514);
                        assertThat(epoll.await(-1) == 1);
                        assertThat(epoll.token(0) == 7 && epoll.events(0) == Epoll.IN);
                        assertThat(LibC.read(server, address, 2048) == 1514);
                        assertThat(LibC.read(server, address, 2048) == -1);
                        assertThat(LibC.errno() == Errno.EAGAIN);
                    });
        }
    }

    @Test
    void shouldAllocateNothingToWriteManyPieces() throws IOException {
        try (StreamPair pair = StreamPair.open(new Endpoint.Unix(directory.resolve("s")));
                IoVec vector = new IoVec(8);
                Region region = Region.allocate(2048)) {
            assertAllocatesNothing(
                    () -> {
                        vector.clear();
                        while (!vector.isFull()) {
                            vector.add(region.address(), 100);
                        }
                        assertThat(vector.writeTo(pair.client().fd()) == vector.total());
                        assertThat(LibC.read(pair.server().fd(), region.address(), 2048) == 800);
                    });
        }
    }

    @Test
    void shouldAllocateNothingToArmAndToRing() throws IOException {
        try (Epoll epoll = new Epoll(4);
                Doorbell bell = new Doorbell()) {
            epoll.add(bell.fd(), Epoll.IN, 1);
            assertAllocatesNothing(
                    () -> {
                        bell.ring();
                        assertThat(epoll.await(-1) == 1);
                        bell.silence();
                        epoll.modify(bell.fd(), 0, 1);
                        epoll.modify(bell.fd(), Epoll.IN, 1);
                        assertThat(epoll.await(0) == 0);
                    });
        }
    }

    @Test
    void shouldAllocateNothingToLookIntoARegion() throws IOException {
        try (Region region = Region.allocate(2048)) {
            assertAllocatesNothing(
                    () -> {
                        region.bytes().putLong(100, region.bytes().getLong(8) + 1);
                        region.bytes().put(200, region.bytes(), 100, 60);
                    });
            assertEquals(1, region.bytes().getLong(200));
        }
    }

    /** JUnit's own assertions may allocate. */
    private static void assertThat(boolean fact) {
        if (!fact) {
            throw new AssertionError();
        }
    }
}
