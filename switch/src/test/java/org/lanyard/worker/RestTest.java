package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.frame.Frames;

/** Whose every frame is a millisecond's work waits in between, and nobody else does. */
final class RestTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final long CAT = 0x5254_0000_000cL;
    private static final int LONG = 60_000;
    private static final int OTHERS = 22;

    @TempDir private Path directory;
    private final List<Bench.Guest> all = new ArrayList<>();
    private Bench bench;
    private Bench.Guest ann;
    private Bench.Guest ben;
    private Bench.Guest cat;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory, 64);
        for (int i = 0; i < OTHERS; i++) {
            all.add(bench.plug("guest" + i));
        }
        ann = bench.plug("ann");
        ben = bench.plug("ben");
        cat = bench.plug("cat");
        all.add(ben);
        all.add(cat);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private void flood() throws Exception {
        byte[] frame = Frames.frame(Frames.BROADCAST, ANN, LONG, 1);
        ann.wire().send(frame);
        for (Bench.Guest guest : all) {
            assertArrayEquals(frame, guest.wire().receive());
        }
    }

    private void pairGoesOn() throws Exception {
        for (int i = 0; i < 10; i++) {
            ben.wire().send(Frames.frame(CAT, BEN, 60, i));
            while (Frames.mark(cat.wire().receive()) != i) {}
        }
    }

    @Test
    void shouldReadTheOthersWhileItRests() throws Exception {
        cat.wire().send(Frames.frame(BEN, CAT, 60, 7));
        assertEquals(7, Frames.mark(ben.wire().receive()));
        for (Bench.Guest guest : all.subList(0, OTHERS)) {
            guest.wire().receive(); // nobody had heard of ben
        }
        flood();
        ann.wire().send(Frames.frame(CAT, ANN, 60, 99));
        pairGoesOn();
        bench.awaitTurns();
        assertNull(cat.wire().receiveNow(), "it rests");
        bench.passMillis(20);
        assertEquals(99, Frames.mark(cat.wire().receive()));
        flood();
    }

    /** What it had sent is read for all that, or QEMU would keep stale state. */
    @Test
    void shouldLetAPortDepartThatRests() throws Exception {
        flood();
        ann.wire().send(Frames.frame(BEN, ANN, 60, 2));
        bench.worker().retire(ann.port());
        Bench.await("unplugged", () -> bench.fabric().topology().count() == all.size());
        bench.awaitTurns();
        bench.passMillis(20);
        bench.expect(ann.port(), Departure.RETIRED);
        assertEquals(2, ann.port().counters().rxPackets());
    }
}
