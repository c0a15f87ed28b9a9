package org.lanyard.forward;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** An address moves to another port while it is looked up. */
@JCStressTest
@Outcome(
        id = {"1", "2", "-1"},
        expect = Expect.ACCEPTABLE,
        desc = "A value that the address had, or a miss.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Another address's value.")
@State
public class MovedAddress {
    private final Table table = new Table();

    public MovedAddress() {
        table.put(table.a, 1);
    }

    @Actor
    public void write() {
        table.addresses.change(table.addresses.find(table.a), 2);
    }

    @Actor
    public void read(I_Result r) {
        r.r1 = table.addresses.get(table.a);
    }
}
