package org.lanyard.forward;

/**
 * The last few addresses of which something is to be told, each once with two slots: a place for
 * each is there from the start. Under the lock of the {@link Fdb}.
 */
final class Suspects {
    private static final int MOST = 16;

    private final long[] keys = new long[MOST];
    private final int[] slots = new int[MOST];
    private final int[] others = new int[MOST];
    private int count;

    /** Notes it, or what is new about it; beyond the few, nothing. */
    void note(long key, int slot, int other) {
        int place = 0;
        while (place < count && keys[place] != key) {
            place++;
        }
        if (place == MOST) {
            return;
        }
        keys[place] = key;
        slots[place] = slot;
        others[place] = other;
        count = Math.max(count, place + 1);
    }

    /** What was noted since the last time. */
    Fdb.Suspect[] take() {
        Fdb.Suspect[] taken = new Fdb.Suspect[count];
        for (int i = 0; i < count; i++) {
            taken[i] =
                    new Fdb.Suspect(Fdb.macOf(keys[i]), Fdb.vlanOf(keys[i]), slots[i], others[i]);
        }
        count = 0;
        return taken;
    }
}
