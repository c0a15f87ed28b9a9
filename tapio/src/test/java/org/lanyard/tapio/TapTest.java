package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything here happens inside a network namespace of the test's own. */
final class TapTest {
    private static final String GUEST_MAC = "520000000002";
    private static final String HOST_IP = "0a090001";
    private static final String GUEST_IP = "0a090002";
    private static final int UDP = 17;
    private static final int ICMP = 1;

    private static NetNamespace namespace;

    @BeforeAll
    static void enter() throws IOException {
        namespace = NetNamespace.create();
    }

    @AfterAll
    static void leave() {
        if (namespace != null) {
            namespace.close();
        }
    }

    /** A TAP with 10.9.0.1/24 and its other end. */
    private interface Scene {
        void play(Tap tap, TapFrames guest) throws Exception;
    }

    private static void play(String name, Scene scene) throws IOException {
        namespace.run(
                () -> {
                    try (Tap tap = Tap.open(name);
                            TapFrames guest = new TapFrames(tap.fd())) {
                        RtNetlink.setUp(tap.index());
                        RtNetlink.addAddress(tap.index(), InetAddress.getByName("10.9.0.1"), 24);
                        scene.play(tap, guest);
                    }
                });
    }

    @Test
    void shouldMakeAnInterfaceThatGoesWithIt() throws IOException {
        namespace.run(
                () -> {
                    try (Tap tap = Tap.open("lanyard-longest")) {
                        assertTrue(tap.created());
                        assertEquals("lanyard-longest", tap.name());
                        assertEquals(LibC.if_nametoindex("lanyard-longest"), tap.index());
                        StreamContract.assertClosesOnExec(tap.fd());
                    }
                    assertEquals(0, LibC.if_nametoindex("lanyard-longest"));
                });
    }

    @Test
    void shouldStayOutOfTheHostsNamespace() throws IOException {
        try (Tap tap = namespace.call(() -> Tap.open("inside0"))) {
            assertNotEquals(0, tap.index());
            assertEquals(0, LibC.if_nametoindex("inside0"));
        }
    }

    @Test
    void shouldAttachToAPersistentTapAndLeaveItBehind() throws IOException {
        namespace.exec("ip", "tuntap", "add", "dev", "kept0", "mode", "tap");
        namespace.run(
                () -> {
                    try (Tap tap = Tap.open("kept0")) {
                        assertFalse(tap.created());
                    }
                    assertNotEquals(0, LibC.if_nametoindex("kept0"));
                });
    }

    @Test
    void shouldSayThatAnotherHoldsTheTap() throws IOException {
        namespace.run(
                () -> {
                    try (Tap holder = Tap.open("held0")) {
                        int before = FdCount.now();
                        String said = refusal(holder.name());
                        assertTrue(said.contains("another process holds it"), said);
                        assertTrue(FdCount.settlesAt(before), "open descriptors");
                    }
                });
    }

    @Test
    void shouldSayThatTheInterfaceIsNoTap() throws IOException {
        namespace.exec("ip", "link", "add", "bridge0", "type", "bridge");
        namespace.run(
                () -> {
                    String said = refusal("bridge0");
                    assertTrue(said.contains("is no plain TAP"), said);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "sixteen-letters-", ".", "..", "a/b", "a b", "a:b", "tap%d", "tapé"})
    void shouldRefuseANameThatNoInterfaceHas(String name) throws IOException {
        namespace.run(
                () -> {
                    int before = FdCount.now();
                    String said = refusal(name);
                    assertTrue(said.contains("TAP name '" + name + "'"), said);
                    assertTrue(FdCount.settlesAt(before), "open descriptors");
                });
    }

    private static String refusal(String name) {
        return assertThrows(IOException.class, () -> Tap.open(name).close()).getMessage();
    }

    @Test
    void shouldCarryArpAndPingToTheHostAndBack() throws IOException {
        play(
                "ping0",
                (tap, guest) -> {
                    guest.send(
                            "ffffffffffff"
                                    + GUEST_MAC
                                    + "0806 0001 0800 06 04 0001"
                                    + GUEST_MAC
                                    + GUEST_IP
                                    + "000000000000"
                                    + HOST_IP);
                    ByteBuffer reply =
                            guest.receive(f -> TapFrames.isArp(f) && f.getShort(20) == 2);
                    assertEquals(GUEST_MAC, TapFrames.hex(reply, 0, 6));
                    assertEquals(HOST_IP, TapFrames.hex(reply, 28, 4));
                    String hostMac = TapFrames.hex(reply, 22, 6);

                    // IPv4, 28 bytes, TTL 64, ICMP echo request id 1 sequence 1, no data
                    guest.send(
                            hostMac
                                    + GUEST_MAC
                                    + "0800 45000 01c 0000 4000 40 01 26cd"
                                    + GUEST_IP
                                    + HOST_IP
                                    + "0800 f7fd 0001 0001");
                    ByteBuffer echo = guest.receive(f -> TapFrames.isIpv4(f, ICMP));
                    assertEquals(0, echo.get(34), "echo reply");
                    assertEquals("00010001", TapFrames.hex(echo, 38, 4));
                });
    }

    @Test
    void shouldCarryWhatTheHostSends() throws IOException {
        play(
                "out0",
                (tap, guest) -> {
                    sendUdp("hello");
                    ByteBuffer question = guest.receive(TapFrames::isArp);
                    assertEquals("ffffffffffff", TapFrames.hex(question, 0, 6));
                    assertEquals(GUEST_IP, TapFrames.hex(question, 38, 4));
                    String hostMac = TapFrames.hex(question, 6, 6);
                    guest.send(
                            hostMac
                                    + GUEST_MAC
                                    + "0806 0001 0800 06 04 0002"
                                    + GUEST_MAC
                                    + GUEST_IP
                                    + hostMac
                                    + HOST_IP);
                    ByteBuffer datagram = guest.receive(f -> TapFrames.isIpv4(f, UDP));
                    assertEquals(GUEST_MAC, TapFrames.hex(datagram, 0, 6));
                    assertEquals(42 + 5, datagram.capacity());
                    assertEquals("68656c6c6f", TapFrames.hex(datagram, 42, 5));
                });
    }

    private static void sendUdp(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        try (DatagramSocket socket = new DatagramSocket()) {
            InetAddress guest = InetAddress.getByName("10.9.0.2");
            socket.send(new DatagramPacket(bytes, bytes.length, guest, 9));
        }
    }

    @Test
    void shouldFindNothingToReadWithoutBlocking() throws IOException {
        namespace.run(
                () -> {
                    try (Tap tap = Tap.open("quiet0");
                            Region region = Region.allocate(2048)) {
                        assertEquals(-1, LibC.read(tap.fd(), region.address(), region.size()));
                        assertEquals(Errno.EAGAIN, LibC.errno());
                        assertEquals(-1, LibC.write(tap.fd(), region.address(), 60));
                        assertEquals(Errno.EIO, LibC.errno(), "the interface is down");
                    }
                });
    }

    @Test
    void shouldGetWholeChecksumsThoughItsLastOwnerWantedNone() throws IOException {
        namespace.exec("ip", "tuntap", "add", "dev", "csum0", "mode", "tap");
        namespace.exec("ip", "link", "set", "csum0", "up");
        namespace.exec("ip", "address", "add", "10.9.0.1/24", "dev", "csum0");
        namespace.exec(
                "ip",
                "neighbour",
                "add",
                "10.9.0.2",
                "lladdr",
                "52:00:00:00:00:02",
                "dev",
                "csum0");
        namespace.run(
                () -> {
                    int previous = attachWithChecksumOffload("csum0");
                    try (TapFrames guest = new TapFrames(previous)) {
                        assertNotEquals(0xffff, udpSum(guest), "the trap is set");
                    } finally {
                        LibC.close(previous);
                    }
                    try (Tap tap = Tap.open("csum0");
                            TapFrames guest = new TapFrames(tap.fd())) {
                        assertEquals(0xffff, udpSum(guest));
                    }
                });
    }

    /** What a program with vnet headers does, less the headers: TUNSETOFFLOAD(TUN_F_CSUM). */
    private static int attachWithChecksumOffload(String name) throws IOException {
        int fd =
                ErrnoException.check(
                        LibC.open("/dev/net/tun", LibC.O_RDWR | LibC.O_NONBLOCK, 0), "open");
        try (Region ifreq = Region.allocate(40)) {
            ByteBuffer bytes = ifreq.bytes().order(ByteOrder.nativeOrder());
            bytes.put(0, name.getBytes(StandardCharsets.US_ASCII));
            bytes.putShort(16, (short) 0x1002);
            ErrnoException.check(LibC.ioctl(fd, 0x400454ca, ifreq.address()), "TUNSETIFF");
            ErrnoException.check(LibC.ioctl(fd, 0x400454d0, 1), "TUNSETOFFLOAD");
        }
        return fd;
    }

    /** The kernel notices a persistent TAP's new carrier up to a second later (linkwatch). */
    private static ByteBuffer sendUntilItComes(TapFrames guest) throws IOException {
        for (int i = 0; i < 100; i++) {
            sendUdp("sum me");
            Optional<ByteBuffer> frame = guest.poll(100, f -> TapFrames.isIpv4(f, UDP));
            if (frame.isPresent()) {
                return frame.get();
            }
        }
        throw new AssertionError("no datagram came");
    }

    /** Sends a datagram and sums it with its pseudo header (RFC 768). */
    private static int udpSum(TapFrames guest) throws IOException {
        ByteBuffer frame = sendUntilItComes(guest);
        int length = frame.getShort(38) & 0xffff;
        ByteBuffer summed = ByteBuffer.allocate(8 + 4 + length);
        summed.put(0, frame, 26, 8).putShort(8, (short) UDP).putShort(10, (short) length);
        summed.put(12, frame, 34, length);
        return TapFrames.onesComplementSum(summed, 0, summed.capacity());
    }
}
