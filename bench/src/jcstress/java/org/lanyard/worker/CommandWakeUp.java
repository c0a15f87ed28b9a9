package org.lanyard.worker;

import org.lanyard.tapio.Sleeper;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A worker is given a command while it lies down. */
@JCStressTest
@Outcome(
        id = "true, false",
        expect = Expect.FORBIDDEN,
        desc = "It sleeps on, and nobody rang.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "It lay down, and was woken.")
@Outcome(id = "false, .*", expect = Expect.ACCEPTABLE, desc = "It saw what was handed in.")
@State
public class CommandWakeUp {
    private boolean rung;
    private final Sleeper owner = new Sleeper(() -> rung = true);
    private final Commands commands = new Commands(owner, 2);

    @Actor
    public void handIn() {
        commands.give(Rig.NOTHING);
    }

    @Actor
    public void sleep(ZZ_Result r) {
        r.r1 = owner.lieDown(Sleeper.LIGHT, () -> !commands.isEmpty());
    }

    @Arbiter
    public void look(ZZ_Result r) {
        r.r2 = rung;
    }
}
