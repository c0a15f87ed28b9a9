package org.lanyard.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanyard.tapio.Macvtap;

/** What a file says of interfaces of the kernel's, and what is written of it again. */
class GatewayReaderTest {
    private static PortKind read(String kind) throws ConfigException {
        SwitchConfig config = ConfigParser.parse("lab.toml", "[ports.p]\n" + kind + "\n");
        String written = ConfigWriter.write(config);
        assertEquals(config, ConfigParser.parse("written", written), written);
        return config.ports().get(0).kind();
    }

    private static Gateway gateway(String keys) throws ConfigException {
        String tap = "tap = { name = \"lan0\", address = [\"10.0.0.1/24\"], " + keys + " }";
        return ((PortKind.Tap) read(tap)).gateway();
    }

    private static InetAddress ip(String text) throws Exception {
        return InetAddress.getByName(text);
    }

    @Test
    void shouldReadABridge() throws Exception {
        assertEquals(
                new PortKind.Bridge("br0", Optional.empty()), read("bridge = { name = \"br0\" }"));
        assertEquals(
                new PortKind.Bridge("virbr0", Optional.of("/opt/helper")),
                read("bridge = { name = \"virbr0\", helper = \"/opt/helper\" }"));
    }

    @Test
    void shouldReadAMacvtap() throws Exception {
        OptionalLong any = OptionalLong.empty();
        assertEquals(
                new PortKind.OwnMacvtap("eth0", Macvtap.Mode.BRIDGE, any, true),
                read("macvtap = { parent = \"eth0\" }"));
        assertEquals(
                new PortKind.OwnMacvtap("eth0", Macvtap.Mode.PASSTHRU, any, false),
                read("macvtap = { parent = \"eth0\", mode = \"passthru\", offload = false }"));
        assertEquals(
                new PortKind.OwnMacvtap(
                        "eth0", Macvtap.Mode.VEPA, OptionalLong.of(0x5254_0000_0002L), true),
                read(
                        "macvtap = { parent = \"eth0\", mode = \"vepa\", mac ="
                                + " \"52:54:00:00:00:02\" }"));
        assertEquals(
                new PortKind.HostMacvtap("macvtap0", true),
                read("macvtap = { name = \"macvtap0\" }"));
    }

    @Test
    void shouldDoNothingUnlessAsked() throws Exception {
        PortKind.Tap tap = (PortKind.Tap) read("tap = { name = \"lan0\" }");
        assertTrue(tap.gateway().isNone());
        assertEquals(new PortKind.Tap("lan0", List.of(), 0), tap);
        assertTrue(gateway("nat = false").isNone());
        assertFalse(gateway("nat = true").isNone());
    }

    @Test
    void shouldReadEveryKey() throws Exception {
        assertEquals(
                new Gateway(
                        true,
                        true,
                        Optional.of(
                                new Gateway.Dhcp(
                                        ip("10.0.0.100"),
                                        ip("10.0.0.199"),
                                        Duration.ofHours(1),
                                        false,
                                        List.of(ip("9.9.9.9"), ip("10.0.0.53")),
                                        Optional.of(ip("10.0.0.254")),
                                        Optional.of("lab.test"))),
                        Optional.of("/srv/tftp"),
                        Optional.of("pxelinux.0")),
                gateway(
                        "nat = true, hairpin = true, tftp = \"/srv/tftp\", bootfile = \"pxelinux.0\", dhcp = {"
                                + " range = \"10.0.0.100-10.0.0.199\", lease = \"1h\", router ="
                                + " \"10.0.0.254\", dns = [\"9.9.9.9\", \"10.0.0.53\"], domain ="
                                + " \"lab.test\" }"));
    }

    @Test
    void shouldTellTheTapsOwnAddressAsTheRouterUnlessItIsToTellNone() throws Exception {
        Gateway.Dhcp plain = gateway("dhcp = { range = \"10.0.0.2-10.0.0.2\" }").dhcp().get();
        assertEquals(Optional.of(ip("10.0.0.1")), plain.router());
        assertEquals(Duration.ofHours(12), plain.lease());
        assertFalse(plain.servesDns());
        Gateway.Dhcp alone =
                gateway("dhcp = { range = \"10.0.0.2-10.0.0.9\", router = \"none\", dns = true }")
                        .dhcp()
                        .get();
        assertEquals(Optional.empty(), alone.router());
        assertTrue(alone.servesDns());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 24, 10.0.0.255, true",
        "10.0.0.1, 24, 10.0.1.0, false",
        "10.0.0.1, 0, 192.0.2.1, true",
        "10.0.0.1, 32, 10.0.0.1, true",
        "10.0.0.1, 31, 10.0.0.0, true",
        "200.0.0.1, 1, 129.0.0.1, true",
        "fd00::1, 64, fd00::ffff, true",
        "fd00::1, 64, fd00:1::1, false",
        "fd00::1, 0, 10.0.0.1, false"
    })
    void shouldKnowWhatIsInItsNetwork(String own, int prefix, String other, boolean reaches)
            throws Exception {
        assertEquals(reaches, new PortKind.Address(ip(own), prefix).reaches(ip(other)));
    }
}
