package org.lanyard.worker;

import org.lanyard.tapio.Sleeper;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A parcel is handed over while its receiver lies down: an SPSC ring. */
@JCStressTest
@Outcome(
        id = "true, false",
        expect = Expect.FORBIDDEN,
        desc = "It sleeps on, and nobody rang.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "It lay down, and was woken.")
@Outcome(id = "false, .*", expect = Expect.ACCEPTABLE, desc = "It saw what was handed in.")
@State
public class ParcelWakeUp {
    private boolean rung;
    private final Sleeper receiver = new Sleeper(() -> rung = true);
    private final Crossing crossing = new Crossing(Rig.NO_HOME, receiver, 1, 1, 1);

    @Actor
    public void handIn() {
        crossing.add(Rig.SLAB, Rig.PORT, 0, 64);
        crossing.handOver();
    }

    @Actor
    public void sleep(ZZ_Result r) {
        r.r1 = receiver.lieDown(Sleeper.LIGHT, () -> !crossing.isEmpty());
    }

    @Arbiter
    public void look(ZZ_Result r) {
        r.r2 = rung;
    }
}
