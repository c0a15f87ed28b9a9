package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RoundsTest {
    private final ManualClock clock = new ManualClock();
    private final List<String> done = new ArrayList<>();
    private ControlLoop loop;
    private Rounds rounds;
    private int left;

    @BeforeEach
    void begin() throws Exception {
        loop = new ControlLoop(clock);
        rounds = new Rounds(loop, clock, new Share(clock, TimeUnit.HOURS.toNanos(1), 1));
    }

    private final class Asker implements Rounds.Asker {
        private final String name;
        private final int millisEach;
        private int requests;

        Asker(String name, int requests, int millisEach) {
            this.name = name;
            this.requests = requests;
            this.millisEach = millisEach;
            left++;
        }

        @Override
        public void step() {
            requests--;
            done.add(name);
            clock.advance(Duration.ofMillis(millisEach));
        }

        @Override
        public boolean hasWork() {
            return requests > 0;
        }

        @Override
        public void rest() {
            done.add(name + " rests");
            left--;
            if (left == 0) {
                loop.end();
            }
        }
    }

    @Test
    void shouldAnswerOneRequestOfEachAfterAnother() {
        Asker greedy = new Asker("a", 4, 0);
        Asker modest = new Asker("b", 1, 0);
        Asker last = new Asker("c", 2, 0);
        rounds.put(greedy);
        rounds.put(modest);
        rounds.put(last);
        loop.run();
        assertEquals(
                List.of("a", "a", "b", "b rests", "c", "a", "c", "c rests", "a", "a rests"), done);
    }

    @Test
    void shouldAnswerAtOnceWhereNobodyWaits() {
        Asker asker = new Asker("a", 1, 0);
        rounds.put(asker);
        assertEquals(List.of("a", "a rests"), done);
    }

    @Test
    void shouldLeaveTheThreadToOthersAfterSomeTime() {
        Asker greedy = new Asker("a", 8, 3);
        rounds.put(greedy);
        loop.execute(() -> done.add("another"));
        loop.run();
        assertEquals(
                List.of("a", "a", "a", "another", "a", "a", "a", "a", "a"), done.subList(0, 9));
    }

    @Test
    void shouldForgetWhoIsGone() {
        Asker gone = new Asker("a", 3, 0);
        Asker other = new Asker("b", 1, 0);
        rounds.put(gone);
        rounds.put(other);
        rounds.remove(gone);
        left--;
        loop.run();
        assertEquals(List.of("a", "b", "b rests"), done);
    }
}
