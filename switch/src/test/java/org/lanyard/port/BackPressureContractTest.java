package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.frame.PortCounters;

/** What every port keeps whose other end may be slow. */
abstract class BackPressureContractTest extends PortContractTest {
    /** For a port whose kernel side takes little. */
    private PortRig reopen(int backlogLimit) throws Exception {
        rig.close();
        rig = open(backlogLimit);
        rig.port().plugAt(0);
        return rig;
    }

    private PortCounters counters() {
        return rig.port().counters();
    }

    private static List<Integer> marks(List<byte[]> frames) {
        return frames.stream().map(Frames::mark).toList();
    }

    private void assertUntorn(List<byte[]> frames) {
        for (byte[] frame : frames) {
            assertSame(List.of(frame(frame.length, Frames.mark(frame))), List.of(frame));
        }
    }

    @RepeatedTest(5)
    void shouldDeliverAllWhatThereIsRoomForHoweverSlowlyItIsRead() {
        List<byte[]> frames = randomFrames(150, rig.longest());
        List<byte[]> received = new ArrayList<>();
        int at = 0;
        while (at < frames.size()) {
            int end = Math.min(frames.size(), at + 1 + random.nextInt(12));
            transmit(rig.port(), frames.subList(at, end), 4 * random.nextInt(2));
            at = end;
            received.addAll(rig.read(1 + random.nextInt(3000)));
            if (random.nextBoolean()) {
                rig.port().drain();
            }
        }
        assertTrue(rig.port().waitsForRoom(), "it was to be read too slowly");
        received.addAll(receive(frames.size() - received.size()));
        assertSame(frames, received);
        rig.port().drain();
        assertFalse(rig.port().waitsForRoom());
        assertEquals(frames.size(), counters().txPackets());
        assertEquals(bytes(frames), counters().txBytes());
        assertEquals(0, counters().drops());
    }

    @RepeatedTest(5)
    void shouldDropAtTheTailCountThatAndTearNoFrame() throws Exception {
        int limit = 3 * ChunkPool.CHUNK_SIZE;
        reopen(limit);
        RecordedFrames recorded = new RecordedFrames();
        rig.port().recordBy(recorded);
        int offered = 0;
        List<byte[]> received = new ArrayList<>();
        for (int round = 0; round < 60; round++) {
            List<byte[]> frames = new ArrayList<>();
            for (byte[] frame : randomFrames(40, rig.longest())) {
                frames.add(frame(frame.length, offered++));
            }
            transmit(rig.port(), frames, 4 * random.nextInt(2));
            assertTrue(pool.taken() <= 2L * limit + 4 * ChunkPool.CHUNK_SIZE, "bounded");
            if (random.nextInt(3) == 0) {
                received.addAll(rig.read(1 + random.nextInt(100_000)));
                rig.port().drain();
            }
        }
        long dropped = counters().drops(DropReason.BACKLOG_FULL);
        assertTrue(dropped > 0, "it was to be full");
        assertEquals(dropped, counters().drops(), "dropped for this reason alone");
        received.addAll(receive((int) (offered - dropped - received.size())));
        rig.port().drain();
        assertEquals(List.of(), rig.read(1 << 20), "nothing that was counted as dropped came");
        assertUntorn(received);
        List<Integer> marks = marks(received);
        assertEquals(marks.stream().sorted().distinct().toList(), marks, "in order, each once");
        assertEquals(offered - dropped, counters().txPackets());
        assertEquals(bytes(received), counters().txBytes());
        assertSame(received, recorded.sent);
    }

    @Test
    void shouldDropTheNewAndKeepTheOld() throws Exception {
        reopen(ChunkPool.CHUNK_SIZE);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            frames.add(frame(1000, i));
        }
        transmit(frames);
        int through = (int) (4000 - counters().drops(DropReason.BACKLOG_FULL));
        assertTrue(through < 4000, "it was to be full");
        assertSame(frames.subList(0, through), receive(through));
    }

    @Test
    void shouldTakeFramesAgainOnceThereIsRoom() throws Exception {
        reopen(ChunkPool.CHUNK_SIZE);
        List<byte[]> many = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            many.add(frame(1000, i));
        }
        transmit(many);
        long dropped = counters().drops();
        assertTrue(dropped > 0);
        receive((int) (4000 - dropped));
        rig.port().drain();
        List<byte[]> more = randomFrames(5, 1514);
        transmit(more);
        assertSame(more, receive(5));
        assertEquals(dropped, counters().drops());
    }

    @Test
    void shouldAskToBeToldOfRoomOnceAndStopAskingOnce() {
        List<Boolean> asked = new ArrayList<>();
        rig.port().watchBy((port, wanted) -> asked.add(wanted));
        List<byte[]> frames = randomFrames(300, 1514);
        while (!rig.port().waitsForRoom()) {
            transmit(frames);
        }
        transmit(frames);
        assertEquals(List.of(true), asked);
        long offered = counters().txPackets();
        await(
                "an empty backlog",
                () -> {
                    rig.read(200_000);
                    rig.port().drain();
                    return !rig.port().waitsForRoom();
                });
        assertEquals(List.of(true, false), asked);
        assertTrue(counters().txPackets() > offered);
    }

    @Test
    void shouldCountWhatStillWaitedWhenItIsReleased() {
        int offered = 0;
        List<byte[]> frames = randomFrames(100, 9000);
        while (!rig.port().waitsForRoom()) {
            transmit(frames);
            offered += frames.size();
        }
        assertTrue(pool.taken() > 0);
        rig.port().release();
        assertEquals(0, pool.taken());
        assertTrue(counters().drops(DropReason.PORT_CLOSED) > 0);
        assertEquals(offered, counters().txPackets() + counters().drops());
        rig.port().release();
        assertEquals(offered, counters().txPackets() + counters().drops(), "released once more");
    }

    @Test
    void shouldLeaveAnotherPortAloneWhenItIsFull() throws Exception {
        ChunkPool small = new ChunkPool(ChunkPool.CHUNK_SIZE);
        try (MemoryRig other = new MemoryRig(small, 4 << 20)) {
            other.port().plugAt(1);
            List<byte[]> flood = randomFrames(100, 1514);
            int offered = 0;
            while (counters().drops() == 0) {
                transmit(flood);
                offered += flood.size();
            }
            List<byte[]> few = randomFrames(100, 1514);
            transmit(other.port(), few, 0);
            List<byte[]> received = new ArrayList<>();
            await(
                    "all frames at the other port",
                    () -> {
                        received.addAll(other.read(1));
                        other.port().drain();
                        return received.size() == 100;
                    });
            assertSame(few, received);
            assertEquals(0, other.port().counters().drops());
            assertTrue(offered > counters().txPackets());
        }
        small.close();
    }
}
