package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.lanyard.tapio.Wait;

/** What a port does elsewhere while the control thread turns. */
@Timeout(60)
class LaneTest {
    private final ManualClock clock = new ManualClock();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final CountDownLatch hang = new CountDownLatch(1);
    private ControlLoop loop;
    private Errands errands;
    private Lane lane;

    @BeforeEach
    void start() throws Exception {
        loop = new ControlLoop(clock);
        errands = new Errands(loop, "errand-", 2);
        lane = errands.lane(() -> told.add("at rest"));
        new Thread(loop::run, "lanyard-control").start();
    }

    @AfterEach
    void stop() {
        hang.countDown();
        errands.close();
        loop.execute(loop::end);
    }

    private String waiting(String result) {
        Wait nft = Wait.on("nft");
        try {
            assertTrue(hang.await(50, TimeUnit.SECONDS), "nobody let it go on");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            nft.end();
        }
        return result;
    }

    private void run(Lane where, String what, Lane.Work<String> work) {
        loop.execute(
                () ->
                        where.run(
                                what,
                                5,
                                work,
                                late -> told.add(late + " is thrown away"),
                                (result, trouble) ->
                                        told.add(trouble == null ? result : trouble.getMessage())));
    }

    private void awaitTold(String... lines) throws Exception {
        Eventually.see("what is told", () -> List.copyOf(told), List.of(lines)::equals);
    }

    /** The errand has begun, and waits for nft. */
    private void awaitHanging() throws Exception {
        Eventually.see(
                "for whom it waits",
                () -> lane.doing().orElse(""),
                doing -> doing.startsWith("opening, waiting for nft since "));
    }

    private void pass(Duration time) throws Exception {
        turn();
        clock.advance(time);
        turn();
    }

    private void turn() throws Exception {
        for (int turn = 0; turn < 2; turn++) {
            CountDownLatch done = new CountDownLatch(1);
            loop.execute(done::countDown);
            assertTrue(done.await(20, TimeUnit.SECONDS), "the loop does not turn");
        }
    }

    @Test
    void shouldDoOneThingAfterAnotherAndTellEachEndOnTheControlThread() throws Exception {
        run(lane, "the first", () -> waiting("one"));
        run(lane, "the second", () -> Thread.currentThread().getName().replaceFirst("\\d+$", "n"));
        run(
                lane,
                "the third",
                () -> {
                    throw new IOException("three is refused");
                });
        pass(Duration.ZERO);
        assertEquals(List.of(), told);
        hang.countDown();
        awaitTold("one", "errand-n", "three is refused", "at rest");
    }

    @Test
    void shouldGiveUpAtTheDeadlineSayForWhomItWaitedAndThrowAwayWhatComesLater() throws Exception {
        run(lane, "opening", () -> waiting("a TAP"));
        awaitHanging();
        run(lane, "removing", () -> "removed");
        pass(Duration.ofSeconds(5));
        awaitTold("opening: no answer from nft within 5 s", "removing: no answer within 5 s");
        hang.countDown();
        awaitTold(
                "opening: no answer from nft within 5 s",
                "removing: no answer within 5 s",
                "a TAP is thrown away",
                "at rest");
    }

    @Test
    void shouldCleanHoweverLongThatBeforeItTakes() throws Exception {
        run(lane, "opening", () -> waiting("a TAP"));
        awaitHanging();
        loop.execute(() -> lane.clean("removing", () -> told.add("removed")));
        pass(Duration.ofSeconds(500));
        awaitTold("opening: no answer from nft within 5 s");
        hang.countDown();
        awaitTold(
                "opening: no answer from nft within 5 s",
                "a TAP is thrown away",
                "removed",
                "at rest");
    }

    @Test
    void shouldNotWaitForAnotherPortThatHangs() throws Exception {
        run(lane, "opening", () -> waiting("one"));
        run(errands.lane(() -> {}), "opening another", () -> "two");
        awaitTold("two");
    }

    @Test
    void shouldHaveABoundedNumberOfThreadsAndTurnMeanwhile() throws Exception {
        for (int port = 0; port < 9; port++) {
            run(errands.lane(() -> {}), "opening", () -> waiting(Thread.currentThread().getName()));
        }
        pass(Duration.ofSeconds(1)); // the loop turns
        hang.countDown();
        Eventually.see("all ends", () -> List.copyOf(told), all -> all.size() == 9);
        assertTrue(List.of("errand-1", "errand-2").containsAll(told), told.toString());
    }
}
