package org.lanyard.forward;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Another address takes the place of one that is looked up, which comes again elsewhere. */
@JCStressTest
@Outcome(
        id = {"1", "3", "-1"},
        expect = Expect.ACCEPTABLE,
        desc = "A value that the address had, or a miss.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Another address's value.")
@State
public class ReplacedAddress {
    private final Table table = new Table();

    public ReplacedAddress() {
        table.put(table.a, 1);
    }

    @Actor
    public void write() {
        table.remove(table.a);
        table.put(table.b, 2);
        table.put(table.a, 3);
    }

    @Actor
    public void read(I_Result r) {
        r.r1 = table.addresses.get(table.a);
    }
}
