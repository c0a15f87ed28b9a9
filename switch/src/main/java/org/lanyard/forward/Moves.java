package org.lanyard.forward;

import java.util.Arrays;

/**
 * What is believed of an address that appears behind another port than its own. One or a few moves
 * are: guests migrate. One that moves to and fro is held where it was stable before that began, as
 * long as it is seen there and the other port goes on; and a port that such an address came to
 * takes none away meanwhile from ports that still use it. Under the lock of the {@link Fdb}.
 *
 * <p>The note that is kept with an address tells the port where it was stable, since when it moves
 * about, and how often it has. A slot that was given to another port since is not that port.
 */
final class Moves {
    /** The time within which an address may move so often and no more. */
    static final int SECONDS = 10;

    /** One that comes back within this time is behind both ports. */
    static final int RETURN_SECONDS = 300;

    /** A note of one that never moved. */
    static final long NEVER = 0;

    private static final int COUNT_BITS = 20;
    private static final int SLOT_BITS = 16;
    private static final int COUNT_MASK = (1 << COUNT_BITS) - 1;
    private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;
    private static final int TIME_MASK = (1 << 64 - COUNT_BITS - SLOT_BITS) - 1;

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

    private static long note(int since, int home, int count) {
        return (long) (since & TIME_MASK) << SLOT_BITS + COUNT_BITS
                | (long) home << COUNT_BITS
                | Math.min(count, COUNT_MASK);
    }

    private static int count(long note) {
        return (int) note & COUNT_MASK;
    }

    private static int home(long note) {
        return (int) (note >>> COUNT_BITS) & SLOT_MASK;
    }

    private static int age(long note, int now) {
        return now - (int) (note >>> SLOT_BITS + COUNT_BITS) & TIME_MASK;
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
        if (isLimited(to, now)) {
            return !(moves(note, now) && isHome(note, to, now));
        }
        return moves(note, now) && count(note) >= allowed && !isHome(note, to, now);
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
        if (!moves(note, now) || count(note) < allowed) {
            return note;
        }
        grow(to);
        limited[to] = now;
        everLimited[to] = true;
        return note(now, hasHome(note, now) ? home(note) : from, count(note));
    }

    /** Where it is held: where it was stable, or where it is. */
    int holdingPlace(long note, int from, int to, int now) {
        boolean known = moves(note, now) && count(note) >= allowed && hasHome(note, now);
        return known && home(note) != to ? home(note) : from;
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
    long moved(long note, int from, int now) {
        return moves(note, now)
                ? note(now - age(note, now), home(note), count(note) + 1)
                : note(now, from, 1);
    }
}
