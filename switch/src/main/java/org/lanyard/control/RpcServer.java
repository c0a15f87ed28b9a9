package org.lanyard.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

    /** Each costs a descriptor and, at worst, the memory of one line and one answer. */
    private static final int MAX_CLIENTS = 128;

    private static final long RETRY_MILLIS = 200;
    private static final String TOO_MANY =
            "there are more than " + MAX_CLIENTS + ", and it was quiet longest";

    private final RuntimeDir dir;
    private final ControlLoop loop;
    private final JsonRpc methods;
    private final Events events;
    private final Captures captures;
    private final LogBudget budget;
    private final Region incoming = Region.allocate(64 * 1024);
    private final Region outgoing = Region.allocate(64 * 1024);

    /** The one that was quiet longest comes first. */
    private final Set<RpcConnection> clients = new LinkedHashSet<>();

    private Access access = Access.ofOwner(LibC.geteuid());

    private StreamListener listener;
    private boolean listening;

    RpcServer(
            RuntimeDir dir,
            ControlLoop loop,
            Clock clock,
            List<RpcMethod> methods,
            Events events,
            Captures captures) {
        this.dir = dir;
        this.loop = loop;
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
        boolean others = !whose.groups().isEmpty() || !whose.guests().equals(SocketAccess.NONE);
        List<Path> closed = others ? dir.closedParents() : List.of();
        if (!closed.isEmpty()) {
            LOG.warn("groups may be unable to reach the sockets here through {}", closed);
        }
    }

    /** Closes clients that it is no longer for. */
    void dismissStrangers() {
        for (RpcConnection client : Set.copyOf(clients)) {
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
            if (clients.size() > MAX_CLIENTS) {
                quietest().end(TOO_MANY);
            }
        } catch (IOException e) {
            pause(e.getMessage());
        }
    }

    /** Of those that were there before; who listens to events has no need to speak. */
    private RpcConnection quietest() {
        return clients.stream()
                .limit(MAX_CLIENTS)
                .filter(client -> !events.isHeardBy(client))
                .findFirst()
                .orElseGet(() -> clients.iterator().next());
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
            loop.watch(listener.fd(), Epoll.IN, events -> accept());
        } catch (IOException e) {
            pause(e.getMessage());
        }
    }

    private void welcome(Connection connection) throws IOException {
        int uid = connection.peer().uid();
        Set<Integer> groups;
        try {
            groups = Groups.ofPeer(connection);
        } catch (IOException e) {
            connection.close();
            throw e;
        }
        if (access.of(uid, groups) == Access.Right.NONE) {
            turnAway(connection, uid);
            return;
        }
        RpcConnection client =
                new RpcConnection(connection, groups, loop, methods, incoming, outgoing, this);
        clients.add(client);
        client.start();
    }

    /** It is told why, if its socket takes a line. */
    private void turnAway(Connection connection, int uid) throws IOException {
        String why = "the control socket is not for uid " + uid + "; it is " + access;
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
        clients.remove(client);
        clients.add(client);
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
     * @param complaint what was wrong with it, or null
     */
    void left(RpcConnection client, String complaint) {
        clients.remove(client);
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
        Set.copyOf(clients).forEach(client -> client.end(null));
    }
}
