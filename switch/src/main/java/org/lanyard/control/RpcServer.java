package org.lanyard.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.lanyard.forward.Clock;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.Epoll;
import org.lanyard.tapio.Groups;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;
import org.lanyard.tapio.StreamListener;
import org.lanyard.tapio.UnixSockets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens at the control socket. Who may connect is decided by its mode and the directory's, and
 * once more by the peer's credentials, as {@link Access} has it.
 */
final class RpcServer {
    private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);

    /** Clients of root's and the owner's: each costs a descriptor. */
    private static final int OWNERS = 128;

    private static final int OTHERS = 96;
    private static final int OF_ONE_USER = 32;

    /** What all clients of a pool may leave unread or unfinished, beside a list of all ports. */
    private static final long BYTES = 4L << 20;

    private static final long BYTES_OF_PORT = 1024;

    /** What nobody need be asked about: all clients together have less than a mebibyte of it. */
    private static final int HARDLY_ANY = 4096;

    /** All others than root and the owner have an eighth of the thread's time together. */
    private static final int OTHERS_PART = 8;

    private static final long OTHERS_AT_ONCE = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long RETRY_MILLIS = 200;

    /** Those of them who come have a quarter: strangers are quickly told, before others in line. */
    private static final int COMERS_PART = 4;

    private static final long COMERS_AT_ONCE = TimeUnit.MILLISECONDS.toNanos(20);

    private final RuntimeDir dir;
    private final ControlLoop loop;
    private final Clock clock;
    private final JsonRpc methods;
    private final Events events;
    private final Captures captures;
    private final LogBudget budget;
    private final Region incoming = Region.allocate(64 * 1024);
    private final Region outgoing = Region.allocate(64 * 1024);
    private final Rounds ownersRounds;
    private final Rounds othersRounds;
    private final ClientPool owners;
    private final ClientPool others;
    private final Share comers;

    /** How many were sent away, by reason. */
    private final Map<String, Long> ended = new TreeMap<>();

    private Access access = Access.ofOwner(LibC.geteuid());

    private IntPredicate keptOut = pid -> false;

    private StreamListener listener;
    private boolean listening;

    RpcServer(
            RuntimeDir dir,
            ControlLoop loop,
            Clock clock,
            int maxPorts,
            List<RpcMethod> methods,
            Events events,
            Captures captures) {
        this.dir = dir;
        this.loop = loop;
        this.clock = clock;
        Share whole = new Share(clock, TimeUnit.HOURS.toNanos(1), 1);
        this.ownersRounds = new Rounds(loop, clock, whole);
        Share part = new Share(clock, OTHERS_AT_ONCE, OTHERS_PART);
        this.othersRounds = new Rounds(loop, clock, part);
        long bytes = BYTES + maxPorts * BYTES_OF_PORT;
        this.owners = new ClientPool(OWNERS, OWNERS, bytes);
        this.others = new ClientPool(OTHERS, OF_ONE_USER, bytes);
        this.comers = new Share(clock, COMERS_AT_ONCE, COMERS_PART);
        this.events = events;
        this.captures = captures;
        List<RpcMethod> all = new ArrayList<>(methods);
        all.add(RpcMethod.readingBy("events", (client, params) -> subscribe(client)));
        all.add(
                RpcMethod.changingLater(
                        "capture",
                        captures::start,
                        RpcMethod.optional("ports", RpcMethod.Type.STRINGS),
                        RpcMethod.optional("vlan", RpcMethod.Type.INTEGER),
                        RpcMethod.optional("snap", RpcMethod.Type.INTEGER),
                        RpcMethod.optional("count", RpcMethod.Type.INTEGER)));
        all.add(
                RpcMethod.changingLater(
                        "capture.stop",
                        (client, params) ->
                                CompletableFuture.completedFuture(captures.stop(client))));
        all.add(RpcMethod.reading("methods", params -> RpcMethod.describe(all)));
        Map<String, JsonRpc.Method> byName = new HashMap<>();
        all.forEach(
                method ->
                        byName.put(
                                method.name(), (client, params) -> call(method, client, params)));
        this.methods = new JsonRpc(byName);
        this.budget = new LogBudget(clock);
    }

    /**
     * Before {@link #start}.
     *
     * @param pids of processes that are served never, whoever's they are
     */
    void keepOut(IntPredicate pids) {
        keptOut = pids;
    }

    private CompletableFuture<JsonNode> call(RpcMethod method, Client client, JsonNode params)
            throws JsonRpc.Refusal {
        if (access.of(client).compareTo(method.needs()) < 0) {
            throw new JsonRpc.Refusal(
                    JsonRpc.NOT_ALLOWED,
                    String.format(
                            "%s: uid %d may only look here; it is for %s: ask one of them",
                            method.name(), client.uid(), access.whoMayChange()));
        }
        return method.call(client, params);
    }

    /**
     * @throws IOException when the socket can't be had, or not be given to those who may use it
     */
    void start(Access whose) throws IOException {
        Path path = dir.controlSocket();
        Endpoint.Unix endpoint;
        try {
            endpoint = new Endpoint.Unix(path);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (!UnixSockets.removeStale(path)) {
            throw new IOException("another process listens at " + path);
        }
        listener = StreamListener.listen(endpoint);
        listening = true;
        give(whose);
        resume();
    }

    /**
     * From now on the socket is for others.
     *
     * @throws IOException when it can't be given to them
     */
    void admit(Access whose) throws IOException {
        if (!whose.equals(access)) {
            give(whose);
        }
    }

    private void give(Access whose) throws IOException {
        dir.letIn(whose.groups(), whose.guests());
        access = whose;
        if (!whose.groups().isEmpty()) {
            LOG.info("the control socket is {}", whose);
        }
        boolean isShared = !whose.groups().isEmpty() || !whose.guests().equals(SocketAccess.NONE);
        List<Path> closed = isShared ? dir.closedParents() : List.of();
        if (!closed.isEmpty()) {
            LOG.warn("groups may be unable to reach the sockets here through {}", closed);
        }
    }

    /** Closes clients that it is no longer for. */
    void dismissStrangers() {
        for (RpcConnection client : clients()) {
            if (access.of(client) == Access.Right.NONE) {
                client.end("the control socket is no longer for uid " + client.uid());
            }
        }
    }

    Access access() {
        return access;
    }

    private void accept() {
        try {
            welcome(listener.accept());
            if (!comers.isLeft()) {
                loop.unwatch(listener.fd());
                loop.after(comers.waitMillis(), TimeUnit.MILLISECONDS, this::resume);
            }
        } catch (IOException e) {
            pause(e.getMessage());
        }
    }

    private void pause(String why) {
        if (budget.allows()) {
            LOG.warn("{}{}", why, budget.leftOut());
        }
        loop.unwatch(listener.fd());
        loop.after(RETRY_MILLIS, TimeUnit.MILLISECONDS, this::resume);
    }

    private void resume() {
        if (!listening) {
            return;
        }
        try {
            loop.watch(listener.fd(), Epoll.IN, ready -> accept());
        } catch (IOException e) {
            pause(e.getMessage());
        }
    }

    private void welcome(Connection connection) throws IOException {
        int pid = connection.peer().pid();
        if (keptOut.test(pid)) {
            connection.close();
            if (budget.allows()) {
                LOG.warn("pid {}, behind a port, is refused{}", pid, budget.leftOut());
            }
            return;
        }
        long from = clock.nanoTime();
        Set<Integer> groups;
        try {
            groups = Groups.ofPeer(connection);
        } catch (IOException e) {
            connection.close();
            throw e;
        }
        Access.Right right = access.of(connection.peer().uid(), groups);
        boolean isOwner = right == Access.Right.ALL;
        if (right == Access.Right.NONE) {
            turnAway(connection, connection.peer().uid());
        } else {
            RpcConnection client =
                    new RpcConnection(connection, groups, isOwner, loop, methods, this);
            pool(client).add(client);
            client.start();
            pool(client).boundPlaces(client, events::isHeardBy);
        }
        if (!isOwner) {
            comers.spentSince(from);
        }
    }

    private ClientPool pool(RpcConnection client) {
        return client.isOwner() ? owners : others;
    }

    /** It is told why, if its socket takes a line. */
    private void turnAway(Connection connection, int uid) throws IOException {
        String why = "the control socket is not for uid " + uid + "; it is " + access;
        ended.merge("stranger", 1L, Long::sum);
        if (budget.allows()) {
            LOG.warn("control client refused: {}{}", why, budget.leftOut());
        }
        byte[] line = (methods.turnAway(why) + "\n").getBytes(StandardCharsets.UTF_8);
        outgoing.bytes().put(0, line);
        LibC.write(connection.fd(), outgoing.address(), line.length);
        connection.close();
    }

    /** A client said something, which is answered next. */
    void heard(RpcConnection client) {
        pool(client).heard(client);
    }

    /** More may be kept for a client than before. */
    void grew(RpcConnection client) {
        if (client.held() > HARDLY_ANY) {
            pool(client).boundBytes();
        }
    }

    /** In which a client is answered. */
    Rounds rounds(RpcConnection client) {
        return client.isOwner() ? ownersRounds : othersRounds;
    }

    /** Scratch of the control thread, for reads. */
    Region incoming() {
        return incoming;
    }

    /** Scratch of the control thread, for writes. */
    Region outgoing() {
        return outgoing;
    }

    /** Who is there, what is kept for them, and who was sent away for which reason. */
    ObjectNode figures() {
        ObjectNode figures = JsonNodeFactory.instance.objectNode();
        figures.put("clients", owners.all().size() + others.all().size());
        figures.put("bytes", owners.bytes() + others.bytes());
        ObjectNode reasons = figures.putObject("ended");
        ended.forEach(reasons::put);
        return figures;
    }

    /** From now on the client that asks gets a notification {@code event} for each event. */
    private CompletableFuture<JsonNode> subscribe(Client client) {
        events.remove(client);
        events.add(client);
        return CompletableFuture.completedFuture(
                JsonNodeFactory.instance.objectNode().put("listening", true));
    }

    /**
     * A client is closed.
     *
     * @param reason a bound that it met, which is counted, or null
     * @param complaint what was wrong with it, or null
     */
    void left(RpcConnection client, String reason, String complaint) {
        if (reason != null) {
            ended.merge(reason, 1L, Long::sum);
        }
        pool(client).remove(client);
        rounds(client).remove(client);
        events.remove(client);
        captures.left(client);
        if (complaint != null && budget.allows()) {
            LOG.warn("control client closed: {}{}", complaint, budget.leftOut());
        }
    }

    void stopListening() {
        if (listening) {
            listening = false;
            loop.unwatch(listener.fd());
            Closing.quietly(listener);
        }
    }

    void close() {
        stopListening();
        clients().forEach(client -> client.end(null));
    }

    private List<RpcConnection> clients() {
        List<RpcConnection> all = new ArrayList<>(owners.all());
        all.addAll(others.all());
        return all;
    }
}
