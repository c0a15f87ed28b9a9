package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is set by rtnetlink is what {@code ip} then shows. */
final class RtNetlinkTest {
    private static NetNamespace namespace;
    private Tap tap;

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

    @BeforeEach
    void open() throws IOException {
        tap = namespace.call(() -> Tap.open("set0"));
    }

    @AfterEach
    void close() {
        tap.close();
    }

    private static String shown() throws IOException {
        return namespace.exec("ip", "address", "show", "dev", "set0");
    }

    private void add(String address, int prefixLength) throws IOException {
        namespace.run(
                () ->
                        RtNetlink.addAddress(
                                tap.index(), InetAddress.getByName(address), prefixLength));
    }

    private static void assertShows(String text) throws IOException {
        String shown = shown();
        assertTrue(shown.contains(text), shown);
    }

    @Test
    void shouldSetTheMtu() throws IOException {
        for (int mtu : new int[] {9000, 68, 65_521, 1500}) {
            namespace.run(() -> RtNetlink.setMtu(tap.index(), mtu));
            assertShows(" mtu " + mtu + " ");
        }
    }

    @Test
    void shouldSayThatAnMtuIsTooLarge() {
        IOException refusal =
                assertThrows(
                        IOException.class,
                        () -> namespace.run(() -> RtNetlink.setMtu(tap.index(), 65_522)));
        assertTrue(refusal.getMessage().contains("set MTU 65522: Invalid argument"));
    }

    @Test
    void shouldBringTheInterfaceUp() throws IOException {
        assertFalse(shown().contains(",UP"));
        namespace.run(() -> RtNetlink.setUp(tap.index()));
        assertTrue(shown().contains(",UP"));
    }

    @Test
    void shouldAddAnIpv4AddressWithItsBroadcast() throws IOException {
        add("10.20.30.40", 20);
        assertShows("inet 10.20.30.40/20 brd 10.20.31.255 ");
    }

    @Test
    void shouldAddAnIpv4AddressOfAPairOfHosts() throws IOException {
        add("10.20.30.40", 31);
        assertShows("inet 10.20.30.40/31 scope");
    }

    @Test
    void shouldAddAnIpv6AddressThatIsUsableAtOnce() throws IOException {
        namespace.run(() -> RtNetlink.setUp(tap.index()));
        add("fd00:1::40", 64);
        assertShows("inet6 fd00:1::40/64 ");
        String line = shown().lines().filter(l -> l.contains("fd00:1::40")).findFirst().get();
        assertFalse(line.contains("tentative"), line);
    }

    @Test
    void shouldFindAnAddressThatIsThereAlready() throws IOException {
        add("10.20.30.40", 24);
        add("10.20.30.40", 24);
        add("fd00:1::40", 64);
        add("fd00:1::40", 64);
        assertEquals(2, shown().lines().filter(line -> line.contains("inet")).count());
    }

    @Test
    void shouldSayThatTheInterfaceIsGone() {
        IOException refusal =
                assertThrows(
                        IOException.class, () -> namespace.run(() -> RtNetlink.setUp(999_999)));
        assertEquals("set interface up: No such device", refusal.getMessage());
    }
}
