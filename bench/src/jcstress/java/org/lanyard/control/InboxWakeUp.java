package org.lanyard.control;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** An action is handed to the control thread while it lies down. */
@JCStressTest
@Outcome(
        id = "true, false",
        expect = Expect.FORBIDDEN,
        desc = "It sleeps on, and nobody rang.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "It lay down, and was woken.")
@Outcome(id = "false, .*", expect = Expect.ACCEPTABLE, desc = "It saw what was handed in.")
@State
public class InboxWakeUp {
    private boolean rung;
    private final Inbox inbox = new Inbox(() -> rung = true);

    @Actor
    public void handIn() {
        inbox.put(() -> {});
    }

    @Actor
    public void sleep(ZZ_Result r) {
        r.r1 = inbox.lieDown();
    }

    @Arbiter
    public void look(ZZ_Result r) {
        r.r2 = rung;
    }
}
