package org.lanyard.control;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.lanyard.config.PortKind;
import org.lanyard.policy.Vlans;
import org.lanyard.port.KernelPort;
import org.lanyard.port.TapPort;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Tap;
import org.lanyard.worker.Departure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TAP, which is the host, in a bridge of the host's or on its network card. An interface that is
 * deleted under the switch is opened again, with pauses.
 */
final class TapAttachment extends SinglePort {
    private static final Logger LOG = LoggerFactory.getLogger(TapAttachment.class);
    private static final long RETRY_SECONDS = 2;
    private static final long LOOK_SECONDS = 2;

    private PortKind kind;
    private final TapSource source;
    private final TapGateway gateway;
    private final ControlLoop loop;

    private Tap tap;
    private ControlLoop.Timer retry;
    private ControlLoop.Timer look;
    private String reason;

    /** Why {@link #look} took it down, or null. */
    private String fault;

    /** Why nothing passes though its descriptor is open, or null. */
    private String outage;

    /** What it found wanting, or null; and whether the log has been told. */
    private String lack;

    private boolean told;
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

    /** One for whom the host does nothing. */
    TapAttachment(
            String name, PortKind kind, TapSource source, ControlLoop loop, PortFactory ports) {
        this(name, kind, source, null, loop, ports);
    }

    @Override
    public void start() throws IOException {
        try {
            open();
        } catch (IOException e) {
            throw new IOException("port " + name + ": " + e.getMessage(), e);
        }
    }

    private void open() throws IOException {
        if (gateway != null) {
            gateway.check();
        }
        tap = source.open();
        startGateway();
        port = ports.adopt(name, counters, tap);
    }

    private void startGateway() throws IOException {
        if (gateway != null) {
            try {
                gateway.start();
            } catch (IOException e) {
                source.close(tap);
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
    public void prepare() throws IOException {
        try {
            source.check();
        } catch (IOException e) {
            throw new IOException("port " + name + ": " + e.getMessage(), e);
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
        fault = null;
        outage = null;
        lack = null;
        LOG.info("port {} up: {}", name, source.describe(tap));
        lookLater();
    }

    private void lookLater() {
        look = loop.after(LOOK_SECONDS, TimeUnit.SECONDS, this::look);
    }

    /** At what no descriptor tells. */
    private void look() {
        if (!isUp()) {
            return;
        }
        lookLater();
        try {
            fault = source.fault(tap).orElse(null);
            if (fault == null) {
                tellOutage(source.outage(tap).orElse(null));
                tellLack(source.lack(tap, port.slot(), ownVlans()).orElse(null));
            }
        } catch (IOException e) {
            LOG.debug("port {}: {}", name, e.getMessage());
            return;
        }
        if (fault != null) {
            look.cancel();
            ports.retire(port);
        }
    }

    private void tellOutage(String now) {
        if (now != null && !now.equals(outage)) {
            LOG.warn("port {} down: {}", name, now);
        } else if (now == null && outage != null) {
            LOG.info("port {} up: {}", name, source.describe(tap));
        }
        outage = now;
        ((TapPort) port).down(now != null);
    }

    private Vlans ownVlans() {
        return ports.policy().vlans().orElse(Vlans.DEFAULT);
    }

    /** The first time in the log; guests could fill it. */
    private void tellLack(String now) {
        if (now != null && !told) {
            told = true;
            LOG.warn("port {}: {}", name, now);
        }
        lack = now;
    }

    @Override
    public void departed(KernelPort gone, Departure why) {
        port = null;
        if (look != null) {
            look.cancel();
        }
        stopGateway();
        source.close(tap);
        if (!stopped) {
            reason = why == Departure.PEER_CLOSED ? "the interface was deleted" : why.sentence();
            reason = fault == null ? reason : fault;
            LOG.warn("port {} down: {}; trying again every {} s", name, reason, RETRY_SECONDS);
            retryLater();
        }
    }

    private void retryLater() {
        retry = loop.after(RETRY_SECONDS, TimeUnit.SECONDS, this::tryAgain);
    }

    private void tryAgain() {
        try {
            open();
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
        for (ControlLoop.Timer timer : new ControlLoop.Timer[] {retry, look}) {
            if (timer != null) {
                timer.cancel();
            }
        }
        stopGateway();
        if (port == null) {
            source.letGo();
        }
    }

    @Override
    public List<PortView> views() {
        String why = isUp() ? unserved() : reason;
        PortView view =
                view(kind.key(), source.endpoint(), why, source.mtu(), Connection.Peer.UNKNOWN);
        return List.of(isUp() && outage != null ? view.down(outage) : view);
    }

    private String unserved() {
        return gateway == null ? lack : gateway.reason();
    }
}
