package org.lanyard.control;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.lanyard.config.PortKind;
import org.lanyard.forward.Clock;
import org.lanyard.port.KernelPort;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Endpoint;
import org.lanyard.worker.Departure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream port that connects, and dials again with growing pauses whenever it is not connected.
 */
final class DialledPort extends SinglePort implements Dialling.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(DialledPort.class);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final Endpoint endpoint;
    private final ControlLoop loop;
    private final Lane names;
    private final LogBudget budget;
    private final PeerPulse pulse;
    private PortKind.StreamConnect kind;

    /** Null while there is none under way. */
    private Dialling dialling;

    private Connection connection;
    private ControlLoop.Timer redial;
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private String reason = "not dialled yet";
    private boolean stopped;

    /**
     * @param names where name servers are asked
     */
    DialledPort(
            String name,
            PortKind.StreamConnect kind,
            Endpoint endpoint,
            ControlLoop loop,
            Lane names,
            PortFactory ports,
            Clock clock) {
        super(name, ports);
        this.kind = kind;
        this.pulse = new PeerPulse(kind.keepalive(), clock);
        this.endpoint = endpoint;
        this.loop = loop;
        this.names = names;
        this.budget = new LogBudget(clock);
    }

    /** Dials once; that nobody answers yet is no error. */
    @Override
    public CompletableFuture<Void> start() {
        dial();
        return DONE;
    }

    private void dial() {
        dialling = new Dialling(endpoint, loop, names, this);
        dialling.start();
    }

    @Override
    public void connected(Connection made) {
        dialling = null;
        connection = made;
        try {
            pulse.watch(connection);
            port = ports.adopt(name, counters, connection);
        } catch (IOException e) {
            failed(e.getMessage());
        }
    }

    @Override
    public void failed(String why) {
        dialling = null;
        if (!why.equals(reason) && budget.allows()) {
            LOG.warn("port {} down: {}; dialling again{}", name, why, budget.leftOut());
        }
        reason = why;
        closeConnection();
        if (!stopped) {
            redial = loop.after(pauseMillis, TimeUnit.MILLISECONDS, this::dial);
            pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        }
    }

    private void closeConnection() {
        if (connection != null) {
            Closing.quietly(connection);
            connection = null;
        }
    }

    @Override
    public void plugged(KernelPort plugged) {
        pauseMillis = FIRST_PAUSE_MILLIS;
        reason = null;
        if (budget.allows()) {
            LOG.info("port {} up: connected to {}{}", name, endpoint, budget.leftOut());
        }
    }

    @Override
    public void departed(KernelPort gone, Departure why) {
        String told = Departures.tell(gone, why);
        port = null;
        failed(told);
    }

    /** How long its peer may be silent can change. */
    @Override
    public boolean canBecome(PortKind next) {
        return next instanceof PortKind.StreamConnect connect
                && connect.endpoint().equals(kind.endpoint());
    }

    @Override
    public CompletableFuture<Void> become(PortKind next) {
        kind = (PortKind.StreamConnect) next;
        pulse.allow(kind.keepalive());
        try {
            if (port != null) {
                pulse.watch(connection);
            }
            return DONE;
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void everySecond() {
        if (port != null && pulse.isGone(connection)) {
            ports.retire(port, Departure.NO_ANSWER);
        }
    }

    @Override
    public void stop() {
        stopped = true;
        if (redial != null) {
            redial.cancel();
        }
        if (dialling != null) {
            dialling.end();
            dialling = null;
        }
        if (port == null) {
            closeConnection();
        }
    }

    private String waitsFor() {
        return dialling == null ? reason : dialling.doing();
    }

    @Override
    public List<PortView> views() {
        Connection.Peer peer = isUp() ? connection.peer() : Connection.Peer.UNKNOWN;
        return List.of(view("stream", endpoint.toString(), isUp() ? null : waitsFor(), 0, peer));
    }
}
