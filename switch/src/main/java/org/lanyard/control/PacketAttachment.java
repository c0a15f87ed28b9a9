package org.lanyard.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.lanyard.config.PortKind;
import org.lanyard.port.KernelPort;
import org.lanyard.port.PacketPort;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Link;
import org.lanyard.tapio.PacketSocket;
import org.lanyard.worker.Departure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network card. That it is not there, or not any more, is no error: it is looked for again and
 * again. The kernel does not tell a packet socket whose interface was down already that it is
 * deleted, so that is looked at too.
 */
final class PacketAttachment extends SinglePort {
    private static final Logger LOG = LoggerFactory.getLogger(PacketAttachment.class);
    private static final long LOOK_SECONDS = 2;
    private static final int PATIENCE_SECONDS = 10;
    private static final Path INTERFACES = Path.of("/sys/class/net");

    private final String interfaceName;
    private final ControlLoop loop;
    private final Lane lane;

    private PacketSocket socket;
    private ControlLoop.Timer look;

    /** Why no frame passes, or null. */
    private String reason;

    /** What makes it of little use though frames pass, or null. */
    private String lack;

    private boolean stopped;

    PacketAttachment(
            String name, PortKind.Packet kind, ControlLoop loop, Lane lane, PortFactory ports) {
        super(name, ports);
        this.interfaceName = kind.interfaceName();
        this.loop = loop;
        this.lane = lane;
    }

    /** One that is not there yet is waited for. */
    @Override
    public CompletableFuture<Void> start() {
        if (!Link.exists(interfaceName)) {
            tell("there is no interface '" + interfaceName + "'; it is waited for");
            lookLater();
            return DONE;
        }
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        open(
                trouble -> {
                    if (trouble == null) {
                        lookLater();
                        outcome.complete(null);
                    } else {
                        outcome.completeExceptionally(trouble);
                    }
                });
        return outcome;
    }

    /** Elsewhere, for the kernel lets who changes interfaces wait for all who do (RTNL). */
    private void open(Consumer<IOException> done) {
        lane.run(
                "opening interface " + interfaceName,
                PATIENCE_SECONDS,
                () -> PacketSocket.open(interfaceName),
                PacketSocket::close,
                (opened, trouble) -> {
                    IOException why = trouble == null ? adopt(opened) : trouble;
                    done.accept(
                            why == null
                                    ? null
                                    : new IOException(
                                            "port " + name + ": " + why.getMessage(), why));
                });
    }

    /** Null when it is done. */
    private IOException adopt(PacketSocket opened) {
        if (stopped) {
            close(opened);
            return new IOException("it is no longer wanted");
        }
        try {
            socket = opened;
            port = ports.adopt(name, counters, opened);
            return null;
        } catch (IOException e) {
            socket = null;
            close(opened);
            return e;
        }
    }

    private void close(PacketSocket some) {
        lane.clean("closing interface " + interfaceName, some::close);
    }

    private void lookLater() {
        look = loop.after(LOOK_SECONDS, TimeUnit.SECONDS, this::look);
    }

    private void look() {
        if (socket == null) {
            openAgain();
        } else {
            look(socket.link());
        }
        lookLater();
    }

    private void openAgain() {
        if (lane.isAtRest() && Link.exists(interfaceName)) {
            open(
                    trouble -> {
                        if (trouble != null && !stopped) {
                            tell(trouble.getMessage());
                        }
                    });
        }
    }

    private void look(PacketSocket.Link link) {
        if (link == PacketSocket.Link.GONE) {
            if (port != null) {
                ports.retire(port);
            }
            return;
        }
        String why = reason(link);
        if (why != null) {
            tell(why);
        } else if (reason != null) {
            LOG.info("port {} up: interface {}", name, interfaceName);
            reason = null;
        }
        if (port != null) {
            ((PacketPort) port).mtu(mtu());
        }
        lookForLack();
    }

    private void lookForLack() {
        List<String> warnings = warnings(INTERFACES.resolve(interfaceName));
        String now = warnings.isEmpty() ? null : String.join("; ", warnings);
        if (now != null && !now.equals(lack)) {
            LOG.warn("port {}: {}", name, now);
        }
        lack = now;
    }

    /** Once for each thing that there is to tell. */
    private void tell(String why) {
        if (!why.equals(reason)) {
            LOG.warn("port {} down: {}", name, why);
        }
        reason = why;
    }

    private String reason(PacketSocket.Link link) {
        return switch (link) {
            case UP -> null;
            case NO_CARRIER ->
                    "interface "
                            + interfaceName
                            + " has no carrier: no cable, or nobody at its other end";
            case DOWN ->
                    "interface "
                            + interfaceName
                            + " is down; as root: ip link set "
                            + interfaceName
                            + " up";
            case GONE -> "interface " + interfaceName + " is gone; it is waited for";
        };
    }

    private int mtu() {
        try {
            return socket == null ? 0 : socket.mtu();
        } catch (IOException e) {
            return 0; // it is gone, as is seen when it is looked for
        }
    }

    @Override
    public void plugged(KernelPort plugged) {
        reason = null;
        LOG.info("port {} up: interface {}", name, interfaceName);
        look(socket.link());
    }

    /**
     * What makes an interface of little use.
     *
     * @param place where the kernel tells of it (Documentation/ABI/testing/sysfs-class-net)
     */
    static List<String> warnings(Path place) {
        Path name = place.getFileName();
        List<String> warnings = new ArrayList<>();
        if (Files.exists(place.resolve("wireless")) || Files.exists(place.resolve("phy80211"))) {
            warnings.add(
                    name
                            + " is wireless: access points mostly drop frames of guests' own MAC"
                            + " addresses; a user port, or a TAP with nat, is a way out");
        }
        if (Files.exists(place.resolve("brport"))) {
            warnings.add(
                    name
                            + " is in a bridge, whose hosts get each frame twice where both lead"
                            + " there; a bridge port is a way into it");
        }
        return warnings;
    }

    @Override
    public void departed(KernelPort gone, Departure why) {
        boolean isGone = socket.link() == PacketSocket.Link.GONE;
        port = null;
        close(socket);
        socket = null;
        if (!stopped) {
            tell(isGone ? reason(PacketSocket.Link.GONE) : why.sentence());
        }
    }

    @Override
    public boolean isReady() {
        return lane.isAtRest() && (port == null || isUp());
    }

    @Override
    public void stop() {
        stopped = true;
        if (look != null) {
            look.cancel();
        }
    }

    @Override
    public List<PortView> views() {
        String why = isUp() ? reason(socket.link()) : lane.doing().orElse(reason);
        String endpoint = "packet:" + interfaceName;
        PortView view = view("packet", endpoint, lack, mtu(), Connection.Peer.UNKNOWN);
        return List.of(why == null ? view : view.down(why));
    }
}
