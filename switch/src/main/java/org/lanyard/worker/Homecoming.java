package org.lanyard.worker;

import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.lanyard.tapio.Sleeper;

/**
 * Where a worker's parcels come back to. {@link #take} is for the other workers' threads, all else
 * for its own.
 */
final class Homecoming {
    private final Sleeper owner;
    private final MpscAtomicArrayQueue<Parcel> ring;

    /**
     * @param parcels all there are
     */
    Homecoming(Sleeper owner, int parcels) {
        this.owner = owner;
        this.ring = new MpscAtomicArrayQueue<>(parcels);
    }

    /** Another worker has done with a parcel; one with a slab left has no hurry to have it back. */
    void take(Parcel parcel) {
        if (!ring.offer(parcel)) {
            throw new IllegalStateException("the ring holds all parcels there are");
        }
        owner.wake(Sleeper.DEEP);
    }

    /** The next parcel, or null. */
    Parcel next() {
        return ring.poll();
    }

    boolean isEmpty() {
        return ring.isEmpty();
    }
}
