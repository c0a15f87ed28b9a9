package org.lanyard.forward;

import java.util.BitSet;

/**
 * The addresses of an {@link Fdb} with what each port has of them, and room for new ones. One
 * writer at a time, which the Fdb's lock sees to; what readers may ask is said.
 */
final class Addresses {
    // A value: the lower bits are its chain, all addresses of a port that are static, or learned.
    static final int STATIC = 1;
    static final int STICKY = 1 << AddressTable.CHAIN_BITS;

    /** It has moved, and may be behind its former port yet. */
    static final int ON_TRIAL = STICKY << 1;

    private static final int SLOT_SHIFT = 1;
    private static final int SLOT_MASK = 0xffff;

    private final int capacity;

    /** Readers may look up in it. */
    final AddressTable table;

    /** Addresses that were learned, by slot; readers may ask. */
    final Shares shares = new Shares();

    /** Slots without a port whose addresses are not all forgotten yet. */
    private final BitSet doomed = new BitSet();

    private volatile boolean hasDoomed;
    private volatile int size;
    private volatile long evicted;

    Addresses(int capacity) {
        this.capacity = capacity;
        this.table = new AddressTable(capacity);
    }

    static int slotOf(int value) {
        return value >>> SLOT_SHIFT & SLOT_MASK;
    }

    /** The value of an address that was learned at a port, and its chain. */
    static int learnedAt(int slot) {
        return slot << SLOT_SHIFT;
    }

    static boolean isOnTrial(int value) {
        return (value & ON_TRIAL) != 0;
    }

    static boolean isStatic(int value) {
        return (value & STATIC) != 0;
    }

    /** Any thread. */
    int size() {
        return size;
    }

    int capacity() {
        return capacity;
    }

    /** How often an address made room for another port's; any thread. */
    long evicted() {
        return evicted;
    }

    /** Whether there is surely no room for another address of a port; any thread. */
    boolean isFullFor(int slot) {
        return size >= capacity && !hasDoomed && shares.of(slot) + 2 > shares.most();
    }

    /**
     * Takes a key in that is not there.
     *
     * @param place the empty one where the search for it ended
     * @return false when there is no room for it
     */
    boolean insert(int place, long key, int value, int now) {
        int free = place;
        if (size >= capacity) {
            if (!makeRoomFor(slotOf(value))) {
                return false;
            }
            free = ~table.find(key); // what made room may have moved others
        }
        table.put(free, key, value, now);
        count(value, 1);
        size++;
        return true;
    }

    /** The place may hold another entry afterwards. */
    void forget(int place) {
        int value = table.valueAt(place);
        table.remove(place);
        count(value, -1);
        size--;
    }

    void change(int place, int value) {
        count(table.valueAt(place), -1);
        table.change(place, value);
        count(value, 1);
    }

    private void count(int value, int change) {
        if (!isStatic(value)) {
            shares.add(slotOf(value), change);
        }
    }

    /**
     * Forgets an address of a port that has left, or else one behind the port with the most, if it
     * has two more than this one.
     */
    private boolean makeRoomFor(int slot) {
        if (hasDoomed) {
            forget(first(doomed.nextSetBit(0), true));
            noteDoomed();
            return true;
        }
        if (shares.most() < shares.of(slot) + 2) {
            return false;
        }
        forget(table.first(learnedAt(shares.heaviest())));
        evicted++;
        return true;
    }

    private int first(int slot, boolean staticToo) {
        int place = table.first(learnedAt(slot));
        return place == AddressTable.NONE && staticToo
                ? table.first(learnedAt(slot) | STATIC)
                : place;
    }

    /**
     * Forgets addresses of a port.
     *
     * @param most of them
     * @return how many that were
     */
    int forget(int slot, boolean staticToo, int most) {
        for (int i = 0; i < most; i++) {
            int place = first(slot, staticToo);
            if (place == AddressTable.NONE) {
                return i;
            }
            forget(place);
        }
        return most;
    }

    boolean has(int slot, boolean staticToo) {
        return first(slot, staticToo) != AddressTable.NONE;
    }

    /** The port at a slot has left; what is known of it goes first when there is no room. */
    void doom(int slot) {
        doomed.set(slot);
        noteDoomed();
    }

    /** To be told whenever addresses of one were forgotten. */
    void noteDoomed() {
        int slot = doomed.nextSetBit(0);
        while (slot >= 0 && !has(slot, true)) {
            doomed.clear(slot);
            slot = doomed.nextSetBit(slot + 1);
        }
        if (hasDoomed != (slot >= 0)) {
            hasDoomed = slot >= 0;
        }
    }

    /** The slot of a port that has left and is not forgotten yet, or -1. */
    int doomed() {
        return doomed.nextSetBit(0);
    }

    boolean isDoomed(int slot) {
        return doomed.get(slot);
    }

    /** Any thread. */
    boolean hasDoomed() {
        return hasDoomed;
    }
}
