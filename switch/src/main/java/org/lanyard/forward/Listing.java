package org.lanyard.forward;

import java.util.Arrays;

/**
 * Reads an {@link AddressTable} while others write, for lists that people read. It takes no lock,
 * for learning would then go without: an address that is moved about meanwhile may be left out.
 */
final class Listing {
    /** Before all others. */
    static final long FIRST = -1;

    private static final int MAC_BITS = 48;
    private static final long MAC_MASK = (1L << MAC_BITS) - 1;

    private final AddressTable table;

    Listing(AddressTable table) {
        this.table = table;
    }

    /** The place of an address in the list: by VLAN, then by address. */
    static long order(long mac, int vlan) {
        return (long) vlan << MAC_BITS | mac;
    }

    /**
     * The next entries of the list.
     *
     * @param after {@link #order} of the last one before them, or {@link #FIRST}
     * @param most of them
     */
    Fdb.Entry[] after(long after, int most, int now) {
        long[] orders = ordersAfter(after, most);
        Fdb.Entry[] entries = new Fdb.Entry[orders.length];
        int found = 0;
        for (int i = 0; i < orders.length; i++) {
            boolean again = i > 0 && orders[i] == orders[i - 1];
            Fdb.Entry entry = again ? null : entry(orders[i], now);
            if (entry != null) {
                entries[found++] = entry;
            }
        }
        return found == entries.length ? entries : Arrays.copyOf(entries, found);
    }

    /** Sorted; keeps twice what is wanted at most, and throws away the half that comes later. */
    private long[] ordersAfter(long after, int most) {
        int room = (int) Math.min(2L * most, Integer.MAX_VALUE - 8);
        long[] orders = new long[Math.min(room, 1024)];
        long last = Long.MAX_VALUE;
        int count = 0;
        for (int place = 0; place < table.places(); place++) {
            long key = table.keyAt(place);
            long order = order(Fdb.macOf(key), Fdb.vlanOf(key));
            if (key == AddressTable.EMPTY || order <= after || order >= last) {
                continue;
            }
            if (count == orders.length && count < room) {
                orders = Arrays.copyOf(orders, (int) Math.min(2L * count, room));
            } else if (count == orders.length) {
                Arrays.sort(orders);
                count = most;
                last = orders[most - 1];
                if (order >= last) {
                    continue;
                }
            }
            orders[count++] = order;
        }
        Arrays.sort(orders, 0, count);
        return Arrays.copyOf(orders, Math.min(count, most));
    }

    /** Null for one that is not known (any more). */
    private Fdb.Entry entry(long order, int now) {
        long mac = order & MAC_MASK;
        int vlan = (int) (order >>> MAC_BITS);
        long key = Fdb.key(mac, vlan);
        int place = table.find(key);
        if (place < 0) {
            return null;
        }
        int seen = table.seenAt(place);
        int value = table.valueOf(key, place);
        return value == AddressTable.ABSENT
                ? null
                : new Fdb.Entry(
                        mac,
                        vlan,
                        Addresses.slotOf(value),
                        Math.max(0, now - seen),
                        Addresses.isStatic(value));
    }
}
