package org.lanyard.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.lanyard.config.ConfigDiff;
import org.lanyard.config.ConfigException;
import org.lanyard.config.ConfigParser;
import org.lanyard.config.HostClaim;
import org.lanyard.config.PortConfig;
import org.lanyard.config.SwitchConfig;
import org.lanyard.forward.Fabric;
import org.lanyard.policy.PortPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a switch is told to be, and how that changes while it runs. Control thread. */
final class Settings {
    private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

    /** For the disk. */
    private static final int PATIENCE_SECONDS = 10;

    private SwitchConfig config;
    private Path file;
    private final Lane lane;
    private final AccessLookup lookup;
    private final RpcServer rpc;
    private final Ports ports;
    private final Fabric fabric;
    private final Events events;
    private final ControlLoop loop;

    /** The end of the last change. */
    private CompletableFuture<?> changes = Attachment.DONE;

    /**
     * @param file where the configuration came from, or null
     */
    Settings(
            SwitchConfig config,
            Path file,
            Lane lane,
            AccessLookup lookup,
            RpcServer rpc,
            Ports ports,
            Fabric fabric,
            Events events,
            ControlLoop loop) {
        this.config = config;
        this.file = file;
        this.lane = lane;
        this.lookup = lookup;
        this.rpc = rpc;
        this.ports = ports;
        this.fabric = fabric;
        this.events = events;
        this.loop = loop;
    }

    /** As it was started or last applied. */
    SwitchConfig config() {
        return config;
    }

    /** Null without a configuration file. */
    Path file() {
        return file;
    }

    /** As it started, with what changed since. */
    SwitchConfig running() {
        return config.withPorts(ports.configs());
    }

    /**
     * Changes come one after another, each when the one before is done or has failed.
     *
     * @param change begins it
     */
    <T> CompletableFuture<T> inTurn(Callable<CompletableFuture<T>> change) {
        CompletableFuture<T> end =
                changes.thenCompose(
                        before -> {
                            try {
                                return change.call();
                            } catch (Exception e) {
                                return CompletableFuture.failedFuture(e);
                            }
                        });
        changes = end.handle((done, thrown) -> null);
        return end;
    }

    /**
     * From now on it is as this configuration says, which a client of the control socket asks for;
     * {@link #inTurn}.
     *
     * @param newFile where it came from, or null to let the next start read the old one; who may
     *     ask nothing of the host does not choose it
     * @return fails with an {@link IOException} when a port can't be opened, or the control socket
     *     not be given to whom it is to be for; then nothing has changed
     * @throws IllegalArgumentException when something differs that can't while it runs
     * @throws JsonRpc.Refusal when the client may not ask for that
     */
    CompletableFuture<Void> apply(Client client, SwitchConfig next, Path newFile)
            throws JsonRpc.Refusal {
        boolean mayAll = rpc.access().of(client) == Access.Right.ALL;
        if (!mayAll) {
            refuseClaims(client, next);
        }
        return apply(next, mayAll ? newFile : null);
    }

    private void refuseClaims(Client client, SwitchConfig next) throws JsonRpc.Refusal {
        List<HostClaim> claims = HostClaim.added(running(), next, lookup.runtimeDir());
        if (!claims.isEmpty()) {
            String owners = rpc.access().owners();
            throw new JsonRpc.Refusal(
                    JsonRpc.NOT_ALLOWED,
                    String.format(
                            "uid %d may change this switch, but ask nothing of the host: that is for"
                                    + " %s. Nothing has changed; leave this out, or ask %s to say"
                                    + " it:\n%s",
                            client.uid(),
                            owners,
                            owners,
                            claims.stream()
                                    .map(HostClaim::toString)
                                    .collect(Collectors.joining("\n"))));
        }
    }

    private CompletableFuture<Void> apply(SwitchConfig next, Path newFile) {
        refuseWhatNeedsARestart(next);
        CompletableFuture<Void> applied = new CompletableFuture<>();
        lookup.of(
                next,
                (access, trouble) -> {
                    if (trouble != null) {
                        applied.completeExceptionally(trouble);
                        return;
                    }
                    Access before = rpc.access();
                    try {
                        rpc.admit(access);
                        ports.apply(next.ports())
                                .whenComplete(
                                        (done, thrown) ->
                                                finish(next, newFile, before, thrown, applied));
                    } catch (IOException | RuntimeException e) {
                        finish(next, newFile, before, e, applied);
                    }
                });
        return applied;
    }

    private void finish(
            SwitchConfig next,
            Path newFile,
            Access before,
            Throwable thrown,
            CompletableFuture<Void> applied) {
        try {
            if (thrown == null) {
                hasApplied(next, newFile);
                applied.complete(null);
            } else {
                rpc.admit(before);
                applied.completeExceptionally(thrown);
            }
        } catch (IOException | RuntimeException e) {
            applied.completeExceptionally(e);
        }
    }

    private void hasApplied(SwitchConfig next, Path newFile) {
        config = next;
        fabric.fdb().allowMoves(config.macMoves());
        ports.limitBacklogs(config.portBacklog());
        loop.execute(rpc::dismissStrangers); // not before whoever asks has the answer
        file = newFile == null ? file : newFile;
        events.applied(newFile);
        LOG.info("configuration applied{}", newFile == null ? "" : ": " + newFile);
    }

    private void refuseWhatNeedsARestart(SwitchConfig next) {
        String keys =
                ConfigDiff.between(running(), next).stream()
                        .filter(ConfigDiff.Change::restart)
                        .map(ConfigDiff.Change::key)
                        .collect(Collectors.joining(", "));
        if (!keys.isEmpty()) {
            throw new IllegalArgumentException(
                    "[switch] "
                            + keys
                            + ": can't change while it runs; nothing has changed. See: lanyard"
                            + " config diff, lanyard restart --config");
        }
    }

    private static void tellRefused(Throwable thrown) {
        Throwable why = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        if (why instanceof IOException || why instanceof IllegalArgumentException) {
            LOG.error("nothing has changed: {}", why.getMessage());
        } else {
            LOG.error("an error in the switch itself; please report it", why);
        }
    }

    /** Its file is read again and applied, as a whole or not at all, which the log tells. */
    CompletableFuture<Void> readAgain() {
        return inTurn(this::read)
                .whenComplete(
                        (done, thrown) -> {
                            if (thrown != null) {
                                tellRefused(thrown);
                            }
                        });
    }

    private CompletableFuture<Void> read() {
        Path read = file;
        if (read == null) {
            LOG.info("there is no configuration file to read again");
            return Attachment.DONE;
        }
        CompletableFuture<SwitchConfig> next = new CompletableFuture<>();
        lane.run(
                "reading " + read,
                PATIENCE_SECONDS,
                () -> parse(read),
                (parsed, trouble) -> {
                    if (trouble == null) {
                        next.complete(parsed);
                    } else {
                        next.completeExceptionally(trouble);
                    }
                });
        return next.thenCompose(parsed -> apply(parsed.withName(config.name()), read));
    }

    private static SwitchConfig parse(Path file) throws IOException {
        try {
            return ConfigParser.parse(file);
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Lets a port of the configuration be another; {@link #inTurn}.
     *
     * @return fails when its kind can't become that; then nothing has changed
     * @throws JsonRpc.Refusal when the client may not ask for that
     */
    CompletableFuture<Void> change(Client client, PortConfig now, PortConfig next)
            throws JsonRpc.Refusal {
        if (now.kind().equals(next.kind())) {
            return obey(next.name(), next.policy());
        }
        SwitchConfig running = running();
        List<PortConfig> others = new ArrayList<>(running.ports());
        others.replaceAll(port -> port.name().equals(next.name()) ? next : port);
        return apply(client, running.withPorts(others), null);
    }

    /** Lets a port of the configuration, and all its guests, obey another policy. */
    private CompletableFuture<Void> obey(String port, PortPolicy policy) {
        CompletableFuture<Void> obeying = ports.obey(port, policy);
        events.settings(port);
        LOG.info("port {} obeys {}", port, policy);
        return obeying;
    }
}
