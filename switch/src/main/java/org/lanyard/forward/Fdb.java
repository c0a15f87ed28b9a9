package org.lanyard.forward;

import java.util.BitSet;
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
 * where it was stable (see {@link Moves}), and behind a port that guards its addresses none is
 * taken away at all.
 *
 * <p>What forgets many addresses does it in slices, each of which holds the lock for some tens of
 * microseconds: those of one port are a chain of the table, so that no others are looked at; age
 * and VLANs are looked for without the lock.
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

    /** The same: the address is behind a port that guards it, and this is another. */
    public static final int SPOOFED = 3;

    public static final int NO_LIMIT = Integer.MAX_VALUE;

    /** For {@link #flush(int, int)}: of all ports, or in all VLANs. */
    public static final int ANY = -1;

    /** One line of the database. */
    public record Entry(long mac, int vlan, int slot, int ageSeconds, boolean isStatic) {}

    /**
     * An address and two ports' slots.
     *
     * @param slot where it was first
     * @param other the one that sent with it too
     */
    public record Suspect(long mac, int vlan, int slot, int other) {}

    private static final int VLAN_BITS = 12;
    private static final int VLAN_MASK = 0xfff;

    private final Addresses addresses;
    private final AddressTable table;
    private final ReentrantLock writing = new ReentrantLock();
    private final Forgetting forgetting;
    private final Moves moving;
    private final Listing listing;

    /** By slot: whether no other port takes an address away from there. Replaced as a whole. */
    private volatile BitSet guarded = new BitSet();

    private final Suspects duplicates = new Suspects();
    private final Suspects heldOnes = new Suspects();

    /** Where {@link #ageSome} goes on. Its caller's. */
    private int ageingHand;

    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong moves = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong spoofed = new AtomicLong();

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
     * @param movesAllowed how often an address may move within ten seconds
     */
    public Fdb(int capacity, int movesAllowed) {
        if (capacity < 1 || capacity > 1 << 24) {
            throw new IllegalArgumentException("an FDB of " + capacity + " addresses");
        }
        this.moving = new Moves(movesAllowed);
        this.addresses = new Addresses(capacity);
        this.table = addresses.table;
        this.listing = new Listing(table);
        this.forgetting = new Forgetting(addresses, writing);
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

    /**
     * The slot of the port behind which the address is, or {@link #UNKNOWN}: then also if it has
     * just moved away from a port that may have it still.
     */
    public int lookUp(long key) {
        int value = table.get(key);
        boolean isSure = value != AddressTable.ABSENT && !Addresses.isOnTrial(value);
        return isSure ? Addresses.slotOf(value) : UNKNOWN;
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
     * @return {@link #KNOWN}, {@link #CHANGED}, {@link #REFUSED} or {@link #SPOOFED}
     */
    public int learn(long key, int slot, int now, int limit, boolean sticky) {
        int place = table.find(key);
        if (place >= 0) {
            int value = table.valueAt(place);
            if (Addresses.slotOf(value) == slot) {
                table.see(place, now);
                if (!Addresses.isOnTrial(value)) {
                    return KNOWN;
                }
            } else if (isGuarded(table.valueOf(key, place))) {
                return noteSpoofed();
            }
        } else if (addresses.isFullFor(slot)) {
            return refuse(key, slot);
        }
        if (!writing.tryLock()) {
            return KNOWN;
        }
        try {
            moving.at(now);
            return write(key, slot, now, limit, sticky);
        } finally {
            writing.unlock();
        }
    }

    private boolean isGuarded(int value) {
        return value != AddressTable.ABSENT && guarded.get(Addresses.slotOf(value));
    }

    private int noteSpoofed() {
        spoofed.incrementAndGet();
        return SPOOFED;
    }

    /** Whether other ports' frames may not have the addresses behind this one; any thread. */
    public void guard(int slot, boolean guards) {
        writing.lock();
        try {
            if (guarded.get(slot) != guards) {
                BitSet next = (BitSet) guarded.clone();
                next.set(slot, guards);
                guarded = next;
            }
        } finally {
            writing.unlock();
        }
    }

    private int write(long key, int slot, int now, int limit, boolean sticky) {
        int place = table.find(key);
        if (place >= 0) {
            return move(key, place, slot, now, limit, sticky);
        }
        int value = learned(slot, sticky);
        if (addresses.shares.of(slot) >= limit || !addresses.insert(~place, key, value, now)) {
            return refuse(key, slot);
        }
        FdbJournal told = journal;
        if (told != null) {
            told.learned(key, slot);
        }
        return CHANGED;
    }

    private static int learned(int slot, boolean sticky) {
        return sticky ? Addresses.learnedAt(slot) | Addresses.STICKY : Addresses.learnedAt(slot);
    }

    private int refuse(long key, int slot) {
        refused.incrementAndGet();
        FdbJournal told = journal;
        if (told != null) {
            told.refused(key, slot);
        }
        return REFUSED;
    }

    private int move(long key, int place, int slot, int now, int limit, boolean sticky) {
        int value = table.valueAt(place);
        int from = Addresses.slotOf(value);
        if (from == slot) {
            // Another worker was quicker, or it is seen where it moved to.
            if (Addresses.isOnTrial(value) && !moving.isOnTrial(table.noteAt(place), now)) {
                addresses.change(place, value & ~Addresses.ON_TRIAL);
            }
            return KNOWN;
        }
        if (isGuarded(value)) {
            return noteSpoofed();
        }
        if ((value & (Addresses.STATIC | Addresses.STICKY)) != 0) {
            return held(key, from, slot);
        }
        long note = table.noteAt(place);
        if (moving.stays(note, table.seenAt(place), slot, now)) {
            table.note(place, moving.held(note, from, slot, now));
            int home = moving.holdingPlace(note, from, slot, now);
            held(key, home, slot);
            if (home == from) {
                return KNOWN;
            }
            return moveOn(key, place, learned(home, false));
        }
        if (addresses.shares.of(slot) >= limit) {
            return refuse(key, slot);
        }
        boolean returns = moving.returns(note, slot, now);
        if (returns) {
            duplicates.note(key, slot, from);
            FdbJournal told = journal;
            if (told != null) {
                told.duplicate(key, from, slot);
            }
        }
        boolean tried = !returns && moving.isToBeTried(table.seenAt(place), now);
        table.note(place, moving.moved(note, from, slot, now));
        table.see(place, now);
        int trial = tried ? Addresses.ON_TRIAL : 0;
        return moveOn(key, place, learned(slot, sticky) | trial);
    }

    private int held(long key, int at, int slot) {
        held.incrementAndGet();
        heldOnes.note(key, at, slot);
        FdbJournal told = journal;
        if (told != null) {
            told.held(key, at, slot);
        }
        return KNOWN;
    }

    private int moveOn(long key, int place, int value) {
        int from = Addresses.slotOf(table.valueAt(place));
        moves.incrementAndGet();
        addresses.change(place, value);
        FdbJournal told = journal;
        if (told != null) {
            told.moved(key, from, Addresses.slotOf(value));
        }
        return CHANGED;
    }

    /** From now on an address may move so often within ten seconds; any thread. */
    public void allowMoves(int number) {
        moving.allow(number);
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
            int value = Addresses.learnedAt(slot) | Addresses.STATIC;
            if (place >= 0) {
                addresses.change(place, value);
                return true;
            }
            return addresses.insert(~place, key, value, now);
        } finally {
            writing.unlock();
        }
    }

    /** Forgets what was learned and not seen for so many seconds; returns how many that were. */
    public int age(int now, int ageingSeconds) {
        return forgetting.removeIf(0, table.places(), old(now, ageingSeconds));
    }

    /**
     * The same in so many places, from where it ended the last time. One thread's.
     *
     * @param places at least 1
     * @return whether there are more; then it goes on there the next time
     */
    public boolean ageSome(int now, int ageingSeconds, int places) {
        int end = (int) Math.min(table.places(), (long) ageingHand + places);
        forgetting.removeIf(ageingHand, end, old(now, ageingSeconds));
        ageingHand = end == table.places() ? 0 : end;
        return ageingHand > 0;
    }

    private Forgetting.Judge old(int now, int ageingSeconds) {
        return (key, value, seen) -> !Addresses.isStatic(value) && now - seen >= ageingSeconds;
    }

    /** Forgets all addresses behind a port, static ones too; returns how many that were. */
    public int flush(int slot) {
        return forgetting.flush(slot);
    }

    /**
     * The port at a slot is there no more: forgets some of the addresses behind it, and lets {@link
     * #sweep} forget the rest. No port may have the slot before it {@link #isVacant}.
     */
    public void vacate(int slot) {
        writing.lock();
        try {
            moving.leave(slot);
            forgetting.vacate(slot);
        } finally {
            writing.unlock();
        }
    }

    /** Whether nothing is known any more of a port that was at that slot. */
    public boolean isVacant(int slot) {
        if (!addresses.hasDoomed()) {
            return true;
        }
        writing.lock();
        try {
            return !addresses.isDoomed(slot);
        } finally {
            writing.unlock();
        }
    }

    /** Forgets what was learned behind a port: some now, the rest by {@link #sweep}. */
    public void unlearn(int slot) {
        forgetting.unlearn(slot);
    }

    /**
     * Forgets a slice of what is still to be forgotten.
     *
     * @return whether there is more
     */
    public boolean sweep() {
        return forgetting.more();
    }

    /**
     * Forgets what was learned, of one port and of one VLAN; {@link #ANY} for each. Nothing is
     * forgotten before {@link Flush#more} is called.
     */
    public Flush flush(int port, int vlan) {
        return new Flush(addresses, forgetting, port, vlan);
    }

    /** Forgets one address, static or learned; false when it was not known. */
    public boolean remove(long key) {
        writing.lock();
        try {
            int place = table.find(key);
            if (place >= 0) {
                addresses.forget(place);
                addresses.noteDoomed();
            }
            return place >= 0;
        } finally {
            writing.unlock();
        }
    }

    /**
     * A copy of all entries, by VLAN and address: for tables that are not large. It takes no lock:
     * an address that is moved about meanwhile may be left out.
     */
    public Entry[] entries(int now) {
        return listing.after(Listing.FIRST, Math.max(1, table.places()), now);
    }

    /** The first so many of them. */
    public Entry[] entries(int most, int now) {
        return listing.after(Listing.FIRST, most, now);
    }

    /** The next so many that come behind an address in that list, which may be gone. */
    public Entry[] entriesAfter(long mac, int vlan, int most, int now) {
        return listing.after(Listing.order(mac, vlan), most, now);
    }

    /** Addresses that came back to a port which they had left not long ago; each is told once. */
    public Suspect[] takeDuplicates() {
        return take(duplicates);
    }

    /** Some of those that were held since the last time. */
    public Suspect[] takeHeld() {
        return take(heldOnes);
    }

    private Suspect[] take(Suspects some) {
        writing.lock();
        try {
            return some.take();
        } finally {
            writing.unlock();
        }
    }

    public int size() {
        return addresses.size();
    }

    public int capacity() {
        return addresses.capacity();
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

    /** How many frames came with an address that another port guards. */
    public long spoofed() {
        return spoofed.get();
    }

    /** How often an address made room for another port's. */
    public long evicted() {
        return addresses.evicted();
    }
}
