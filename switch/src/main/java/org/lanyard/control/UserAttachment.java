package org.lanyard.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lanyard.config.PortKind;
import org.lanyard.forward.Clock;
import org.lanyard.port.KernelPort;
import org.lanyard.slirp.HostForward;
import org.lanyard.slirp.Main;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Endpoint;
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
    private static final long PATIENCE_SECONDS = 30;
    private static final Pattern READY = Pattern.compile(Main.READY + "(\\d{1,9})");
    private static final int MOST_STRANGERS = 16;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Path socket;
    private final ControlLoop loop;
    private final Clock clock;
    private final LogBudget budget;
    private final LogBudget childBudget;

    private PortKind.User kind;
    private UserShare share;
    private UserChild child;
    private StreamListener listener;
    private Connection connection;
    private int childUid;
    private long upSince;
    private ControlLoop.Timer timer;
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private String reason = "not started yet";
    private boolean stopped;

    UserAttachment(
            String name,
            PortKind.User kind,
            RuntimeDir dir,
            ControlLoop loop,
            PortFactory ports,
            Clock clock) {
        super(name, ports);
        this.kind = kind;
        this.socket = dir.path().resolve(".user" + NUMBER.incrementAndGet());
        this.loop = loop;
        this.clock = clock;
        this.budget = new LogBudget(clock);
        this.childBudget = new LogBudget(clock);
    }

    /** Waits for the child: what keeps it from serving is an error of the configuration's. */
    @Override
    public void prepare() throws IOException {
        try {
            launch();
            await(child.answer());
        } catch (IOException e) {
            throw refused(e);
        }
    }

    @Override
    public void start() throws IOException {
        if (child == null) {
            prepare();
        }
        try {
            String ready = await(child.answer());
            await(child.forward(kind.forwards()));
            adopt(ready);
        } catch (IOException e) {
            throw refused(e);
        }
    }

    private IOException refused(IOException why) {
        discard();
        return new IOException("port " + name + ": " + why.getMessage(), why);
    }

    private static String await(CompletableFuture<String> answer) throws IOException {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException(silence(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String silence() {
        return "its process did not answer within " + PATIENCE_SECONDS + " s";
    }

    private void launch() throws IOException {
        if (!UnixSockets.removeStale(socket)) {
            throw new IOException("another process listens at " + socket);
        }
        listener = StreamListener.listen(new Endpoint.Unix(socket));
        Optional<Path> smbSocket = Optional.empty();
        if (kind.network().smb().isPresent()) {
            share = new UserShare(name, kind.network().smb().get(), socket, loop, clock);
            share.open();
            smbSocket = Optional.of(share.socket());
        }
        child = UserChild.start(kind.network(), socket, smbSocket, this::said);
        if (share != null) {
            share.takeFrom(child);
        }
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
            if (i == MOST_STRANGERS) {
                throw new IOException("other processes connect to " + socket);
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
        try {
            launch();
        } catch (IOException e) {
            failed(e.getMessage());
            return;
        }
        UserChild own = child;
        timer =
                loop.after(
                        PATIENCE_SECONDS,
                        TimeUnit.SECONDS,
                        () -> {
                            if (own == child && port == null) {
                                failed(silence());
                            }
                        });
        own.answer().whenComplete((ready, e) -> loop.execute(() -> answered(own, ready, e)));
    }

    private void answered(UserChild own, String ready, Throwable trouble) {
        if (own != child) {
            return;
        }
        if (trouble != null) {
            failed(trouble.getMessage());
            return;
        }
        List<HostForward> wanted = kind.forwards();
        own.forward(wanted)
                .whenComplete((done, e) -> loop.execute(() -> forwarded(own, ready, wanted, e)));
    }

    private void forwarded(
            UserChild own, String ready, List<HostForward> wanted, Throwable trouble) {
        if (own != child) {
            return;
        }
        if (trouble == null && !wanted.equals(kind.forwards())) {
            answered(own, ready, null); // they changed meanwhile
            return;
        }
        try {
            if (trouble != null) {
                throw new IOException(trouble.getMessage(), trouble);
            }
            adopt(ready);
        } catch (IOException e) {
            failed(e.getMessage());
        }
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
        closeListener();
        if (child != null) {
            child.kill();
            child = null;
        }
        if (share != null) {
            share.close();
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
                    "port {} up: {} by pid {}, uid {}{}",
                    name,
                    kind.network().cidr(),
                    child == null ? -1 : child.pid(),
                    childUid,
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
        if (child != null && why == Departure.PEER_CLOSED) {
            child.kill(); // it is ending already, and has its own status
            told = child.howItEnded();
        }
        failed(told);
    }

    @Override
    public boolean canBecome(PortKind next) {
        return next instanceof PortKind.User user && user.network().equals(kind.network());
    }

    /** One that is being started, or is to be, asks for the forwards last. */
    @Override
    public void become(PortKind next) throws IOException {
        PortKind.User user = (PortKind.User) next;
        if (port != null && child.isAlive()) {
            try {
                await(child.forward(user.forwards()));
            } catch (IOException e) {
                throw new IOException("port " + name + ": " + e.getMessage(), e);
            }
        }
        kind = user;
    }

    @Override
    public boolean isReady() {
        return isUp();
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
        String why = isUp() ? null : reason;
        return List.of(view(kind.key(), "user:" + kind.network().cidr(), why, 0, peer));
    }
}
