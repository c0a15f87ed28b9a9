package org.lanyard.forward;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The hash table under the {@link Fdb}: open addressing with linear probing at a load of at most
 * one half, and a hash that a guest can't predict. One writer at a time, which the caller sees to;
 * any number of readers, without a lock.
 *
 * <p>A value stands in one word with a stamp that no other filling of a place has, and a reader
 * looks at key and value twice; the writer empties the key before it fills a place otherwise. A
 * look-up that crosses a change may miss; it never gets another key's value.
 *
 * <p>Entries with the same lower {@link #CHAIN_BITS} of their values are one chain, a doubly linked
 * list through the places: who wants those of one port need not look at all. Chains are the
 * writer's alone; readers know nothing of them.
 */
final class AddressTable {
    static final int ABSENT = -1;
    static final long EMPTY = 0;

    /** No place: the end of a chain. */
    static final int NONE = -1;

    /** Of a value, the lower bits that belong to the caller; the others are the stamp. */
    static final int VALUE_BITS = 19;

    /** Of a value, the lower bits that tell its chain. */
    static final int CHAIN_BITS = 17;

    private static final int VALUE_MASK = (1 << VALUE_BITS) - 1;
    private static final int CHAIN_MASK = (1 << CHAIN_BITS) - 1;
    private static final VarHandle LONG = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle INT = MethodHandles.arrayElementVarHandle(int[].class);

    private final int mask;
    private final long seed = new SecureRandom().nextLong();
    private final long[] keys;
    private final long[] values;
    private final int[] seen;

    /** What the caller notes about the address at a place; the writer's. */
    private final long[] notes;

    // The chains; the writer's.
    private final int[] nexts;
    private final int[] previous;
    private int[] firsts = {};

    private long stamp;

    /**
     * @param capacity keys that it must take
     */
    AddressTable(int capacity) {
        int places = Integer.highestOneBit(Math.max(2 * capacity - 1, 8)) << 1;
        this.mask = places - 1;
        this.keys = new long[places];
        this.values = new long[places];
        this.seen = new int[places];
        this.notes = new long[places];
        this.nexts = new int[places];
        this.previous = new int[places];
    }

    int places() {
        return mask + 1;
    }

    private int home(long key) {
        long hash = (key ^ seed) * 0x9e37_79b9_7f4a_7c15L;
        hash = (hash ^ hash >>> 32) * 0xd6e8_feb8_6659_fd93L;
        return (int) (hash >>> 32) & mask;
    }

    long keyAt(int place) {
        return (long) LONG.getAcquire(keys, place);
    }

    private long stampedAt(int place) {
        return (long) LONG.getAcquire(values, place);
    }

    /** The place of a key, or the complement of the empty place where the search ended. */
    int find(long key) {
        int place = home(key);
        for (int i = 0; i <= mask; i++) {
            long found = keyAt(place);
            if (found == key) {
                return place;
            }
            if (found == EMPTY) {
                return ~place;
            }
            place = place + 1 & mask;
        }
        return ~place; // only while a writer shifts: never full
    }

    /** The key's value, or {@link #ABSENT}. */
    int get(long key) {
        int place = find(key);
        return place < 0 ? ABSENT : valueOf(key, place);
    }

    /** The value at a place if it is still the key's, else {@link #ABSENT}. */
    int valueOf(long key, int place) {
        long value = stampedAt(place);
        boolean ours = keyAt(place) == key && stampedAt(place) == value;
        return ours ? (int) value & VALUE_MASK : ABSENT;
    }

    /** The value at a place that was found; another key's where a writer was quicker. */
    int valueAt(int place) {
        return (int) stampedAt(place) & VALUE_MASK;
    }

    int seenAt(int place) {
        return (int) INT.getOpaque(seen, place);
    }

    /** Any thread: at worst another address, which took the place, seems younger. */
    void see(int place, int now) {
        if (seenAt(place) != now) {
            INT.setOpaque(seen, place, now);
        }
    }

    /** The writer's, as all below. */
    long noteAt(int place) {
        return notes[place];
    }

    void note(int place, long note) {
        notes[place] = note;
    }

    /** The place of one entry of a chain, or {@link #NONE}: the one that came last. */
    int first(int chain) {
        return chain < firsts.length ? firsts[chain] : NONE;
    }

    private long stamped(int value) {
        return ++stamp << VALUE_BITS | value;
    }

    void change(int place, int value) {
        unlink(place);
        LONG.setRelease(values, place, stamped(value));
        link(place);
    }

    void put(int place, long key, int value, int now) {
        fill(place, key, value, now, 0);
        link(place);
    }

    private void fill(int place, long key, int value, int now, long note) {
        LONG.setRelease(values, place, stamped(value)); // after the key that was here was emptied
        INT.setOpaque(seen, place, now);
        notes[place] = note;
        LONG.setRelease(keys, place, key);
    }

    /** Closes the gap, so that no search ends early: Knuth, TAOCP 3, 6.4, algorithm R. */
    void remove(int place) {
        int gap = place;
        int next = gap;
        unlink(gap);
        LONG.setRelease(keys, gap, EMPTY);
        while (true) {
            next = next + 1 & mask;
            long key = keys[next];
            if (key == EMPTY) {
                return;
            }
            int home = home(key);
            boolean reachable =
                    gap <= next ? gap < home && home <= next : gap < home || home <= next;
            if (!reachable) {
                fill(gap, key, valueAt(next), seen[next], notes[next]);
                relink(next, gap);
                LONG.setRelease(keys, next, EMPTY);
                gap = next;
            }
        }
    }

    private int chainAt(int place) {
        return (int) values[place] & CHAIN_MASK;
    }

    private void link(int place) {
        int chain = chainAt(place);
        if (chain >= firsts.length) {
            int known = firsts.length;
            firsts = Arrays.copyOf(firsts, Math.max(chain + 1, 2 * known));
            Arrays.fill(firsts, known, firsts.length, NONE);
        }
        int behind = firsts[chain];
        previous[place] = NONE;
        nexts[place] = behind;
        if (behind != NONE) {
            previous[behind] = place;
        }
        firsts[chain] = place;
    }

    private void unlink(int place) {
        follow(chainAt(place), previous[place], nexts[place]);
        if (nexts[place] != NONE) {
            previous[nexts[place]] = previous[place];
        }
    }

    /** An entry has moved. */
    private void relink(int from, int to) {
        previous[to] = previous[from];
        nexts[to] = nexts[from];
        follow(chainAt(to), previous[to], to);
        if (nexts[to] != NONE) {
            previous[nexts[to]] = to;
        }
    }

    /** From now on a place comes behind another, or first. */
    private void follow(int chain, int before, int place) {
        if (before == NONE) {
            firsts[chain] = place;
        } else {
            nexts[before] = place;
        }
    }
}
