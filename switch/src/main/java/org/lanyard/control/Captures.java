package org.lanyard.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.lanyard.capture.Capture;
import org.lanyard.capture.Filter;
import org.lanyard.capture.PortRecorder;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.policy.Vlans;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Recorder;
import org.lanyard.worker.Worker;

/**
 * The captures that clients of the control socket asked for. Each is told by notifications {@code
 * capture}: data (a piece of a pcapng file, base64), frames and missed (those in the file, and
 * those that there was no room for, up to now), and at last end ({@code stopped}, {@code count} or
 * {@code switch-ended}). The next is made when the client has read the last; meanwhile frames wait
 * in the capture's rings. The control thread's.
 */
final class Captures {
    /** A client that captures. */
    interface Client {
        /** Whether it has read everything. */
        boolean isIdle();

        /** A line with its end, however long. */
        void send(byte[] line);
    }

    /** Each has a ring for each worker. */
    static final int MOST = 4;

    private static final int BATCH_SIZE = 512 << 10;
    private static final long BUSY_MILLIS = 2;
    private static final long IDLE_MILLIS = 10;

    private static final class Session {
        final Capture capture;

        /** Null when it has left. */
        Client client;

        /** Why it ends; null while it goes on. */
        String end;

        /** Workers whose ports may have it as a recorder still, once it ends. */
        int workers;

        /** Its client has the answer that comes before all frames. */
        boolean isStarted;

        /** Its last line was sent. */
        boolean isOver;

        Session(Capture capture, Client client) {
            this.capture = capture;
            this.client = client;
        }
    }

    private final ControlLoop loop;
    private final Fabric fabric;
    private final Clock clock;
    private final List<Worker> workers;
    private final Supplier<List<String>> names;
    private final Map<KernelPort, Worker> ports = new IdentityHashMap<>();
    private final List<Session> sessions = new ArrayList<>();
    private final ByteBuffer batch = Capture.buffer(BATCH_SIZE);
    private boolean isLooking;
    private boolean closing;
    private boolean workersEnded;

    /**
     * @param names of all ports there are, listening ones included
     */
    Captures(
            ControlLoop loop,
            Fabric fabric,
            Clock clock,
            List<Worker> workers,
            Supplier<List<String>> names) {
        this.loop = loop;
        this.fabric = fabric;
        this.clock = clock;
        this.workers = workers;
        this.names = names;
    }

    /**
     * Begins one; ports that are up are seen when this completes.
     *
     * @param params ports (names), vlan, snap (bytes), count (frames); each may be missing
     */
    CompletableFuture<JsonNode> start(Client client, JsonNode params) throws JsonRpc.Refusal {
        Filter filter = filter(params, names.get());
        long count = number(params, "count", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        if (closing) {
            throw new JsonRpc.Refusal("the switch is ending");
        }
        if (of(client) != null) {
            throw new JsonRpc.Refusal("this connection captures already; open another");
        }
        if (sessions.size() >= MOST) {
            throw new JsonRpc.Refusal(
                    "there are "
                            + MOST
                            + " captures already, and there can be no more; end one of them first");
        }
        String application = "lanyard " + Version.CURRENT;
        Capture capture = new Capture(filter, count, application, clock, workers.size());
        Session session = new Session(capture, client);
        sessions.add(session);
        Turns seen = new Turns(loop, workers.size(), "some ports are captured a little later");
        tellWorkers(session, seen::done);
        return seen.all().thenApply(all -> started(session, filter));
    }

    private JsonNode started(Session session, Filter filter) {
        session.isStarted = true;
        if (!isLooking) {
            isLooking = true;
            lookLater(BUSY_MILLIS);
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("capturing", true);
        ArrayNode covered = answer.putArray("ports");
        ports.keySet().stream()
                .map(KernelPort::name)
                .filter(filter::covers)
                .sorted()
                .forEach(covered::add);
        return answer;
    }

    private static Filter filter(JsonNode params, List<String> known) throws JsonRpc.Refusal {
        Set<String> names = new TreeSet<>();
        params.path("ports").forEach(name -> names.add(name.asText()));
        for (String name : names) {
            if (!known.contains(name)) {
                throw PortMethods.unknown(name, known);
            }
        }
        return new Filter(
                names,
                (int) number(params, "vlan", Vlans.LOWEST, Vlans.HIGHEST, Filter.ANY_VLAN),
                (int) number(params, "snap", 1, Integer.MAX_VALUE, Filter.WHOLE));
    }

    private static long number(JsonNode params, String key, long from, long to, long otherwise)
            throws JsonRpc.Refusal {
        JsonNode value = params.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.canConvertToLong()
                || !value.isIntegralNumber()
                || value.asLong() < from
                || value.asLong() > to) {
            String range = to == Long.MAX_VALUE ? from + " or more" : "from " + from + " to " + to;
            throw new JsonRpc.Refusal("capture: '" + key + "' is a number, " + range);
        }
        return value.asLong();
    }

    /** Ends the client's capture in order: the rest comes still. */
    JsonNode stop(Client client) throws JsonRpc.Refusal {
        Session session = of(client);
        if (session == null) {
            throw new JsonRpc.Refusal("this connection captures nothing");
        }
        end(session, "stopped");
        return JsonNodeFactory.instance.objectNode().put("stopping", true);
    }

    /** A client is closed, whether it captured or not. */
    void left(Client client) {
        for (Session session : sessions) {
            if (session.client == client) {
                session.client = null;
                end(session, "left");
            }
        }
    }

    private Session of(Client client) {
        for (Session session : sessions) {
            if (session.client == client && !session.isOver) {
                return session;
            }
        }
        return null;
    }

    private void end(Session session, String why) {
        if (session.end == null) {
            session.end = why;
            if (!workersEnded) {
                session.workers = workers.size();
                tellWorkers(session, () -> loop.execute(() -> session.workers--));
            }
        }
    }

    /** Has the ports that a capture covers recorded as they are to be from now on. */
    private void tellWorkers(Session session, Runnable done) {
        for (Worker worker : workers) {
            Map<KernelPort, Recorder> recorders = new IdentityHashMap<>();
            ports.forEach(
                    (port, owner) -> {
                        if (owner == worker && session.capture.filter().covers(port.name())) {
                            recorders.put(port, recorder(port, owner));
                        }
                    });
            worker.ask(
                    () -> {
                        recorders.forEach(KernelPort::recordBy);
                        done.run();
                    });
        }
    }

    private Recorder recorder(KernelPort port, Worker worker) {
        List<Capture> on =
                sessions.stream().filter(s -> s.end == null).map(s -> s.capture).toList();
        return PortRecorder.of(port, worker.number(), fabric, clock, on);
    }

    /** A worker is to have the port: captures that cover it see its first frame. */
    void adopting(KernelPort port, Worker worker) {
        ports.put(port, worker);
        port.recordBy(recorder(port, worker));
    }

    /** The port has left its worker. */
    void departed(KernelPort port) {
        ports.remove(port);
        sessions.forEach(session -> session.capture.forget(port));
    }

    private void lookLater(long millis) {
        loop.after(millis, TimeUnit.MILLISECONDS, this::look);
    }

    private void look() {
        boolean busy = false;
        try {
            for (Session session : List.copyOf(sessions)) {
                busy |= serve(session);
            }
        } finally { // an error in one does not end the others
            isLooking = !sessions.isEmpty();
            if (isLooking) {
                lookLater(busy ? BUSY_MILLIS : IDLE_MILLIS);
            }
        }
    }

    /** Whether there may be more to do for it soon. */
    private boolean serve(Session session) {
        boolean isDetached = session.end != null && (workersEnded || session.workers == 0);
        if (session.client == null || session.isOver) {
            if (session.isOver ? session.client == null || session.client.isIdle() : isDetached) {
                close(session);
                sessions.remove(session);
            }
            return false;
        }
        if (!session.isStarted || !session.client.isIdle()) {
            return true; // the answer comes first
        }
        batch.clear();
        boolean all = session.capture.write(batch, isDetached);
        if (session.capture.isComplete()) {
            end(session, "count");
        }
        boolean isLast = isDetached && all && session.capture.summarise(batch);
        int size = batch.position();
        if (isLast || size > 0) {
            session.client.send(line(session, isLast));
            if (isLast) {
                close(session);
            }
        }
        return size > 0;
    }

    private static void close(Session session) {
        if (!session.isOver) {
            session.isOver = true;
            session.capture.close();
        }
    }

    /** A notification of JSON-RPC 2.0 with the batch; base64 needs no escapes. */
    private byte[] line(Session session, boolean isLast) {
        String head =
                "{\"jsonrpc\":\"2.0\",\"method\":\"capture\",\"params\":{\"missed\":"
                        + session.capture.missed()
                        + ",\"frames\":"
                        + session.capture.written()
                        + (isLast ? ",\"end\":\"" + session.end + "\"" : "")
                        + ",\"data\":\"";
        ByteBuffer data = Base64.getEncoder().encode(batch.flip());
        byte[] tail = "\"}}\n".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(head.length() + data.remaining() + tail.length)
                .put(head.getBytes(StandardCharsets.US_ASCII))
                .put(data)
                .put(tail)
                .array();
    }

    /** Whether every client was sent, and read, the end of its capture. */
    boolean isEmpty() {
        return sessions.isEmpty();
    }

    /** The switch is ending: no new ones. */
    void beginStop() {
        closing = true;
    }

    /** No frame comes any more: what is under way ends in order. */
    void workersEnded() {
        workersEnded = true;
        sessions.forEach(session -> end(session, "switch-ended"));
    }

    /** Gives the memory back, if the workers have ended. */
    void close() {
        if (workersEnded) {
            sessions.forEach(Captures::close);
        }
        sessions.clear();
    }
}
