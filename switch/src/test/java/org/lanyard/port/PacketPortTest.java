package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.tapio.NetNamespace;
import org.lanyard.tapio.PacketSocket;
import org.lanyard.tapio.Tap;

/** A packet socket at one end of a real cable (veth), the test at the other. Needs root. */
final class PacketPortTest extends PortContractTest {
    private static final int MTU = 65_521;

    private NetNamespace place;
    private PacketSocket here;
    private PacketSocket there;

    @AfterEach
    void leave() {
        if (place != null) {
            place.close();
        }
    }

    @Override
    PortRig open(int backlogLimit) throws IOException {
        place = NetNamespace.create();
        place.layCable("here0", "there0", MTU);
        here = place.call(() -> PacketSocket.open("here0"));
        there = place.call(() -> PacketSocket.open("there0"));
        FrameRig.Maker maker =
                (counters, with) ->
                        new PacketPort(
                                "packet", counters, here.fd(), pool, with, MTU, backlogLimit);
        return new FrameRig(here.fd(), there.fd(), Tap.VNET_HEADER, MTU + 14, maker, () -> {});
    }

    private long drops(DropReason reason) {
        return rig.port().counters().drops(reason);
    }

    private void setMtu(int mtu) throws IOException {
        place.exec("ip", "link", "set", "here0", "mtu", String.valueOf(mtu));
        ((PacketPort) rig.port()).mtu(mtu);
    }

    @Test
    void shouldPutTagsBack() {
        List<byte[]> frames = new ArrayList<>();
        for (int length : new int[] {60, 61, 1500, 9000}) {
            byte[] bare = frame(length, length);
            byte[] customer = Frames.tagged(bare, 0x8100, 0xb00a);
            frames.addAll(List.of(bare, customer, Frames.tagged(bare, 0x88a8, 0x6fff)));
            frames.add(Frames.tagged(customer, 0x88a8, 0x0064));
            frames.add(Frames.tagged(bare, 0x8100, 0));
        }
        frames.forEach(rig::send);
        assertSame(frames, takeIn(frames.size()));
    }

    @Test
    void shouldCountWhatIsAboveTheMtu() throws IOException {
        setMtu(1500);
        byte[] longest = frame(1514, 1);
        List<byte[]> fit = List.of(longest, Frames.tagged(longest, 0x8100, 10));
        transmit(List.of(frame(1515, 2), fit.get(0), fit.get(1), frame(9014, 3)));
        assertEquals(2, drops(DropReason.ABOVE_MTU));
        assertEquals(2, rig.port().counters().txPackets());
        // The other end tells without the tag, which the kernel takes out.
        assertEquals(List.of(1514, 1514), receive(2).stream().map(f -> f.length).toList());
    }

    /** The kernel does not look at the MTU where it is to cut. */
    @Test
    void shouldCountSuperFramesWhosePiecesAreAboveTheMtu() throws IOException {
        setMtu(1500);
        transmitSuper(1460);
        assertEquals(0, rig.port().counters().drops());
        assertEquals(1, rig.port().counters().txPackets());
        transmitSuper(1461);
        assertEquals(1, drops(DropReason.ABOVE_MTU));
        assertEquals(1, rig.port().counters().txPackets());
    }

    private void transmitSuper(int size) {
        byte[] bytes = frame(4000, 1);
        byte[] ipv4 = {0x45, 0, 3986 >> 8, (byte) 3986, 0, 0, 0, 0, 64, 6, 0, 0, 10, 9, 0, 1};
        bytes[12] = 8;
        bytes[13] = 0;
        System.arraycopy(ipv4, 0, bytes, 14, ipv4.length);
        bytes[46] = 0x50; // a TCP header of 20 bytes
        slab.bytes().putInt(0, SuperFrame.prefix(bytes.length, size));
        slab.bytes().put(StreamFormat.PREFIX, bytes);
        outbox.add(rig.port(), 0, StreamFormat.PREFIX + bytes.length);
        outbox.flush();
    }

    @Test
    void shouldCountWhatTheKernelDroppedForNotBeingRead() {
        int sent = 12_000;
        for (int i = 0; i < sent; i++) {
            rig.send(frame(1514, i));
        }
        long[] all = {sent, 0};
        // The kernel tells with the next frame, which is lost too while the buffer is full.
        await(
                "each frame taken or counted",
                () -> {
                    rig.push();
                    for (int now = 1; now > 0; all[1] += now) {
                        now = takeIn().size();
                    }
                    boolean isDone = all[1] + drops(DropReason.NOT_READ) == all[0];
                    if (!isDone) {
                        rig.send(frame(60, 1));
                        all[0]++;
                    }
                    return isDone;
                });
        assertTrue(drops(DropReason.NOT_READ) > 0, "the buffer was to be too small");
        assertEquals(drops(DropReason.NOT_READ), rig.port().counters().drops());
    }

    @Test
    void shouldCountWhatAnInterfaceThatIsDownCannotTake() throws IOException {
        place.exec("ip", "link", "set", "here0", "down");
        transmit(List.of(frame(60, 1), frame(60, 2)));
        assertEquals(2, drops(DropReason.INTERFACE_DOWN));
        assertEquals(KernelPort.NOTHING, rig.port().fill(slab));
        place.exec("ip", "link", "set", "here0", "up");
        await(
                "frames again",
                () -> {
                    transmit(List.of(frame(60, 3)));
                    return !rig.read(1).isEmpty();
                });
        place.exec("ip", "link", "delete", "here0");
        transmit(List.of(frame(60, 4)));
        assertEquals(3, drops(DropReason.INTERFACE_DOWN));
        assertEquals(KernelPort.NOTHING, rig.port().fill(slab));
    }
}
