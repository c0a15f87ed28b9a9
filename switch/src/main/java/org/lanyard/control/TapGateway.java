package org.lanyard.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.lanyard.config.Gateway;
import org.lanyard.config.PortKind;
import org.lanyard.forward.Clock;
import org.lanyard.gateway.Dnsmasq;
import org.lanyard.gateway.HostFirewall;
import org.lanyard.gateway.Nat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the host does for those behind a TAP, as long as that is up: rules for their way out, and a
 * dnsmasq, which is started again when it dies, after 1, 2, 4 … 60 seconds. All of it may wait, and
 * is done on the port's {@link Lane}, but for {@link #reason}, which is for any thread.
 */
final class TapGateway {
    private static final Logger LOG = LoggerFactory.getLogger(TapGateway.class);
    private static final int LONGEST_PAUSE = 60;

    private final String port;
    private final Path directory;
    private final ControlLoop loop;
    private final Lane lane;
    private final Clock clock;
    private PortKind.Tap kind;

    private boolean up;
    private Nat nat;
    private Dnsmasq server;
    private long startedAt;
    private int pause = 1;
    private volatile String reason;

    /**
     * @param port whose gateway it is, for the log
     * @param runtimeDir where leases are kept
     */
    TapGateway(
            String port,
            PortKind.Tap kind,
            Path runtimeDir,
            ControlLoop loop,
            Lane lane,
            Clock clock) {
        this.port = port;
        this.kind = kind;
        this.directory = runtimeDir.resolve("dhcp-" + kind.name());
        this.loop = loop;
        this.lane = lane;
        this.clock = clock;
    }

    /** Removes what killed switches left of theirs. */
    static void removeLeft() {
        try {
            for (String set : Nat.removeLeft()) {
                LOG.info("set {} on this host, as a killed switch had found it", set);
            }
        } catch (IOException e) {
            LOG.warn("rules of a killed switch stay: {}; see: lanyard doctor", e.getMessage());
        }
    }

    /** What is missing of it now, or null. */
    String reason() {
        return reason;
    }

    /**
     * Before the TAP is opened.
     *
     * @throws IOException with a sentence for the user, when it could not start
     */
    void check() throws IOException {
        if (kind.gateway().nat()) {
            Nat.check();
        }
    }

    /**
     * When the TAP is up.
     *
     * @throws IOException with a sentence for the user; nothing of it is left then
     */
    void start() throws IOException {
        up = true;
        try {
            startNat();
            startServer();
            if (server != null) {
                server.awaitStart();
            }
        } catch (IOException e) {
            stop();
            throw e;
        }
    }

    /** Takes all back; before the TAP goes. */
    void stop() {
        up = false;
        stopServer();
        stopNat();
    }

    /**
     * From now on it does what that says, at once where the TAP is up.
     *
     * @throws IOException with a sentence for the user; then it goes on as it did
     */
    void change(Gateway next) throws IOException {
        Gateway was = kind.gateway();
        kind = kind.with(next);
        if (!up) {
            return;
        }
        try {
            if (!next.nat()) {
                stopNat();
            } else if (!next.withNatOf(was).equals(next)) {
                startNat();
            }
            if (!was.withNatOf(next).equals(next)) {
                stopServer();
                startServer();
                if (server != null) {
                    server.awaitStart();
                }
            }
        } catch (IOException e) {
            stop();
            kind = kind.with(was);
            start();
            throw e;
        }
    }

    private void startNat() throws IOException {
        check();
        if (kind.gateway().nat()) {
            Nat rules = new Nat(kind.name(), kind.addresses(), kind.gateway().hairpin());
            rules.start();
            nat = rules;
            warnOfOthersRules();
            for (String set : rules.forward()) {
                LOG.info("port {}: set {} on this host", port, set);
            }
        }
    }

    /** It works all the same for those whom other rules let pass. */
    private void warnOfOthersRules() throws IOException {
        for (String chain : Nat.dropping()) {
            LOG.warn(
                    "port {}: another rule set of this host drops what is forwarded, guests'"
                            + " packets too: chain {}; as root: {}",
                    port,
                    chain,
                    Nat.letPass(chain, kind.name()));
        }
    }

    private void stopNat() {
        if (nat != null) {
            try {
                for (String set : nat.stop()) {
                    LOG.info("port {}: set {} on this host again", port, set);
                }
            } catch (IOException e) {
                LOG.warn("port {}: {}; see: lanyard doctor", port, e.getMessage());
            }
            nat = null;
        }
    }

    private void startServer() throws IOException {
        Gateway gateway = kind.gateway();
        if (gateway.dhcp().isEmpty() && gateway.tftp().isEmpty()) {
            return;
        }
        LogBudget budget = new LogBudget(clock); // the reading thread's
        Dnsmasq started =
                Dnsmasq.start(
                        kind.name(),
                        gateway,
                        directory,
                        line -> {
                            if (budget.allows()) {
                                LOG.info("port {}: dnsmasq: {}{}", port, line, budget.leftOut());
                            }
                        });
        warnOfTheHostsFirewall(gateway);
        server = started;
        startedAt = clock.nanoTime();
        started.onEnd().thenRun(() -> later(0, "looking after dnsmasq", () -> ended(started)));
    }

    /** It serves all the same those whom it lets pass. */
    private void warnOfTheHostsFirewall(Gateway gateway) {
        try {
            for (HostFirewall.Obstacle found : HostFirewall.inTheWay(kind.name(), gateway)) {
                LOG.warn(
                        "port {}: the firewall of this host drops what guests ask it for, {}: chain"
                                + " {}; as root: {}",
                        port,
                        found.asked(),
                        found.chain(),
                        found.mend());
            }
        } catch (IOException e) {
            LOG.debug("port {}: the firewall was not looked at: {}", port, e.getMessage());
        }
    }

    private void stopServer() {
        if (server != null) {
            Dnsmasq last = server;
            server = null; // its end is no surprise
            last.stop();
        }
        reason = null;
        pause = 1;
    }

    private void ended(Dnsmasq which) {
        if (server != which) {
            return;
        }
        server = null;
        if (clock.nanoTime() - startedAt > TimeUnit.SECONDS.toNanos(LONGEST_PAUSE)) {
            pause = 1;
        }
        later("dnsmasq died: " + which.lastWords());
    }

    private void later(String why) {
        reason = why;
        LOG.warn("port {}: {}; starting it again in {} s", port, why, pause);
        later(pause, "starting dnsmasq", this::again);
        pause = Math.min(2 * pause, LONGEST_PAUSE);
    }

    /** Any thread: on the lane, after so many seconds. */
    private void later(int seconds, String what, Runnable work) {
        loop.execute(() -> loop.after(seconds, TimeUnit.SECONDS, () -> lane.clean(what, work)));
    }

    private void again() {
        if (!up || server != null || reason == null) {
            return; // it is stopped, or was started meanwhile
        }
        try {
            startServer();
            reason = null;
        } catch (IOException e) {
            later(e.getMessage());
        }
    }
}
