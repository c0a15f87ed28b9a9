package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.forward.Clock;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.Epoll;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;
import org.lanyard.tapio.StreamPair;

@Timeout(60)
class ControlLoopTest {
    private final ManualClock clock = new ManualClock();
    private final List<String> told = new ArrayList<>();
    private ControlLoop loop;

    @BeforeEach
    void make() throws Exception {
        loop = new ControlLoop(clock);
    }

    /** Lets so much time pass, in one step, then ends the loop. */
    private void run(Duration time) {
        loop.execute(() -> clock.advance(time));
        loop.execute(loop::end);
        loop.run();
    }

    private void timer(long millis, String name) {
        loop.after(millis, TimeUnit.MILLISECONDS, () -> told.add(name));
    }

    @Test
    void shouldCallTimersInTheOrderOfTheirTimes() {
        timer(30, "third");
        timer(10, "first");
        timer(20, "second");
        timer(41, "never");
        run(Duration.ofMillis(40));
        assertEquals(List.of("first", "second", "third"), told);
    }

    @Test
    void shouldNotCallACancelledTimer() {
        try (LogLines log = LogLines.of(ControlLoop.class)) {
            ControlLoop.Timer timer = loop.after(1, TimeUnit.MILLISECONDS, () -> told.add("never"));
            timer.cancel();
            timer.cancel();
            run(Duration.ofSeconds(1));
            assertEquals(List.of(), told);
            assertEquals(List.of(), log.lines(), "no fault either");
        }
    }

    @Test
    void shouldLetATimerCancelAnother() {
        ControlLoop.Timer second = loop.after(2, TimeUnit.MILLISECONDS, () -> told.add("never"));
        loop.after(1, TimeUnit.MILLISECONDS, second::cancel);
        timer(3, "third");
        run(Duration.ofSeconds(1));
        assertEquals(List.of("third"), told);
    }

    @Test
    void shouldCallATimerThatATimerSet() {
        loop.after(1, TimeUnit.MILLISECONDS, () -> timer(0, "inner"));
        run(Duration.ofSeconds(1));
        assertEquals(List.of("inner"), told);
    }

    @Test
    void shouldDoWhatIsHandedInInOrder() {
        loop.execute(() -> told.add("a"));
        loop.execute(() -> told.add("b"));
        loop.execute(() -> loop.execute(loop::end));
        loop.execute(() -> told.add("c"));
        loop.run();
        assertEquals(List.of("a", "b", "c"), told);
    }

    @Test
    void shouldOutliveActionsThatFail() {
        try (LogLines log = LogLines.of(ControlLoop.class)) {
            loop.execute(
                    () -> {
                        throw new IllegalStateException("a fault");
                    });
            loop.after(
                    1,
                    TimeUnit.MILLISECONDS,
                    () -> {
                        throw new IllegalArgumentException("another");
                    });
            timer(2, "still here");
            run(Duration.ofSeconds(1));
            assertEquals(List.of("still here"), told);
            String line = "SEVERE an error in the switch itself; please report it";
            assertEquals(List.of(line, line), log.lines());
        }
    }

    @Test
    void shouldEndByAnErrorForNobodyKnowsWhatWorksStill() {
        loop.execute(
                () -> {
                    throw new LinkageError("on purpose");
                });
        timer(2, "still here");
        assertEquals("on purpose", assertThrows(LinkageError.class, () -> loop.run()).getMessage());
        assertEquals(List.of(), told);
    }

    @Test
    void shouldWakeUpForWhatAnotherThreadHandsIn() throws Exception {
        ControlLoop sleeping = new ControlLoop(Clock.SYSTEM);
        Thread thread = new Thread(sleeping::run);
        thread.start();
        for (int i = 0; i < 1000; i++) {
            CountDownLatch done = new CountDownLatch(1);
            sleeping.execute(done::countDown);
            int time = i;
            assertTrue(done.await(20, TimeUnit.SECONDS), () -> "it slept on at time " + time);
        }
        sleeping.execute(sleeping::end);
        thread.join(20_000);
        assertTrue(!thread.isAlive(), "it did not end");
    }

    @Test
    void shouldWakeUpForATimer() throws Exception {
        ControlLoop sleeping = new ControlLoop(Clock.SYSTEM);
        long start = System.nanoTime();
        sleeping.after(50, TimeUnit.MILLISECONDS, sleeping::end);
        sleeping.run();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(millis >= 50, () -> "a timer of 50 ms came after " + millis);
    }

    @Test
    void shouldTellWhatHappensOnADescriptorUntilItIsUnwatched(@TempDir Path dir) throws Exception {
        try (StreamPair pair = StreamPair.open(new Endpoint.Unix(dir.resolve("s")));
                Region byteToSend = Region.allocate(1)) {
            int watched = pair.server().fd();
            loop.watch(watched, Epoll.IN, events -> told.add("in " + (events == Epoll.IN)));
            loop.execute(() -> LibC.write(pair.client().fd(), byteToSend.address(), 1));
            nextTurn(() -> nextTurn(() -> nextTurn(() -> unwatchAndGoOn(watched))));
            loop.run();
        }
        assertEquals(List.of("in true"), told.stream().distinct().toList());
        assertEquals(2, told.size(), "level-triggered: once a turn, until unwatched");
    }

    private void unwatchAndGoOn(int fd) {
        loop.unwatch(fd);
        loop.unwatch(fd);
        nextTurn(() -> nextTurn(loop::end));
    }

    @Test
    void shouldTellOfRoomWhenAskedTo(@TempDir Path dir) throws Exception {
        try (StreamPair pair = StreamPair.open(new Endpoint.Unix(dir.resolve("s")))) {
            int watched = pair.server().fd();
            loop.watch(watched, Epoll.IN, events -> told.add("room " + (events == Epoll.OUT)));
            nextTurn(
                    () -> {
                        told.add("change");
                        changeToOut(watched);
                        nextTurn(loop::end);
                    });
            loop.run();
        }
        assertEquals(List.of("change", "room true"), told);
    }

    private void changeToOut(int fd) {
        try {
            loop.change(fd, Epoll.OUT);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * At the end of the coming turn. Within a turn descriptors come first, then what was handed in,
     * then timers.
     */
    private void nextTurn(Runnable action) {
        loop.after(1, TimeUnit.MILLISECONDS, action);
        loop.execute(() -> clock.advance(Duration.ofMillis(1)));
    }
}
