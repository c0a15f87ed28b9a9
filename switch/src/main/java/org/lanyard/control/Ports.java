package org.lanyard.control;

import static java.util.stream.Collectors.partitioningBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lanyard.config.PortConfig;
import org.lanyard.config.PortKind;
import org.lanyard.forward.Clock;
import org.lanyard.frame.PortCounters;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.KernelPort;
import org.lanyard.tapio.Endpoint;
import org.lanyard.worker.Departure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configured ports of a switch, which come, change and go while it runs. A port whose kind
 * stays the same keeps its sockets, guests, addresses and counters.
 */
final class Ports {
    private static final Logger LOG = LoggerFactory.getLogger(Ports.class);

    private static final int PATIENCE_SECONDS = 20;

    /** Somebody outside who takes longer, some times what is usual, is not waited for. */
    static final long PATIENT_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private final RuntimeDir dir;
    private final ControlLoop loop;
    private final Clock clock;
    private final PortFactory base;
    private final StaticAddresses statics;
    private final Stations stations;
    private final Listeners listeners;

    /** By name, in the configuration's order. */
    private final Map<String, PortEntry> entries = new LinkedHashMap<>();

    /** Removed; their ports depart. */
    private final List<PortEntry> leaving = new ArrayList<>();

    /** What removed ports had counted. */
    private final PortCounters gone = new PortCounters();

    private final LatePorts late;

    private final Errands errands;
    private final Errands names;

    /** Where what killed switches left is removed. */
    private final Lane left;

    /** Those that a start of the switch has still to open. */
    private final Set<Attachment> unopened = new HashSet<>();

    private boolean announced;
    private boolean stopped;

    Ports(
            RuntimeDir dir,
            ControlLoop loop,
            Clock clock,
            PortFactory base,
            StaticAddresses statics,
            Stations stations,
            Listeners listeners,
            Errands errands,
            Errands names) {
        this.dir = dir;
        this.loop = loop;
        this.clock = clock;
        this.base = base;
        this.statics = statics;
        this.stations = stations;
        this.listeners = listeners;
        this.late = new LatePorts(loop, this::isFree);
        this.errands = errands;
        this.names = names;
        this.left = errands.lane(() -> {});
    }

    /** Before {@link #start}. */
    void configure(List<PortConfig> ports) throws IOException {
        Map<String, PortKind> kinds = HostLoopback.decide(ports);
        for (PortConfig port : ports) {
            entries.put(port.name(), entry(port, kinds.get(port.name())));
            statics.configure(port);
        }
        keepRoom();
    }

    private PortEntry entry(PortConfig port, PortKind kind) throws IOException {
        PortFactory own = base.with(port.policy());
        boolean isName =
                port.kind() instanceof PortKind.StreamListen
                        || port.kind() instanceof PortKind.StreamConnect;
        Lane lane = (isName ? names : errands).lane(this::cameToRest);
        return new PortEntry(port, own, attachment(port, kind, own, lane), lane);
    }

    private Attachment attachment(PortConfig port, PortKind kind, PortFactory own, Lane lane)
            throws IOException {
        if (kind instanceof PortKind.StreamListen listen) {
            return new ListeningPort(
                    port.name(),
                    listen,
                    endpoint(port, listen.endpoint()),
                    listeners,
                    loop,
                    lane,
                    own,
                    clock);
        }
        if (kind instanceof PortKind.StreamConnect connect) {
            return new DialledPort(
                    port.name(),
                    connect,
                    endpoint(port, connect.endpoint()),
                    loop,
                    lane,
                    own,
                    clock);
        }
        if (kind instanceof PortKind.User user) {
            BooleanSupplier isolates =
                    () -> entries.values().stream().anyMatch(PortEntry::isIsolated);
            return new UserAttachment(
                    port.name(), user, dir, loop, lane, own, stations, isolates, clock);
        }
        if (kind instanceof PortKind.Bridge bridge) {
            return new TapAttachment(port.name(), kind, new BridgeTap(bridge), loop, lane, own);
        }
        if (kind instanceof PortKind.HostMacvtap macvtap) {
            TapSource source = new HostMacvtap(macvtap, dir.path(), stations);
            return new TapAttachment(port.name(), kind, source, loop, lane, own);
        }
        if (kind instanceof PortKind.OwnMacvtap macvtap) {
            TapSource source = new OwnMacvtap(port.name(), macvtap, dir.path(), stations);
            return new TapAttachment(port.name(), kind, source, loop, lane, own);
        }
        if (kind instanceof PortKind.Packet packet) {
            return new PacketAttachment(port.name(), packet, loop, lane, own);
        }
        PortKind.Tap tap = (PortKind.Tap) kind;
        TapGateway gateway = new TapGateway(port.name(), tap, dir.path(), loop, lane, clock);
        return new TapAttachment(port.name(), tap, gateway, loop, lane, own);
    }

    private Endpoint endpoint(PortConfig port, String text) throws IOException {
        try {
            return Endpoint.parse(text, dir.path());
        } catch (IllegalArgumentException e) {
            throw new IOException("port " + port.name() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Opens all.
     *
     * @param failed is told the first that can't be opened, unless {@link #announced} was before:
     *     then it is tried again
     */
    void start(Consumer<IOException> failed) throws IOException {
        listeners.inherit(
                entries.values().stream()
                        .filter(entry -> entry.config().kind() instanceof PortKind.StreamListen)
                        .map(entry -> entry.config().name())
                        .toList());
        Map<Boolean, List<PortEntry>> byTurn =
                entries.values().stream().collect(partitioningBy(PortEntry::comesAfterTheLeft));
        List<PortEntry> last = byTurn.get(true);
        last.forEach(entry -> unopened.add(entry.attachment()));
        left.run(
                "removing what a killed switch left",
                PATIENCE_SECONDS,
                this::removeLeft,
                (done, trouble) -> open(last, failed));
        open(byTurn.get(false), failed);
    }

    /** On its lane: what is left can't be told from what the ports then open. */
    private boolean removeLeft() {
        if (entries.values().stream().anyMatch(e -> e.config().kind() instanceof PortKind.Tap)) {
            TapGateway.removeLeft();
        }
        OwnMacvtap.removeLeft(dir.path());
        UserShare.removeLeft(dir.path());
        return true;
    }

    private void open(List<PortEntry> some, Consumer<IOException> failed) {
        for (PortEntry entry : some) {
            Attachment attachment = entry.attachment();
            if (!isWanted(attachment)) {
                unopened.remove(attachment);
                continue;
            }
            unopened.add(attachment);
            attachment
                    .start()
                    .whenComplete(
                            (done, thrown) -> {
                                unopened.remove(attachment);
                                if (thrown != null && !announced) {
                                    failed.accept((IOException) thrown);
                                } else if (thrown != null && isWanted(attachment)) {
                                    late.add(attachment, thrown.getMessage());
                                }
                            });
        }
    }

    private boolean isWanted(Attachment attachment) {
        PortEntry entry = entries.get(attachment.name());
        return !stopped && entry != null && entry.attachment() == attachment;
    }

    /**
     * The user was told that guests can connect: from now on what can't be opened is waited for.
     */
    void announced() {
        announced = true;
    }

    /** Lets no new connection in. */
    void stop() {
        stopped = true;
        late.clear();
        entries.values().forEach(entry -> entry.attachment().stop());
    }

    /** Whether nothing is opened or taken back any more; after {@link #stop}. */
    boolean hasGone() {
        return left.isAtRest()
                && Stream.concat(entries.values().stream(), leaving.stream())
                        .allMatch(PortEntry::hasGone);
    }

    /** What is being done still, for a log. */
    String unfinished() {
        return Stream.concat(entries.values().stream(), leaving.stream())
                .flatMap(
                        entry ->
                                entry.lane().doing().stream()
                                        .map(doing -> entry.config().name() + ": " + doing))
                .collect(Collectors.joining("; "));
    }

    /** Whether all can be used, but those that wait for somebody outside who takes his time. */
    boolean isReady() {
        return entries.values().stream().allMatch(this::isReady);
    }

    private boolean isReady(PortEntry entry) {
        boolean isOpen = !unopened.contains(entry.attachment()) && entry.attachment().isReady();
        return isOpen
                || entry.lane().isHeldUp(PATIENT_NANOS)
                || entry.attachment().isHeldUp()
                || entry.comesAfterTheLeft() && left.isHeldUp(PATIENT_NANOS);
    }

    List<String> names() {
        return List.copyOf(entries.keySet());
    }

    /** As they are configured, with what was set since. */
    List<PortConfig> configs() {
        return entries.keySet().stream().map(this::config).toList();
    }

    /** A port of the configuration, with what was set since; null for a guest and for none. */
    PortConfig config(String name) {
        PortEntry entry = entries.get(name);
        return entry == null ? null : entry.config().with(entry.factory().policy());
    }

    /** Lets a port of the configuration, and all its guests, obey another policy. */
    CompletableFuture<Void> obey(String name, PortPolicy policy) {
        return entries.get(name).factory().obey(policy);
    }

    /** From now on so many bytes may wait for each port. */
    void limitBacklogs(int bytes) {
        base.limitBacklogs(bytes);
        entries.values().forEach(entry -> entry.factory().limitBacklogs(bytes));
    }

    /**
     * From now on there are these ports and no others. Ports that come are opened first; until that
     * is done, or has failed, no other change may begin.
     *
     * @return fails with an {@link IOException} when one can't be opened; then nothing has changed
     * @throws IOException when one can't be; nor has anything then
     */
    CompletableFuture<Void> apply(List<PortConfig> next) throws IOException {
        Map<String, PortEntry> then = new LinkedHashMap<>();
        List<PortEntry> coming = new ArrayList<>();
        List<PortConfig> changing = new ArrayList<>();
        Map<String, PortKind> before =
                HostLoopback.decide(entries.values().stream().map(PortEntry::config).toList());
        Map<String, PortKind> kinds = HostLoopback.decide(next);
        for (PortConfig port : next) {
            PortEntry now = entries.get(port.name());
            PortKind kind = kinds.get(port.name());
            boolean same = now != null && before.get(port.name()).equals(kind);
            boolean stays = same || now != null && now.attachment().canBecome(kind);
            PortEntry entry = stays ? now : entry(port, kind);
            then.put(port.name(), entry);
            if (!stays) {
                coming.add(entry);
            } else if (!same) {
                changing.add(port);
            }
        }
        List<PortEntry> going =
                entries.values().stream().filter(entry -> !then.containsValue(entry)).toList();
        Map<Boolean, List<PortEntry>> byTurn =
                coming.stream().collect(partitioningBy(mustWait(going)));
        PortChange opening = new PortChange();
        byTurn.get(false).forEach(entry -> opening.start(entry.attachment(), () -> remove(entry)));
        byTurn.get(true).forEach(entry -> opening.prepare(entry.attachment()));
        for (PortConfig port : changing) {
            PortEntry entry = entries.get(port.name());
            opening.become(entry.attachment(), before.get(port.name()), kinds.get(port.name()));
        }
        return opening.end().thenCompose(done -> commit(next, then, coming, byTurn.get(true)));
    }

    private CompletableFuture<Void> commit(
            List<PortConfig> next,
            Map<String, PortEntry> then,
            List<PortEntry> coming,
            List<PortEntry> later) {
        for (PortEntry entry : List.copyOf(entries.values())) {
            if (!then.containsValue(entry)) {
                statics.forget(entry.config().name());
                remove(entry);
            }
        }
        entries.clear();
        entries.putAll(then);
        coming.forEach(entry -> statics.configure(entry.config()));
        late.retain(entries.values().stream().map(PortEntry::attachment).toList()::contains);
        later.forEach(entry -> late.add(entry.attachment()));
        late.openFree();
        keepRoom();
        return CompletableFuture.allOf(
                next.stream().map(this::settle).toArray(CompletableFuture<?>[]::new));
    }

    /** Those for what a port holds that goes now, or left its interface to a worker before. */
    private Predicate<PortEntry> mustWait(List<PortEntry> going) {
        Set<String> held =
                Stream.concat(going.stream(), leaving.stream().filter(PortEntry::isInterface))
                        .flatMap(entry -> entry.holds(dir.path()).stream())
                        .collect(Collectors.toSet());
        return entry -> !Collections.disjoint(entry.holds(dir.path()), held);
    }

    /** A port that stayed, or has just come, obeys its configuration. */
    private CompletableFuture<Void> settle(PortConfig port) {
        PortEntry entry = entries.get(port.name());
        CompletableFuture<Void> obeying = Attachment.DONE;
        if (!entry.factory().policy().equals(port.policy())) {
            obeying = entry.factory().obey(port.policy());
        }
        if (!entry.config().equals(port)) {
            statics.replace(entry.config(), port);
        }
        entries.put(port.name(), entry.with(port));
        return obeying;
    }

    private void remove(PortEntry entry) {
        LOG.info("port {} is removed", entry.config().name());
        entry.attachment().stop();
        entry.factory().retireAll();
        leaving.add(entry);
        forgetGone();
    }

    private void forgetGone() {
        List<PortEntry> left = leaving.stream().filter(PortEntry::hasGone).toList();
        left.forEach(this::remember);
        leaving.removeAll(left);
    }

    /** The lane of a port has nothing to do any more. */
    private void cameToRest() {
        forgetGone();
        late.openFree();
    }

    private void remember(PortEntry entry) {
        entry.attachment().counters().forEach(gone::add);
    }

    /** A listener's place is free at once, an interface when its port has departed. */
    private boolean isFree(Attachment attachment) {
        return Stream.of(entries.get(attachment.name())).noneMatch(mustWait(List.of()));
    }

    void plugged(KernelPort port) {
        Attachment attachment = ownerOf(port).attachment();
        attachment.plugged(port);
        statics.plugged(port, attachment.isFirst(port));
    }

    void departed(KernelPort port, Departure why) {
        PortEntry owner = ownerOf(port);
        base.departed(port);
        statics.departed(port);
        owner.attachment().departed(port, why);
        entries.values().forEach(entry -> entry.attachment().otherLeft(port.name()));
        forgetGone();
        late.openFree();
    }

    /** Told of what a port has refused in the last second. */
    @FunctionalInterface
    interface RefusalListener {
        void refused(String port, String limit, long times);
    }

    void everySecond(RefusalListener listener) {
        for (PortEntry entry : entries.values()) {
            Attachment attachment = entry.attachment();
            attachment.everySecond();
            attachment
                    .refusals()
                    .news((limit, times) -> listener.refused(attachment.name(), limit, times));
        }
    }

    /** Whether that is a process behind a port, which guests may have made another program. */
    boolean isProcess(int pid) {
        return Stream.concat(entries.values().stream(), leaving.stream())
                .anyMatch(entry -> entry.attachment().isProcess(pid));
    }

    /** What does the work of a port of the configuration; null for a guest and for none. */
    Attachment attachment(String name) {
        PortEntry entry = entries.get(name);
        return entry == null ? null : entry.attachment();
    }

    /** Guests leave their places to the ports that are not theirs. */
    private void keepRoom() {
        long others =
                entries.values().stream()
                        .filter(e -> !(e.config().kind() instanceof PortKind.StreamListen))
                        .count();
        listeners.room().keepFor((int) others);
    }

    private PortEntry ownerOf(KernelPort port) {
        return Stream.concat(entries.values().stream(), leaving.stream())
                .filter(entry -> entry.attachment().owns(port))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody owns port " + port));
    }

    List<PortView> views() {
        List<PortView> views = new ArrayList<>();
        for (PortEntry entry : entries.values()) {
            Optional<String> why = late.reason(entry.attachment());
            if (unopened.contains(entry.attachment()) && entry.lane().isAtRest()) {
                why = left.doing();
            }
            for (PortView view : entry.attachment().views()) {
                views.add(why.isEmpty() ? view : view.down(why.get()));
            }
        }
        return views;
    }

    /** Of all ports that there ever were, so that their sums never fall. */
    List<PortCounters> counters() {
        List<PortCounters> counters = new ArrayList<>(List.of(gone));
        Stream.concat(entries.values().stream(), leaving.stream())
                .forEach(entry -> counters.addAll(entry.attachment().counters()));
        return counters;
    }
}
