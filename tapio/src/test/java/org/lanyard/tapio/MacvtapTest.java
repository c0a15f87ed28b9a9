package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Macvtaps on one end of a cable, in a network namespace of the test's own. */
final class MacvtapTest {
    private static final OptionalLong ANY = OptionalLong.empty();
    private static final String ALIAS = "lanyard:/run/lanyard/a b:lan";

    @TempDir private Path dir;
    private NetNamespace namespace;

    /** Shows the namespace's /sys, which this process's does not. */
    private Process inside;

    private Path sysfs;

    @BeforeEach
    void enter() throws Exception {
        namespace = NetNamespace.create();
        namespace.exec("ip", "link", "add", "card", "type", "veth", "peer", "name", "far");
        namespace.exec("ip", "link", "set", "card", "up");
        namespace.exec("ip", "link", "set", "far", "up");
        inside = namespace.process("sh", "-c", "echo; exec sleep 300").start();
        assertEquals('\n', inside.getInputStream().read());
        sysfs = Path.of("/proc/" + inside.pid() + "/root/sys");
    }

    @AfterEach
    void leave() {
        if (inside != null) {
            inside.destroyForcibly();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    private Link make(Macvtap.Mode mode, OptionalLong mac) throws IOException {
        return namespace.call(() -> Macvtap.make("card", "mv0", mode, mac, ALIAS));
    }

    private Tap open(Link link, Path dev) throws IOException {
        MacvtapNode node = new MacvtapNode(link, sysfs, dev, dir);
        return namespace.call(() -> Macvtap.open(link, node, true));
    }

    private String refusal(String parent, Macvtap.Mode mode, OptionalLong mac) {
        return assertThrows(
                        IOException.class,
                        () -> namespace.call(() -> Macvtap.make(parent, "mv1", mode, mac, ALIAS)))
                .getMessage();
    }

    @ParameterizedTest
    @EnumSource
    void shouldMakeAndRemoveOneOfThatMode(Macvtap.Mode mode) throws IOException {
        Link made = make(mode, ANY);
        String shown = namespace.exec("ip", "-d", "link", "show", "mv0");
        assertTrue(shown.contains("macvtap mode " + mode.key() + " "), shown);
        assertTrue(shown.contains("alias " + ALIAS), shown);
        assertEquals("macvtap", made.kind());
        assertEquals(mode, Macvtap.Mode.of(made));
        assertEquals(namespace.call(() -> LibC.if_nametoindex("card")), made.parent());
        assertEquals(List.of(made), namespace.call(() -> Macvtap.called("lanyard:/run/")));
        assertEquals(List.of(), namespace.call(() -> Macvtap.called("lanyard:/tmp/")));
        namespace.run(() -> Macvtap.remove(made));
        assertEquals(List.of(), namespace.call(() -> Macvtap.called("")));
        namespace.run(() -> Macvtap.remove(made));
    }

    @Test
    void shouldGiveItTheGuestsAddressAndNoneOfTheHosts() throws IOException {
        Link made = make(Macvtap.Mode.BRIDGE, OptionalLong.of(0x5254_0000_0002L));
        assertEquals(0x5254_0000_0002L, made.mac());
        try (Tap tap = open(made, dir.resolve("none"))) {
            namespace.run(() -> RtNetlink.setUpForAllMulticasts(tap.index()));
            Link up = namespace.call(() -> Link.named("mv0").orElseThrow());
            assertTrue(up.isUp() && up.takesAllMulticasts());
            String addresses = namespace.exec("ip", "address", "show", "mv0");
            assertTrue(addresses.contains("52:54:00:00:00:02"), addresses);
            assertFalse(addresses.contains("inet6"), addresses);
        }
    }

    @Test
    void shouldNotRemoveWhatIsSomebodyElsesNow() throws IOException {
        Link made = make(Macvtap.Mode.BRIDGE, ANY);
        namespace.exec("ip", "link", "set", "mv0", "alias", "mine");
        namespace.run(() -> Macvtap.remove(made));
        assertTrue(namespace.exec("ip", "link", "show", "mv0").contains("alias mine"));
    }

    @Test
    void shouldExchangeFramesWithItsNetwork() throws IOException {
        Link made = make(Macvtap.Mode.PASSTHRU, ANY);
        try (Tap tap = open(made, Path.of("/dev"));
                Region region = Region.allocate(2048)) {
            namespace.run(() -> RtNetlink.setUpForAllMulticasts(made.index()));
            tap.offload(true);
            assertTrue(tap.offloads() && tap.isAttached());
            assertEquals(1500, namespace.call(tap::mtu).intValue());
            assertEquals("mv0", tap.name());
            namespace.exec("ip", "address", "add", "10.1.1.1/24", "dev", "far");
            namespace.exec("sh", "-c", "ping -c 1 -W 1 10.1.1.2 || true");
            boolean asked = false;
            for (int left = 100; left > 0 && !asked; left--) {
                int count = (int) LibC.read(tap.fd(), region.address(), 2048);
                asked = count > 24 && region.bytes().getShort(10 + 12) == 0x0806;
            }
            assertTrue(asked, "who has 10.1.1.2?");
        }
    }

    @Test
    void shouldMakeANodeOfItsOwnWhereDevHasAnothers() throws Exception {
        Link made = make(Macvtap.Mode.BRIDGE, ANY);
        Path dev = Files.createDirectory(dir.resolve("dev"));
        Path wrong = dev.resolve("tap" + made.index());
        namespace.exec("mknod", wrong.toString(), "c", "1", "3");
        try (Tap tap = open(made, dev)) {
            assertTrue(tap.isAttached());
        }
        try (Stream<Path> left = Files.list(dev)) {
            assertEquals(List.of(wrong), left.toList());
        }
    }

    /** Another process's, in another network namespace, may have the same index at that moment. */
    @Test
    void shouldRemoveNodesThatWereLeftAndNoOthers() throws Exception {
        Link made = make(Macvtap.Mode.BRIDGE, ANY);
        Path dev = Files.createDirectory(dir.resolve("dev"));
        Path others = Files.createFile(dev.resolve(".lanyard-tap" + made.index()));
        Path left = Files.createFile(dev.resolve(".lanyard-tap3-1f"));
        Files.setLastModifiedTime(left, FileTime.fromMillis(0));
        open(made, dev).close();
        try (Stream<Path> files = Files.list(dev)) {
            assertEquals(List.of(others), files.toList());
        }
    }

    @Test
    void shouldSayThatSysfsIsAnothers() throws IOException {
        Link made = make(Macvtap.Mode.BRIDGE, ANY);
        sysfs = Path.of("/sys");
        int before = FdCount.now();
        String said = assertThrows(IOException.class, () -> open(made, dir)).getMessage();
        assertTrue(said.startsWith("/sys does not show the device of mv0"), said);
        assertTrue(FdCount.settlesAt(before), "open descriptors");
    }

    @Test
    void shouldLetOnlyOneHaveIt() throws IOException {
        Link made = make(Macvtap.Mode.BRIDGE, ANY);
        Path dev = Files.createDirectory(dir.resolve("dev"));
        String[] numbers =
                Files.readString(sysfs.resolve("class/net/mv0/tap" + made.index() + "/dev"))
                        .strip()
                        .split(":");
        String node = dev.resolve("tap" + made.index()).toString();
        namespace.exec("mknod", node, "c", numbers[0], numbers[1]);
        try (Tap tap = open(made, dev)) {
            assertTrue(tap.isAttached());
            String said = assertThrows(IOException.class, () -> open(made, dev)).getMessage();
            assertEquals("another switch has it", said);
        }
        open(made, dev).close();
    }

    /** Nothing but this call tells: reads and writes go on as if nothing were the matter. */
    @Test
    void shouldNoticeThatItWasDeleted() throws IOException {
        Link made = make(Macvtap.Mode.BRIDGE, ANY);
        try (Tap tap = open(made, dir.resolve("none"));
                Region region = Region.allocate(128)) {
            namespace.exec("ip", "link", "delete", "card");
            assertFalse(tap.isAttached());
            assertEquals(-1, LibC.read(tap.fd(), region.address(), 128));
            assertEquals(Errno.EAGAIN, LibC.errno());
            assertEquals(74, LibC.write(tap.fd(), region.address(), 74));
        }
    }

    @Test
    void shouldSayWhyNoneIsMade() throws IOException {
        Macvtap.Mode bridge = Macvtap.Mode.BRIDGE;
        Macvtap.Mode passthru = Macvtap.Mode.PASSTHRU;
        assertTrue(refusal("card9", bridge, ANY).startsWith("there is no interface 'card9'; "));
        assertTrue(refusal("lo", bridge, ANY).contains("it is no Ethernet card"));
        namespace.exec("ip", "link", "add", "br0", "type", "bridge");
        namespace.exec("ip", "link", "set", "far", "master", "br0");
        assertTrue(refusal("far", bridge, ANY).contains("far is in a bridge or a bond already"));
        Link made = make(bridge, ANY);
        assertTrue(refusal("card", passthru, ANY).contains("passthru takes an Ethernet card"));
        namespace.run(() -> Macvtap.remove(made));
        make(passthru, ANY);
        assertTrue(refusal("card", bridge, ANY).contains("another is passed through on it"));
        String twice = assertThrows(IOException.class, () -> make(bridge, ANY)).getMessage();
        assertTrue(twice.contains("mv0 is there already; see: ip -d link show mv0"), twice);
    }

    @Test
    void shouldTellOfInterfacesThatAreInABridgeOrGone() throws IOException {
        namespace.exec("ip", "link", "add", "br0", "type", "bridge");
        namespace.exec("ip", "link", "set", "far", "master", "br0");
        Link bridge = namespace.call(() -> Link.named("br0").orElseThrow());
        assertEquals("bridge", bridge.kind());
        assertEquals(
                bridge.index(), namespace.call(() -> Link.named("far").orElseThrow()).master());
        assertFalse(namespace.call(() -> Link.named("nix")).isPresent());
        assertFalse(namespace.call(() -> Link.at(999_999)).isPresent());
        List<String> names = namespace.call(Link::all).stream().map(Link::name).sorted().toList();
        assertTrue(names.containsAll(List.of("br0", "card", "far", "lo")), names::toString);
    }
}
