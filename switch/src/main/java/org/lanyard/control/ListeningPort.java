package org.lanyard.control;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.lanyard.config.PortKind;
import org.lanyard.forward.Clock;
import org.lanyard.frame.PortCounters;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Port;
import org.lanyard.port.StreamPort;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.Epoll;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Readiness;
import org.lanyard.tapio.StreamListener;
import org.lanyard.worker.Departure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening stream port. Each guest that connects is a port of its own, named after this one and
 * the lowest free number; a number keeps its counters, so a lone guest that comes back finds them.
 */
final class ListeningPort implements Attachment {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningPort.class);

    /** After the kernel gave no connection (no descriptors, for example): when to ask again. */
    private static final long RETRY_MILLIS = 200;

    /**
     * Visits, which are connections that end so soon or are refused: so many at once, and so many a
     * second in the long run. A lab that starts, or comes back, has as many guests as it likes at
     * once; a program that connects and closes in a loop has little of our time.
     */
    static final int VISITS_AT_ONCE = 1_000;

    static final int VISITS_A_SECOND = 200;

    private static final long VISIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Connections that are looked at for some that stay, when there were too many visits. */
    private static final int LOOKED_AT = 64;

    /** What refused ones are counted under that left before they were let in. */
    private static final String VISITS = "visits";

    /** The others wait in the kernel's queue; this is a few at a time. */
    private static final long PACE_MILLIS = 20;

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** For name servers, and whoever knows this host's groups. */
    private static final int PATIENCE_SECONDS = 10;

    private record Guest(int number, StreamPort port, Connection connection, long since) {}

    private final String name;
    private final Endpoint endpoint;
    private final ControlLoop loop;
    private final Lane lane;
    private final PortFactory ports;
    private final Listeners listeners;
    private final GuestLog guestLog;
    private final LogBudget troubles;
    private final Refusals refusals = new Refusals();
    private final GuestQuota quota;
    private final PeerPulse pulse;
    private final Clock clock;
    private final Pace pace;

    /** Those that a guest has. */
    private final BitSet numbers = new BitSet();

    private final TreeMap<Integer, Guest> guests = new TreeMap<>();
    private final Map<Port, Guest> byPort = new HashMap<>();
    private final List<PortCounters> counters = new ArrayList<>();

    /** Who was alone when it came, and so may be known by its number. */
    private Port first;

    private PortKind.StreamListen kind;
    private StreamListener listener;
    private ControlLoop.Timer retry;

    /** Why guests wait in the kernel's queue, or null. */
    private String trouble;

    private long warned;
    private boolean everWarned;
    private Connection last;
    private boolean stopped;

    ListeningPort(
            String name,
            PortKind.StreamListen kind,
            Endpoint endpoint,
            Listeners listeners,
            ControlLoop loop,
            Lane lane,
            PortFactory ports,
            Clock clock) {
        this.name = name;
        this.kind = kind;
        this.endpoint = endpoint;
        this.listeners = listeners;
        this.loop = loop;
        this.lane = lane;
        this.ports = ports;
        this.quota = new GuestQuota(listeners.room(), LibC.geteuid(), kind.limits());
        this.pulse = new PeerPulse(kind.keepalive(), clock);
        this.guestLog = new GuestLog(name, clock);
        this.troubles = new LogBudget(clock);
        this.clock = clock;
        this.pace = new Pace(clock, VISITS_AT_ONCE, VISITS_A_SECOND);
    }

    @Override
    public String name() {
        return name;
    }

    /** Where guests connect; the port that the kernel chose when the configuration said 0. */
    Endpoint endpoint() {
        return listener == null ? endpoint : listener.endpoint();
    }

    @Override
    public CompletableFuture<Void> start() {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        Lane.Done<StreamListener> done =
                (opened, trouble) -> {
                    try {
                        listen(opened, trouble);
                        outcome.complete(null);
                    } catch (IOException e) {
                        outcome.completeExceptionally(refused(e));
                    }
                };
        Lane.Work<StreamListener> open = () -> listeners.open(name, endpoint, kind);
        elsewhere(open, Closing::quietly, done);
        return outcome;
    }

    /** Only where name servers are asked for a host, or whoever knows the groups for one. */
    private <T> void elsewhere(Lane.Work<T> work, Consumer<T> unwanted, Lane.Done<T> done) {
        if (endpoint instanceof Endpoint.Tcp tcp && !tcp.isNumeric()) {
            lane.run("resolving " + tcp.host(), PATIENCE_SECONDS, work, unwanted, done);
        } else if (kind.group().isPresent()) {
            String group = kind.group().get();
            lane.run("looking up group " + group, PATIENCE_SECONDS, work, unwanted, done);
        } else {
            T result = null;
            IOException trouble = null;
            try {
                result = work.run();
            } catch (IOException e) {
                trouble = e;
            }
            done.done(result, trouble);
        }
    }

    private void listen(StreamListener opened, IOException trouble) throws IOException {
        if (trouble != null) {
            throw trouble;
        }
        if (stopped) {
            Closing.quietly(opened);
            throw new IOException("it is no longer wanted");
        }
        listener = opened;
        try {
            loop.watch(listener.fd(), Epoll.IN, events -> accept());
        } catch (IOException e) {
            listener = null;
            Closing.quietly(opened);
            throw e;
        }
        LOG.info("port {} listens at {}", name, listener.endpoint());
    }

    private IOException refused(IOException e) {
        return new IOException("port " + name + ": " + e.getMessage(), e);
    }

    /** Whom it is for can change, how many they may be, and how long they may be silent. */
    @Override
    public boolean canBecome(PortKind next) {
        return next instanceof PortKind.StreamListen listen
                && listen.endpoint().equals(kind.endpoint());
    }

    /** Who is connected stays. */
    @Override
    public CompletableFuture<Void> become(PortKind next) {
        PortKind.StreamListen before = kind;
        kind = (PortKind.StreamListen) next;
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        Lane.Work<Boolean> admit =
                () -> {
                    listeners.admit(name, endpoint, (PortKind.StreamListen) next);
                    return true;
                };
        elsewhere(
                admit,
                late -> {},
                (done, trouble) -> {
                    if (trouble == null) {
                        limit();
                        outcome.complete(null);
                    } else {
                        kind = before;
                        outcome.completeExceptionally(refused(trouble));
                    }
                });
        return outcome;
    }

    private void limit() {
        quota.limit(kind.limits());
        pulse.allow(kind.keepalive());
        for (Guest guest : guests.values()) {
            watch(guest.connection());
        }
    }

    private void watch(Connection connection) {
        try {
            pulse.watch(connection);
        } catch (IOException e) {
            LOG.debug("port {}: {}", name, e.getMessage()); // its end shows when it is read
        }
    }

    /** One at a time: epoll tells again while more are waiting. */
    private void accept() {
        try {
            if (pace.allows()) {
                letIn(listener.accept());
            } else {
                acceptSlowly();
            }
        } catch (IOException e) {
            pause(e.getMessage());
        }
    }

    /** Whoever has left already, or is refused, keeps those behind it no longer than need be. */
    private void acceptSlowly() throws IOException {
        int letIn = 0;
        int most = VISITS_A_SECOND * (int) PACE_MILLIS / 1_000;
        for (int i = 0; i < LOOKED_AT && letIn < most && Readiness.canRead(listener.fd()); i++) {
            Connection connection = listener.accept();
            if (Readiness.isOver(connection.fd())) {
                last = connection;
                refusals.add(VISITS, 1);
                connection.close();
            } else if (letIn(connection)) {
                letIn++;
            }
            if (trouble != null) {
                return; // it pauses
            }
        }
        slowDown();
    }

    private boolean letIn(Connection connection) throws IOException {
        boolean isLast = listeners.room().isLast(connection.fd());
        boolean isIn = welcome(connection);
        if (isLast) {
            pause("guests have all descriptors that they may have");
        } else {
            trouble = null;
        }
        return isIn;
    }

    /** The connection waits in the kernel's queue meanwhile; without a pause we would spin. */
    private void pause(String why) {
        if (trouble == null && troubles.allows()) {
            LOG.warn("port {}: {}: {}{}", name, why, waiting(), troubles.leftOut());
        }
        trouble = why + ": " + waiting();
        acceptAfter(RETRY_MILLIS);
    }

    private void acceptAfter(long millis) {
        loop.unwatch(listener.fd());
        retry = loop.after(millis, TimeUnit.MILLISECONDS, this::resume);
    }

    private void slowDown() {
        long now = clock.nanoTime();
        if (!everWarned || now - warned >= PAUSE_NANOS) {
            everWarned = true;
            warned = now;
            LOG.warn(
                    "port {}: somebody connects again and again and does not stay, lastly {}: {}"
                            + " connections a second are let in, and others wait for their turn",
                    name,
                    who(last),
                    VISITS_A_SECOND);
        }
        acceptAfter(PACE_MILLIS);
    }

    /** The sentence about those that wait. */
    private String waiting() {
        Room room = listeners.room();
        return "guests wait until descriptors are free; the switch may have "
                + room.descriptors()
                + " (ulimit -n; LimitNOFILE= of a unit) and keeps "
                + room.kept()
                + " for itself";
    }

    private void resume() {
        if (listeners.room().isOutOfDescriptors(listener.fd())) {
            retry = loop.after(RETRY_MILLIS, TimeUnit.MILLISECONDS, this::resume);
            return;
        }
        try {
            loop.watch(listener.fd(), Epoll.IN, events -> accept());
        } catch (IOException e) {
            pause(e.getMessage());
        }
    }

    /** Whether there is a place for it. */
    private boolean welcome(Connection connection) throws IOException {
        last = connection;
        GuestQuota.Refusal refusal = quota.refuse(connection);
        if (refusal != null) {
            refuse(connection, refusal);
            return false;
        }
        int number = numbers.nextClearBit(1);
        while (counters.size() < number) {
            counters.add(new PortCounters());
        }
        try {
            pulse.watch(connection);
            StreamPort port =
                    ports.adopt(name + "/" + number, counters.get(number - 1), connection);
            if (guests.isEmpty()) {
                first = port;
            }
            Guest guest = new Guest(number, port, connection, clock.nanoTime());
            guests.put(number, guest);
            numbers.set(number);
            byPort.put(port, guest);
            quota.came(connection);
            return true;
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    private void refuse(Connection connection, GuestQuota.Refusal refusal) {
        refusals.add(refusal.limit(), 1);
        pace.happened();
        guestLog.refused(who(connection), refusal.sentence());
        listeners.room().dismiss(connection);
    }

    /** What was left out of the log is said there even if nothing like it comes again. */
    @Override
    public void everySecond() {
        guestLog.everySecond();
        for (Guest guest : guests.values()) {
            if (pulse.isGone(guest.connection())) {
                ports.retire(guest.port(), Departure.NO_ANSWER);
            }
        }
    }

    @Override
    public Refusals refusals() {
        return refusals;
    }

    @Override
    public Map<String, Long> figures() {
        return Map.of("guests", (long) guests.size());
    }

    @Override
    public void plugged(KernelPort port) {
        guestLog.came(port, who(byPort.get(port).connection()));
    }

    private static String who(Connection connection) {
        Connection.Peer peer = connection.peer();
        return peer.pid() < 0 ? connection.remote() : "pid " + peer.pid() + ", uid " + peer.uid();
    }

    @Override
    public void departed(KernelPort port, Departure why) {
        Guest guest = byPort.remove(port);
        guests.remove(guest.number());
        numbers.clear(guest.number());
        quota.left(guest.connection());
        if (clock.nanoTime() - guest.since() < VISIT_NANOS) {
            pace.happened();
        }
        if (why == Departure.NO_SLOT) {
            refusals.add(GuestQuota.PORTS, 1);
        }
        if (first == port) {
            first = null;
        }
        guestLog.left(port, why, Departures.tell(guest.port(), why));
        Closing.quietly(guest.connection());
    }

    @Override
    public List<PortCounters> counters() {
        return List.copyOf(counters);
    }

    @Override
    public boolean owns(Port port) {
        return byPort.containsKey(port);
    }

    /**
     * A number is no name: a guest that takes a free one beside others may be anybody. One that
     * comes to an empty port is the one that the port is for.
     */
    @Override
    public boolean isFirst(Port port) {
        return port == first;
    }

    @Override
    public void stop() {
        stopped = true;
        if (retry != null) {
            retry.cancel();
        }
        if (listener != null) {
            loop.unwatch(listener.fd());
            Closing.quietly(listener);
        }
    }

    @Override
    public List<PortView> views() {
        List<PortView> views = new ArrayList<>();
        String state = listener == null ? "down" : "listening";
        views.add(
                new PortView(
                        name,
                        "stream",
                        state,
                        endpoint().toString(),
                        listener == null ? lane.doing().orElse("not opened yet") : trouble,
                        0,
                        Connection.Peer.UNKNOWN,
                        ports.policy(),
                        new PortCounters()));
        for (Guest guest : guests.values()) {
            boolean up = guest.port().slot() != Port.UNPLUGGED;
            views.add(
                    new PortView(
                            guest.port().name(),
                            "stream",
                            up ? "up" : "down",
                            guest.connection().remote(),
                            null,
                            0,
                            guest.connection().peer(),
                            ports.policy(),
                            guest.port().counters()));
        }
        return views;
    }
}
