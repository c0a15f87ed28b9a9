package org.lanyard.control;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.lanyard.config.PortKind;
import org.lanyard.frame.PortCounters;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Port;
import org.lanyard.port.TapPort;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Tap;
import org.lanyard.worker.Departure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TAP, which is the host or in a bridge of the host's. An interface that is deleted under the
 * switch is opened again, with pauses.
 */
final class TapAttachment implements Attachment {
    private static final Logger LOG = LoggerFactory.getLogger(TapAttachment.class);
    private static final long RETRY_SECONDS = 2;

    private final String name;
    private PortKind kind;
    private final TapSource source;
    private final TapGateway gateway;
    private final ControlLoop loop;
    private final PortFactory ports;
    private final PortCounters counters = new PortCounters();

    private Tap tap;
    private TapPort port;
    private ControlLoop.Timer retry;
    private String reason;
    private boolean stopped;

    private TapAttachment(
            String name,
            PortKind kind,
            TapSource source,
            TapGateway gateway,
            ControlLoop loop,
            PortFactory ports) {
        this.name = name;
        this.kind = kind;
        this.source = source;
        this.gateway = gateway;
        this.loop = loop;
        this.ports = ports;
    }

    TapAttachment(
            String name,
            PortKind.Tap kind,
            TapGateway gateway,
            ControlLoop loop,
            PortFactory ports) {
        this(name, kind, new HostTap(kind), gateway, loop, ports);
    }

    TapAttachment(String name, PortKind.Bridge kind, ControlLoop loop, PortFactory ports) {
        this(name, kind, new BridgeTap(kind), null, loop, ports);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start() throws IOException {
        try {
            if (gateway != null) {
                gateway.check();
            }
            tap = source.open();
            startGateway();
        } catch (IOException e) {
            throw new IOException("port " + name + ": " + e.getMessage(), e);
        }
        port = ports.adopt(name, counters, tap);
    }

    private void startGateway() throws IOException {
        if (gateway != null) {
            try {
                gateway.start();
            } catch (IOException e) {
                tap.close();
                throw e;
            }
        }
    }

    private void stopGateway() {
        if (gateway != null) {
            gateway.stop();
        }
    }

    @Override
    public boolean canBecome(PortKind other) {
        return kind instanceof PortKind.Tap is
                && other instanceof PortKind.Tap next
                && is.with(next.gateway()).equals(next);
    }

    @Override
    public void become(PortKind other) throws IOException {
        try {
            gateway.change(((PortKind.Tap) other).gateway());
        } catch (IOException e) {
            throw new IOException("port " + name + ": " + e.getMessage(), e);
        }
        kind = other;
    }

    @Override
    public void plugged(KernelPort plugged) {
        String made = tap.created() ? " (made)" : "";
        String place = kind instanceof PortKind.Bridge bridge ? " in bridge " + bridge.name() : "";
        LOG.info("port {} up: TAP {}{}{}", name, tap.name(), place, made);
    }

    @Override
    public void departed(KernelPort gone, Departure why) {
        port = null;
        stopGateway();
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
        stopGateway();
    }

    @Override
    public List<PortView> views() {
        boolean up = port != null && port.slot() != Port.UNPLUGGED;
        return List.of(
                new PortView(
                        name,
                        kind.key(),
                        up ? "up" : "down",
                        source.endpoint(),
                        up ? unserved() : reason,
                        source.mtu(),
                        Connection.Peer.UNKNOWN,
                        ports.policy(),
                        counters));
    }

    private String unserved() {
        return gateway == null ? null : gateway.reason();
    }
}
