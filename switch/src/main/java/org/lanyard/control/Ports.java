package org.lanyard.control;

import static java.util.stream.Collectors.partitioningBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    private record Entry(PortConfig config, PortFactory factory, Attachment attachment) {
        Entry with(PortConfig newConfig) {
            return new Entry(newConfig, factory, attachment);
        }

        /** What no other port can have at the same time. */
        Set<String> holds(Path dir) {
            PortKind kind = config.kind();
            if (kind instanceof PortKind.StreamListen listen) {
                return Set.of(listen.endpoint());
            }
            if (kind instanceof PortKind.User) {
                return Set.of("user:" + config.name()); // its forwards; no other can have had them
            }
            if (kind instanceof PortKind.Bridge bridge) {
                return Set.of("bridge:" + bridge.name()); // two TAPs in it would be a loop
            }
            if (kind instanceof PortKind.Packet packet) {
                // Two would bring each frame in twice.
                return Set.of("packet:" + packet.interfaceName());
            }
            if (kind instanceof PortKind.OwnMacvtap macvtap) {
                // Some take the parent for themselves.
                String name = OwnMacvtap.name(dir, config.name());
                return Set.of("parent:" + macvtap.parent(), "interface:" + name);
            }
            if (kind instanceof PortKind.HostMacvtap macvtap) {
                return Set.of("interface:" + macvtap.name());
            }
            return kind instanceof PortKind.Tap tap ? Set.of("interface:" + tap.name()) : Set.of();
        }

        /** Whether what it holds is free only when its port has departed. */
        boolean isInterface() {
            return attachment instanceof TapAttachment || attachment instanceof PacketAttachment;
        }
    }

    private final RuntimeDir dir;
    private final ControlLoop loop;
    private final Clock clock;
    private final PortFactory base;
    private final StaticAddresses statics;
    private final Stations stations;
    private final Listeners listeners;

    /** By name, in the configuration's order. */
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** Removed; their ports depart. */
    private final List<Entry> leaving = new ArrayList<>();

    /** What removed ports had counted. */
    private final PortCounters gone = new PortCounters();

    private final LatePorts late;

    Ports(
            RuntimeDir dir,
            ControlLoop loop,
            Clock clock,
            PortFactory base,
            StaticAddresses statics,
            Stations stations,
            Listeners listeners) {
        this.dir = dir;
        this.loop = loop;
        this.clock = clock;
        this.base = base;
        this.statics = statics;
        this.stations = stations;
        this.listeners = listeners;
        this.late = new LatePorts(loop, this::isFree);
    }

    /** Before {@link #start}. */
    void configure(List<PortConfig> ports) throws IOException {
        for (PortConfig port : ports) {
            entries.put(port.name(), entry(port));
            statics.configure(port);
        }
        keepRoom();
    }

    private Entry entry(PortConfig port) throws IOException {
        PortFactory own = base.with(port.policy());
        return new Entry(port, own, attachment(port, own));
    }

    private Attachment attachment(PortConfig port, PortFactory own) throws IOException {
        PortKind kind = port.kind();
        if (kind instanceof PortKind.StreamListen listen) {
            return new ListeningPort(
                    port.name(),
                    listen,
                    endpoint(port, listen.endpoint()),
                    listeners,
                    loop,
                    own,
                    clock);
        }
        if (kind instanceof PortKind.StreamConnect connect) {
            return new DialledPort(
                    port.name(), connect, endpoint(port, connect.endpoint()), loop, own, clock);
        }
        if (kind instanceof PortKind.User user) {
            return new UserAttachment(port.name(), user, dir, loop, own, clock);
        }
        if (kind instanceof PortKind.Bridge bridge) {
            return new TapAttachment(port.name(), kind, new BridgeTap(bridge), loop, own);
        }
        if (kind instanceof PortKind.HostMacvtap macvtap) {
            TapSource source = new HostMacvtap(macvtap, dir.path(), stations);
            return new TapAttachment(port.name(), kind, source, loop, own);
        }
        if (kind instanceof PortKind.OwnMacvtap macvtap) {
            TapSource source = new OwnMacvtap(port.name(), macvtap, dir.path(), stations);
            return new TapAttachment(port.name(), kind, source, loop, own);
        }
        if (kind instanceof PortKind.Packet packet) {
            return new PacketAttachment(port.name(), packet, loop, own);
        }
        PortKind.Tap tap = (PortKind.Tap) kind;
        TapGateway gateway = new TapGateway(port.name(), tap, dir.path(), loop, clock);
        return new TapAttachment(port.name(), tap, gateway, loop, own);
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
     * @throws IOException when one can't be opened; the others may be
     */
    void start() throws IOException {
        if (entries.values().stream().anyMatch(e -> e.config().kind() instanceof PortKind.Tap)) {
            TapGateway.removeLeft();
        }
        OwnMacvtap.removeLeft(dir.path());
        UserShare.removeLeft(dir.path());
        listeners.inherit(
                entries.values().stream()
                        .filter(entry -> entry.config().kind() instanceof PortKind.StreamListen)
                        .map(entry -> entry.config().name())
                        .toList());
        for (Entry entry : entries.values()) {
            entry.attachment().start();
        }
    }

    /** Lets no new connection in. */
    void stop() {
        late.clear();
        entries.values().forEach(entry -> entry.attachment().stop());
    }

    boolean isReady() {
        return entries.values().stream().allMatch(entry -> entry.attachment().isReady());
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
        Entry entry = entries.get(name);
        return entry == null ? null : entry.config().with(entry.factory().policy());
    }

    /** Lets a port of the configuration, and all its guests, obey another policy. */
    void obey(String name, PortPolicy policy) {
        entries.get(name).factory().obey(policy);
    }

    /** From now on so many bytes may wait for each port. */
    void limitBacklogs(int bytes) {
        base.limitBacklogs(bytes);
        entries.values().forEach(entry -> entry.factory().limitBacklogs(bytes));
    }

    /**
     * From now on there are these ports and no others. Ports that come are opened first.
     *
     * @throws IOException when one can't be opened; then nothing has changed
     */
    void apply(List<PortConfig> next) throws IOException {
        Map<String, Entry> then = new LinkedHashMap<>();
        List<Entry> coming = new ArrayList<>();
        List<PortConfig> changing = new ArrayList<>();
        for (PortConfig port : next) {
            Entry now = entries.get(port.name());
            boolean same = now != null && now.config().kind().equals(port.kind());
            boolean stays = same || now != null && now.attachment().canBecome(port.kind());
            Entry entry = stays ? now : entry(port);
            then.put(port.name(), entry);
            if (!stays) {
                coming.add(entry);
            } else if (!same) {
                changing.add(port);
            }
        }
        List<Entry> going =
                entries.values().stream().filter(entry -> !then.containsValue(entry)).toList();
        Map<Boolean, List<Entry>> byTurn = coming.stream().collect(partitioningBy(mustWait(going)));
        open(byTurn.get(false), byTurn.get(true), changing);

        for (Entry entry : going) {
            statics.forget(entry.config().name());
            remove(entry);
        }
        entries.clear();
        entries.putAll(then);
        coming.forEach(entry -> statics.configure(entry.config()));
        late.retain(entries.values().stream().map(Entry::attachment).toList()::contains);
        byTurn.get(true).forEach(entry -> late.add(entry.attachment()));
        late.openFree();
        for (PortConfig port : next) {
            settle(port);
        }
        keepRoom();
    }

    /** Those for what a port holds that goes now, or left its interface to a worker before. */
    private Predicate<Entry> mustWait(List<Entry> going) {
        Set<String> held =
                Stream.concat(going.stream(), leaving.stream().filter(Entry::isInterface))
                        .flatMap(entry -> entry.holds(dir.path()).stream())
                        .collect(Collectors.toSet());
        return entry -> !Collections.disjoint(entry.holds(dir.path()), held);
    }

    private void open(List<Entry> coming, List<Entry> later, List<PortConfig> changing)
            throws IOException {
        List<Entry> opened = new ArrayList<>();
        List<Entry> changed = new ArrayList<>();
        try {
            for (Entry entry : coming) {
                entry.attachment().start();
                opened.add(entry);
            }
            for (Entry entry : later) {
                entry.attachment().prepare();
            }
            for (PortConfig port : changing) {
                Entry entry = entries.get(port.name());
                entry.attachment().become(port.kind());
                changed.add(entry);
            }
        } catch (IOException e) {
            changed.forEach(Ports::changeBack);
            later.forEach(entry -> entry.attachment().stop());
            opened.forEach(this::remove);
            throw e;
        }
    }

    private static void changeBack(Entry entry) {
        try {
            entry.attachment().become(entry.config().kind());
        } catch (IOException e) {
            LOG.error("{}", e.getMessage());
        }
    }

    /** A port that stayed, or has just come, obeys its configuration. */
    private void settle(PortConfig port) {
        Entry entry = entries.get(port.name());
        if (!entry.factory().policy().equals(port.policy())) {
            entry.factory().obey(port.policy());
        }
        if (!entry.config().equals(port)) {
            statics.replace(entry.config(), port);
        }
        entries.put(port.name(), entry.with(port));
    }

    private void remove(Entry entry) {
        LOG.info("port {} is removed", entry.config().name());
        entry.attachment().stop();
        if (entry.factory().retireAll() > 0) {
            leaving.add(entry);
        } else {
            remember(entry);
        }
    }

    private void remember(Entry entry) {
        entry.attachment().counters().forEach(gone::add);
    }

    /** A listener's place is free at once, an interface when its port has departed. */
    private boolean isFree(Attachment attachment) {
        return Stream.of(entries.get(attachment.name())).noneMatch(mustWait(List.of()));
    }

    void plugged(KernelPort port) {
        ownerOf(port).attachment().plugged(port);
        statics.plugged(port);
    }

    void departed(KernelPort port, Departure why) {
        Entry owner = ownerOf(port);
        base.departed(port);
        owner.attachment().departed(port, why);
        List<Entry> left = leaving.stream().filter(entry -> !entry.factory().hasPorts()).toList();
        left.forEach(this::remember);
        leaving.removeAll(left);
        late.openFree();
    }

    /** Told of what a port has refused in the last second. */
    @FunctionalInterface
    interface RefusalListener {
        void refused(String port, String limit, long times);
    }

    void everySecond(RefusalListener listener) {
        for (Entry entry : entries.values()) {
            Attachment attachment = entry.attachment();
            attachment.everySecond();
            attachment
                    .refusals()
                    .news((limit, times) -> listener.refused(attachment.name(), limit, times));
        }
    }

    /** What does the work of a port of the configuration; null for a guest and for none. */
    Attachment attachment(String name) {
        Entry entry = entries.get(name);
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

    private Entry ownerOf(KernelPort port) {
        return Stream.concat(entries.values().stream(), leaving.stream())
                .filter(entry -> entry.attachment().owns(port))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody owns port " + port));
    }

    List<PortView> views() {
        List<PortView> views = new ArrayList<>();
        for (Entry entry : entries.values()) {
            Optional<String> why = late.reason(entry.attachment());
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
