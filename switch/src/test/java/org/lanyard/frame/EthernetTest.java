package org.lanyard.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class EthernetTest {
    @Test
    void shouldFindBothAddressesInAHeader() {
        byte[] frame = Frames.frame(0x5254_0012_3456L, 0xfeed_cafe_0102L, 60, 1);
        ByteBuffer bytes = ByteBuffer.allocate(100).put(7, frame);
        assertEquals(0x5254_0012_3456L, Ethernet.destination(bytes, 7));
        assertEquals(0xfeed_cafe_0102L, Ethernet.source(bytes, 7));
    }

    @Test
    void shouldReadTheShortestHeaderAtTheEndOfABuffer() {
        ByteBuffer bytes = ByteBuffer.wrap(Frames.frame(0xffff_ffff_fffeL, 0x01L, 14, 1));
        assertEquals(0xffff_ffff_fffeL, Ethernet.destination(bytes, 0));
        assertEquals(0x01L, Ethernet.source(bytes, 0));
    }

    @Test
    void shouldTellGroupsFromStations() {
        assertTrue(Ethernet.isGroup(Mac.parse("01:00:5e:00:00:fb")));
        assertTrue(Ethernet.isGroup(Mac.parse("33:33:00:00:00:01")));
        assertTrue(Ethernet.isGroup(Frames.BROADCAST));
        assertFalse(Ethernet.isGroup(Mac.parse("fe:ff:ff:ff:ff:ff")));
        assertTrue(Ethernet.isBroadcast(Frames.BROADCAST));
        assertFalse(Ethernet.isBroadcast(Mac.parse("ff:ff:ff:ff:ff:fe")));
    }

    @Test
    void shouldTakeNeitherAGroupNorZerosForAStation() {
        assertTrue(Ethernet.isStation(1));
        assertTrue(Ethernet.isStation(Mac.parse("52:54:00:00:00:00")));
        assertFalse(Ethernet.isStation(0));
        assertFalse(Ethernet.isStation(Mac.parse("01:00:00:00:00:00")));
        assertFalse(Ethernet.isStation(Frames.BROADCAST));
    }
}
