package org.lanyard.forward;

/** An address table in which three keys want the same place, and so stand one behind the other. */
final class Table {
    final AddressTable addresses = new AddressTable(4);
    final long a;
    final long b;
    final long c;

    Table() {
        long[] found = new long[3];
        int count = 0;
        int home = ~addresses.find(1);
        for (long key = 1; count < found.length; key++) {
            if (~addresses.find(key) == home) {
                found[count++] = key;
            }
        }
        a = found[0];
        b = found[1];
        c = found[2];
    }

    void put(long key, int value) {
        addresses.put(~addresses.find(key), key, value, 0);
    }

    void remove(long key) {
        addresses.remove(addresses.find(key));
    }
}
