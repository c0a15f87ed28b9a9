package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WatchdogTest {
    private static final Duration STEP = Duration.ofSeconds(10);

    @TempDir private Path dir;
    private final ManualClock clock = new ManualClock();
    private final Queue<Runnable> asked = new ArrayDeque<>();
    private NotifyReceiver receiver;
    private ControlLoop loop;

    @BeforeEach
    void make() throws Exception {
        receiver = new NotifyReceiver(dir.resolve("notify").toString());
        loop = new ControlLoop(clock);
    }

    @AfterEach
    void close() throws Exception {
        receiver.close();
    }

    private void start(String watchdogPid) {
        Map<String, String> environment =
                Map.of(
                        "NOTIFY_SOCKET",
                        dir.resolve("notify").toString(),
                        "WATCHDOG_USEC",
                        "30000000",
                        "WATCHDOG_PID",
                        watchdogPid);
        Supervisor supervisor = Supervisor.of(environment, 77);
        new Watchdog(supervisor, loop, List.of(asked::add, asked::add)).start();
    }

    /** Lets a third of the watchdog's time pass. */
    private void passTime() {
        loop.execute(() -> clock.advance(STEP));
        loop.execute(loop::end);
        loop.run();
    }

    private List<String> messages() throws Exception {
        List<String> messages = new ArrayList<>();
        for (String next = receiver.poll(); !next.isEmpty(); next = receiver.poll()) {
            messages.add(next);
        }
        return messages;
    }

    @Test
    void shouldBeSilentWhileAThreadDoesNotAnswer() throws Exception {
        start("77");
        assertEquals(List.of("WATCHDOG=1"), messages());
        assertEquals(2, asked.size());
        asked.remove().run();
        passTime();
        assertEquals(List.of(), messages(), "one of two has not answered");
        assertEquals(1, asked.size(), "and is not asked again meanwhile");
    }

    @Test
    void shouldTellOnceMoreWhenAllHaveAnswered() throws Exception {
        start("77");
        assertEquals(List.of("WATCHDOG=1"), messages());
        asked.remove().run();
        asked.remove().run();
        passTime();
        assertEquals(List.of("WATCHDOG=1"), messages());
        assertEquals(2, asked.size());
    }

    @Test
    void shouldSayNothingWhenAnotherProcessIsWatched() throws Exception {
        start("78");
        passTime();
        assertEquals(List.of(), messages());
    }
}
