package org.lanyard.slirp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.lanyard.tapio.Region;

/**
 * Which guest has which of the library's sockets, so that none takes all and a departed one's end.
 * A guest is a port of the switch; addresses of which the switch has not told yet whose they are
 * count as one guest.
 *
 * <p>Who has fewer sockets than are free may open one more: one guest alone gets half of them, two
 * get a third each, and a newcomer always finds as many free as the greediest has ("dynamic
 * threshold", Choudhury and Hahne, 1998). TCP has sockets of its own, which are dear; UDP and ping
 * have others, which nothing but the library's clock ends. One thread.
 */
final class Flows {
    /** Each costs libslirp 256 KiB at most. */
    static final int MOST_TCP = 1024;

    static final int MOST_OTHER = 1024;

    /** Addresses of which the switch has said nothing. */
    private static final String UNKNOWN = "-";

    /** What comes to a forward from the host's side. */
    private static final String HOST = "host";

    private static final int MOST_QUESTIONS = 64;

    private static final class Count {
        int tcp;
        int other;
    }

    private static final class Station {
        final long mac;
        final Set<Flow> flows = new HashSet<>();
        String port = UNKNOWN;
        boolean asked;

        Station(long mac) {
            this.mac = mac;
        }
    }

    /**
     * @param opener the frame that opened it, or null for what the host's side did
     * @param station whose, or null
     */
    private record Flow(int fd, Headers opener, boolean tcp, Station station) {
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return fd;
        }
    }

    private final LongConsumer ask;
    private final int host;
    private final int dns;
    private final Map<Integer, Flow> byFd = new HashMap<>();
    private final Map<Long, Flow> bySender = new HashMap<>();
    private final Map<Long, Station> stations = new HashMap<>();
    private final Map<String, Count> counts = new HashMap<>();
    private final Set<Integer> listeners = new HashSet<>();
    private int tcp;
    private int other;
    private int questions;
    private boolean listening;
    private long frame;
    private int frameLength;
    private long refused;
    private String lastRefused = UNKNOWN;

    /**
     * @param ask the switch whose an address is; it answers by {@link #isOf}
     */
    Flows(LongConsumer ask, UserNetwork network) {
        this(ask, Ip4.number(network.host()), Ip4.number(network.dns()));
    }

    private Flows(LongConsumer ask, int host, int dns) {
        this.ask = ask;
        this.host = host;
        this.dns = dns;
    }

    /**
     * A frame of a guest's comes; {@link #passed} follows if it may.
     *
     * @return false when it would open more than its guest's share
     */
    boolean admits(long address, int length) {
        boolean plenty = 2 * tcp < MOST_TCP && 2 * other < MOST_OTHER;
        if (!plenty && isBeyondShare(Headers.of(address, length))) {
            return false;
        }
        frame = address;
        frameLength = length;
        return true;
    }

    /** The library has had the frame. */
    void passed() {
        frameLength = 0;
    }

    private boolean isBeyondShare(Headers headers) {
        // A ping of the library's own addresses needs no socket.
        boolean own = !headers.isTcp() && !headers.isUdp() && headers.isTo(host, dns);
        if (!headers.opens() || own || headers.isUdp() && bySender.containsKey(headers.sender())) {
            return false;
        }
        Station station = stations.get(headers.source());
        String port = station == null ? UNKNOWN : station.port;
        boolean beyond = isBeyondShare(port, headers.isTcp());
        if (beyond) {
            refused++;
            lastRefused = port;
        }
        return beyond;
    }

    private boolean isBeyondShare(String port, boolean ofTcp) {
        Count count = counts.getOrDefault(port, new Count());
        return ofTcp ? count.tcp >= MOST_TCP - tcp : count.other >= MOST_OTHER - other;
    }

    /** From now on, or no more, descriptors are those that forwards listen at. */
    void listening(boolean now) {
        listening = now;
    }

    /**
     * Whether a descriptor may be polled: a forward's waits while the host's side has its share.
     */
    boolean mayPoll(int fd) {
        return !listeners.contains(fd) || !isBeyondShare(HOST, true);
    }

    /** The library has opened a descriptor. */
    void opened(int fd) {
        if (listening) {
            listeners.add(fd);
            return;
        }
        Headers opener = frameLength == 0 ? null : Headers.of(frame, frameLength);
        Station station = null;
        if (opener != null && opener.hasSource()) {
            station = stations.computeIfAbsent(opener.source(), Station::new);
        }
        Flow flow = new Flow(fd, opener, opener == null || opener.isTcp(), station);
        byFd.put(fd, flow);
        add(portOf(flow), flow, 1);
        if (station != null) {
            station.flows.add(flow);
            question(station);
            if (opener.isUdp()) {
                bySender.put(opener.sender(), flow);
            }
        }
    }

    private static String portOf(Flow flow) {
        return flow.station() == null ? HOST : flow.station().port;
    }

    private void add(String port, Flow flow, int by) {
        Count count = counts.computeIfAbsent(port, name -> new Count());
        if (flow.tcp()) {
            count.tcp += by;
            tcp += by;
        } else {
            count.other += by;
            other += by;
        }
        if (count.tcp == 0 && count.other == 0) {
            counts.remove(port);
        }
    }

    private void question(Station station) {
        if (!station.asked && questions < MOST_QUESTIONS) {
            station.asked = true;
            questions++;
            ask.accept(station.mac);
        }
    }

    /** The library has closed a descriptor. */
    void closed(int fd) {
        listeners.remove(fd);
        Flow flow = byFd.remove(fd);
        if (flow == null) {
            return;
        }
        add(portOf(flow), flow, -1);
        Station station = flow.station();
        if (station != null) {
            station.flows.remove(flow);
            if (station.flows.isEmpty() && !station.asked) {
                stations.remove(station.mac);
            }
            if (flow.opener().isUdp()) {
                bySender.remove(flow.opener().sender(), flow);
            }
        }
    }

    /**
     * The switch's answer.
     *
     * @param port its name, or "-" where it does not know
     */
    void isOf(long mac, String port) {
        Station station = stations.get(mac);
        if (station == null || !station.asked) {
            return;
        }
        station.asked = false;
        questions--;
        if (!port.equals(UNKNOWN) && !port.equals(station.port)) {
            station.flows.forEach(flow -> add(station.port, flow, -1));
            station.port = port;
            station.flows.forEach(flow -> add(port, flow, 1));
        }
        if (station.flows.isEmpty()) {
            stations.remove(mac);
        }
    }

    /** Asks again about those that are there: they may have moved. */
    void askAgain() {
        for (Station station : List.copyOf(stations.values())) {
            question(station);
        }
    }

    /** Ends what of a departed guest's can be ended. */
    void left(String port, Ending ending) {
        for (Station station : List.copyOf(stations.values())) {
            if (station.port.equals(port)) {
                for (Flow flow : new ArrayList<>(station.flows)) {
                    if (flow.tcp()) {
                        end(flow, ending);
                    }
                }
            }
        }
    }

    /** Does to a TCP flow what ends it. */
    interface Ending {
        /** A frame, as from its guest. */
        void send(byte[] frame);

        /** The descriptor of one that does not stand yet. */
        void shutDown(int fd);
    }

    /**
     * Of all numbers that the guest may have come to, one of two is not above the window: they are
     * half the circle apart.
     */
    private void end(Flow flow, Ending ending) {
        for (int ahead : new int[] {0, Integer.MIN_VALUE}) {
            if (byFd.get(flow.fd()) == flow) {
                ending.send(flow.opener().reset(ahead));
            }
        }
        if (byFd.get(flow.fd()) == flow) {
            ending.shutDown(flow.fd());
        }
    }

    /** Loads what is wanted later, by a flow that comes and goes. */
    static void warmUp() {
        Flows flows = new Flows(mac -> {}, 0, 0);
        try (Region region = Region.allocate(64)) {
            region.bytes().putShort(12, (short) 0x0800).put(14, (byte) 0x45);
            region.bytes().put(23, (byte) Headers.TCP).put(47, (byte) 2);
            flows.admits(region.address(), region.size());
            flows.opened(0);
            flows.passed();
            flows.isBeyondShare(Headers.of(region.address(), region.size()));
            flows.isOf(0, "warm");
            flows.left(
                    "warm",
                    new Ending() {
                        @Override
                        public void send(byte[] frame) {
                            flows.closed(0);
                        }

                        @Override
                        public void shutDown(int fd) {
                            // It is none.
                        }
                    });
        }
    }

    /** For the switch: TCP flows, others, refused ones so far, and who was refused last. */
    @Override
    public String toString() {
        return tcp + " " + other + " " + refused + " " + lastRefused;
    }
}
