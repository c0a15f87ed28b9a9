package org.lanyard.tapio;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A bridge of the kernel's, in which a TAP of ours becomes a port. Who has CAP_NET_ADMIN makes that
 * TAP; everybody else gets it from QEMU's setuid {@code qemu-bridge-helper}, which makes it and
 * sends its descriptor (qemu-bridge-helper.c; net/tap.c, net_bridge_run_helper). Either way it has
 * headers as of {@link Tap#openWithHeaders}, and goes when the descriptor is closed.
 */
public final class KernelBridge {
    /** Debian's place and Fedora's, and those of a QEMU that was built here. */
    private static final List<Path> PLACES =
            List.of(
                    Path.of("/usr/lib/qemu/qemu-bridge-helper"),
                    Path.of("/usr/libexec/qemu-bridge-helper"),
                    Path.of("/usr/libexec/qemu-kvm/qemu-bridge-helper"),
                    Path.of("/usr/local/libexec/qemu-bridge-helper"));

    private static final int PATIENCE_SECONDS = 10;

    /** A TAP's; a bridge's may be 65,535, but its ports then lower it. */
    private static final int LARGEST_MTU = 65_521;

    /** A bridge takes the lowest MAC of its ports: this one is not to be it. */
    private static final byte HIGHEST_LOCAL = (byte) 0xfe;

    private KernelBridge() {}

    /** The helper of the QEMU that is installed. */
    public static Optional<Path> program() {
        return PLACES.stream().filter(Files::exists).findFirst();
    }

    /**
     * Makes a TAP in the bridge.
     *
     * @throws IOException naming what refused and the mend
     */
    public static Tap make(String bridge) throws IOException {
        int index = LibC.if_nametoindex(bridge);
        if (index == 0) {
            throw new IOException(absent(bridge));
        }
        Tap tap = Tap.make();
        try {
            RtNetlink.setMac(tap.index(), highMac());
            int mtu = Tap.mtu(bridge);
            if (mtu <= LARGEST_MTU) { // else it is no bridge, as joining it will tell
                RtNetlink.setMtu(tap.index(), mtu);
            }
            join(tap, index, bridge);
            RtNetlink.setUp(tap.index());
            return tap;
        } catch (IOException e) {
            tap.close();
            throw e;
        }
    }

    private static void join(Tap tap, int index, String bridge) throws IOException {
        try {
            RtNetlink.setMaster(tap.index(), index);
        } catch (ErrnoException e) {
            throw e.errno() == Errno.EOPNOTSUPP ? new IOException(noBridge(bridge), e) : e;
        }
    }

    private static byte[] highMac() {
        byte[] mac = new byte[6];
        ThreadLocalRandom.current().nextBytes(mac);
        mac[0] = HIGHEST_LOCAL;
        return mac;
    }

    /**
     * Has a helper make a TAP in the bridge, and takes it over.
     *
     * @throws IOException naming what refused and the mend
     */
    public static Tap ask(Path helper, String bridge) throws IOException {
        int[] sockets = Fds.socketPair();
        try {
            limitWait(sockets[0]);
            return ask(helper, bridge, sockets);
        } finally {
            LibC.close(sockets[0]);
            if (sockets[1] >= 0) {
                LibC.close(sockets[1]);
            }
        }
    }

    /** struct timeval. */
    private static void limitWait(int socket) throws ErrnoException {
        try (Region time = Region.allocate(16)) {
            time.bytes().order(ByteOrder.nativeOrder()).putLong(0, PATIENCE_SECONDS);
            ErrnoException.check(
                    LibC.setsockopt(socket, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, time.address(), 16),
                    "setsockopt SO_RCVTIMEO");
        }
    }

    private static Tap ask(Path helper, String bridge, int[] sockets) throws IOException {
        try (Child child =
                Child.start(
                        helper, List.of("--use-vnet", "--br=" + bridge, "--fd=0"), sockets[1])) {
            // Only the helper has the other end now: when it ends, we see that.
            LibC.close(sockets[1]);
            sockets[1] = -1;
            int fd = -1;
            Wait wait = Wait.on(helper.getFileName().toString());
            try {
                fd = FdMessage.receive(sockets[0]);
            } catch (ErrnoException e) {
                child.kill();
                throw new IOException(
                        helper + " did not answer within " + PATIENCE_SECONDS + " s", e);
            } catch (IOException e) {
                String said = child.said();
                child.await();
                throw new IOException(helper + ": " + explain(helper, bridge, said), e);
            } finally {
                wait.end();
            }
            return Tap.adopt(fd);
        } catch (ErrnoException e) {
            throw new IOException(
                    e.getMessage() + "; on Debian and Ubuntu: apt install qemu-system-common", e);
        }
    }

    /**
     * What the helper meant, and the mend.
     *
     * @param said on its standard error
     */
    static String explain(Path helper, String bridge, String said) {
        String last = said.substring(said.lastIndexOf('\n') + 1);
        if (said.contains("acl file")) {
            int quote = said.indexOf('`');
            int end = said.indexOf('\'', quote);
            Path rules =
                    quote >= 0 && end > 0
                            ? Path.of(said.substring(quote + 1, end))
                            : BridgeRules.place();
            String refusal = BridgeRules.read(rules).refusal(bridge);
            return refusal.isEmpty() ? last : refusal;
        }
        if (last.contains("create tun device") && last.contains("not permitted")) {
            return "it may not make a TAP, for it is not setuid root; as root: chmod u+s " + helper;
        }
        if (last.contains("/dev/net/tun")) {
            return last + "; let your user open it: chmod 0666 /dev/net/tun (as root)";
        }
        if (last.contains("get mtu of bridge")) {
            return absent(bridge);
        }
        if (last.contains("to bridge") && last.contains("not supported")) {
            return noBridge(bridge);
        }
        return last.isEmpty() ? "it ended without a word" : last;
    }

    private static String absent(String bridge) {
        return "there is no interface '"
                + bridge
                + "'; make the bridge, as root: ip link add name "
                + bridge
                + " up type bridge";
    }

    private static String noBridge(String name) {
        return "'" + name + "' is no bridge; see: ip -d link show " + name;
    }
}
