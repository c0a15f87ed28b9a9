package org.lanyard.forward;

import java.util.Arrays;

/**
 * What is believed of an address that appears behind another port than its own. One or a few moves
 * are: guests migrate; but as long as both ports are there, frames go to all for a while, and who
 * was robbed answers and has it back. One that came home meanwhile is contested: it stays wherever
 * it is in use, so that who forges it interrupts its owner once, not with each frame. One that
 * moves to and fro, or is reached for, too often is held where it was stable before that began, as
 * long as it is seen there and the other port goes on; and that port takes none away meanwhile from
 * ports that still use it. Under the lock of the {@link Fdb}.
 *
 * <p>The note that is kept with an address tells the port where it was stable, since when it moves
 * about, how often it has or was to, and whether it came home. A slot that was given to another
 * port since is not that port.
 */
final class Moves {
    /** The time within which an address may move so often and no more. */
    static final int SECONDS = 10;

    /** A contested address was seen within so many seconds where it is in use, to the second. */
    private static final int IN_USE_SECONDS = 2;

    /** One that comes back within this time is behind both ports. */
    static final int RETURN_SECONDS = 300;

    /** A note of one that never moved. */
    static final long NEVER = 0;

    private static final int COUNT_BITS = 20;
    private static final int SLOT_BITS = 16;
    private static final int COUNT_MASK = (1 << COUNT_BITS) - 1;
    private static final int CONTESTED = 1 << COUNT_BITS;
    private static final int HOME_SHIFT = COUNT_BITS + 1;
    private static final int TIME_SHIFT = HOME_SHIFT + SLOT_BITS;
    private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;
    private static final int TIME_MASK = (1 << Long.SIZE - TIME_SHIFT) - 1;

    private volatile int allowed;

    /** By slot, in seconds: when its addresses were forgotten, and until when it takes none. */
    private int[] left = new int[0];

    private boolean[] everLeft = new boolean[0];
    private int[] limited = new int[0];
    private boolean[] everLimited = new boolean[0];

    /** The latest that anybody said. */
    private int latest;

    Moves(int allowed) {
        this.allowed = allowed;
    }

    /** Any thread. */
    void allow(int number) {
        allowed = number;
    }

    /** Each time is told here first, so that what happens without one is not taken for earlier. */
    void at(int now) {
        latest = now;
    }

    /** The slot is another port's from now on. */
    void leave(int slot) {
        grow(slot);
        left[slot] = latest;
        everLeft[slot] = true;
        everLimited[slot] = false;
    }

    private void grow(int slot) {
        if (slot >= left.length) {
            int size = Math.max(slot + 1, 2 * left.length);
            left = Arrays.copyOf(left, size);
            everLeft = Arrays.copyOf(everLeft, size);
            limited = Arrays.copyOf(limited, size);
            everLimited = Arrays.copyOf(everLimited, size);
        }
    }

    private static long note(int since, int home, int contested, int count) {
        return (long) (since & TIME_MASK) << TIME_SHIFT
                | (long) home << HOME_SHIFT
                | contested
                | Math.min(count, COUNT_MASK);
    }

    private static int contested(long note) {
        return (int) note & CONTESTED;
    }

    private static int count(long note) {
        return (int) note & COUNT_MASK;
    }

    private static int home(long note) {
        return (int) (note >>> HOME_SHIFT) & SLOT_MASK;
    }

    private static int age(long note, int now) {
        return now - (int) (note >>> TIME_SHIFT) & TIME_MASK;
    }

    /** Whether the port where it was stable is still the one at that slot. */
    private boolean hasHome(long note, int now) {
        int home = home(note);
        return home >= left.length || !everLeft[home] || age(note, now) < now - left[home];
    }

    private boolean moves(long note, int now) {
        return note != NEVER && age(note, now) < SECONDS;
    }

    private boolean isHome(long note, int slot, int now) {
        return home(note) == slot && hasHome(note, now);
    }

    /** For as long again as it was to move: each attempt within that prolongs it. */
    private boolean isContested(long note, int now) {
        return contested(note) != 0 && age(note, now) < 2 * SECONDS && allowed != Fdb.NO_LIMIT;
    }

    /**
     * Whether an address stays away from a port.
     *
     * @param seen when it was last seen behind its own
     * @param to the other port's slot
     */
    boolean stays(long note, int seen, int to, int now) {
        if (now - seen >= SECONDS) {
            return false; // nobody uses it there any more
        }
        if ((moves(note, now) || isContested(note, now)) && isHome(note, to, now)) {
            return false;
        }
        return isLimited(to, now)
                || moves(note, now) && count(note) >= allowed
                || isContested(note, now) && now - seen < IN_USE_SECONDS;
    }

    private boolean isLimited(int slot, int now) {
        return slot < limited.length && everLimited[slot] && now - limited[slot] < SECONDS;
    }

    /**
     * It stays; the port that tried takes none for a while if that was too often.
     *
     * @return the note to be kept
     */
    long held(long note, int from, int to, int now) {
        boolean contested = isContested(note, now);
        if (!moves(note, now)) {
            return contested ? note(now, home(note), CONTESTED, 1) : note;
        }
        int count = count(note) + (contested ? 1 : 0);
        if (count < allowed) {
            return note(now - age(note, now), home(note), contested(note), count);
        }
        grow(to);
        limited[to] = now;
        everLimited[to] = true;
        return note(now, hasHome(note, now) ? home(note) : from, contested(note), count);
    }

    /** Where it is held: where it was stable, or where it is. */
    int holdingPlace(long note, int from, int to, int now) {
        boolean known = moves(note, now) && count(note) >= allowed && hasHome(note, now);
        return known && home(note) != to ? home(note) : from;
    }

    /**
     * Whether one that moves now may be behind its former port still.
     *
     * @param seen when it was last seen there
     */
    boolean isToBeTried(int seen, int now) {
        return allowed != Fdb.NO_LIMIT && now - seen < SECONDS;
    }

    /** Whether one that moved may be there yet: for a while, if that port has not left. */
    boolean isOnTrial(long note, int now) {
        return moves(note, now) && hasHome(note, now);
    }

    /** Whether it is back at a port that it left not long ago, and so is behind both. */
    boolean returns(long note, int to, int now) {
        return note != NEVER && age(note, now) < RETURN_SECONDS && isHome(note, to, now);
    }

    /**
     * It is believed.
     *
     * @return the note to be kept
     */
    long moved(long note, int from, int to, int now) {
        boolean returns = returns(note, to, now);
        int contested = returns ? CONTESTED : contested(note);
        if (moves(note, now)) {
            return note(now - age(note, now), home(note), contested, count(note) + 1);
        }
        return returns ? note(now, to, CONTESTED, 1) : note(now, from, 0, 1);
    }
}
