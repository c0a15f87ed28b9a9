package org.lanyard.control;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

    /** Other programs have deadlines of their own, which are shorter. */
    private static final int PATIENCE_SECONDS = 30;

    private PortKind kind;
    private final TapSource source;
    private final TapGateway gateway;
    private final ControlLoop loop;
    private final Lane lane;

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
            Lane lane,
            PortFactory ports) {
        super(name, ports);
        this.kind = kind;
        this.source = source;
        this.gateway = gateway;
        this.loop = loop;
        this.lane = lane;
    }

    TapAttachment(
            String name,
            PortKind.Tap kind,
            TapGateway gateway,
            ControlLoop loop,
            Lane lane,
            PortFactory ports) {
        this(name, kind, new HostTap(kind), gateway, loop, lane, ports);
    }

    /** One for whom the host does nothing. */
    TapAttachment(
            String name,
            PortKind kind,
            TapSource source,
            ControlLoop loop,
            Lane lane,
            PortFactory ports) {
        this(name, kind, source, null, loop, lane, ports);
    }

    @Override
    public CompletableFuture<Void> start() {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        open(
                trouble -> {
                    if (trouble == null) {
                        outcome.complete(null);
                    } else {
                        outcome.completeExceptionally(refused(trouble));
                    }
                });
        return outcome;
    }

    private IOException refused(IOException e) {
        return new IOException("port " + name + ": " + e.getMessage(), e);
    }

    private void open(Consumer<IOException> done) {
        lane.run(
                "opening " + source.endpoint(),
                PATIENCE_SECONDS,
                this::openAndServe,
                this::close,
                (opened, trouble) -> {
                    if (trouble == null && stopped) {
                        clean(opened);
                        done.accept(new IOException("it is no longer wanted"));
                        return;
                    }
                    if (trouble == null) {
                        tap = opened;
                        port = ports.adopt(name, counters, tap);
                    }
                    done.accept(trouble);
                });
    }

    /** On the lane. */
    private Tap openAndServe() throws IOException {
        if (gateway != null) {
            gateway.check();
        }
        Tap opened = source.open();
        if (gateway != null) {
            try {
                gateway.start();
            } catch (IOException e) {
                source.close(opened);
                throw e;
            }
        }
        return opened;
    }

    /** On the lane. */
    private void close(Tap some) {
        if (gateway != null) {
            gateway.stop();
        }
        source.close(some);
    }

    private void clean(Tap some) {
        lane.clean("closing " + source.endpoint(), () -> close(some));
    }

    @Override
    public CompletableFuture<Void> prepare() {
        return elsewhere("looking at " + source.endpoint(), source::check);
    }

    /** What can fail. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private CompletableFuture<Void> elsewhere(String what, Step step) {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        lane.run(
                what,
                PATIENCE_SECONDS,
                () -> {
                    step.run();
                    return true;
                },
                (done, trouble) -> {
                    if (trouble == null) {
                        outcome.complete(null);
                    } else {
                        outcome.completeExceptionally(refused(trouble));
                    }
                });
        return outcome;
    }

    @Override
    public boolean canBecome(PortKind other) {
        return kind instanceof PortKind.Tap is
                && other instanceof PortKind.Tap next
                && is.with(next.gateway()).equals(next);
    }

    @Override
    public CompletableFuture<Void> become(PortKind other) {
        return elsewhere(
                        "changing " + source.endpoint(),
                        () -> gateway.change(((PortKind.Tap) other).gateway()))
                .thenRun(() -> kind = other);
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

    /** What was seen of it, each null where nothing is wrong. */
    private record Seen(String fault, String outage, String lack) {}

    /** At what no descriptor tells. */
    private void look() {
        if (!isUp()) {
            return;
        }
        lookLater();
        if (lane.isAtRest()) {
            Tap now = tap;
            int slot = port.slot();
            Vlans vlans = ownVlans();
            lane.run(
                    "looking at " + source.endpoint(),
                    PATIENCE_SECONDS,
                    () -> seen(now, slot, vlans),
                    (seen, trouble) -> tell(now, seen, trouble));
        }
    }

    /** On the lane. */
    private Seen seen(Tap now, int slot, Vlans vlans) throws IOException {
        String wrong = source.fault(now).orElse(null);
        return wrong != null
                ? new Seen(wrong, null, null)
                : new Seen(
                        null,
                        source.outage(now).orElse(null),
                        source.lack(now, slot, vlans).orElse(null));
    }

    private void tell(Tap looked, Seen seen, IOException trouble) {
        if (trouble != null) {
            LOG.debug("port {}: {}", name, trouble.getMessage());
        } else if (isUp() && tap == looked) {
            fault = seen.fault();
            if (fault == null) {
                tellOutage(seen.outage());
                tellLack(seen.lack());
            } else {
                look.cancel();
                ports.retire(port);
            }
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
        clean(tap);
        tap = null;
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
        open(
                trouble -> {
                    if (trouble != null && !stopped) {
                        reason = trouble.getMessage();
                        retryLater();
                    }
                });
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
        if (gateway != null) {
            lane.clean("taking back what " + source.endpoint() + " had", gateway::stop);
        }
        if (port == null) {
            lane.clean("letting go of " + source.endpoint(), source::letGo);
        }
    }

    @Override
    public List<PortView> views() {
        String why = isUp() ? unserved() : lane.doing().orElse(reason);
        PortView view =
                view(kind.key(), source.endpoint(), why, source.mtu(), Connection.Peer.UNKNOWN);
        return List.of(isUp() && outage != null ? view.down(outage) : view);
    }

    private String unserved() {
        return gateway == null ? lack : gateway.reason();
    }
}
