package org.lanyard.control;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.lanyard.config.PortKind;
import org.lanyard.port.KernelPort;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Tap;
import org.lanyard.worker.Departure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TAP, which is the host or in a bridge of the host's. An interface that is deleted under the
 * switch is opened again, with pauses.
 */
final class TapAttachment extends SinglePort {
    private static final Logger LOG = LoggerFactory.getLogger(TapAttachment.class);
    private static final long RETRY_SECONDS = 2;

    private PortKind kind;
    private final TapSource source;
    private final TapGateway gateway;
    private final ControlLoop loop;

    private Tap tap;
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
        super(name, ports);
        this.kind = kind;
        this.source = source;
        this.gateway = gateway;
        this.loop = loop;
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
    public boolean isReady() {
        return isUp();
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
        String why = isUp() ? unserved() : reason;
        return List.of(
                view(kind.key(), source.endpoint(), why, source.mtu(), Connection.Peer.UNKNOWN));
    }

    private String unserved() {
        return gateway == null ? null : gateway.reason();
    }
}
