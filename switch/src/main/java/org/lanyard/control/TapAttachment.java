package org.lanyard.control;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.lanyard.config.PortKind;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.SuperFrame;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Port;
import org.lanyard.port.TapPort;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.RtNetlink;
import org.lanyard.tapio.Tap;
import org.lanyard.worker.Departure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's TAP: opened (made where it does not exist), given its addresses and MTU, set up. An
 * interface that is deleted under the switch is made again, with pauses.
 */
final class TapAttachment implements Attachment {
    private static final Logger LOG = LoggerFactory.getLogger(TapAttachment.class);
    private static final long RETRY_SECONDS = 2;

    /** With its headers a datagram is then no larger than a super-frame's pieces may be. */
    private static final int LARGEST_MTU_FOR_UDP = SuperFrame.MAX_SIZE;

    private final String name;
    private final PortKind.Tap kind;
    private final ControlLoop loop;
    private final PortFactory ports;
    private final PortCounters counters = new PortCounters();

    private Tap tap;
    private TapPort port;
    private ControlLoop.Timer retry;
    private String reason;
    private boolean stopped;

    TapAttachment(String name, PortKind.Tap kind, ControlLoop loop, PortFactory ports) {
        this.name = name;
        this.kind = kind;
        this.loop = loop;
        this.ports = ports;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start() throws IOException {
        Tap opened;
        try {
            opened = Tap.openWithHeaders(kind.name());
        } catch (IOException e) {
            throw new IOException("port " + name + ": " + e.getMessage(), e);
        }
        try {
            settle(opened);
        } catch (IOException e) {
            opened.close();
            throw new IOException(
                    "port "
                            + name
                            + ", TAP "
                            + kind.name()
                            + ": "
                            + e.getMessage()
                            + "; changing an interface needs CAP_NET_ADMIN: prepare it as root and"
                            + " leave address and mtu out",
                    e);
        }
        tap = opened;
        port = ports.adopt(name, counters, tap);
    }

    /** Only what the configuration names is changed, so that a prepared TAP needs no capability. */
    private void settle(Tap opened) throws IOException {
        if (kind.mtu() > 0) {
            RtNetlink.setMtu(opened.index(), kind.mtu());
        }
        for (PortKind.Address address : kind.addresses()) {
            RtNetlink.addAddress(opened.index(), address.ip(), address.prefixLength());
        }
        if (opened.created() || kind.mtu() > 0 || !kind.addresses().isEmpty()) {
            RtNetlink.setUp(opened.index());
        }
        opened.offload(kind.mtu() <= LARGEST_MTU_FOR_UDP);
    }

    @Override
    public void plugged(KernelPort plugged) {
        LOG.info("port {} up: TAP {}{}", name, tap.name(), tap.created() ? " (made)" : "");
    }

    @Override
    public void departed(KernelPort gone, Departure why) {
        port = null;
        tap.close();
        if (!stopped) {
            reason = why == Departure.PEER_CLOSED ? "the interface was deleted" : why.sentence();
            LOG.warn("port {} down: {}; trying again every {} s", name, reason, RETRY_SECONDS);
            retryLater();
        }
    }

    private void retryLater() {
        retry = loop.after(RETRY_SECONDS, TimeUnit.SECONDS, this::tryAgain);
    }

    private void tryAgain() {
        try {
            start();
        } catch (IOException e) {
            reason = e.getMessage();
            retryLater();
        }
    }

    @Override
    public List<PortCounters> counters() {
        return List.of(counters);
    }

    @Override
    public boolean isReady() {
        return port != null && port.slot() != Port.UNPLUGGED;
    }

    @Override
    public boolean owns(Port other) {
        return port == other;
    }

    @Override
    public void stop() {
        stopped = true;
        if (retry != null) {
            retry.cancel();
        }
    }

    @Override
    public List<PortView> views() {
        boolean up = port != null && port.slot() != Port.UNPLUGGED;
        return List.of(
                new PortView(
                        name,
                        "tap",
                        up ? "up" : "down",
                        "tap:" + kind.name(),
                        up ? null : reason,
                        kind.mtu(),
                        Connection.Peer.UNKNOWN,
                        ports.policy(),
                        counters));
    }
}
