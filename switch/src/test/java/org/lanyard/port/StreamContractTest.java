package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.frame.StreamFormat;

/** What a port in QEMU's framing keeps besides, over unix sockets and over TCP. */
abstract class StreamContractTest extends BackPressureContractTest {
    private StreamRig stream() {
        return (StreamRig) rig;
    }

    private StreamPort port() {
        return stream().port();
    }

    private void arrive(byte[] bytes) {
        stream().sendRaw(bytes);
        rig.push();
    }

    /** Fills until something came. */
    private int fill() {
        int[] end = new int[1];
        await(
                "something to read",
                () -> {
                    rig.push();
                    end[0] = port().fill(slab);
                    return end[0] != KernelPort.NOTHING;
                });
        return end[0];
    }

    @Test
    void shouldFinishAFrameThatWasWrittenInPartBeforeAnyOther() {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            frames.add(frame(StreamFormat.MAX_FRAME - i, i));
            frames.add(frame(60, 100 + i));
        }
        for (byte[] frame : frames) {
            transmit(List.of(frame));
        }
        assertTrue(port().waitsForRoom(), "the kernel was to take less than all");
        assertSame(frames, receive(frames.size()));
        assertEquals(0, stream().unfinished());
    }

    @Test
    void shouldFinishTheFrameOfWhichAPartLeftAlsoWhenTheBacklogIsFull() throws Exception {
        rig.close();
        rig = open(ChunkPool.CHUNK_SIZE);
        rig.port().plugAt(0);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            frames.add(frame(StreamFormat.MAX_FRAME, i));
        }
        transmit(frames);
        int through = (int) (50 - port().counters().drops(DropReason.BACKLOG_FULL));
        assertTrue(through > 0 && through < 50, through + " of 50");
        assertSame(frames.subList(0, through), receive(through));
        assertEquals(0, stream().unfinished());
        assertEquals(through, port().counters().txPackets());
    }

    @Test
    void shouldCountTheFrameOfWhichAPartLeftWhenItIsReleased() {
        int offered = 0;
        while (!port().waitsForRoom()) {
            transmit(List.of(frame(StreamFormat.MAX_FRAME, offered++)));
        }
        long sent = port().counters().txPackets();
        assertEquals(offered - 1, sent, "all but the one of which a part has left");
        rig.port().release();
        assertEquals(sent, port().counters().txPackets());
        assertEquals(1, port().counters().drops(DropReason.PORT_CLOSED));
    }

    @Test
    void shouldKeepHalfAFrameUntilTheRestComes() {
        byte[] frame = frame(1000, 1);
        byte[] stream = Frames.stream(frame);
        for (int cut : new int[] {1, 3, 4, 5, 500, 1003}) {
            arrive(java.util.Arrays.copyOf(stream, cut));
            int end = fill();
            assertEquals(cut, end);
            port().keepRest(slab, 0, end);
            assertTrue(port().hasHalfFrame());
            assertEquals(ChunkPool.CHUNK_SIZE, pool.taken());
            arrive(java.util.Arrays.copyOfRange(stream, cut, stream.length));
            List<byte[]> taken = new ArrayList<>();
            await("the frame", () -> taken.addAll(takeIn()));
            assertSame(List.of(frame), taken);
            assertFalse(port().hasHalfFrame());
            assertEquals(0, pool.taken());
        }
    }

    @Test
    void shouldKeepTheRestWhileNothingMoreComes() {
        byte[] frame = frame(100, 1);
        arrive(java.util.Arrays.copyOf(Frames.stream(frame), 50));
        port().keepRest(slab, 0, fill());
        for (int i = 0; i < 3; i++) {
            assertEquals(KernelPort.NOTHING, port().fill(slab));
        }
        arrive(java.util.Arrays.copyOfRange(Frames.stream(frame), 50, 104));
        assertEquals(104, fill());
        assertEquals(100, slab.bytes().getInt(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 30})
    void shouldCountAFrameThatTheOtherEndLeftUnfinished(int bytes) {
        arrive(java.util.Arrays.copyOf(Frames.stream(frame(60, 1)), bytes));
        port().keepRest(slab, 0, fill());
        rig.disconnect();
        assertEquals(KernelPort.GONE, fill());
        port().release();
        assertEquals(1, port().counters().drops(DropReason.TRUNCATED));
        assertEquals(1, port().counters().drops());
        assertEquals(0, pool.taken());
    }

    @Test
    void shouldReadAllThatWasSentBeforeItSaysThatTheOtherEndIsGone() {
        List<byte[]> frames = List.of(frame(60, 1), frame(1514, 2));
        arrive(Frames.stream(frames));
        rig.disconnect();
        List<byte[]> taken = new ArrayList<>();
        await("both frames", () -> taken.addAll(takeIn()) && taken.size() == 2);
        assertSame(frames, taken);
        assertEquals(KernelPort.GONE, fill());
    }

    @Test
    void shouldCountWhatCannotBeSentToAnOtherEndThatIsGone() {
        rig.disconnect();
        List<byte[]> frames = randomFrames(10, 1514);
        // TCP takes bytes until the other host has said that nobody is there.
        await(
                "a refusal",
                () -> {
                    transmit(rig.port(), frames, 4);
                    return port().counters().drops() > 0;
                });
        long drops = port().counters().drops(DropReason.PORT_CLOSED);
        transmit(frames);
        assertEquals(drops + 10, port().counters().drops(DropReason.PORT_CLOSED));
        assertEquals(port().counters().drops(), drops + 10);
        assertFalse(port().waitsForRoom());
    }

    @Test
    void shouldCountWhatWaitedForAnOtherEndThatIsGone() {
        int offered = 0;
        while (!port().waitsForRoom()) {
            transmit(List.of(frame(StreamFormat.MAX_FRAME, 1), frame(60, 2)));
            offered += 2;
        }
        rig.disconnect();
        await(
                "an end of waiting",
                () -> {
                    port().drain();
                    return !port().waitsForRoom();
                });
        assertTrue(port().counters().drops(DropReason.PORT_CLOSED) > 0);
        assertEquals(offered, port().counters().txPackets() + port().counters().drops());
        assertEquals(0, pool.taken());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 13})
    void shouldTellThatARuntCameFirst(int length) {
        arrive(Frames.concat(Frames.prefix(length), new byte[60]));
        assertEquals(KernelPort.NOT_FRAMES, fill());
        assertEquals(length, port().firstLength());
        assertEquals(1, port().counters().drops(DropReason.RUNT));
        assertEquals(1, port().counters().drops());
    }

    @ParameterizedTest
    @ValueSource(ints = {StreamFormat.MAX_FRAME + 1, -1, 0x4745_5420})
    void shouldTellThatWhatCameFirstIsNoLength(int length) {
        arrive(Frames.prefix(length));
        assertEquals(KernelPort.NOT_FRAMES, fill());
        assertEquals(length, port().firstLength());
        assertEquals(1, port().counters().drops(DropReason.OVERSIZE));
        assertEquals(1, port().counters().drops());
    }

    @Test
    void shouldTellSoAlsoWhenTheFirstLengthComesInParts() {
        arrive(new byte[] {'G', 'E'});
        port().keepRest(slab, 0, fill());
        assertEquals(0, port().firstLength());
        arrive(new byte[] {'T', ' '});
        assertEquals(KernelPort.NOT_FRAMES, fill());
        assertEquals(0x4745_5420, port().firstLength());
    }

    @Test
    void shouldAskForALengthOnlyOfTheFirstBytesOfAConnection() {
        arrive(Frames.stream(frame(60, 1), new byte[0], frame(70, 2)));
        List<byte[]> taken = new ArrayList<>();
        await("two frames", () -> taken.addAll(takeIn()) && taken.size() == 2);
        assertSame(List.of(frame(60, 1), frame(70, 2)), taken);
        assertEquals(60, port().firstLength());
    }
}
