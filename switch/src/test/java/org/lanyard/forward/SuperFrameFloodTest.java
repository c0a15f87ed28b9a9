package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.Burst;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.policy.Mirror;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.MemoryPort;
import org.lanyard.port.Outbox;
import org.lanyard.port.Segmenting;

/**
 * Super-frames of the host that are flooded, as when a guest answers ARP with one address and sends
 * from another, to guests of all forms: each form is made once, and what there is no room for is
 * lost where it was to go.
 */
final class SuperFrameFloodTest {
    private static final int VLAN = 10;
    private static final int PAYLOAD = 64_000;
    private static final int HEADERS = 54;
    private static final int BURST = 4;

    private final Slab slab = new Slab();
    private final Burst burst = new Burst();
    private final StreamFormat format = new StreamFormat();
    private final ChunkPool pool = new ChunkPool(1L << 30);
    private final Fabric fabric = new Fabric(new Fdb(64), 128);
    private final Outbox outbox = new Outbox(slab, 128);
    private final Segmenting segmenting = new Segmenting(outbox);
    private final Forwarder forwarder = new Forwarder(fabric, segmenting);

    @AfterEach
    void unmap() {
        pool.close();
        slab.close();
    }

    private MemoryPort plug(String name, PortPolicy policy) {
        MemoryPort port = new MemoryPort(name, pool, 8 << 20);
        port.obey(policy);
        assertTrue(fabric.plug(port));
        return port;
    }

    private MemoryPort access(String name) {
        return plug(name, PortPolicy.NONE.with(Vlans.access(VLAN)));
    }

    private MemoryPort trunk(String name, int tagType) {
        BitSet tagged = new BitSet();
        tagged.set(VLAN);
        return plug(name, PortPolicy.NONE.with(Vlans.trunk(Vlans.NONE, tagged, tagType)));
    }

    /** TCP over IPv4, not tagged, to a station that nobody knows. */
    private static byte[] segment(int payload, int mark) {
        byte[] frame = Frames.frame(0x5254_0000_00ffL, 0x5254_0000_0001L, HEADERS + payload, mark);
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        bytes.putShort(12, (short) 0x0800);
        bytes.put(14, (byte) 0x45).putShort(16, (short) (frame.length - 14));
        bytes.putShort(20, (short) 0x4000).put(22, (byte) 64).put(23, (byte) 6);
        bytes.putInt(26, 0x0a00_0001).putInt(30, 0x0a00_0002);
        bytes.put(46, (byte) 0x50).put(47, (byte) 0x10);
        return frame;
    }

    /** As a TAP would: a burst of super-frames. */
    private void send(MemoryPort host, int frames, int payload, int size) {
        slab.clear();
        slab.holdSuperFrames();
        int end = 0;
        for (int i = 0; i < frames; i++) {
            byte[] frame = segment(payload, i);
            slab.bytes().putInt(end, SuperFrame.prefix(frame.length, size));
            slab.bytes().put(end + StreamFormat.PREFIX, frame);
            end += StreamFormat.PREFIX + frame.length;
        }
        burst.clear();
        format.parse(slab, 0, end, burst);
        assertEquals(frames, burst.count());
        segmenting.begin();
        forwarder.forward(host, burst, 0);
        outbox.flush();
    }

    private static int payloadOf(List<byte[]> frames, int headers) {
        return frames.stream().mapToInt(f -> f.length - headers).sum();
    }

    @ParameterizedTest
    @ValueSource(ints = {1448, 536})
    void shouldReachEveryPortWhateverFormItHasAndInWhateverOrder(int size) {
        MemoryPort host = access("host");
        List<MemoryPort> access = new ArrayList<>();
        List<MemoryPort> customers = new ArrayList<>();
        List<MemoryPort> services = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            access.add(access("a" + i));
            customers.add(trunk("t" + i, Vlans.CUSTOMER_TAG));
            services.add(trunk("s" + i, Vlans.SERVICE_TAG));
        }
        send(host, BURST, PAYLOAD, size);
        int pieces = BURST * ((PAYLOAD + size - 1) / size);
        List<byte[]> plain = access.get(0).takeSent();
        assertEquals(pieces, plain.size());
        assertEquals(BURST * PAYLOAD, payloadOf(plain, HEADERS));
        for (MemoryPort port : access.subList(1, 12)) {
            List<byte[]> sent = port.takeSent();
            for (int i = 0; i < pieces; i++) {
                assertArrayEquals(plain.get(i), sent.get(i), port + ", piece " + i);
            }
        }
        for (int t = 0; t < 24; t++) {
            MemoryPort port = t < 12 ? customers.get(t) : services.get(t - 12);
            int type = t < 12 ? Vlans.CUSTOMER_TAG : Vlans.SERVICE_TAG;
            List<byte[]> sent = port.takeSent();
            assertEquals(pieces, sent.size(), port.name());
            for (int i = 0; i < pieces; i++) {
                byte[] expected = Frames.tagged(plain.get(i), type, VLAN);
                assertArrayEquals(expected, sent.get(i), port + ", piece " + i);
            }
        }
    }

    /** A sender of one byte at a time (a packet socket lets it) can't have that many pieces. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 20})
    void shouldLoseAtThePortsWhatThereIsNoRoomFor(int size) {
        MemoryPort host = access("host");
        MemoryPort access = access("access");
        MemoryPort trunk = trunk("trunk", Vlans.CUSTOMER_TAG);
        MemoryPort service = trunk("service", Vlans.SERVICE_TAG);
        send(host, BURST, PAYLOAD, size);
        assertEquals(BURST, host.counters().rxPackets());
        assertEquals(0, host.counters().drops());
        int pieces = (PAYLOAD + size - 1) / size;
        for (MemoryPort port : List.of(access, trunk, service)) {
            long lost =
                    port.counters().drops(DropReason.NOT_SEGMENTED)
                            + port.counters().drops(DropReason.NO_BUFFER);
            long waiting = port.counters().drops(DropReason.BACKLOG_FULL);
            assertEquals(0, waiting);
            assertEquals(
                    BURST, lost + port.counters().txPackets() / pieces, port.name() + ", whole");
            assertTrue(size > 2 || lost > 0, port.name());
            assertEquals(lost, port.counters().drops(), port.name());
        }
    }

    /** Sixty mirrors that cut their copies leave no memory for tags: that costs copies. */
    @Test
    void shouldLoseCopiesForWhichThereIsNoRoomAndSayWhere() {
        MemoryPort in = access("in");
        MemoryPort out = trunk("out", Vlans.CUSTOMER_TAG);
        List<MemoryPort> mirrors = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Mirror mirror = new Mirror(Set.of(), new BitSet(), true, false, 64);
            mirrors.add(plug("m" + i, PortPolicy.NONE.with(mirror)));
        }
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            frames.add(Frames.frame(Frames.BROADCAST, 0x5254_0000_0001L, 100, i));
        }
        byte[] stream = Frames.stream(frames);
        slab.bytes().put(0, stream);
        format.parse(slab, 0, stream.length, burst);
        segmenting.begin();
        forwarder.forward(in, burst, 0);
        outbox.flush();
        assertEquals(2_000, in.counters().rxPackets());
        assertEquals(0, in.counters().drops(), "it is not to blame");
        for (MemoryPort port : mirrors) {
            assertEquals(2_000, port.takeSent().size() + port.counters().drops(), port.name());
            assertEquals(port.counters().drops(DropReason.NO_BUFFER), port.counters().drops());
        }
        long lost = out.counters().drops(DropReason.NO_BUFFER);
        assertTrue(lost > 0, "the memory was to run out");
        assertEquals(2_000, out.takeSent().size() + lost);
    }

    @Test
    void shouldGiveEachOfAHundredMirrorsItsCopy() {
        MemoryPort in = access("in");
        access("out");
        List<MemoryPort> mirrors = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Mirror mirror = new Mirror(Set.of(), new BitSet(), true, true, Mirror.WHOLE);
            mirrors.add(plug("m" + i, PortPolicy.NONE.with(mirror)));
        }
        byte[] stream = Frames.stream(Frames.frame(Frames.BROADCAST, 0x5254_0000_0001L, 100, 7));
        slab.bytes().put(0, stream);
        format.parse(slab, 0, stream.length, burst);
        segmenting.begin();
        forwarder.forward(in, burst, 0);
        outbox.flush();
        for (MemoryPort mirror : mirrors) {
            assertEquals(List.of(7), Lan.marks(mirror), mirror.name());
        }
    }
}
