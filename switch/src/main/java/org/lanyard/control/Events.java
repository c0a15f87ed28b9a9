package org.lanyard.control;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.lanyard.forward.Fdb;
import org.lanyard.forward.FdbJournal;
import org.lanyard.forward.Topology;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Mac;
import org.lanyard.port.Port;

/**
 * What happens in the switch, for clients that asked to be told. Nobody waits for them: what a
 * client does not read in time it misses, and is told how many. While nobody listens nothing is
 * gathered. The control thread's, but for what the journal takes from the data plane.
 *
 * <pre>
 *   worker ─▶ FdbJournal ═MPSC ring═▶ ┐
 *   worker ─▶ PortEvents ─▶ Switch ──▶ ├─▶ Events ─▶ each listening client, a line each
 *   counters ─▶ PortWatch, a second ─▶ ┘
 * </pre>
 */
final class Events {
    /** A client that listens. */
    interface Listener {
        /** One line with its end; false when the client is too far behind to get it. */
        boolean push(byte[] line);
    }

    private static final int RING = 4096;
    private static final long LOOK_MILLIS = 100;

    private enum Change {
        LEARNED,
        MOVED,
        HELD,
        DUPLICATE,
        REFUSED
    }

    private record Note(Change change, long key, int slot, int from) {}

    private final ObjectMapper json = new ObjectMapper();
    private final ControlLoop loop;
    private final Fdb fdb;
    private final Supplier<Topology> ports;
    private final Set<Client> clients = new LinkedHashSet<>();
    private final MpscAtomicArrayQueue<Note> notes = new MpscAtomicArrayQueue<>(RING);
    private final AtomicLong missed = new AtomicLong();

    private static final class Client {
        final Listener listener;
        long missed;

        Client(Listener listener) {
            this.listener = listener;
        }
    }

    /**
     * @param ports where the names of slots come from
     */
    Events(ControlLoop loop, Fdb fdb, Supplier<Topology> ports) {
        this.loop = loop;
        this.fdb = fdb;
        this.ports = ports;
    }

    void add(Listener listener) {
        clients.add(new Client(listener));
        if (clients.size() == 1) {
            missed.set(0);
            notes.clear();
            fdb.tell(new Journal());
            lookLater();
        }
    }

    void remove(Listener listener) {
        clients.removeIf(client -> client.listener == listener);
        if (clients.isEmpty()) {
            fdb.tell(null);
        }
    }

    boolean isHeardBy(Listener listener) {
        return clients.stream().anyMatch(client -> client.listener == listener);
    }

    boolean isHeard() {
        return !clients.isEmpty();
    }

    private void lookLater() {
        loop.after(LOOK_MILLIS, TimeUnit.MILLISECONDS, this::look);
    }

    private void look() {
        if (!isHeard()) {
            return;
        }
        for (Note note = notes.poll(); note != null; note = notes.poll()) {
            tell(note);
        }
        long lost = missed.getAndSet(0);
        if (lost > 0) {
            publish(event("missed").put("count", lost), lost);
        }
        lookLater();
    }

    private void tell(Note note) {
        String name = "mac-" + note.change().name().toLowerCase(Locale.ROOT);
        ObjectNode event = event(name).put("mac", Mac.format(Fdb.macOf(note.key())));
        event.put("vlan", Fdb.vlanOf(note.key())).put("port", nameOf(note.slot()));
        switch (note.change()) {
            case MOVED, DUPLICATE -> event.put("from", nameOf(note.from()));
            case HELD -> event.put("at", nameOf(note.from()));
            default -> {}
        }
        publish(event);
    }

    /** Null where the port has left meanwhile. */
    private String nameOf(int slot) {
        Port port = ports.get().at(slot);
        return port == null ? null : port.name();
    }

    private ObjectNode event(String name) {
        return json.createObjectNode().put("time", Instant.now().toString()).put("event", name);
    }

    void portUp(String port) {
        if (isHeard()) {
            publish(event("port-up").put("port", port));
        }
    }

    void portDown(String port, String reason) {
        if (isHeard()) {
            publish(event("port-down").put("port", port).put("reason", reason));
        }
    }

    void settings(String port) {
        if (isHeard()) {
            publish(event("settings").put("port", port));
        }
    }

    /**
     * @param file that the configuration came from, or null
     */
    void applied(Path file) {
        if (isHeard()) {
            publish(event("config-applied").put("file", file == null ? null : file.toString()));
        }
    }

    /** So many frames within the last second. */
    void dropped(String port, DropReason reason, long frames) {
        if (isHeard()) {
            String name = reason == DropReason.STORM ? "storm" : "dropped";
            publish(
                    event(name)
                            .put("port", port)
                            .put("reason", reason.key())
                            .put("frames", frames));
        }
    }

    /** So many times within the last second. */
    void refused(String port, String limit, long times) {
        if (isHeard()) {
            publish(event("refused").put("port", port).put("limit", limit).put("times", times));
        }
    }

    private void publish(ObjectNode event) {
        publish(event, 1);
    }

    /**
     * @param worth of events that a client misses with this one
     */
    private void publish(ObjectNode event, long worth) {
        byte[] line = line(event);
        for (Client client : Set.copyOf(clients)) {
            if (client.missed > 0) {
                byte[] late = line(event("missed").put("count", client.missed));
                client.missed = client.listener.push(late) ? 0 : client.missed;
            }
            if (client.missed > 0 || !client.listener.push(line)) {
                client.missed += worth;
            }
        }
    }

    /** A notification of JSON-RPC 2.0. */
    private byte[] line(ObjectNode event) {
        ObjectNode message = json.createObjectNode().put("jsonrpc", "2.0").put("method", "event");
        message.set("params", event);
        return (message + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Any data-plane thread's. */
    private final class Journal implements FdbJournal {
        private void note(Change change, long key, int slot, int from) {
            if (!notes.offer(new Note(change, key, slot, from))) {
                missed.incrementAndGet();
            }
        }

        @Override
        public void learned(long key, int slot) {
            note(Change.LEARNED, key, slot, slot);
        }

        @Override
        public void moved(long key, int from, int to) {
            note(Change.MOVED, key, to, from);
        }

        @Override
        public void held(long key, int at, int slot) {
            note(Change.HELD, key, slot, at);
        }

        @Override
        public void duplicate(long key, int from, int to) {
            note(Change.DUPLICATE, key, to, from);
        }

        @Override
        public void refused(long key, int slot) {
            note(Change.REFUSED, key, slot, slot);
        }
    }
}
