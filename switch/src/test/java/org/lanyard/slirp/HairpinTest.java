package org.lanyard.slirp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HairpinTest {
    private static final long MAC = 0x5254_0000_0001L;
    private static final int GUEST = 0x0a00020f;

    private final Hairpin hairpin = new Hairpin(UserNetwork.of(Ip4.parse("10.0.2.0"), 24));

    @BeforeEach
    void refuse() {
        hairpin.allow(false);
        hairpin.forwards(
                List.of(
                        HostForward.parse("tcp:127.0.0.1:2222-:22"),
                        HostForward.parse("udp::5353-:53"),
                        HostForward.parse("tcp::80-:80")));
    }

    private static byte[] to(byte[] frame, String address) {
        ByteBuffer.wrap(frame).putInt(30, Ip4.number(Ip4.parse(address)));
        return frame;
    }

    private static byte[] tcp(String address, int port) {
        return to(Packets.syn(MAC, GUEST, 1000, port), address);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.2.2, 2222, true",
        "10.0.2.77, 2222, true", // any address of the network leads to the loopback
        "10.0.2.3, 2222, true", // the name server may be this host
        "127.0.0.1, 2222, true",
        "0.0.0.0, 2222, true",
        "127.0.0.2, 2222, false",
        "127.0.0.2, 80, true",
        "192.0.2.9, 80, false",
        "192.0.2.9, 2222, false",
        "10.0.2.2, 22, false",
        "10.0.2.2, 5353, false"
    })
    void shouldRefuseWhateverLeadsToAForward(String address, int port, boolean refused) {
        assertEquals(refused, hairpin.refuses(tcp(address, port)));
    }

    @Test
    void shouldTellProtocolsApartAndLetTheLibrarysOwnServersBe() {
        assertTrue(hairpin.refuses(Packets.udp(MAC, GUEST, 1000, 5353)));
        assertFalse(hairpin.refuses(Packets.udp(MAC, GUEST, 1000, 80)));
        hairpin.forwards(
                List.of(
                        HostForward.parse("udp::53-:53"),
                        HostForward.parse("udp::67-:67"),
                        HostForward.parse("udp::69-:69")));
        assertFalse(hairpin.refuses(to(Packets.udp(MAC, GUEST, 1000, 53), "10.0.2.3")));
        assertFalse(hairpin.refuses(Packets.udp(MAC, GUEST, 68, 67)));
        assertFalse(hairpin.refuses(Packets.udp(MAC, GUEST, 1000, 69)));
        assertTrue(hairpin.refuses(Packets.udp(MAC, GUEST, 1000, 53)));
    }

    @Test
    void shouldSeePortsBehindOptionsAndInFragments() {
        byte[] plain = tcp("10.0.2.2", 2222);
        byte[] options = new byte[plain.length + 4];
        System.arraycopy(plain, 0, options, 0, 34);
        System.arraycopy(plain, 34, options, 38, plain.length - 34);
        options[14] = 0x46;
        assertTrue(hairpin.refuses(options));

        byte[] first = plain.clone();
        first[20] = 0x20; // more fragments
        assertTrue(hairpin.refuses(first));
        byte[] later = plain.clone();
        later[21] = 1;
        assertFalse(hairpin.refuses(later), "has no ports");
        byte[] tiny = first.clone();
        ByteBuffer.wrap(tiny).putShort(16, (short) 23);
        assertTrue(hairpin.refuses(tiny), "half a port");
    }

    @Test
    void shouldRefuseIpv4InIpv6() {
        byte[] frame = new byte[74];
        ByteBuffer bytes = ByteBuffer.wrap(frame).putShort(12, (short) 0x86dd);
        bytes.put(14, (byte) 0x60).put(20, (byte) 6);
        bytes.putShort(48, (short) 0xffff).putInt(50, 0x7f000001);
        assertTrue(hairpin.refuses(frame));
        bytes.putShort(38, (short) 0xfec0);
        assertFalse(hairpin.refuses(frame));
    }

    @Test
    void shouldReadNothingBeyondAFramesEnd() {
        byte[] whole = tcp("10.0.2.2", 2222);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = new byte[length];
            System.arraycopy(whole, 0, cut, 0, length);
            assertEquals(length >= 34, hairpin.refuses(cut), "of " + length);
        }
    }
}
