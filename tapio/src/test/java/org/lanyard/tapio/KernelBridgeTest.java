package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * TAPs in a bridge of a network namespace of the test's own. What QEMU's own helper does is tested
 * with the whole switch; the scripts here stand for one that misbehaves.
 */
final class KernelBridgeTest {
    private static final Path HELPER = Path.of("/usr/lib/qemu/qemu-bridge-helper");

    private static NetNamespace namespace;

    @TempDir private Path dir;

    @BeforeAll
    static void enter() throws IOException {
        namespace = NetNamespace.create();
        namespace.exec("ip", "link", "add", "name", "br0", "mtu", "1400", "type", "bridge");
        namespace.exec("ip", "link", "set", "br0", "address", "02:00:00:00:00:01", "up");
    }

    @AfterAll
    static void leave() {
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void shouldMakeATapInTheBridgeThatGoesWithIt() throws IOException {
        String name;
        try (Tap tap = namespace.call(() -> KernelBridge.make("br0"))) {
            name = tap.name();
            assertTrue(name.matches("tap\\d+"), name);
            assertTrue(tap.created());
            String link = namespace.exec("ip", "-d", "link", "show", "dev", name);
            assertTrue(link.contains(" master br0 "), link);
            assertTrue(link.contains(" mtu 1400 "), link);
            assertTrue(link.contains(",UP") && link.contains("link/ether fe:"), link);
            String bridge = namespace.exec("ip", "link", "show", "dev", "br0");
            assertTrue(bridge.contains("link/ether 02:00:00:00:00:01"), bridge);
        }
        assertEquals(0, namespace.call(() -> LibC.if_nametoindex(name)));
    }

    @Test
    void shouldSayThatThereIsNoBridge() throws IOException {
        assertRefuses(
                "br9",
                "there is no interface 'br9'; make the bridge, as root: ip link add name br9 up"
                        + " type bridge");
        assertRefuses("lo", "'lo' is no bridge; see: ip -d link show lo");
    }

    private static void assertRefuses(String bridge, String sentence) throws IOException {
        int before = FdCount.now();
        IOException refusal =
                assertThrows(
                        IOException.class,
                        () -> namespace.run(() -> KernelBridge.make(bridge).close()));
        assertEquals(sentence, refusal.getMessage());
        assertTrue(FdCount.settlesAt(before), "open descriptors");
        String links = namespace.exec("ip", "-brief", "link");
        assertFalse(links.contains("tap"), links);
    }

    private String refusalOf(String script) throws IOException {
        Path helper = Files.writeString(dir.resolve("helper"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
        int before = FdCount.now();
        IOException refusal =
                assertThrows(IOException.class, () -> KernelBridge.ask(helper, "br0").close());
        assertTrue(FdCount.settlesAt(before), "open descriptors");
        return refusal.getMessage().replace(helper + ": ", "");
    }

    @Test
    void shouldSayWhatAHelperSaidThatSendsNothing() throws IOException {
        assertEquals("it ended without a word", refusalOf("exit 0"));
        assertEquals("it ended without a word", refusalOf("printf x >&0"));
        assertEquals(
                "oh no --use-vnet --br=br0 --fd=0",
                refusalOf("echo hm; echo oh no $* >&2; exit 1"));
    }

    @Test
    void shouldSayThatThereIsNoHelper() {
        IOException refusal =
                assertThrows(
                        IOException.class,
                        () -> KernelBridge.ask(dir.resolve("none"), "br0").close());
        assertEquals(
                "start "
                        + dir.resolve("none")
                        + ": No such file or directory; on Debian and Ubuntu: apt install"
                        + " qemu-system-common",
                refusal.getMessage());
    }

    @Test
    void shouldTakeNothingButATap() throws IOException {
        int[] pipe = Fds.pipe();
        int before = FdCount.now();
        IOException refusal = assertThrows(IOException.class, () -> Tap.adopt(pipe[1]).close());
        assertTrue(refusal.getMessage().contains("is no TAP"), refusal.getMessage());
        assertTrue(FdCount.settlesAt(before - 1), "it was closed");
        LibC.close(pipe[0]);
    }

    /** In the words of qemu-bridge-helper.c. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "failed to create tun device: Operation not permitted"
                        + "|it may not make a TAP, for it is not setuid root; as root: chmod u+s "
                        + "/usr/lib/qemu/qemu-bridge-helper",
                "failed to open /dev/net/tun: Permission denied"
                        + "|failed to open /dev/net/tun: Permission denied; let your user open it:"
                        + " chmod 0666 /dev/net/tun (as root)",
                "failed to get mtu of bridge `br0': No such device"
                        + "|there is no interface 'br0'; make the bridge, as root: ip link add name"
                        + " br0 up type bridge",
                "failed to add interface `tap0' to bridge `br0': Operation not supported"
                        + "|'br0' is no bridge; see: ip -d link show br0",
                "failed to parse default acl file `/none/bridge.conf'"
                        + "|there is no /none/bridge.conf; as root: echo 'allow br0' >>"
                        + " /none/bridge.conf",
                "failed to drop privileges|failed to drop privileges"
            })
    void shouldExplainARefusal(String said, String explained) {
        assertEquals(explained, KernelBridge.explain(HELPER, "br0", said));
        assertNotEquals("", explained);
    }
}
