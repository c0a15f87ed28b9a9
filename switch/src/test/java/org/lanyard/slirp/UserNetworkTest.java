package org.lanyard.slirp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserNetworkTest {
    @Test
    void shouldReachTheChildAsItIs() {
        UserNetwork plain = UserNetwork.of(Ip4.parse("10.0.2.0"), 24);
        UserNetwork full =
                new UserNetwork(
                        plain.network(),
                        plain.prefixLength(),
                        Ip4.parse("10.0.2.1"),
                        Ip4.parse("10.0.2.5"),
                        Ip4.parse("10.0.2.100"),
                        Optional.of(Path.of("/srv/a = b")),
                        Optional.of("boot=file"),
                        true,
                        false,
                        Optional.of(false),
                        Optional.of(new SmbShare(Path.of("/srv/b = c"), Ip4.parse("10.0.2.9"))));
        for (UserNetwork network : List.of(plain, full)) {
            List<String> words = new ArrayList<>(network.words());
            words.add("socket=/somewhere");
            assertEquals(network, UserNetwork.parse(words));
        }
        assertThrows(IllegalArgumentException.class, () -> UserNetwork.parse(List.of("host")));
        assertThrows(
                IllegalArgumentException.class,
                () -> UserNetwork.parse(plain.words().subList(1, plain.words().size())));
    }

    @Test
    void shouldServeADirectoryWhereQemuDoes() {
        assertEquals(Ip4.parse("10.0.2.4"), UserNetwork.of(Ip4.parse("10.0.2.0"), 24).smbServer());
        assertEquals(Ip4.parse("10.9.2.4"), UserNetwork.of(Ip4.parse("10.9.7.7"), 16).smbServer());
    }

    @Test
    void shouldKnowWhatDhcpGives() {
        UserNetwork network = UserNetwork.of(Ip4.parse("10.0.2.0"), 27);
        assertTrue(network.hasRoomForLeases(), ".15 to .30");
        assertEquals(false, network.isLeased(Ip4.parse("10.0.2.14")));
        assertEquals(true, network.isLeased(Ip4.parse("10.0.2.15")));
        assertEquals(true, network.isLeased(Ip4.parse("10.0.2.30")));
        assertEquals(false, network.isLeased(Ip4.parse("10.0.2.31")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp::2222-:22",
                "udp:127.0.0.1:69-10.0.2.16:69",
                "tcp:0.0.0.0:1-:65535",
            })
    void shouldWriteAForwardAsItWasRead(String text) {
        assertEquals(text, HostForward.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tcp:2222-:22",
                "tcp::65536-:22",
                "tcp::22-:0",
                "tcp:1.2.3:22-:22",
                "tcp:1.2.3.256:22-:22",
                "icmp::22-:22",
                "tcp::22-:22 tcp::23-:23",
                "tcp::22-:22\n",
                "tcp:example.org:22-:22",
            })
    void shouldRefuseWhatIsNoForward(String text) {
        assertThrows(IllegalArgumentException.class, () -> HostForward.parse(text));
    }
}
