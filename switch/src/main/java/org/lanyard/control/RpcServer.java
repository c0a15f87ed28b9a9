package org.lanyard.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.lanyard.forward.Clock;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.Epoll;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;
import org.lanyard.tapio.StreamListener;
import org.lanyard.tapio.UnixSockets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens at the control socket. Who may connect is decided by the directory's mode, and once more
 * by the peer's credentials: the switch's own user and root.
 */
final class RpcServer {
    private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);

    /** Each costs a descriptor and, at worst, the memory of one line and one answer. */
    private static final int MAX_CLIENTS = 128;

    private static final long RETRY_MILLIS = 200;
    private static final String TOO_MANY =
            "there are more than " + MAX_CLIENTS + ", and it was quiet longest";

    private final Path path;
    private final ControlLoop loop;
    private final JsonRpc methods;
    private final Events events;
    private final Captures captures;
    private final LogBudget budget;
    private final Region incoming = Region.allocate(64 * 1024);
    private final Region outgoing = Region.allocate(64 * 1024);

    /** The one that was quiet longest comes first. */
    private final Set<RpcConnection> clients = new LinkedHashSet<>();

    /** Whose line is being answered. */
    private RpcConnection speaker;

    private StreamListener listener;
    private boolean listening;

    RpcServer(
            Path path,
            ControlLoop loop,
            Clock clock,
            RpcMethods methods,
            Events events,
            Captures captures) {
        this.path = path;
        this.loop = loop;
        this.events = events;
        this.captures = captures;
        Map<String, JsonRpc.Method> all = methods.byName();
        all.put("events", params -> subscribe());
        all.put("capture", params -> captures.start(speaker, params));
        all.put("capture.stop", params -> captures.stop(speaker));
        this.methods = new JsonRpc(all);
        this.budget = new LogBudget(clock);
    }

    void start() throws IOException {
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
        resume();
    }

    private void accept() {
        try {
            welcome(listener.accept());
            if (clients.size() > MAX_CLIENTS) {
                clients.iterator().next().end(TOO_MANY);
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
            loop.watch(listener.fd(), Epoll.IN, events -> accept());
        } catch (IOException e) {
            pause(e.getMessage());
        }
    }

    private void welcome(Connection connection) throws IOException {
        int uid = connection.peer().uid();
        if (uid != 0 && uid != ownUid()) {
            if (budget.allows()) {
                LOG.warn(
                        "control client refused: uid {} is neither root nor the switch's own{}",
                        uid,
                        budget.leftOut());
            }
            connection.close();
            return;
        }
        RpcConnection client =
                new RpcConnection(connection, loop, methods, incoming, outgoing, this);
        clients.add(client);
        client.start();
    }

    private static int ownUid() {
        return LibC.geteuid();
    }

    /** A client said something, which is answered next. */
    void heard(RpcConnection client) {
        clients.remove(client);
        clients.add(client);
        speaker = client;
    }

    /** From now on the client that asks gets a notification {@code event} for each event. */
    private JsonNode subscribe() {
        events.remove(speaker);
        events.add(speaker);
        return JsonNodeFactory.instance.objectNode().put("listening", true);
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
