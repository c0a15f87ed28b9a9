package org.lanyard.forward;

/**
 * Forgets what was learned, slice by slice: where no VLAN is named it goes along the ports' chains
 * and looks at nothing else, however large the table is; else it looks through the table. One
 * thread's, which calls {@link #more} as often as it likes at once.
 */
public final class Flush {
    /** Some hundred microseconds' worth: places that are looked through without the lock. */
    static final int PLACES = 1 << 14;

    private final Addresses addresses;
    private final Forgetting forgetting;
    private final int port;
    private final int vlan;

    /** Who learns as fast as we forget does not keep us for ever. */
    private final long most;

    private int place;
    private int count;

    Flush(Addresses addresses, Forgetting forgetting, int port, int vlan) {
        this.addresses = addresses;
        this.forgetting = forgetting;
        this.port = port;
        this.vlan = vlan;
        this.most = 2L * addresses.size() + Forgetting.SLICE;
    }

    /** How many addresses it has forgotten so far. */
    public int count() {
        return count;
    }

    /** Forgets some; returns whether there may be more. */
    public boolean more() {
        return vlan == Fdb.ANY ? moreOfPorts() : moreOfVlan();
    }

    private boolean moreOfPorts() {
        int some = port == Fdb.ANY ? forgetting.someOfMost() : forgetting.someLearned(port);
        count += some;
        boolean isOver = port == Fdb.ANY ? some == 0 : some < Forgetting.SLICE;
        return !isOver && count < most;
    }

    private boolean moreOfVlan() {
        int places = addresses.table.places();
        int end = Math.min(places, place + PLACES);
        count +=
                forgetting.removeIf(
                        place,
                        end,
                        (key, value, seen) ->
                                !Addresses.isStatic(value)
                                        && (port == Fdb.ANY || Addresses.slotOf(value) == port)
                                        && Fdb.vlanOf(key) == vlan);
        place = end;
        return place < places;
    }
}
