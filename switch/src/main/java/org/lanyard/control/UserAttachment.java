package org.lanyard.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lanyard.config.PortKind;
import org.lanyard.forward.Clock;
import org.lanyard.port.KernelPort;
import org.lanyard.slirp.HostForward;
import org.lanyard.slirp.Main;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.Readiness;
import org.lanyard.tapio.StreamListener;
import org.lanyard.tapio.UnixSockets;
import org.lanyard.worker.Departure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rootless way out: a child process that serves the network, and the stream port to it. A child
 * that ends is started again, with growing pauses unless it had lived for a while.
 */
final class UserAttachment extends SinglePort {
    private static final Logger LOG = LoggerFactory.getLogger(UserAttachment.class);
    private static final long FIRST_PAUSE_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;
    private static final int PATIENCE_SECONDS = 30;

    /** Longer than a process takes to start on a busy host. */
    private static final long LONG_SECONDS = 5;

    private static final Pattern READY = Pattern.compile(Main.READY + "(\\d{1,9})");
    private static final int MOST_STRANGERS = 16;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Path socket;
    private final ControlLoop loop;
    private final Lane lane;
    private final Clock clock;
    private final UserGuests guests;
    private final LogBudget budget;
    private final LogBudget childBudget;
    private final UserHairpin hairpin;
    private PortKind.User kind;
    private UserShare share;
    private UserChild child;
    private StreamListener listener;
    private Connection connection;
    private int childUid;
    private long launchedAt;
    private long upSince;

    /** What {@link #prepare} has begun; null when it is taken, or nothing is. */
    private CompletableFuture<String> ready;

    /** The last question about what is forwarded, or null. */
    private CompletableFuture<String> forwarding;

    private ControlLoop.Timer timer;
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private String reason = "its process is being started";
    private boolean stopped;

    UserAttachment(
            String name,
            PortKind.User kind,
            RuntimeDir dir,
            ControlLoop loop,
            Lane lane,
            PortFactory ports,
            Stations stations,
            BooleanSupplier isolates,
            Clock clock) {
        super(name, ports);
        this.kind = kind;
        this.hairpin = new UserHairpin(name, isolates);
        this.socket = dir.path().resolve(".user" + NUMBER.incrementAndGet());
        this.loop = loop;
        this.lane = lane;
        this.clock = clock;
        this.guests = new UserGuests(name, loop, ports, stations, clock);
        this.budget = new LogBudget(clock);
        this.childBudget = new LogBudget(clock);
    }

    /** Done when the child says so: what keeps it from serving is the configuration's error. */
    @Override
    public CompletableFuture<Void> prepare() {
        ready = launch();
        return outcome(ready.thenApply(said -> null));
    }

    @Override
    public CompletableFuture<Void> start() {
        return outcome(open());
    }

    private CompletableFuture<Void> open() {
        CompletableFuture<String> launched = ready == null ? launch() : ready;
        ready = null;
        return launched.thenCompose(this::forward);
    }

    /** Where it fails nothing is left, and its sentence begins with the port's name. */
    private CompletableFuture<Void> outcome(CompletableFuture<Void> attempt) {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        attempt.whenComplete(
                (done, thrown) -> {
                    if (thrown == null) {
                        outcome.complete(null);
                    } else {
                        discard();
                        String why = "port " + name + ": " + sentence(thrown);
                        outcome.completeExceptionally(new IOException(why, thrown));
                    }
                });
        return outcome;
    }

    private static String sentence(Throwable thrown) {
        boolean isWrapped = thrown instanceof CompletionException && thrown.getCause() != null;
        return (isWrapped ? thrown.getCause() : thrown).getMessage();
    }

    private static String silence() {
        return "its process did not answer within " + PATIENCE_SECONDS + " s";
    }

    /** What is made for it elsewhere. */
    private record Launched(StreamListener listener, UserShare share, UserChild child) {}

    /** Completes with what the child says when it can serve. */
    private CompletableFuture<String> launch() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        lane.run(
                "starting its process",
                PATIENCE_SECONDS,
                this::make,
                this::takeBack,
                (made, trouble) -> {
                    if (trouble == null && stopped) {
                        lane.clean("ending its process", () -> takeBack(made));
                    }
                    if (trouble != null || stopped) {
                        answer.completeExceptionally(
                                trouble == null
                                        ? new IOException("it is no longer wanted")
                                        : trouble);
                        return;
                    }
                    listener = made.listener();
                    share = made.share();
                    child = made.child();
                    guests.begin(child);
                    awaitAnswer(answer);
                });
        return answer;
    }

    private void awaitAnswer(CompletableFuture<String> answer) {
        UserChild own = child;
        launchedAt = clock.nanoTime();
        try {
            if (share != null) {
                share.takeFrom(own);
            }
        } catch (IOException e) {
            answer.completeExceptionally(e);
            return;
        }
        timer =
                loop.after(
                        PATIENCE_SECONDS,
                        TimeUnit.SECONDS,
                        () -> {
                            if (own == child && port == null) {
                                answer.completeExceptionally(new IOException(silence()));
                                silent(own);
                            }
                        });
        tell(own.answer(), answer);
    }

    /** It said that it can serve, and then no more. */
    private void silent(UserChild own) {
        if (own == child && forwarding != null) {
            forwarding.completeExceptionally(new IOException(silence()));
        }
    }

    /** Passes on, on the control thread, what another thread completes. */
    private void tell(CompletableFuture<String> from, CompletableFuture<String> to) {
        from.whenComplete(
                (said, thrown) ->
                        loop.execute(
                                () -> {
                                    if (thrown == null) {
                                        to.complete(said);
                                    } else {
                                        to.completeExceptionally(thrown);
                                    }
                                }));
    }

    /** On the lane. */
    private Launched make() throws IOException {
        if (!UnixSockets.removeStale(socket)) {
            throw new IOException("another process listens at " + socket);
        }
        StreamListener listening = StreamListener.listen(new Endpoint.Unix(socket));
        UserShare shared = null;
        try {
            Optional<Path> smbSocket = Optional.empty();
            if (kind.network().smb().isPresent()) {
                shared = new UserShare(name, kind.network().smb().get(), socket, loop, clock);
                shared.open();
                smbSocket = Optional.of(shared.socket());
            }
            AtomicReference<UserChild> own = new AtomicReference<>();
            UserChild started =
                    UserChild.start(
                            Enclosures.HOST,
                            kind.network(),
                            socket,
                            smbSocket,
                            this::said,
                            news -> guests.heard(own, news));
            own.set(started);
            return new Launched(listening, shared, started);
        } catch (IOException e) {
            Closing.quietly(listening);
            if (shared != null) {
                shared.remove();
            }
            throw e;
        }
    }

    /** On the lane. */
    private void takeBack(Launched made) {
        Closing.quietly(made.listener());
        made.child().kill();
        if (made.share() != null) {
            made.share().remove();
        }
    }

    @Override
    public void otherLeft(String other) {
        guests.left(other);
    }

    @Override
    public void everySecond() {
        if (port != null) {
            guests.everySecond();
            hairpin.tell(child, kind);
        }
    }

    @Override
    public Refusals refusals() {
        return guests.refusals();
    }

    @Override
    public Map<String, Long> figures() {
        return Map.of("flows", isUp() ? guests.flows() : 0);
    }

    /** The child's own words; on a thread of its log. */
    private synchronized void said(String line) {
        if (childBudget.allows()) {
            LOG.warn("port {}: {}{}", name, line, childBudget.leftOut());
        }
    }

    /** It is connected when it says that it is ready, so this never waits. */
    private void adopt(String ready) throws IOException {
        Matcher uid = READY.matcher(ready);
        if (!uid.matches()) {
            throw new IOException("its process said '" + ready + "'");
        }
        for (int i = 0; connection == null; i++) {
            if (i == MOST_STRANGERS || !Readiness.canRead(listener.fd())) {
                throw new IOException("other processes than its own connect to " + socket);
            }
            Connection caller = listener.accept();
            if (caller.peer().pid() == child.pid()) {
                connection = caller;
            } else {
                caller.close();
            }
        }
        closeListener();
        childUid = Integer.parseUnsignedInt(uid.group(1));
        port = ports.adopt(name, counters, connection);
    }

    private void startAgain() {
        open().whenComplete(
                        (done, thrown) -> {
                            if (thrown != null) {
                                failed(sentence(thrown));
                            }
                        });
    }

    /** Asks for what is forwarded, until that is what is wanted, and adopts the connection. */
    private CompletableFuture<Void> forward(String said) {
        UserChild own = child;
        List<HostForward> wanted = kind.forwards();
        hairpin.tell(own, kind);
        CompletableFuture<String> asked = new CompletableFuture<>();
        forwarding = asked;
        tell(own.forward(wanted), asked);
        return asked.thenCompose(
                done -> {
                    if (own != child) {
                        return CompletableFuture.failedFuture(new IOException("it was ended"));
                    }
                    if (!wanted.equals(kind.forwards())) {
                        return forward(said); // they changed meanwhile
                    }
                    try {
                        adopt(said);
                        return DONE;
                    } catch (IOException e) {
                        return CompletableFuture.failedFuture(e);
                    }
                });
    }

    private void failed(String why) {
        discard();
        reason = why;
        if (stopped) {
            return;
        }
        if (budget.allows()) {
            LOG.warn(
                    "port {} down: {}; starting it again in {} s{}",
                    name,
                    why,
                    TimeUnit.MILLISECONDS.toSeconds(pauseMillis),
                    budget.leftOut());
        }
        timer = loop.after(pauseMillis, TimeUnit.MILLISECONDS, this::startAgain);
        pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    }

    /** Leaves the connection to the worker, where it has it. */
    private void discard() {
        if (timer != null) {
            timer.cancel();
        }
        ready = null;
        closeListener();
        if (child != null) {
            lane.clean("ending its process", child::kill);
            child = null;
            guests.begin(null);
        }
        if (share != null) {
            share.close();
            lane.clean("taking back what is shared", share::remove);
            share = null;
        }
        if (port == null && connection != null) {
            Closing.quietly(connection);
            connection = null;
        }
    }

    private void closeListener() {
        if (listener != null) {
            Closing.quietly(listener);
            listener = null;
        }
    }

    @Override
    public void plugged(KernelPort plugged) {
        reason = null;
        upSince = clock.nanoTime();
        if (budget.allows()) {
            LOG.info(
                    "port {} up: {} by pid {}, uid {}, shut in by {}; guests {}{}",
                    name,
                    kind.network().cidr(),
                    child == null ? -1 : child.pid(),
                    childUid,
                    Enclosures.HOST,
                    HostLoopback.told(kind.network()),
                    budget.leftOut());
        }
    }

    @Override
    public void departed(KernelPort gone, Departure why) {
        port = null;
        long lived = clock.nanoTime() - upSince;
        if (TimeUnit.NANOSECONDS.toMillis(lived) >= LONGEST_PAUSE_MILLIS) {
            pauseMillis = FIRST_PAUSE_MILLIS;
        }
        String told = Departures.tell(gone, why);
        if (child == null || why != Departure.PEER_CLOSED) {
            failed(told);
            return;
        }
        UserChild own = child;
        String doom = guests.doom();
        lane.run( // it is ending already, and has its own status
                "ending its process",
                PATIENCE_SECONDS,
                () -> {
                    own.kill();
                    return doom == null ? own.howItEnded() : doom;
                },
                (how, trouble) -> failed(trouble == null ? how : told));
    }

    @Override
    public boolean canBecome(PortKind next) {
        return next instanceof PortKind.User user && user.network().equals(kind.network());
    }

    /** One that is being started, or is to be, asks for the forwards last. */
    @Override
    public CompletableFuture<Void> become(PortKind next) {
        PortKind.User user = (PortKind.User) next;
        if (port == null || child == null || !child.isAlive()) {
            kind = user;
            return DONE;
        }
        CompletableFuture<String> asked = new CompletableFuture<>();
        tell(child.forward(user.forwards()), asked);
        loop.after(
                PATIENCE_SECONDS,
                TimeUnit.SECONDS,
                () -> asked.completeExceptionally(new IOException(silence())));
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        asked.whenComplete(
                (done, thrown) -> {
                    if (thrown == null) {
                        kind = user;
                        outcome.complete(null);
                    } else {
                        String why = "port " + name + ": " + sentence(thrown);
                        outcome.completeExceptionally(new IOException(why, thrown));
                    }
                });
        return outcome;
    }

    @Override
    public boolean isReady() {
        return isUp();
    }

    @Override
    public boolean isProcess(int pid) {
        return child != null && child.pid() == pid || share != null && share.isServer(pid);
    }

    @Override
    public boolean isHeldUp() {
        return child != null
                && port == null
                && clock.nanoTime() - launchedAt > TimeUnit.SECONDS.toNanos(LONG_SECONDS);
    }

    @Override
    public void stop() {
        stopped = true;
        discard();
    }

    @Override
    public List<PortView> views() {
        Connection.Peer peer =
                isUp() && child != null
                        ? new Connection.Peer((int) child.pid(), childUid)
                        : Connection.Peer.UNKNOWN;
        String told = lane.isHeldUp(0) ? lane.doing().orElse(reason) : reason;
        String why = isUp() ? null : told;
        return List.of(view(kind.key(), "user:" + kind.network().cidr(), why, 0, peer));
    }
}
