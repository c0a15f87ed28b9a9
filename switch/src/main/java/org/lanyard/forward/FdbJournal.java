package org.lanyard.forward;

/**
 * Is told what changes in the {@link Fdb}, by the data-plane thread that met the address: take note
 * and return. Keys are {@link Fdb#key}'s.
 */
public interface FdbJournal {
    void learned(long key, int slot);

    void moved(long key, int from, int to);

    /** It was seen behind another port than its own, at which it stays. */
    void held(long key, int at, int slot);

    /** It is behind two ports: it left one not long ago, and is seen there again. */
    void duplicate(long key, int from, int to);

    /** It was seen and not learned, for want of room or for the port's limit. */
    void refused(long key, int slot);
}
