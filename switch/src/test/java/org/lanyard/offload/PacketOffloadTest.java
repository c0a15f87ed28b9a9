package org.lanyard.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Offloads;
import org.lanyard.port.Outbox;
import org.lanyard.port.PacketPort;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.NetNamespace;
import org.lanyard.tapio.PacketSocket;

/**
 * Two packet ports at the ends of a cable (veth): what one sends in super-frames and with checksums
 * left undone, with up to two tags, the other gets so, or cut by the kernel. Needs root.
 */
final class PacketOffloadTest {
    private static final int MTU = 1500;
    private static final int SIZE = 1200;
    private static final int FRAMES = 20_000;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final Packets packets = new Packets(20_261_123);
    private final ChunkPool pool = new ChunkPool(16 << 20);
    private final Offloads with = new Offloads();
    private final Slab slab = new Slab();
    private final Slab expected = new Slab();
    private final Outbox outbox = new Outbox(slab, 2);
    private final Segmenter segmenter = new Segmenter();
    private NetNamespace place;
    private PacketSocket here;
    private PacketSocket there;
    private KernelPort sender;
    private KernelPort receiver;
    private int supers;

    @BeforeEach
    void lay() throws IOException {
        place = NetNamespace.create();
        place.layCable("here0", "there0", MTU);
        here = place.call(() -> PacketSocket.open("here0"));
        there = place.call(() -> PacketSocket.open("there0"));
        sender = port("sender", here);
        receiver = port("receiver", there);
        sender.plugAt(0);
        receiver.plugAt(1);
    }

    private KernelPort port(String name, PacketSocket socket) {
        return new PacketPort(name, new PortCounters(), socket.fd(), pool, with, MTU, 1 << 20);
    }

    @AfterEach
    void close() {
        if (here != null) {
            here.close();
            there.close();
        }
        if (place != null) {
            place.close();
        }
        with.close();
        pool.close();
        slab.close();
        expected.close();
    }

    private List<byte[]> pieces(Slab from, int at) {
        List<byte[]> pieces = new ArrayList<>();
        int prefix = from.bytes().getInt(at);
        int start = at;
        int end = at + StreamFormat.size(from.bytes(), at);
        if (SuperFrame.isSuper(prefix)) {
            assertTrue(segmenter.cut(from, at));
            start = segmenter.start();
            end = segmenter.end();
        }
        while (start < end) {
            byte[] piece = new byte[from.bytes().getInt(start)];
            from.bytes().get(start + StreamFormat.PREFIX, piece);
            pieces.add(piece);
            start += StreamFormat.PREFIX + piece.length;
        }
        return pieces;
    }

    /** A busy kernel hands frames on later. */
    private List<byte[]> received(int count) {
        List<byte[]> frames = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (frames.size() < count && System.nanoTime() - deadline < 0) {
            slab.clear();
            int end = receiver.fill(slab);
            for (int at = 0; at < end; at += StreamFormat.size(slab.bytes(), at)) {
                supers += SuperFrame.isSuper(slab.bytes().getInt(at)) ? 1 : 0;
                frames.addAll(pieces(slab, at));
            }
        }
        return frames;
    }

    private void send(byte[] frame, int prefix) {
        slab.clear();
        slab.bytes().putInt(0, prefix).put(StreamFormat.PREFIX, frame);
        outbox.add(sender, 0, StreamFormat.PREFIX + frame.length);
        outbox.flush();
    }

    @Test
    void shouldCarrySuperFramesWhateverTheirTags() {
        for (int i = 0; i < 300; i++) {
            Packets.Shape shape = packets.shape(1 + packets.random.nextInt(20_000));
            byte[] frame = packets.frame(shape, 0x18);
            int prefix = SuperFrame.prefix(frame.length, SIZE);
            expected.clear();
            expected.bytes().putInt(0, prefix).put(StreamFormat.PREFIX, frame);
            List<byte[]> cut = pieces(expected, 0);
            send(frame, prefix);
            List<byte[]> got = received(cut.size());
            assertEquals(0, sender.counters().drops(), shape::toString);
            assertEquals(0, receiver.counters().drops(), shape::toString);
            assertEquals(cut.size(), got.size(), shape::toString);
            for (int j = 0; j < cut.size(); j++) {
                byte[] piece = got.get(j);
                if (cut.get(j).length == StreamFormat.MIN_FRAME) { // only we pad
                    piece = Arrays.copyOf(piece, StreamFormat.MIN_FRAME);
                }
                assertArrayEquals(cut.get(j), piece, shape + ", piece " + j);
            }
        }
        assertTrue(supers > 100, supers + " came whole");
    }

    @Test
    void shouldNotPutTogetherWhatIsAboveTheMtu() {
        for (int payload : new int[] {1460, 1461}) {
            Packets.Shape shape = new Packets.Shape(false, true, 0, 0, 0, 2 * payload);
            byte[] frame = packets.frame(shape, 0x18);
            expected.clear();
            int prefix = SuperFrame.prefix(frame.length, payload);
            expected.bytes().putInt(0, prefix).put(StreamFormat.PREFIX, frame);
            int end = 0;
            slab.clear();
            for (byte[] piece : pieces(expected, 0)) {
                slab.bytes().putInt(end, piece.length).put(end + StreamFormat.PREFIX, piece);
                outbox.add(sender, end, end + StreamFormat.PREFIX + piece.length);
                end += StreamFormat.PREFIX + piece.length;
            }
            outbox.flush();
        }
        assertEquals(2, sender.counters().txPackets());
        assertEquals(2, sender.counters().drops(DropReason.ABOVE_MTU));
    }

    /** With one tag of a service's, as with one of a customer's. */
    @Test
    void shouldSendFullFramesWhateverTheTypeOfTheirTag() {
        for (int i = 0; i < 200; i++) {
            byte[] frame = full(1);
            frame[12] = (byte) 0x88;
            frame[13] = (byte) 0xa8;
            byte[] before = frame.clone();
            send(frame, frame.length);
            List<byte[]> got = received(1);
            assertEquals(1, got.size());
            assertArrayEquals(before, got.get(0));
            slab.clear();
        }
        assertEquals(0, sender.counters().drops());
    }

    @Test
    void shouldCountFullFramesThatNoInterfaceTakesForTheirTags() {
        byte[] two = full(2);
        send(two, two.length);
        byte[] damaged = full(1);
        damaged[12] = (byte) 0x88;
        damaged[13] = (byte) 0xa8;
        damaged[1000] ^= 1; // sent as others are, it would be right
        send(damaged, damaged.length);
        assertEquals(2, sender.counters().drops(DropReason.ABOVE_MTU));
    }

    /** Of 1500 bytes behind the tags. */
    private byte[] full(int tags) {
        Packets.Shape any = packets.shape(0);
        Packets.Shape shape =
                new Packets.Shape(
                        any.ipv6(), any.tcp(), tags, any.options(), any.extensions(), 1000);
        int missing = MTU + 14 + 4 * tags - packets.frame(shape, 0x18).length;
        return packets.frame(
                new Packets.Shape(
                        any.ipv6(),
                        any.tcp(),
                        tags,
                        any.options(),
                        any.extensions(),
                        1000 + missing),
                0x18);
    }

    @Test
    void shouldAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Packets.Shape shape = new Packets.Shape(false, true, 1, 0, 0, 1000);
        byte[] frame = packets.frame(shape, 0x10);
        Slab taken = new Slab();
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < FRAMES; i++) {
                send(frame, frame.length);
                receiver.fill(taken);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        taken.close();
        assertTrue(sender.counters().txPackets() >= 3 * FRAMES);
        assertTrue(allocated < FRAMES, allocated + " bytes for " + FRAMES + " frames each way");
    }

    /** As the kernel's own sockets send: the checksum is left to the card. */
    @Test
    void shouldCompleteChecksumsWhateverTheTags() {
        for (int i = 0; i < 300; i++) {
            Packets.Shape shape = packets.shape(1 + packets.random.nextInt(1000));
            byte[] frame = packets.frame(shape, 0x10);
            ByteBuffer undone = ByteBuffer.allocate(10 + frame.length).put(10, frame);
            VirtioHeader header = new VirtioHeader();
            assertTrue(header.writeSuper(undone, 0, undone, 10, frame.length, SIZE));
            undone.put(1, (byte) 0); // no super-frame
            write(undone);
            List<byte[]> got = received(1);
            assertEquals(1, got.size(), shape::toString);
            assertArrayEquals(frame, got.get(0), shape::toString);
        }
        assertEquals(0, receiver.counters().drops(DropReason.NOT_SEGMENTED));
    }

    private void write(ByteBuffer message) {
        slab.bytes().put(0, message, 0, message.capacity());
        long written = LibC.write(here.fd(), slab.address(), message.capacity());
        assertEquals(message.capacity(), written);
    }
}
