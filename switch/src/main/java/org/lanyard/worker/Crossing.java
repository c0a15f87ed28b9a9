package org.lanyard.worker;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.lanyard.frame.Slab;
import org.lanyard.port.Port;
import org.lanyard.tapio.Sleeper;

/**
 * The way from one worker to another: a bounded number of parcels, an SPSC ring that carries the
 * full ones over, and the parcel that is being filled. Everything but {@link #receive} is for the
 * sending worker's thread. Parcels come home through the sender's MPSC ring.
 */
final class Crossing {
    /** More than a sender has slabs, so a parcel is rarely missing; then frames are dropped. */
    static final int PARCELS = 16;

    private static final int NO_RUN = -1;

    private final Homecoming home;
    private final Sleeper receiver;
    private final SpscAtomicArrayQueue<Parcel> ring;
    private final ArrayDeque<Parcel> empty;

    /** Per slot, the run of the open parcel that its last frame is in. */
    private final int[] lasts;

    private final int[] touched;
    private int touchedCount;
    private Parcel open;

    Crossing(Homecoming home, Sleeper receiver, int maxPorts) {
        this(home, receiver, maxPorts, PARCELS, Parcel.CAPACITY);
    }

    /**
     * @param home where parcels of the sending worker come back to
     * @param receiver the other worker
     * @param runs that one parcel holds
     */
    Crossing(Homecoming home, Sleeper receiver, int maxPorts, int parcels, int runs) {
        this.home = home;
        this.receiver = receiver;
        this.ring = new SpscAtomicArrayQueue<>(parcels);
        this.empty = new ArrayDeque<>(parcels);
        this.lasts = new int[maxPorts];
        Arrays.fill(lasts, NO_RUN);
        this.touched = new int[runs];
        for (int i = 0; i < parcels; i++) {
            empty.add(new Parcel(this, runs));
        }
    }

    /** Adds a frame to the open parcel; false when no parcel is left or the port has gone. */
    boolean add(Slab slab, Port egress, int start, int end) {
        int slot = egress.slot();
        if (slot == Port.UNPLUGGED) {
            return false;
        }
        int last = lasts[slot];
        if (last != NO_RUN && open.extend(last, start, end)) {
            return true;
        }
        if (open != null && open.isFull()) {
            handOver();
        }
        if (open == null) {
            open = empty.poll();
            if (open == null) {
                return false;
            }
            open.open(slab);
        }
        if (lasts[slot] == NO_RUN) {
            touched[touchedCount++] = slot;
        }
        lasts[slot] = open.add(egress, start, end);
        return true;
    }

    /** Sends the open parcel off; the receiver is woken if it sleeps. */
    void handOver() {
        if (open == null) {
            return;
        }
        for (int i = 0; i < touchedCount; i++) {
            lasts[touched[i]] = NO_RUN;
        }
        touchedCount = 0;
        if (!ring.offer(open)) {
            throw new IllegalStateException("the ring holds all parcels there are");
        }
        open = null;
        receiver.wake();
    }

    /** For the receiving worker: the next parcel, or null. */
    Parcel receive() {
        return ring.poll();
    }

    boolean isEmpty() {
        return ring.isEmpty();
    }

    /** For the receiving worker: the parcel's runs were sent or kept. */
    void sendHome(Parcel parcel) {
        home.take(parcel);
    }

    /** Takes a parcel that came home. */
    void reuse(Parcel parcel) {
        parcel.close();
        empty.add(parcel);
    }
}
