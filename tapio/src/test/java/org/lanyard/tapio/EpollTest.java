package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class EpollTest {
    @TempDir private Path directory;

    private StreamPair pair() throws IOException {
        return StreamPair.open(new Endpoint.Unix(directory.resolve("s")));
    }

    @Test
    void shouldGiveTheWholeTokenBack() throws IOException {
        try (Epoll epoll = new Epoll(4);
                Doorbell first = new Doorbell();
                Doorbell second = new Doorbell()) {
            epoll.add(first.fd(), Epoll.IN, 0x8000_0001_7fff_ffffL);
            epoll.add(second.fd(), Epoll.IN, -2);
            first.ring();
            assertEquals(1, epoll.await(0));
            assertEquals(0x8000_0001_7fff_ffffL, epoll.token(0));
            assertEquals(Epoll.IN, epoll.events(0));
            first.silence();
            second.ring();
            assertEquals(1, epoll.await(0));
            assertEquals(-2, epoll.token(0));
        }
    }

    @Test
    void shouldTellAllThatAreReadyUpToItsSize() throws IOException {
        try (Epoll epoll = new Epoll(2);
                Doorbell a = new Doorbell();
                Doorbell b = new Doorbell();
                Doorbell c = new Doorbell()) {
            epoll.add(a.fd(), Epoll.IN, 1);
            epoll.add(b.fd(), Epoll.IN, 2);
            epoll.add(c.fd(), Epoll.IN, 4);
            a.ring();
            b.ring();
            c.ring();
            assertEquals(2, epoll.await(0));
            long seen = epoll.token(0) | epoll.token(1);
            assertEquals(2, epoll.await(0));
            assertEquals(7, seen | epoll.token(0) | epoll.token(1), "round robin reaches all");
        }
    }

    @Test
    void shouldStayReadyUntilRead() throws IOException {
        try (Epoll epoll = new Epoll(1);
                Doorbell bell = new Doorbell()) {
            epoll.add(bell.fd(), Epoll.IN, 1);
            bell.ring();
            bell.ring();
            assertEquals(1, epoll.await(0));
            assertEquals(1, epoll.await(0));
            bell.silence();
            assertEquals(0, epoll.await(0));
        }
    }

    @Test
    void shouldTellRoomToWriteOnlyWhenAsked() throws IOException {
        try (Epoll epoll = new Epoll(1);
                StreamPair pair = pair()) {
            epoll.add(pair.client().fd(), Epoll.IN, 1);
            assertEquals(0, epoll.await(0));
            epoll.modify(pair.client().fd(), Epoll.IN | Epoll.OUT, 2);
            assertEquals(1, epoll.await(0));
            assertEquals(2, epoll.token(0));
            assertEquals(Epoll.OUT, epoll.events(0));
            epoll.modify(pair.client().fd(), 0, 3);
            assertEquals(0, epoll.await(0));
        }
    }

    @Test
    void shouldTellAHangUpEvenWhenNothingWasAsked() throws IOException {
        try (Epoll epoll = new Epoll(1);
                StreamPair pair = pair()) {
            epoll.add(pair.server().fd(), 0, 1);
            pair.client().close();
            assertEquals(1, epoll.await(10_000));
            assertNotEquals(0, epoll.events(0) & Epoll.HUP);
        }
    }

    @Test
    void shouldForgetWhatWasRemoved() throws IOException {
        try (Epoll epoll = new Epoll(1);
                Doorbell bell = new Doorbell()) {
            epoll.add(bell.fd(), Epoll.IN, 1);
            bell.ring();
            epoll.remove(bell.fd());
            assertEquals(0, epoll.await(0));
            assertThrows(ErrnoException.class, () -> epoll.remove(bell.fd()));
        }
    }

    @Test
    void shouldWakeOutOfSleepWhenAnotherThreadRings() throws Exception {
        try (Epoll epoll = new Epoll(1);
                Doorbell bell = new Doorbell()) {
            epoll.add(bell.fd(), Epoll.IN, 42);
            CountDownLatch asleep = new CountDownLatch(1);
            AtomicLong token = new AtomicLong();
            Thread sleeper =
                    new Thread(
                            () -> {
                                asleep.countDown();
                                epoll.await(-1);
                                token.set(epoll.token(0));
                            });
            sleeper.start();
            asleep.await(10, TimeUnit.SECONDS);
            bell.ring();
            sleeper.join(10_000);
            assertFalse(sleeper.isAlive());
            assertEquals(42, token.get());
        }
    }

    @Test
    void shouldLoseNoRingBetweenTwoThreads() throws Exception {
        int rounds = 20_000;
        try (Epoll here = new Epoll(1);
                Epoll there = new Epoll(1);
                Doorbell ping = new Doorbell();
                Doorbell pong = new Doorbell()) {
            here.add(pong.fd(), Epoll.IN, 1);
            there.add(ping.fd(), Epoll.IN, 1);
            Thread echo =
                    new Thread(
                            () -> {
                                for (int i = 0; i < rounds; i++) {
                                    while (there.await(10_000) == 0) {}
                                    ping.silence();
                                    pong.ring();
                                }
                            });
            echo.start();
            for (int i = 0; i < rounds; i++) {
                ping.ring();
                assertEquals(1, here.await(10_000), "round " + i);
                pong.silence();
            }
            echo.join(10_000);
            assertFalse(echo.isAlive());
        }
    }

    @Test
    void shouldLeaveNoDescriptorBehind() throws IOException {
        int before = FdCount.now();
        for (int i = 0; i < 100; i++) {
            new Epoll(8).close();
            new Doorbell().close();
        }
        assertTrue(FdCount.settlesAt(before), "open descriptors");
    }
}
