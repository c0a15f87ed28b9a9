package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TimerTest {
    private static final int LONG_MILLIS = 20_000;

    private Timer timer;
    private Epoll epoll;

    @BeforeEach
    void watch() throws ErrnoException {
        timer = new Timer();
        epoll = new Epoll(1);
        epoll.add(timer.fd(), Epoll.IN, 7);
    }

    @AfterEach
    void close() {
        epoll.close();
        timer.close();
    }

    @Test
    void shouldNotEndBeforeItsTime() {
        long begin = System.nanoTime();
        long nanos = TimeUnit.MICROSECONDS.toNanos(2_500);
        timer.set(nanos);
        assertEquals(1, epoll.await(LONG_MILLIS));
        assertTrue(System.nanoTime() - begin >= nanos);
        assertEquals(7, epoll.token(0));
    }

    @Test
    void shouldTakeMoreThanASecond() {
        long begin = System.nanoTime();
        long nanos = TimeUnit.MILLISECONDS.toNanos(1_050);
        timer.set(nanos);
        assertEquals(1, epoll.await(LONG_MILLIS));
        assertTrue(System.nanoTime() - begin >= nanos);
    }

    @Test
    void shouldBeQuietWhenItWasSilenced() {
        timer.set(1);
        assertEquals(1, epoll.await(LONG_MILLIS));
        timer.silence();
        assertEquals(0, epoll.await(0));
    }

    @Test
    void shouldEndAtTheTimeThatWasSetLast() {
        timer.set(TimeUnit.HOURS.toNanos(1));
        timer.set(TimeUnit.MILLISECONDS.toNanos(1));
        assertEquals(1, epoll.await(LONG_MILLIS));
    }
}
