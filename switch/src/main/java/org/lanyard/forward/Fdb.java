package org.lanyard.forward;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The forwarding database (IEEE 802.1Q-2022, 8.8): which port each address was last seen behind,
 * per VLAN. Bounded; open addressing with linear probing at a load of at most one half, and a hash
 * that a guest can't predict.
 *
 * <p>Any thread may look up, without a lock: a slot stands in one word with the address that it
 * belongs to, and a reader takes it between two looks at the key, which the single writer empties
 * before it fills a place otherwise. A lookup that crosses a change may miss, and the frame is then
 * flooded; it never gets another address's port. Learning takes the writers' lock only when it is
 * free: a lost race costs one more flooded frame.
 */
public final class Fdb {
    /** {@link #lookUp}: not known. */
    public static final int UNKNOWN = -1;

    /** One line of the database. */
    public record Entry(long mac, int vlan, int slot, int ageSeconds) {}

    private static final VarHandle LONG = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle INT = MethodHandles.arrayElementVarHandle(int[].class);
    private static final long EMPTY = 0;
    private static final int VLAN_BITS = 12;
    private static final int VLAN_MASK = 0xfff;
    private static final int SLOT_BITS = 16;
    private static final int SLOT_MASK = 0xffff;

    private final int capacity;
    private final int mask;
    private final long seed = new SecureRandom().nextLong();
    private final long[] keys;

    /** MAC and slot: were it the slot alone, a place that changed hands twice would deceive. */
    private final long[] values;

    private final int[] seen;

    private final ReentrantLock writing = new ReentrantLock();
    private volatile int size;
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong moves = new AtomicLong();

    /**
     * @param capacity addresses, 1 to 16,777,216
     */
    public Fdb(int capacity) {
        if (capacity < 1 || capacity > 1 << 24) {
            throw new IllegalArgumentException("an FDB of " + capacity + " addresses");
        }
        this.capacity = capacity;
        int places = Integer.highestOneBit(Math.max(2 * capacity - 1, 8)) << 1;
        this.mask = places - 1;
        this.keys = new long[places];
        this.values = new long[places];
        this.seen = new int[places];
    }

    /**
     * @param mac 48 bits
     * @param vlan 1 to 4094
     */
    public static long key(long mac, int vlan) {
        return mac << VLAN_BITS | vlan;
    }

    private int home(long key) {
        long hash = (key ^ seed) * 0x9e37_79b9_7f4a_7c15L;
        hash = (hash ^ hash >>> 32) * 0xd6e8_feb8_6659_fd93L;
        return (int) (hash >>> 32) & mask;
    }

    private long keyAt(int place) {
        return (long) LONG.getAcquire(keys, place);
    }

    /** The place of a key, or the complement of the empty place where the search ended. */
    private int find(long key) {
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

    /** The slot of the port behind which the address is, or {@link #UNKNOWN}. */
    public int lookUp(long key) {
        int place = find(key);
        if (place < 0) {
            return UNKNOWN;
        }
        long value = (long) LONG.getAcquire(values, place);
        boolean ours = value >>> SLOT_BITS == key >>> VLAN_BITS && keyAt(place) == key;
        return ours ? (int) value & SLOT_MASK : UNKNOWN;
    }

    private static long value(long key, int slot) {
        return key >>> VLAN_BITS << SLOT_BITS | slot;
    }

    /**
     * Notes that the address was seen behind a port now.
     *
     * @param slot 0 to 65,535
     * @param now seconds of the same clock as {@link #age}'s
     * @return whether any address's port changed
     */
    public boolean learn(long key, int slot, int now) {
        int place = find(key);
        if (place >= 0 && (long) LONG.getOpaque(values, place) == value(key, slot)) {
            if ((int) INT.getOpaque(seen, place) != now) {
                INT.setOpaque(seen, place, now);
            }
            return false;
        }
        if (place < 0 && size >= capacity) {
            refused.incrementAndGet();
            return false;
        }
        if (!writing.tryLock()) {
            return false;
        }
        try {
            return write(key, slot, now);
        } finally {
            writing.unlock();
        }
    }

    private boolean write(long key, int slot, int now) {
        int place = find(key);
        if (place >= 0) {
            moves.incrementAndGet();
            INT.setOpaque(seen, place, now);
            LONG.setRelease(values, place, value(key, slot));
            return true;
        }
        if (size >= capacity) {
            refused.incrementAndGet();
            return false;
        }
        put(~place, key, value(key, slot), now);
        size++;
        return true;
    }

    private void put(int place, long key, long value, int now) {
        LONG.setOpaque(values, place, value);
        INT.setOpaque(seen, place, now);
        LONG.setRelease(keys, place, key);
    }

    /** Forgets what was not seen for so many seconds; returns how many that were. */
    public int age(int now, int ageingSeconds) {
        return removeIf((slot, lastSeen) -> now - lastSeen >= ageingSeconds);
    }

    /** Forgets all addresses behind a port; returns how many that were. */
    public int flush(int port) {
        return removeIf((slot, lastSeen) -> slot == port);
    }

    /** For the writer. */
    private int slotAt(int place) {
        return (int) values[place] & SLOT_MASK;
    }

    private interface Judge {
        boolean condemns(int slot, int lastSeen);
    }

    private int removeIf(Judge judge) {
        if (size == 0) {
            return 0;
        }
        writing.lock();
        try {
            int removed = 0;
            for (int place = 0; place <= mask; ) {
                if (keys[place] != EMPTY && judge.condemns(slotAt(place), seen[place])) {
                    remove(place); // may bring another entry here: look again
                    removed++;
                } else {
                    place++;
                }
            }
            size -= removed;
            return removed;
        } finally {
            writing.unlock();
        }
    }

    /** Closes the gap, so that no search ends early: Knuth, TAOCP 3, 6.4, algorithm R. */
    private void remove(int place) {
        int gap = place;
        int next = gap;
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
                VarHandle.fullFence(); // the gap is seen as empty before its slot changes
                put(gap, key, values[next], seen[next]);
                LONG.setRelease(keys, next, EMPTY);
                gap = next;
            }
        }
    }

    /**
     * A copy of all entries, in no order. It takes no lock, for learning would then go without: an
     * address that is moved about meanwhile may be left out.
     */
    public Entry[] entries(int now) {
        Map<Long, Entry> entries = new HashMap<>();
        for (int place = 0; place <= mask; place++) {
            long key = keyAt(place);
            long value = (long) LONG.getAcquire(values, place);
            int age = Math.max(0, now - (int) INT.getOpaque(seen, place));
            if (key != EMPTY && value >>> SLOT_BITS == key >>> VLAN_BITS && keyAt(place) == key) {
                int slot = (int) value & SLOT_MASK;
                entries.put(key, new Entry(key >>> VLAN_BITS, (int) key & VLAN_MASK, slot, age));
            }
        }
        return entries.values().toArray(Entry[]::new);
    }

    public int size() {
        return size;
    }

    public int capacity() {
        return capacity;
    }

    /** How often an address was not learned for want of room. */
    public long refused() {
        return refused.get();
    }

    /** How often a known address appeared behind another port. */
    public long moves() {
        return moves.get();
    }
}
