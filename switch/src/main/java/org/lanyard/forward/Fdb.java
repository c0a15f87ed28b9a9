package org.lanyard.forward;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The forwarding database (IEEE 802.1Q-2022, 8.8): which port each address is behind, per VLAN.
 * Bounded. Static entries stay until they are removed; others are learned, move, and are forgotten
 * by age.
 *
 * <p>Any thread may look up, without a lock (see {@link AddressTable}); a look-up that crosses a
 * change may miss, and the frame is then flooded. Learning takes the writers' lock only when it is
 * free: a lost race costs one more flooded frame.
 *
 * <p>No port can push the others out: in a full table a new address takes the place of one behind
 * the port that has the most, unless that is its own. An address that moves to and fro is held
 * where it is for a while.
 */
public final class Fdb {
    /** {@link #lookUp}: not known. */
    public static final int UNKNOWN = -1;

    /** {@link #learn(long, int, int, int, boolean)}: nothing new. */
    public static final int KNOWN = 0;

    /** The same: an address is new, or behind another port than before. */
    public static final int CHANGED = 1;

    /** The same: no room, for all or for this port. */
    public static final int REFUSED = 2;

    public static final int NO_LIMIT = Integer.MAX_VALUE;

    /** The time within which an address may move so often and no more. */
    static final int MOVE_SECONDS = 10;

    /** One line of the database. */
    public record Entry(long mac, int vlan, int slot, int ageSeconds, boolean isStatic) {}

    private static final int VLAN_BITS = 12;
    private static final int VLAN_MASK = 0xfff;
    private static final int SLOT_MASK = 0xffff;
    private static final int STATIC = 1 << 16;
    private static final int STICKY = 1 << 17;
    private static final int SEARCH = 4096;

    private final int capacity;
    private volatile int movesAllowed;
    private final AddressTable table;
    private final ReentrantLock writing = new ReentrantLock();

    /**
     * Addresses that were learned, by slot; others look at it without the lock, to give up early.
     */
    private volatile int[] counts = new int[16];

    /** At least as many as the port with the most has. */
    private volatile int most;

    /** Where the search for one to forget went on to; the writer's. */
    private int hand;

    private volatile int size;
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong moves = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong evicted = new AtomicLong();
    private volatile long lastHeld;

    /** Null while nobody wants to know. */
    private volatile FdbJournal journal;

    /**
     * One in which addresses may move as often as they do.
     *
     * @param capacity addresses, 1 to 16,777,216
     */
    public Fdb(int capacity) {
        this(capacity, NO_LIMIT);
    }

    /**
     * @param capacity addresses, 1 to 16,777,216
     * @param movesAllowed how often an address may move within {@link #MOVE_SECONDS}
     */
    public Fdb(int capacity, int movesAllowed) {
        if (capacity < 1 || capacity > 1 << 24) {
            throw new IllegalArgumentException("an FDB of " + capacity + " addresses");
        }
        this.capacity = capacity;
        this.movesAllowed = movesAllowed;
        this.table = new AddressTable(capacity);
    }

    /**
     * Tells a journal from now on.
     *
     * @param newJournal null for none
     */
    public void tell(FdbJournal newJournal) {
        journal = newJournal;
    }

    /** The address of a {@link #key}. */
    public static long macOf(long key) {
        return key >>> VLAN_BITS;
    }

    /** The VLAN of a {@link #key}. */
    public static int vlanOf(long key) {
        return (int) key & VLAN_MASK;
    }

    /**
     * @param mac 48 bits
     * @param vlan 1 to 4094
     */
    public static long key(long mac, int vlan) {
        return mac << VLAN_BITS | vlan;
    }

    /** The slot of the port behind which the address is, or {@link #UNKNOWN}. */
    public int lookUp(long key) {
        int value = table.get(key);
        return value == AddressTable.ABSENT ? UNKNOWN : value & SLOT_MASK;
    }

    /**
     * Notes that the address was seen behind a port now.
     *
     * @param slot 0 to 65,535
     * @param now seconds of the same clock as {@link #age}'s
     * @return whether any address's port changed
     */
    public boolean learn(long key, int slot, int now) {
        return learn(key, slot, now, NO_LIMIT, false) == CHANGED;
    }

    /**
     * The same for a port with rules of its own.
     *
     * @param limit addresses that may be learned behind it
     * @param sticky whether an address that is learned there stays there while it is seen
     * @return {@link #KNOWN}, {@link #CHANGED} or {@link #REFUSED}
     */
    public int learn(long key, int slot, int now, int limit, boolean sticky) {
        int place = table.find(key);
        if (place >= 0 && (table.valueAt(place) & SLOT_MASK) == slot) {
            table.see(place, now);
            return KNOWN;
        }
        if (place < 0 && size >= capacity && count(slot) + 2 > most) {
            return refuse(key, slot);
        }
        if (!writing.tryLock()) {
            return KNOWN;
        }
        try {
            return write(key, slot, now, limit, sticky);
        } finally {
            writing.unlock();
        }
    }

    private int write(long key, int slot, int now, int limit, boolean sticky) {
        int place = table.find(key);
        if (place >= 0) {
            return move(key, place, slot, now, limit, sticky);
        }
        int value = sticky ? slot | STICKY : slot;
        if (count(slot) >= limit || !insert(~place, key, value, now)) {
            return refuse(key, slot);
        }
        FdbJournal told = journal;
        if (told != null) {
            told.learned(key, slot);
        }
        return CHANGED;
    }

    private int refuse(long key, int slot) {
        refused.incrementAndGet();
        FdbJournal told = journal;
        if (told != null) {
            told.refused(key, slot);
        }
        return REFUSED;
    }

    /**
     * Takes a key in that is not there.
     *
     * @param place the empty one where the search for it ended
     * @return false when there is no room for it
     */
    private boolean insert(int place, long key, int value, int now) {
        int free = place;
        if (size >= capacity) {
            if (!makeRoomFor(value & SLOT_MASK)) {
                return false;
            }
            free = ~table.find(key); // what made room may have moved others
        }
        table.put(free, key, value, now);
        if ((value & STATIC) == 0) {
            count(value & SLOT_MASK, 1);
        }
        size++;
        return true;
    }

    /** The place may hold another entry afterwards. */
    private void forget(int place) {
        int value = table.valueAt(place);
        table.remove(place);
        if ((value & STATIC) == 0) {
            count(value & SLOT_MASK, -1);
        }
        size--;
    }

    private int move(long key, int place, int slot, int now, int limit, boolean sticky) {
        int value = table.valueAt(place);
        int from = value & SLOT_MASK;
        if (from == slot) {
            return KNOWN; // another worker was quicker
        }
        if ((value & (STATIC | STICKY)) != 0 || mayNotMove(place, now)) {
            lastHeld = key;
            held.incrementAndGet();
            FdbJournal told = journal;
            if (told != null) {
                told.held(key, slot);
            }
            return KNOWN;
        }
        if (count(slot) >= limit) {
            return refuse(key, slot);
        }
        moves.incrementAndGet();
        table.see(place, now);
        table.change(place, sticky ? slot | STICKY : slot);
        count(from, -1);
        count(slot, 1);
        FdbJournal told = journal;
        if (told != null) {
            told.moved(key, from, slot);
        }
        return CHANGED;
    }

    /** From now on an address may move so often within {@link #MOVE_SECONDS}; any thread. */
    public void allowMoves(int number) {
        movesAllowed = number;
    }

    /** Counts moves; says no to one too many until the time is over. */
    private boolean mayNotMove(int place, int now) {
        long note = table.movesAt(place);
        int since = (int) (note >>> Integer.SIZE);
        int count = (int) note;
        if (count == 0 || now - since >= MOVE_SECONDS) {
            since = now;
            count = 0;
        } else if (count >= movesAllowed) {
            return true;
        }
        table.noteMoves(place, (long) since << Integer.SIZE | count + 1);
        return false;
    }

    private int count(int slot) {
        int[] now = counts;
        return slot < now.length ? now[slot] : 0;
    }

    private void count(int slot, int change) {
        if (slot >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(slot + 1, 2 * counts.length));
        }
        int count = counts[slot] + change;
        counts[slot] = count;
        if (count > most) {
            most = count;
        }
    }

    /** Forgets an address behind the port with the most, if it has two more than this one. */
    private boolean makeRoomFor(int slot) {
        int heaviest = 0;
        for (int i = 1; i < counts.length; i++) {
            if (counts[i] > counts[heaviest]) {
                heaviest = i;
            }
        }
        most = counts[heaviest];
        if (most < count(slot) + 2) {
            return false;
        }
        for (int i = 0; i < SEARCH && i < table.places(); i++) {
            hand = hand + 1 & table.places() - 1;
            if (table.keyAt(hand) != AddressTable.EMPTY
                    && (table.valueAt(hand) & (SLOT_MASK | STATIC)) == heaviest) {
                forget(hand);
                evicted.incrementAndGet();
                return true;
            }
        }
        return false;
    }

    /**
     * Puts an address behind a port for good; it may take the place of a learned one.
     *
     * @return false when there is no room for it
     */
    public boolean addStatic(long key, int slot, int now) {
        writing.lock();
        try {
            int place = table.find(key);
            if (place >= 0) {
                int value = table.valueAt(place);
                if ((value & STATIC) == 0) {
                    count(value & SLOT_MASK, -1);
                }
                table.change(place, slot | STATIC);
                return true;
            }
            return insert(~place, key, slot | STATIC, now);
        } finally {
            writing.unlock();
        }
    }

    /** Forgets what was learned and not seen for so many seconds; returns how many that were. */
    public int age(int now, int ageingSeconds) {
        return removeIf((key, value, seen) -> (value & STATIC) == 0 && now - seen >= ageingSeconds);
    }

    /** Forgets all addresses behind a port, static ones too; returns how many that were. */
    public int flush(int port) {
        return removeIf((key, value, seen) -> (value & SLOT_MASK) == port);
    }

    /** Forgets what was learned, of one port and of one VLAN; -1 for any. */
    public int flushLearned(int port, int vlan) {
        return removeIf(
                (key, value, seen) ->
                        (value & STATIC) == 0
                                && (port < 0 || (value & SLOT_MASK) == port)
                                && (vlan < 0 || (key & VLAN_MASK) == vlan));
    }

    /** Forgets one address, static or learned; false when it was not known. */
    public boolean remove(long key) {
        writing.lock();
        try {
            int place = table.find(key);
            if (place >= 0) {
                forget(place);
            }
            return place >= 0;
        } finally {
            writing.unlock();
        }
    }

    private interface Judge {
        boolean condemns(long key, int value, int lastSeen);
    }

    private int removeIf(Judge judge) {
        if (size == 0) {
            return 0;
        }
        writing.lock();
        try {
            int removed = 0;
            for (int place = 0; place < table.places(); ) {
                long key = table.keyAt(place);
                int value = table.valueAt(place);
                if (key != AddressTable.EMPTY && judge.condemns(key, value, table.seenAt(place))) {
                    forget(place); // may bring another entry here: look again
                    removed++;
                } else {
                    place++;
                }
            }
            return removed;
        } finally {
            writing.unlock();
        }
    }

    /**
     * A copy of all entries, in no order. It takes no lock, for learning would then go without: an
     * address that is moved about meanwhile may be left out.
     */
    public Entry[] entries(int now) {
        Map<Long, Entry> entries = new HashMap<>();
        for (int place = 0; place < table.places(); place++) {
            long key = table.keyAt(place);
            int age = Math.max(0, now - table.seenAt(place));
            int value = table.valueOf(key, place);
            if (key != AddressTable.EMPTY && value != AddressTable.ABSENT) {
                entries.put(
                        key,
                        new Entry(
                                key >>> VLAN_BITS,
                                (int) key & VLAN_MASK,
                                value & SLOT_MASK,
                                age,
                                (value & STATIC) != 0));
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

    /** How often an address was not learned for want of room, or for its port's limit. */
    public long refused() {
        return refused.get();
    }

    /** How often a known address appeared behind another port, and was believed. */
    public long moves() {
        return moves.get();
    }

    /** How often an address appeared behind another port and was not: static, sticky, flapping. */
    public long held() {
        return held.get();
    }

    /** The address that was held last. */
    public long lastHeldMac() {
        return lastHeld >>> VLAN_BITS;
    }

    /** How often an address made room for another port's. */
    public long evicted() {
        return evicted.get();
    }
}
