package org.lanyard.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a directory with the files of /proc; a real host's is switched on in the tests of NAT. */
class ForwardingTest {
    private static final String ZEROS = "0".repeat(32);

    @TempDir private Path dir;
    private Path routes;
    private Forwarding forwarding;

    @BeforeEach
    void stage() throws IOException {
        write("ipv4/ip_forward", "0");
        write("ipv4/conf/lan0/forwarding", "0");
        write("ipv6/conf/all/forwarding", "0");
        write("ipv6/conf/eth0/accept_ra", "1");
        routes = dir.resolve("ipv6_route");
        forwarding = new Forwarding(dir, routes);
    }

    private void write(String key, String value) throws IOException {
        Path file = dir.resolve(key);
        Files.createDirectories(file.getParent());
        Files.writeString(file, value + "\n");
    }

    private String read(String key) throws IOException {
        return Files.readString(dir.resolve(key)).strip();
    }

    /** A line of /proc/net/ipv6_route. */
    private void route(String destination, String flags) throws IOException {
        Files.writeString(
                routes,
                String.format(
                        "%s 00 %s 00 fe800000000000000000000000000001 00000400 00000001 00000000"
                                + " %s     eth0%n",
                        destination, ZEROS, flags));
    }

    @Test
    void shouldSwitchOnOnlyWhatIsNeededAndOff() throws IOException {
        assertEquals(
                List.of("net.ipv4.ip_forward = 1", "net.ipv4.conf.lan0.forwarding = 1"),
                forwarding.switchOn("lan0", true, false));
        assertEquals("1", read("ipv4/ip_forward"));
        assertEquals("0", read("ipv6/conf/all/forwarding"));
        assertEquals(List.of(), forwarding.switchOn("lan0", true, false));
        assertEquals(
                List.of("net.ipv6.conf.all.forwarding = 1"),
                forwarding.switchOn("lan0", true, true));
    }

    @Test
    void shouldNotCostTheHostItsOwnIpv6Route() throws IOException {
        route(ZEROS, "00450003"); // RTF_ADDRCONF, RTF_DEFAULT, RTF_EXPIRES, RTF_GATEWAY, RTF_UP
        IOException refusal =
                assertThrows(IOException.class, () -> forwarding.switchOn("lan0", false, true));
        assertTrue(
                refusal.getMessage().endsWith("as root: sysctl -w net.ipv6.conf.eth0.accept_ra=2"),
                refusal.getMessage());
        assertEquals("0", read("ipv6/conf/all/forwarding"));
        write("ipv6/conf/eth0/accept_ra", "2");
        forwarding.switchOn("lan0", false, true);
        assertEquals("1", read("ipv6/conf/all/forwarding"));
    }

    @Test
    void shouldLeaveStaticRoutesAndRoutersAlone() throws IOException {
        route(ZEROS, "00000003");
        forwarding.switchOn("lan0", false, true);
        assertEquals("1", read("ipv6/conf/all/forwarding"));
        route(ZEROS, "00450003"); // it forwards already: nothing is lost
        assertEquals(List.of(), forwarding.switchOn("lan0", false, true));
    }

    @Test
    void shouldSayWhatCannotBeSet() throws IOException {
        Files.delete(dir.resolve("ipv4/conf/lan0/forwarding"));
        Files.delete(dir.resolve("ipv4/conf/lan0"));
        IOException refusal =
                assertThrows(IOException.class, () -> forwarding.switchOn("lan0", true, false));
        assertTrue(
                refusal.getMessage().endsWith("as root: sysctl -w net.ipv4.conf.lan0.forwarding=1"),
                refusal.getMessage());
    }

    @Test
    void shouldSwitchOffButForThoseThatForwardedBefore() throws IOException {
        write("ipv4/conf/eth0/forwarding", "1");
        write("ipv4/conf/eth1/forwarding", "0");
        assertFalse(forwarding.isOn(Family.IP));
        assertEquals(Set.of("eth0"), forwarding.routers("lan0"));
        forwarding.switchOn("lan0", true, true);
        assertTrue(forwarding.isOn(Family.IP));
        assertTrue(forwarding.isOn(Family.IP6));
        write("ipv4/conf/eth0/forwarding", "0"); // as the kernel does at the next line
        assertEquals(
                List.of("net.ipv4.ip_forward = 0", "net.ipv4.conf.eth0.forwarding = 1"),
                forwarding.switchOff(Family.IP, List.of("eth0", "gone0")));
        assertEquals("0", read("ipv4/ip_forward"));
        assertEquals("1", read("ipv4/conf/eth0/forwarding"));
        assertEquals(
                List.of("net.ipv6.conf.all.forwarding = 0"),
                forwarding.switchOff(Family.IP6, List.of("eth0")));
        assertEquals(List.of(), forwarding.switchOff(Family.IP6, List.of()));
    }
}
