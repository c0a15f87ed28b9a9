package org.lanyard.control;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.lanyard.config.PortKind;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.ErrnoException;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Link;
import org.lanyard.tapio.Macvtap;
import org.lanyard.tapio.NamespaceLock;
import org.lanyard.tapio.Tap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A macvtap that is made, and removed when it is let go. A switch that is killed leaves it; its
 * alias then tells the next one of the same runtime directory that it is to go, and that nobody has
 * the alias locked: another switch may have a directory of the same path, in a container on the
 * same network.
 */
final class OwnMacvtap extends MacvtapSource {
    private static final Logger LOG = LoggerFactory.getLogger(OwnMacvtap.class);

    private final PortKind.OwnMacvtap kind;
    private final String port;
    private final String name;
    private final String alias;
    private final Path dir;

    /** Null while there is none. */
    private Link made;

    /** As long as one is made; else null. */
    private NamespaceLock lock;

    private boolean tried;

    /**
     * @param dir the runtime directory
     */
    OwnMacvtap(String port, PortKind.OwnMacvtap kind, Path dir, Stations stations) {
        super(kind.offload(), stations);
        this.port = port;
        this.kind = kind;
        this.name = name(dir, port);
        this.alias = owner(dir) + port;
        this.dir = dir;
    }

    private static String owner(Path dir) {
        return "lanyard:" + dir + ":";
    }

    /** Such as {@code lan0-lan}; what is too long ends in a sum of it. */
    static String name(Path dir, String port) {
        String all = (dir.getFileName() + "-" + port).replaceAll("[^A-Za-z0-9_.-]", "_");
        if (all.length() <= Tap.MAX_NAME) {
            return all;
        }
        CRC32 sum = new CRC32();
        sum.update((dir + "-" + port).getBytes(StandardCharsets.UTF_8));
        String end = String.format("-%04x", sum.getValue() & 0xffff);
        return all.substring(0, Tap.MAX_NAME - end.length()) + end;
    }

    /** Removes what a killed switch of that runtime directory left. */
    static void removeLeft(Path dir) {
        try {
            for (Link left : Macvtap.called(owner(dir))) {
                try (NamespaceLock lock = NamespaceLock.take(left.alias()).orElse(null)) {
                    if (lock != null) {
                        Macvtap.remove(left);
                        LOG.info("macvtap {} of a switch that was killed is removed", left.name());
                    }
                }
            }
        } catch (IOException e) {
            LOG.warn("macvtaps of a killed switch stay: {}; see: ip -d link", e.getMessage());
        }
    }

    @Override
    public void check() throws IOException {
        try {
            Macvtap.checkParent(kind.parent());
        } catch (IOException e) {
            throw refused(e);
        }
    }

    private IOException refused(IOException e) {
        boolean forbidden = e.getCause() instanceof ErrnoException c && c.errno() == Errno.EPERM;
        String then = forbidden ? "; then macvtap = { name = \"macvtap0\" }" : "";
        return new IOException("macvtap on " + kind.parent() + ": " + e.getMessage() + then, e);
    }

    @Override
    public Tap open() throws IOException {
        try {
            make();
            Tap opened = null;
            try {
                // All wait while it is patient; later, who may open it is looked at now and then.
                opened = Macvtap.open(made, dir, !tried && LibC.geteuid() != 0);
                settle(opened);
            } catch (AccessDeniedException e) {
                if (!tried) {
                    letGo();
                }
                throw e;
            } catch (IOException e) {
                close(opened);
                throw e;
            } finally {
                tried = true;
            }
            warnOfAHostCutOff();
            return opened;
        } catch (IOException e) {
            throw refused(e);
        }
    }

    /** Unless one is that could not be opened yet: a new one would be nobody's again. */
    private void make() throws IOException {
        if (made != null && Macvtap.isThere(made)) {
            return;
        }
        letGo();
        lock = NamespaceLock.take(alias).orElseThrow(() -> new IOException(taken()));
        try {
            made = Macvtap.make(kind.parent(), name, kind.mode(), kind.mac(), alias);
        } catch (IOException e) {
            letGo();
            throw e;
        }
    }

    private String taken() {
        return "a switch that has a runtime directory of the same path, in a container perhaps, has "
                + name;
    }

    /** What is passed through does not reach the host's own addresses. */
    private void warnOfAHostCutOff() {
        if (kind.mode() != Macvtap.Mode.PASSTHRU) {
            return;
        }
        try {
            NetworkInterface parent = NetworkInterface.getByName(kind.parent());
            if (parent != null) {
                parent.inetAddresses()
                        .filter(address -> !address.isLinkLocalAddress())
                        .forEach(this::warnOfAHostCutOff);
            }
        } catch (IOException e) {
            LOG.debug("port {}: {}", port, e.getMessage());
        }
    }

    private void warnOfAHostCutOff(InetAddress address) {
        LOG.warn(
                "port {}: the host is not reached at {} while {} is passed through to guests",
                port,
                address.getHostAddress(),
                kind.parent());
    }

    @Override
    public void close(Tap tap) {
        if (tap != null) {
            tap.close();
        }
        letGo();
    }

    /** Of what is made, opened or not. */
    @Override
    public void letGo() {
        if (made != null) {
            try {
                Macvtap.remove(made);
            } catch (IOException e) {
                LOG.warn("macvtap {} stays: {}; ip link delete {}", name, e.getMessage(), name);
            }
            made = null;
        }
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }

    @Override
    public String describe(Tap tap) {
        return "macvtap "
                + name
                + " on "
                + kind.parent()
                + ", mode "
                + kind.mode().key()
                + " (made)";
    }

    @Override
    public String endpoint() {
        return "macvtap:" + name + "@" + kind.parent();
    }
}
