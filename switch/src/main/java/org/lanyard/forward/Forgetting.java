package org.lanyard.forward;

import java.util.BitSet;
import java.util.concurrent.locks.Lock;

/**
 * Forgets addresses in slices, each of which holds the lock for some tens of microseconds: whoever
 * learns meanwhile finds it free in between. Those of one port are a chain, so that no others are
 * looked at; age and VLANs are looked for without the lock. Any thread.
 */
final class Forgetting {
    /** Addresses that are forgotten, or places that are looked at, under the lock at once. */
    static final int SLICE = 512;

    /** Which addresses are to go. */
    interface Judge {
        boolean condemns(long key, int value, int lastSeen);
    }

    private final Addresses addresses;
    private final AddressTable table;
    private final Lock writing;

    /** Slots of which all that was learned so far is to be forgotten; under the lock. */
    private final BitSet stale = new BitSet();

    Forgetting(Addresses addresses, Lock writing) {
        this.addresses = addresses;
        this.table = addresses.table;
        this.writing = writing;
    }

    /** Forgets all of a port; returns how many that were. */
    int flush(int slot) {
        int removed = 0;
        int some;
        do {
            writing.lock();
            try {
                some = addresses.forget(slot, true, SLICE);
                addresses.noteDoomed();
            } finally {
                writing.unlock();
            }
            removed += some;
        } while (some == SLICE);
        return removed;
    }

    /** Under the lock: forgets a slice of a port that has left, and the rest with {@link #more}. */
    void vacate(int slot) {
        addresses.forget(slot, true, SLICE);
        stale.clear(slot);
        addresses.doom(slot);
    }

    /** Forgets a slice of what a port has learned, and the rest with {@link #more}. */
    void unlearn(int slot) {
        writing.lock();
        try {
            addresses.forget(slot, false, SLICE);
            stale.set(slot, addresses.has(slot, false));
        } finally {
            writing.unlock();
        }
    }

    /** Forgets a slice of what a port has learned; returns how many addresses that were. */
    int someLearned(int slot) {
        writing.lock();
        try {
            int some = addresses.forget(slot, false, SLICE);
            addresses.noteDoomed();
            return some;
        } finally {
            writing.unlock();
        }
    }

    /** The same for the port with the most; 0 where nothing is learned. */
    int someOfMost() {
        writing.lock();
        try {
            return addresses.shares.most() == 0 ? 0 : someLearned(addresses.shares.heaviest());
        } finally {
            writing.unlock();
        }
    }

    /** Forgets a slice more; returns whether there is still more. */
    boolean more() {
        writing.lock();
        try {
            int slot = addresses.doomed();
            if (slot >= 0) {
                addresses.forget(slot, true, SLICE);
                addresses.noteDoomed();
            } else if (!stale.isEmpty()) {
                unlearn(stale.nextSetBit(0));
            }
            return addresses.hasDoomed() || !stale.isEmpty();
        } finally {
            writing.unlock();
        }
    }

    /** Forgets those that are condemned, among so many places; returns how many that were. */
    int removeIf(int from, int to, Judge judge) {
        int removed = 0;
        for (int start = from; start < to && addresses.size() > 0; start += SLICE) {
            int end = Math.min(to, start + SLICE);
            if (condemnsAny(judge, start, end)) {
                removed += remove(judge, start, end);
                Thread.yield();
            }
        }
        return removed;
    }

    private boolean condemnsAny(Judge judge, int from, int to) {
        for (int place = from; place < to; place++) {
            if (condemns(judge, place)) {
                return true;
            }
        }
        return false;
    }

    private boolean condemns(Judge judge, int place) {
        long key = table.keyAt(place);
        return key != AddressTable.EMPTY
                && judge.condemns(key, table.valueAt(place), table.seenAt(place));
    }

    private int remove(Judge judge, int from, int to) {
        writing.lock();
        try {
            int removed = 0;
            for (int place = from; place < to; ) {
                if (condemns(judge, place)) {
                    addresses.forget(place); // may bring another entry here: look again
                    removed++;
                } else {
                    place++;
                }
            }
            addresses.noteDoomed();
            return removed;
        } finally {
            writing.unlock();
        }
    }
}
