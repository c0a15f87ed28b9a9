package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.tapio.NetNamespace;
import org.lanyard.tapio.Tap;

/** A real TAP; a kernel bridge joins it to a second one, from which the test speaks. Needs root. */
final class TapPortTest extends PortContractTest {
    private static final int MTU = 65_521;

    private static NetNamespace namespace;

    @BeforeAll
    static void enter() throws IOException {
        namespace = NetNamespace.create();
        // The kernel's own neighbour discovery would be among the frames.
        disableIpv6("default");
        namespace.exec("ip", "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
        disableIpv6("br0");
        namespace.exec("ip", "link", "set", "br0", "up");
    }

    /** Through /proc, for a small system has no sysctl program. */
    private static void disableIpv6(String name) throws IOException {
        String file = "/proc/sys/net/ipv6/conf/" + name + "/disable_ipv6";
        namespace.exec("sh", "-c", "echo 1 > " + file);
    }

    @AfterAll
    static void leave() {
        if (namespace != null) {
            namespace.close();
        }
    }

    @Override
    PortRig open(int backlogLimit) throws IOException {
        Tap tap = attach("port0", Tap::openWithHeaders);
        Tap peer = attach("peer0", Tap::open);
        FrameRig.Maker maker = FrameRig.tap(tap.fd(), pool, backlogLimit);
        return new FrameRig(tap.fd(), peer.fd(), 0, MTU + 14, maker, () -> {});
    }

    private interface Opener {
        Tap open(String name) throws IOException;
    }

    private static Tap attach(String name, Opener opener) throws IOException {
        Tap tap = namespace.call(() -> opener.open(name));
        namespace.exec("ip", "link", "set", name, "mtu", String.valueOf(MTU), "master", "br0");
        // The frames of one long transmit wait in the kernel until the test reads them.
        namespace.exec("ip", "link", "set", name, "txqueuelen", "5000", "up");
        return tap;
    }

    @Test
    void shouldCountWhatAnInterfaceThatIsDownCannotTake() throws IOException {
        namespace.exec("ip", "link", "set", "port0", "down");
        transmit(List.of(frame(60, 1), frame(60, 2)));
        assertEquals(2, rig.port().counters().drops(DropReason.INTERFACE_DOWN));
        assertEquals(2, rig.port().counters().drops());
        assertEquals(KernelPort.NOTHING, rig.port().fill(slab));
        namespace.exec("ip", "link", "set", "port0", "up");
        await(
                "frames again",
                () -> {
                    transmit(List.of(frame(60, 3)));
                    return !rig.read(1).isEmpty();
                });
    }

    /** As of a macvtap, to which the kernel lets one write. */
    @Test
    void shouldCountWhatItIsToldWouldBeLost() throws IOException {
        TapPort port = (TapPort) rig.port();
        port.down(true);
        transmit(List.of(frame(60, 1), frame(1514, 2)));
        assertEquals(2, port.counters().drops(DropReason.INTERFACE_DOWN));
        port.down(false);
        transmit(List.of(frame(60, 3)));
        assertEquals(List.of(3), rig.read(1).stream().map(Frames::mark).toList());
    }

    @Test
    void shouldSayThatItIsGoneWhenTheInterfaceIsDeleted() throws IOException {
        namespace.exec("ip", "link", "delete", "port0");
        assertEquals(KernelPort.GONE, rig.port().fill(slab));
        transmit(List.of(frame(60, 1)));
        assertEquals(1, rig.port().counters().drops(DropReason.WRITE_FAILED));
    }
}
