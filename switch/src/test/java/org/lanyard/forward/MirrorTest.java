package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.policy.Mirror;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.MemoryPort;

/** A port that gets copies of what others receive, send, or both. */
final class MirrorTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final BitSet ANY = new BitSet();

    private final Lan lan = new Lan();

    @AfterEach
    void unmap() {
        lan.close();
    }

    private static byte[] frame(long destination, long source, int mark) {
        return Frames.frame(destination, source, 200, mark);
    }

    private MemoryPort mirror(Set<String> ports, boolean received, boolean sent) {
        Mirror mirror = new Mirror(ports, ANY, received, sent, Mirror.WHOLE);
        return lan.plug("mirror", PortPolicy.NONE.with(mirror));
    }

    @Test
    void shouldCopyWhatAPortReceives() {
        MemoryPort a = lan.plug("a");
        MemoryPort b = lan.plug("b");
        MemoryPort mirror = mirror(Set.of("a"), true, false);
        lan.send(a, frame(Frames.BROADCAST, ANN, 1));
        lan.send(b, frame(ANN, BEN, 2));
        lan.send(a, frame(BEN, ANN, 3));
        assertEquals(List.of(1, 3), Lan.marks(mirror));
        assertEquals(List.of(1, 3), Lan.marks(b), "the originals");
        assertEquals(List.of(2), Lan.marks(a));
    }

    @Test
    void shouldCopyWhatAPortSends() {
        MemoryPort a = lan.plug("a");
        MemoryPort b = lan.plug("b");
        MemoryPort mirror = mirror(Set.of("a"), false, true);
        lan.send(a, frame(Frames.BROADCAST, ANN, 1));
        lan.send(b, frame(ANN, BEN, 2), frame(Frames.BROADCAST, BEN, 3));
        assertEquals(List.of(2, 3), Lan.marks(mirror));
    }

    @Test
    void shouldCopyAFrameOnceThatTwoOfItsPortsPass() {
        MemoryPort a = lan.plug("a");
        lan.plug("b");
        lan.plug("c");
        MemoryPort mirror = mirror(Set.of(), true, true);
        lan.send(a, frame(Frames.BROADCAST, ANN, 1));
        assertEquals(List.of(1), Lan.marks(mirror));
    }

    @Test
    void shouldMeanAllGuestsByTheNameOfTheirPort() {
        MemoryPort guest = lan.plug("web/7");
        MemoryPort other = lan.plug("website");
        MemoryPort mirror = mirror(Set.of("web"), true, false);
        lan.send(guest, frame(Frames.BROADCAST, ANN, 1));
        lan.send(other, frame(Frames.BROADCAST, BEN, 2));
        assertEquals(List.of(1), Lan.marks(mirror));
    }

    @Test
    void shouldCopyOneVlanOfATrunkAsItWasOnTheWire() {
        BitSet both = new BitSet();
        both.set(10);
        both.set(20);
        MemoryPort trunk = lan.plug("trunk", Vlans.trunk(0, both, Vlans.CUSTOMER_TAG));
        MemoryPort access = lan.plug("access", Vlans.access(10));
        BitSet ten = new BitSet();
        ten.set(10);
        MemoryPort mirror =
                lan.plug(
                        "mirror",
                        PortPolicy.NONE.with(
                                new Mirror(Set.of("trunk"), ten, true, true, Mirror.WHOLE)));
        byte[] call = frame(Frames.BROADCAST, ANN, 1);
        byte[] tagged = Frames.tagged(call, Vlans.CUSTOMER_TAG, 10);
        lan.send(trunk, tagged, Frames.tagged(call, Vlans.CUSTOMER_TAG, 20));
        lan.send(access, frame(Frames.BROADCAST, BEN, 2));
        List<byte[]> copies = mirror.takeSent();
        assertEquals(2, copies.size());
        assertArrayEquals(tagged, copies.get(0));
        byte[] left = Frames.tagged(frame(Frames.BROADCAST, BEN, 2), Vlans.CUSTOMER_TAG, 10);
        assertArrayEquals(left, copies.get(1));
    }

    @Test
    void shouldCutCopiesAndNothingElse() {
        MemoryPort a = lan.plug("a");
        MemoryPort b = lan.plug("b");
        MemoryPort mirror =
                lan.plug("mirror", PortPolicy.NONE.with(new Mirror(Set.of(), ANY, true, true, 96)));
        byte[] large = frame(Frames.BROADCAST, ANN, 1);
        byte[] small = Frames.frame(Frames.BROADCAST, ANN, 80, 2);
        lan.send(a, large, small);
        List<byte[]> copies = mirror.takeSent();
        assertArrayEquals(Arrays.copyOf(large, 96), copies.get(0));
        assertArrayEquals(small, copies.get(1));
        List<byte[]> originals = b.takeSent();
        assertArrayEquals(large, originals.get(0));
        assertArrayEquals(small, originals.get(1));
    }

    @Test
    void shouldGetCopiesAloneAndLetNothingIn() {
        MemoryPort a = lan.plug("a");
        MemoryPort b = lan.plug("b");
        MemoryPort mirror = mirror(Set.of("b"), true, false);
        lan.send(a, frame(Frames.BROADCAST, ANN, 1), frame(0x5254_0000_00ffL, ANN, 2));
        assertEquals(List.of(), Lan.marks(mirror));
        lan.send(mirror, frame(Frames.BROADCAST, BEN, 3));
        assertEquals(List.of(1, 2), Lan.marks(b));
        assertEquals(List.of(), Lan.marks(a));
        assertEquals(1, mirror.counters().drops(DropReason.MIRROR_PORT));
        assertEquals(1, lan.fdb().size());
    }

    /** A mirror that does not read loses copies, and costs the others nothing. */
    @Test
    void shouldNotHoldTheOriginalsBack() {
        MemoryPort a = lan.plug("a");
        MemoryPort b = lan.plug("b");
        MemoryPort mirror = mirror(Set.of(), true, true);
        mirror.roomFor(0);
        for (int i = 0; i < 10_000; i++) {
            lan.send(a, frame(Frames.BROADCAST, ANN, i));
        }
        assertEquals(10_000, b.takeSent().size());
        assertEquals(0, b.counters().drops());
        assertEquals(10_000, mirror.waiting() / 204 + mirror.counters().drops());
    }
}
