package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;

final class OutboxTest {
    private record Run(int start, int end, int frames) {}

    private static final class Recorder extends Port {
        final List<Run> runs = new ArrayList<>();
        RuntimeException fault;

        Recorder(String name, int slot) {
            super(name, new PortCounters());
            plugAt(slot);
        }

        @Override
        public void transmit(Outbox outbox) {
            for (int run = outbox.first(this); run != Outbox.NO_RUN; run = outbox.next(run)) {
                runs.add(new Run(outbox.start(run), outbox.end(run), outbox.frames(run)));
            }
            if (fault != null) {
                throw fault;
            }
        }
    }

    private final Slab slab = new Slab();
    private final Outbox outbox = new Outbox(slab, 8);
    private final Recorder a = new Recorder("a", 0);
    private final Recorder b = new Recorder("b", 7);

    @AfterEach
    void unmap() {
        slab.close();
    }

    @Test
    void shouldJoinNeighboursForTheSamePortIntoOneRun() {
        outbox.add(a, 0, 64);
        outbox.add(a, 64, 200);
        outbox.add(a, 200, 264);
        outbox.flush();
        assertEquals(List.of(new Run(0, 264, 3)), a.runs);
    }

    @Test
    void shouldStartANewRunBehindAGap() {
        outbox.add(a, 0, 64);
        outbox.add(a, 65, 129);
        outbox.add(a, 0, 64);
        outbox.flush();
        assertEquals(List.of(new Run(0, 64, 1), new Run(65, 129, 1), new Run(0, 64, 1)), a.runs);
    }

    @Test
    void shouldKeepEachPortsRunsApartAndInOrder() {
        outbox.add(a, 0, 64);
        outbox.add(b, 0, 64);
        outbox.add(b, 64, 128);
        outbox.add(a, 128, 192);
        outbox.flush();
        assertEquals(List.of(new Run(0, 64, 1), new Run(128, 192, 1)), a.runs);
        assertEquals(List.of(new Run(0, 128, 2)), b.runs);
    }

    @Test
    void shouldForgetWhatItFlushed() {
        outbox.add(a, 0, 64);
        outbox.flush();
        a.runs.clear();
        outbox.flush();
        assertEquals(List.of(), a.runs);
        outbox.add(a, 64, 128);
        outbox.flush();
        assertEquals(List.of(new Run(64, 128, 1)), a.runs, "not joined to what is gone");
    }

    @Test
    void shouldTransmitWhatItHasWhenItIsFullAndGoOn() {
        int runs = 0;
        while (a.runs.isEmpty() && runs < 1_000_000) {
            outbox.add(a, 2 * runs, 2 * runs + 1);
            runs++;
        }
        assertEquals(runs - 1, a.runs.size(), "all but the one for which there was no room");
        outbox.flush();
        assertEquals(runs, a.runs.size());
        for (int i = 0; i < runs; i++) {
            assertEquals(new Run(2 * i, 2 * i + 1, 1), a.runs.get(i));
        }
    }

    @Test
    void shouldTakeARunOfManyFramesFromAnotherWorker() {
        outbox.add(a, 0, 640, 10);
        outbox.add(a, 640, 704);
        outbox.add(b, 0, 128, 2);
        outbox.flush();
        assertEquals(List.of(new Run(0, 704, 11)), a.runs);
        assertEquals(List.of(new Run(0, 128, 2)), b.runs);
    }

    @Test
    void shouldLetItsRunsLieInAnotherSlab() {
        try (Slab other = new Slab()) {
            outbox.over(other);
            assertEquals(other, outbox.slab());
        }
    }

    @Test
    void shouldLetTheOthersTransmitWhenOnePortHasAFault() {
        List<Port> faulty = new ArrayList<>();
        outbox.onFault((port, cause) -> faulty.add(port));
        a.fault = new IllegalStateException("on purpose");
        outbox.add(a, 0, 64);
        outbox.add(b, 0, 64);
        outbox.flush();
        assertEquals(List.of(a), faulty);
        assertEquals(List.of(new Run(0, 64, 1)), b.runs);
        a.fault = null;
        a.runs.clear();
        outbox.add(a, 64, 128);
        outbox.flush();
        assertEquals(List.of(new Run(64, 128, 1)), a.runs);
    }
}
