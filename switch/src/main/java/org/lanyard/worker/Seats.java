package org.lanyard.worker;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lanyard.port.KernelPort;

/** A worker's ports, each with a place that is its epoll token: the lowest that is free. */
final class Seats {
    /** By token. */
    private final List<Seat> places = new ArrayList<>();

    private final BitSet taken = new BitSet();
    private final Map<KernelPort, Seat> byPort = new IdentityHashMap<>();

    Seats() {
        places.add(null);
        taken.set(Sleep.NOBODY); // that token is the doorbell's
    }

    Seat add(KernelPort port) {
        int token = taken.nextClearBit(0);
        Seat seat = new Seat(port, token);
        if (token == places.size()) {
            places.add(seat);
        } else {
            places.set(token, seat);
        }
        taken.set(token);
        byPort.put(port, seat);
        return seat;
    }

    void remove(Seat seat) {
        places.set(seat.token, null);
        taken.clear(seat.token);
        byPort.remove(seat.port);
    }

    /** Null where it is free (again). */
    Seat at(int token) {
        return places.get(token);
    }

    /** Null for a port that has none. */
    Seat of(KernelPort port) {
        return byPort.get(port);
    }

    List<Seat> all() {
        return places.stream().filter(Objects::nonNull).toList();
    }

    boolean isEmpty() {
        return byPort.isEmpty();
    }
}
