package org.lanyard.worker;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.lanyard.frame.Slab;
import org.lanyard.tapio.Sleeper;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A slab's bytes are lent and come home, and only then are they written anew. */
@JCStressTest
@Outcome(
        id = {"-1, 0", "1, 0", "1, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "Not there yet; there; there and home again.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Bytes of another filling, or home without being there.")
@State
public class LentSlab {
    private static final ConcurrentLinkedQueue<Slab> SLABS = new ConcurrentLinkedQueue<>();
    private static final int SIZE = 64;

    private final Homecoming home = new Homecoming(new Sleeper(Rig.NOTHING), 2);
    private final Crossing crossing = new Crossing(home, new Sleeper(Rig.NOTHING), 1, 1, 1);
    private final Slab slab;

    public LentSlab() {
        Slab used = SLABS.poll();
        slab = used == null ? new Slab() : used;
        fill(0);
    }

    private void fill(int value) {
        for (int at = 0; at < SIZE; at += Integer.BYTES) {
            slab.bytes().putInt(at, value);
        }
    }

    @Actor
    public void own(II_Result r) {
        fill(1);
        crossing.add(slab, Rig.PORT, 0, SIZE);
        crossing.handOver();
        Parcel parcel = home.next();
        if (parcel != null) {
            crossing.reuse(parcel);
            fill(2);
            r.r2 = slab.isLent() ? -1 : 1;
        }
    }

    @Actor
    public void borrow(II_Result r) {
        Parcel parcel = crossing.receive();
        if (parcel == null) {
            r.r1 = -1;
            return;
        }
        int first = parcel.slab().bytes().getInt(parcel.start(0));
        for (int at = parcel.start(0); at < parcel.end(0); at += Integer.BYTES) {
            if (parcel.slab().bytes().getInt(at) != first) {
                first = -2;
            }
        }
        r.r1 = parcel.count() == 1 && parcel.end(0) == SIZE ? first : -3;
        crossing.sendHome(parcel);
    }

    @Arbiter
    public void reclaim(II_Result r) {
        Parcel parcel = crossing.receive();
        if (parcel == null) {
            parcel = home.next();
        }
        if (parcel != null) {
            crossing.reuse(parcel);
        }
        SLABS.add(slab);
    }
}
