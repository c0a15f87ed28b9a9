package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cable (veth) between two interfaces, in a network namespace of the test's own. */
final class PacketSocketTest {
    private static final String OTHERS = "52540000000a" + "52540000000b";
    private static final String REST = "88b5" + "00".repeat(46);
    private static final int ROOM = 70_000;
    private static final int PATIENCE_MILLIS = 20_000;

    private NetNamespace place;
    private final Region frame = Region.allocate(ROOM);
    private final PacketMessage message = new PacketMessage();

    @BeforeEach
    void lay() throws IOException {
        place = NetNamespace.create();
        place.layCable("here0", "there0", 1500);
    }

    @AfterEach
    void takeAway() {
        frame.close();
        message.close();
        if (place != null) {
            place.close();
        }
    }

    private interface Scene {
        void play(PacketSocket here, PacketSocket there) throws Exception;
    }

    private void play(Scene scene) throws IOException {
        place.run(
                () -> {
                    try (PacketSocket here = PacketSocket.open("here0");
                            PacketSocket there = PacketSocket.open("there0")) {
                        scene.play(here, there);
                    }
                });
    }

    /** Behind an empty vnet header. */
    private int write(PacketSocket to, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        frame.bytes().put(0, new byte[Tap.VNET_HEADER]).put(Tap.VNET_HEADER, bytes);
        return (int) LibC.write(to.fd(), frame.address(), Tap.VNET_HEADER + bytes.length);
    }

    /** The next frame, or what keeps one from coming: a busy kernel hands frames on later. */
    private String read(PacketSocket from) throws ErrnoException {
        int length = receive(from, ROOM);
        if (length < 0) {
            return Errno.text(LibC.errno());
        }
        byte[] bytes = new byte[length];
        frame.bytes().get(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private int receive(PacketSocket from, int room) throws ErrnoException {
        try (Epoll epoll = new Epoll(1)) {
            epoll.add(from.fd(), Epoll.IN, 0);
            epoll.await(PATIENCE_MILLIS);
            return message.receive(from.fd(), frame.address(), room);
        }
    }

    /** One that is sent now would come behind all that were sent before. */
    private void assertNothing(PacketSocket from, PacketSocket to) throws ErrnoException {
        write(from, OTHERS + "88b6" + "11".repeat(46));
        assertEquals(OTHERS + "88b6" + "11".repeat(46), read(to));
    }

    @Test
    void shouldCarryFramesBothWays() throws IOException {
        play(
                (here, there) -> {
                    assertEquals(Tap.VNET_HEADER + 60, write(here, OTHERS + REST));
                    assertEquals(OTHERS + REST, read(there));
                    assertEquals(0, message.tagType());
                    assertEquals(0, message.lost());
                    write(there, OTHERS + REST);
                    assertEquals(OTHERS + REST, read(here));
                    assertNothing(there, here);
                    StreamContract.assertClosesOnExec(here.fd());
                });
    }

    @ParameterizedTest
    @CsvSource({"8100, a00a", "88a8, 0014", "8100, 0000"})
    void shouldTellTheTagThatTheKernelTookOut(String type, String control) throws IOException {
        play(
                (here, there) -> {
                    write(there, OTHERS + type + control + REST);
                    assertEquals(OTHERS + REST, read(here));
                    assertEquals(Integer.parseInt(type, 16), message.tagType());
                    assertEquals(Integer.parseInt(control, 16), message.tagControl());
                    write(there, OTHERS + REST);
                    read(here);
                    assertEquals(0, message.tagType(), "of the next frame");
                });
    }

    @Test
    void shouldLeaveTheInnerTagInTheFrame() throws IOException {
        play(
                (here, there) -> {
                    write(there, OTHERS + "88a80014" + "8100000a" + REST);
                    assertEquals(OTHERS + "8100000a" + REST, read(here));
                    assertEquals(0x88a8, message.tagType());
                });
    }

    @Test
    void shouldNotSeeWhatIsForTheHostAlone() throws IOException {
        String mac = place.exec("cat", "/sys/class/net/here0/address").strip().replace(":", "");
        play(
                (here, there) -> {
                    write(there, mac + "52540000000b" + REST);
                    write(there, "ffffffffffff" + "52540000000b" + REST);
                    assertEquals("ffffffffffff" + "52540000000b" + REST, read(here));
                });
    }

    @Test
    void shouldNotSeeOtherInterfaces() throws IOException {
        place.layCable("else0", "else1", 1500);
        place.run(
                () -> {
                    try (PacketSocket here = PacketSocket.open("here0");
                            PacketSocket there = PacketSocket.open("there0");
                            PacketSocket other = PacketSocket.open("else0")) {
                        write(other, OTHERS + REST);
                        assertNothing(there, here);
                    }
                });
    }

    @Test
    void shouldBePromiscuousAsLongAsItIsOpen() throws IOException {
        play((here, there) -> assertEquals(1, promiscuity()));
        assertEquals(0, promiscuity());
    }

    private int promiscuity() throws IOException {
        String said = place.exec("ip", "-d", "link", "show", "here0");
        return Integer.parseInt(said.replaceFirst("(?s).* promiscuity (\\d+).*", "$1"));
    }

    @Test
    void shouldTellWhatTheKernelDropped() throws IOException {
        play(
                (here, there) -> {
                    Fds.setOption(here.fd(), LibC.SOL_SOCKET, LibC.SO_RCVBUF, 1, "SO_RCVBUF");
                    for (int i = 0; i < 100; i++) {
                        write(there, OTHERS + REST);
                    }
                    int sent = 100;
                    int taken = 0;
                    int lost = 0;
                    while (taken + lost < sent && sent < 1000) {
                        while (message.receive(here.fd(), frame.address(), ROOM) > 0) {
                            taken++;
                            lost = Math.max(lost, message.lost());
                        }
                        if (taken + lost < sent) { // the next one tells
                            write(there, OTHERS + REST);
                            sent++;
                        }
                    }
                    assertEquals(sent, taken + lost);
                    assertTrue(lost > 0, "the buffer was to be too small");
                });
    }

    @Test
    void shouldTellThatAFrameIsLongerThanItsRoom() throws IOException {
        play(
                (here, there) -> {
                    write(there, OTHERS + REST + REST);
                    assertEquals(60, receive(here, 60));
                    assertTrue(message.isTruncated());
                    write(there, OTHERS + REST);
                    assertEquals(60, receive(here, 60));
                    assertFalse(message.isTruncated());
                });
    }

    @Test
    void shouldRefuseAFrameAboveTheMtu() throws IOException {
        play(
                (here, there) -> {
                    assertEquals(1500, here.mtu());
                    String longest = OTHERS + "88b5" + "00".repeat(1500);
                    assertEquals(Tap.VNET_HEADER + 1514, write(here, longest));
                    String tagged = OTHERS + "8100000a88b5" + "00".repeat(1500);
                    assertEquals(Tap.VNET_HEADER + 1518, write(here, tagged));
                    assertEquals(-1, write(here, longest + "00"));
                    assertEquals(Errno.EMSGSIZE, LibC.errno());
                });
    }

    @Test
    void shouldTellHowTheInterfaceIs() throws IOException {
        play(
                (here, there) -> {
                    assertEquals(PacketSocket.Link.UP, here.link());
                    place.exec("ip", "link", "set", "there0", "down");
                    for (int i = 0; i < 400 && here.link() == PacketSocket.Link.UP; i++) {
                        LockSupport.parkNanos(50_000_000); // the kernel tells a little later
                    }
                    assertEquals(PacketSocket.Link.NO_CARRIER, here.link());
                    place.exec("ip", "link", "set", "here0", "down");
                    assertEquals(PacketSocket.Link.DOWN, here.link());
                    assertEquals("Network is down", read(here));
                    assertEquals(-1, message.receive(here.fd(), frame.address(), ROOM));
                    assertEquals(Errno.EAGAIN, LibC.errno(), "told once");
                    write(here, OTHERS + REST);
                    assertEquals(Errno.ENETDOWN, LibC.errno());
                    place.exec("ip", "link", "set", "here0", "name", "new0");
                    assertEquals(PacketSocket.Link.GONE, here.link());
                    place.exec("ip", "link", "add", "here0", "type", "bridge");
                    assertEquals(PacketSocket.Link.GONE, here.link(), "another one");
                    place.exec("ip", "link", "property", "add", "dev", "new0", "altname", "old0");
                    try (PacketSocket again = PacketSocket.open("old0")) {
                        assertEquals(PacketSocket.Link.DOWN, again.link());
                    }
                    place.exec("ip", "link", "delete", "new0");
                    assertEquals(PacketSocket.Link.GONE, here.link());
                    write(here, OTHERS + REST);
                    assertEquals(Errno.ENXIO, LibC.errno());
                });
    }

    @Test
    void shouldGoOnWhenTheInterfaceComesUpAgain() throws IOException {
        place.exec("ip", "link", "set", "here0", "down");
        play(
                (here, there) -> {
                    assertEquals("Network is down", read(here));
                    place.exec("ip", "link", "set", "here0", "up");
                    for (int i = 0; i < 400 && there.link() != PacketSocket.Link.UP; i++) {
                        LockSupport.parkNanos(50_000_000);
                    }
                    write(there, OTHERS + REST);
                    assertEquals(OTHERS + REST, read(here));
                });
    }

    @ParameterizedTest
    @CsvSource({
        "lo, is the loopback",
        "none0, there is no interface 'none0'",
        "tun0, carries no Ethernet frames"
    })
    void shouldSayWhatItCannotOpen(String name, String told) throws IOException {
        if (name.equals("tun0")) {
            place.exec("ip", "tuntap", "add", "dev", "tun0", "mode", "tun");
        }
        place.run(
                () -> {
                    int before = FdCount.now();
                    IOException refused =
                            assertThrows(IOException.class, () -> PacketSocket.open(name).close());
                    assertTrue(refused.getMessage().contains(told), refused.getMessage());
                    assertTrue(FdCount.settlesAt(before), "open descriptors");
                });
    }
}
