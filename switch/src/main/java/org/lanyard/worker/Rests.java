package org.lanyard.worker;

import java.util.ArrayList;
import java.util.List;
import org.lanyard.port.Wire;
import org.lanyard.tapio.ErrnoException;

/** What epoll tells of each port: those that rest are not read until their time is over. */
final class Rests {
    private final Sleep sleep;
    private final List<Seat> resting = new ArrayList<>();

    Rests(Sleep sleep) {
        this.sleep = sleep;
    }

    boolean isEmpty() {
        return resting.isEmpty();
    }

    /** The port is not read before that, of the clock's nanoseconds. */
    void begin(Seat seat, long until) {
        seat.restUntil = until;
        if (!seat.rests) {
            seat.rests = true;
            resting.add(seat);
            watch(seat, seat.port.waitsForRoom());
        }
    }

    /** It is read again, if it was not. */
    void end(Seat seat) {
        if (seat.rests) {
            forget(seat);
            watch(seat, seat.port.waitsForRoom());
        }
    }

    /** It leaves. */
    void forget(Seat seat) {
        if (seat.rests) {
            seat.rests = false;
            resting.remove(seat);
        }
    }

    /** Those whose time is over are read again. */
    void endDue(long now) {
        for (int i = resting.size() - 1; i >= 0; i--) {
            if (resting.get(i).restUntil - now <= 0) {
                end(resting.get(i));
            }
        }
    }

    /**
     * When the first of them is read again, or this if that is sooner.
     *
     * @param other of the clock's nanoseconds, or {@link Wire#NEVER}
     */
    long dueOr(long other) {
        long due = other;
        for (int i = 0; i < resting.size(); i++) {
            long until = resting.get(i).restUntil;
            due = due == Wire.NEVER || until - due < 0 ? until : due;
        }
        return due;
    }

    void watch(Seat seat, boolean forRoom) {
        try {
            sleep.change(seat.port.fd(), seat.token, !seat.rests, forRoom);
        } catch (ErrnoException e) {
            throw new IllegalStateException(e);
        }
    }
}
